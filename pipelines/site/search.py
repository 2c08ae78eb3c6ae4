"""The index of the search: static files that pages load as scripts, since pages of a folder may fetch nothing.

``units.js`` has units and subjects. What reports say (names of projects, clauses of the text) is a file per report,
``r-<report>.js``; which of these to load say the postings: for each two neighbouring characters the reports that have
them, spread over ``_SHARDS`` files, so that a question loads a few of them whatever the number of reports.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from pipelines.publish.output import json_text
from pipelines.site.ledger import Ledger
from pipelines.site.read import Row
from pipelines.site.text import anchor, label

FOLDER = "search"
_SHARDS = 64
"""Files of postings; the script knows the number from ``units.js``."""

Passage = tuple[str, str, str]
"""Kind (``p`` a project, ``n`` a clause), its text, and where it stands on the page of the report."""


def fold(text: str) -> str:
    """Give a text as it is searched: plain widths, small letters, no spaces. The script does the same."""
    folded = "".join(unicodedata.normalize("NFKC", text).lower().split())
    return folded if folded.isascii() else "".join(sign if sign <= "\uffff" else "\ufffd" for sign in folded)


def pairs(text: str) -> set[str]:
    """Give the pairs of neighbouring characters of a text that is folded."""
    return {text[place : place + 2] for place in range(len(text) - 1)}


def shard(pair: str) -> int:
    """Give the file of postings of a pair; the script does the same."""
    return (ord(pair[0]) * 31 + ord(pair[1])) % _SHARDS


def passages(clauses: Iterable[Row], projects: Iterable[Row]) -> list[Passage]:
    """Give what is searched of one report: each project once, each clause once with all figures in it."""
    found: list[Passage] = []
    for row in projects:
        place = f"page-{row['page']}" if row["page"] is not None else f"line-{row['source_line']}"
        found.append(("p", row["project"], place))
    for quote, rows in groupby((row for row in clauses if row["quote"]), key=lambda row: row["quote"]):
        said = list(rows)
        subject = "、".join(dict.fromkeys(row["subject_path"] for row in said if row["subject_path"]))
        text = quote if not subject or subject in quote else f"{subject}：{quote}"
        found.append(("n", text, "+".join(anchor(f"d-{row['disclosure_key']}") for row in said)))
    return found


def text_of(found: Iterable[Passage]) -> str:
    """Give everything that is searched of one report, folded, a line per passage."""
    return "\n".join(fold(text) for _, text, _ in found)


def write_report(ledger: Ledger, report_key: str, found: list[Passage], made_of: str | None) -> None:
    """Write what a report says."""
    _write(ledger, report_file(report_key), "passages", [report_key, found], made_of)


def report_file(report_key: str) -> str:
    """Give the file of a report, below the site."""
    return f"{FOLDER}/r-{report_key}.js"


def write_units(ledger: Ledger, units: Iterable[Row], subjects: Iterable[Row]) -> None:
    """Write units and subjects."""
    index = {
        "shards": _SHARDS,
        "units": [
            [
                row["unit_key"],
                row["unit_name"],
                "、".join(name for name in row["aliases"] or () if name not in row["unit_name"]),
                "本级" if row["scope"] == "unit" else "",
                _years(row),
            ]
            for row in units
        ],
        "subjects": [
            [row["subject"], row["code"], row["name"], label("classification", row["classification"])]
            for row in subjects
        ],
    }
    _write(ledger, f"{FOLDER}/units.js", "index", index)


def _years(row: Row) -> str:
    first, last = row["first_year"], row["last_year"]
    return "" if first is None else str(first) if first == last else f"{first}–{last}"


def posting_files() -> list[str]:
    """Give the files of `write_postings`, below the site."""
    return [f"{FOLDER}/reports.js", *(f"{FOLDER}/p-{place}.js" for place in range(_SHARDS))]


def write_postings(ledger: Ledger, reports: Iterable[Row], texts: Iterator[tuple[str, str]], made_of: str) -> None:
    """Write the list of reports and, for each pair of characters, which of them have it.

    Args:
        ledger: The site.
        reports: Every report, in order of its key.
        texts: Key and folded text of those that say something, in the same order.
        made_of: Digest of all of it.
    """
    listed = [
        [
            row["report_key"],
            f"{row['unit_name']} {row['year_key'] or ''} {label('stage', row['stage'])}".strip(),
            row["year_key"] or 0,
        ]
        for row in reports
    ]
    number = {key: place for place, (key, *_) in enumerate(listed)}
    found: list[dict[str, list[int]]] = [{} for _ in range(_SHARDS)]
    before: dict[str, int] = {}
    for key, text in texts:
        for pair in sorted({pair for line in text.split("\n") for pair in pairs(line)}):
            # differences are short, and most of what there is
            found[shard(pair)].setdefault(pair, []).append(number[key] - before.get(pair, 0))
            before[pair] = number[key]
    _write(ledger, f"{FOLDER}/reports.js", "reports", listed, made_of)
    for place, postings in enumerate(found):
        _write(ledger, f"{FOLDER}/p-{place}.js", "postings", [place, postings], made_of)


def _write(ledger: Ledger, file: str, what: str, value: object, made_of: str | None = None) -> None:
    """Write a file that gives a value to the script."""
    ledger.write(file, f"mingzhangSearch.give.{what}({json_text(value)});\n", made_of)
