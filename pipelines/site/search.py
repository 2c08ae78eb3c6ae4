"""The index of the search: static files that pages load as scripts, since pages of a folder may fetch nothing.

``units.js`` has units and subjects. What reports say (names of projects, clauses of the text) is a file per report,
``r-<report>.js``; which of these to load say the postings: for each two neighbouring characters the reports that have
them. Reports are in groups by their key, and the postings of a group are spread over ``_SHARDS`` files, so that a
question loads a few files, and a new report changes those of its group only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from zlib import crc32

from pipelines.publish.output import json_text
from pipelines.site.ledger import Ledger
from pipelines.site.read import Row
from pipelines.site.text import anchor, label

FOLDER = "search"
_SHARDS = 32
"""Files of postings of a group; the script knows the number from ``units.js``, and that of the groups."""

_REPORTS = 500
"""Reports of a group, about: so many are indexed anew for one that is new."""

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


def write_report(ledger: Ledger, report_key: str, found: list[Passage], made_of: str | None) -> None:
    """Write what a report says."""
    _write(ledger, report_file(report_key), "passages", [report_key, found], made_of)


def report_file(report_key: str) -> str:
    """Give the file of a report, below the site."""
    return f"{FOLDER}/r-{report_key}.js"


def groups(reports: dict[str, str]) -> list[list[tuple[str, str]]]:
    """Part reports, keys and what is said of them, into groups by key; their number doubles, so it changes seldom."""
    number = 1
    while number * _REPORTS < len(reports):
        number *= 2
    found: list[list[tuple[str, str]]] = [[] for _ in range(number)]
    for report in sorted(reports.items()):
        found[crc32(report[0].encode()) % number].append(report)
    return found


def write_units(ledger: Ledger, units: Iterable[Row], subjects: Iterable[Row], groups: int) -> None:
    """Write units and subjects, and how many files of postings there are."""
    index = {
        "shards": _SHARDS,
        "groups": groups,
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


def posting_files(group: int) -> list[str]:
    """Give the files of `write_postings`, below the site: the reports, then the postings."""
    return [f"{FOLDER}/g{group}.js", *(f"{FOLDER}/g{group}-{place}.js" for place in range(_SHARDS))]


def write_postings(
    ledger: Ledger, group: int, reports: list[Row], said: Iterable[tuple[str, list[Passage]]], made_of: str
) -> None:
    """Write the reports of a group and, for each pair of characters, which of them have it.

    Args:
        ledger: The site.
        group: Number of the group.
        reports: Its reports.
        said: What each of them says, by its key.
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
    for key, texts in said:
        for pair in sorted({pair for _, text, _ in texts for pair in pairs(fold(text))}):
            found[shard(pair)].setdefault(pair, []).append(number[key])
    of_reports, *of_postings = posting_files(group)
    _write(ledger, of_reports, "reports", [group, listed], made_of)
    for place, (file, postings) in enumerate(zip(of_postings, found, strict=True)):
        _write(ledger, file, "postings", [group, place, postings], made_of)


def _write(ledger: Ledger, file: str, what: str, value: object, made_of: str | None = None) -> None:
    """Write a file that gives a value to the script."""
    ledger.write(file, f"mingzhangSearch.give.{what}({json_text(value)});\n", made_of)
