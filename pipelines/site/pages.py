"""The pages: what each kind is made of, and which of them changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.formats import registry
from pipelines.publish.output import json_text
from pipelines.site import read, search, shape, text
from pipelines.site.excerpts import Source, excerpts
from pipelines.site.ledger import Ledger, digest
from pipelines.site.pictures import Drawn, PictureCache
from pipelines.site.read import Row, Stream, digests, rows, want
from pipelines.site.sections import executions, figures, structures

if TYPE_CHECKING:
    import duckdb
    import jinja2

_UNITS_PER_PAGE = 150
_REPORTS_PER_PAGE = 200
_MOST_ROWS = 300
"""Rows of one table on a unit's page; the rest is told by number and asked for with SQL."""

_PROJECTS = 12
"""Projects of a year that are seen at once; the others are folded away."""

_OF_UNIT = (
    "unit",
    "total_of_unit",
    "figure",
    "revenue",
    "structure_of_unit",
    "execution",
    "three_public",
    "procurement",
    "staff",
    "project",
    "performance",
    "finding",
    "report_of_unit",
)
_OF_REPORT = ("report", "cell", "clause", "place_of_report", "project_of_report", "source")
_OF_SUBJECT = ("subject", "subject_unit")


@dataclass(slots=True)
class Changed:
    """Keys of what a page has to be made anew for."""

    units: list[str]
    subjects: list[str]
    reports: list[str]


@dataclass(slots=True)
class Pages:
    """Pages under way: where they come from, where they go, what they were made of."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    environment: jinja2.Environment
    counts: Row
    cache: Path
    pictures: PictureCache | None
    _made_of: dict[str, str] = field(default_factory=dict)

    def changed(self) -> Changed:
        """Find what changed since the files were written; files of the rest stay."""
        self.ledger.made_from, touched = read.touched(self.connection, self.ledger.made_from)
        again = read.files_there(self.connection, self.ledger.lacking)
        self.ledger.lacking -= again
        units = self._pairs("select unit_key, unit_key from mingzhang.dim_unit")
        reports = self._pairs("select report_key, unit_key from mingzhang.dim_report where status <> 'removed'")
        self.ledger.lacking &= reports.keys()
        for report in reports:
            self.ledger.keep_folder(f"pictures/{report}")
        ask = set(again)
        for of_unit, files in ((units, _unit_files), (reports, _report_files)):
            for key, unit in of_unit.items():
                is_untouched = touched is not None and unit is not None and unit not in touched
                same = self.ledger.kept(*files(key)) if is_untouched else None
                if same is None:
                    ask.add(key)
                else:
                    self._made_of[key] = same
        read.ask_about(self.connection, ask)
        found = Changed([], [], [])
        for key, inputs in digests(self.connection, _OF_UNIT, "unit_key").items():
            self._look(found.units, key, inputs, _unit_files(key))
        for key, inputs in digests(self.connection, _OF_SUBJECT, "subject").items():
            self._look(found.subjects, key, inputs, [f"subjects/{key}.html"])
        for key, inputs in digests(self.connection, _OF_REPORT, "report_key").items():
            self._look(found.reports, key, inputs, [] if key in again else _report_files(key))
        return found

    def _pairs(self, query: str) -> dict[str, str | None]:
        return dict(self.connection.execute(query).fetchall())

    def _look(self, changed: list[str], key: str, inputs: str, files: Sequence[str]) -> None:
        """Note what a page is made of, and whether its files are of something else; none are asked for again."""
        made_of = self._made_of[key] = digest(inputs)
        current = [self.ledger.is_current(file, made_of) for file in files]
        if not (files and all(current)):
            changed.append(key)

    def _write(self, template: str, file: str, made_of: str | None = None, **context: Any) -> None:
        context |= {"root": "../" * file.count("/"), "counts": self.counts}
        self.ledger.write(file, self.environment.get_template(template).render(context), made_of)

    def _rows(self, name: str) -> Iterator[Row]:
        return rows(self.connection, name)

    def _streams(self, names: Iterable[str], key: str) -> dict[str, Stream]:
        return {name: Stream(self.connection, name, key) for name in names}

    def _due(
        self, name: str, query: str, key: str, size: int
    ) -> Iterator[tuple[int, list[Row], bool, str, str | None]]:
        """Cut rows into pages; give those to be made: number, rows, whether it is the last, file, what it is made of.

        The first is always made: it counts what all say together.
        """
        for number, hashed, found, last in read.pages(self.connection, query, key, size):
            file = name + (".html" if number == 1 else f"-{number}.html")
            made_of = None if number == 1 else digest(last, hashed)
            if made_of is None or not self.ledger.is_current(file, made_of):
                yield number, list(found()), last, file, made_of

    def overview(self) -> None:
        """Totals, classes, and the matrix of units by year, which goes on over several pages."""
        overall = list(self._rows("overall"))
        subjects = [next(group) for _, group in groupby(self._rows("subject"), key=lambda row: row["subject"])]
        for number, units, last, file, made_of in self._due("index", "matrix", "unit_key", _UNITS_PER_PAGE):
            totals = [row | total for row in units for total in row["totals"] or ()]
            self._write(
                "overview.html" if number == 1 else "units.html",
                file,
                made_of,
                page=number,
                last=last,
                overall=shape.pivot(overall, lambda row: row["stage"]),
                overall_rows=overall,
                summed=shape.summed_chart(overall),
                subjects=subjects,
                units=units,
                matrix_table=shape.pivot(totals, lambda row: row["unit_key"]),
            )

    def units(self, changed: list[str]) -> None:
        """One page per unit, and its figures for the comparison."""
        want(self.connection, changed)
        streams = self._streams(_OF_UNIT[1:], "unit_key")
        for unit in self._rows("unit"):
            key = unit["unit_key"]
            made_of = self._made_of[key]
            found = {name: stream.take(key) for name, stream in streams.items()}
            totals, projects = found["total_of_unit"], found["project"]
            three_public = sorted(found["three_public"], key=lambda row: text.order("category", row["category"]))
            revenue = shape.pivot(found["revenue"], lambda row: row["source"])
            procurement = sorted(
                found["procurement"], key=lambda row: text.order("procurement_category", row["category"])
            )
            kinds = shape.pivot((row for row in procurement if row["is_kind"]), lambda row: row["category"])
            three = [row for row in three_public if row["category"] == "three_public"]
            shown, alike = shape.folded(found["finding"])
            self._write(
                "unit.html",
                f"units/{key}.html",
                made_of,
                unit=unit,
                figures=figures(found["figure"]),
                totals=totals,
                trend=shape.trend_chart(totals),
                breaks=shape.breaks(totals),
                revenue=revenue,
                revenue_bases=shape.bases(found["revenue"]),
                revenue_chart=shape.stacked_chart(revenue, "source", lambda name: text.label("source", name)),
                structures=list(structures(found["structure_of_unit"])),
                executions=list(executions(found["execution"])),
                three_public=shape.pivot(three_public, lambda row: row["category"]),
                three_public_trend=shape.trend_chart(three),
                procurement=shape.pivot(procurement, lambda row: row["category"]),
                procurement_chart=shape.stacked_chart(
                    kinds, "procurement_category", lambda name: text.label("procurement_category", name)
                ),
                staff=shape.pivot(
                    found["staff"], lambda row: (row["kind"], row["group"], row["is_total"], row["is_derived"])
                ),
                projects=[
                    (period, lines[:_PROJECTS], lines[_PROJECTS:_MOST_ROWS], len(lines))
                    for period, group in groupby(projects, key=shape.period)
                    for lines in [list(group)]
                ],
                performance=[
                    (head, list(group))
                    for head, group in groupby(
                        found["performance"][:_MOST_ROWS], key=lambda row: (row["year_key"], row["table_title"])
                    )
                ],
                performance_count=len(found["performance"]),
                most_rows=_MOST_ROWS,
                findings=shown[:_MOST_ROWS],
                alike=[(first, rest[:_MOST_ROWS], len(rest)) for first, rest in alike],
                finding_count=len(found["finding"]),
                reports=found["report_of_unit"],
            )
            compared = [
                [row["measure"], row["year_key"], row["stage"], row["coverage"] or "", row["value"], row["is_disputed"],
                 text.origin(row["report_key"], row["cells"]) if row["report_key"] else ""]
                for row in found["figure"]
            ]  # fmt: skip
            self.ledger.write(
                f"data/{key}.js", f"mingzhangCompare.unit({json_text([key, unit['unit_name'], compared])});\n", made_of
            )

    def subjects(self, changed: list[str]) -> None:
        """One page per functional or economic class."""
        units = self._streams(("subject_unit",), "subject")["subject_unit"]
        for subject, group in groupby(self._rows("subject"), key=lambda row: row["subject"]):
            if subject not in changed:
                continue
            years = list(group)
            spending = units.take(subject)
            self._write(
                "subject.html",
                f"subjects/{subject}.html",
                self._made_of[subject],
                subject=years[0],
                years=years,
                summed=shape.summed_chart(years),
                table=shape.pivot(spending, lambda row: (row["unit_key"], row["unit_name"])),
                unit_count=spending[0]["unit_count"] if spending else 0,
            )

    def quality(self) -> None:
        """Findings by kind, and how each report held up, over several pages if need be."""
        kinds = list(self._rows("finding_class"))
        for number, reports, last, file, made_of in self._due("quality", "quality", "report_key", _REPORTS_PER_PAGE):
            self._write(
                "quality.html",
                file,
                made_of,
                page=number,
                last=last,
                kinds=kinds,
                chart_points=shape.counted_chart(kinds),
                reports=reports,
            )

    def search(self) -> None:
        """The page of the search and that of the comparison, and the index behind both."""
        self._write("search.html", "search.html")
        self._write("compare.html", "compare.html", measures=text.all_of("unit_measure"))
        groups = search.groups(digests(self.connection, ["found_report"], "report_key"))
        search.write_units(self.ledger, self._rows("found_unit"), self._rows("found_subject"), len(groups))
        for number, hashes in enumerate(groups):
            made_of = digest(*(f"{key} {said} {self._made_of.get(key)}" for key, said in hashes))
            current = [self.ledger.is_current(file, made_of) for file in search.posting_files(number)]
            if all(current):
                continue
            keys = [key for key, _ in hashes]
            want(self.connection, keys)
            reports = list(read.of_wanted(self.connection, "found_report", "report_key"))
            streams = self._streams(("clause", "project_of_report"), "report_key")
            said = ((key, search.passages(*(one.take(key) for one in streams.values()))) for key in keys)
            search.write_postings(self.ledger, number, reports, said, made_of)

    def reports(self, changed: list[str]) -> None:
        """One page per report: where its numbers stand, with pictures or lines."""
        cache = self.cache / "excerpts"
        want(self.connection, changed)
        streams = self._streams(_OF_REPORT[1:], "report_key")
        for report in self._rows("report"):
            key = report["report_key"]
            found = {name: stream.take(key) for name, stream in streams.items()}
            cells, clauses = found["cell"], found["clause"]
            places = [*cells, *found["place_of_report"]]
            drawn = self.pictures.drawn(key) if self.pictures else Drawn()
            pages = sorted({row["page"] for row in places if row["page"] is not None})
            for page in drawn.pages.keys() & set(pages):
                assert self.pictures is not None
                self.pictures.place(key, page, self.ledger.keep(f"pictures/{key}/{page}.png"))
            paths = [row["path"] for row in found["source"]]
            source = Source(key, report["content_sha256"], report["format"], report["extractor_version"], paths)
            wanted = {row["source_line"] for row in places if row["source_line"] is not None}
            lines = excerpts(source, wanted, cache)
            with_pictures = self.pictures is not None and registry.named(report["format"]).paged
            lacking = (with_pictures and pages and not (drawn.pages or drawn.fault)) or (wanted and not lines)
            if lacking:  # asked for again once a file is there
                self.ledger.lacking.add(key)
            made_of = self._made_of[key]
            self._write(
                "report.html",
                f"reports/{key}.html",
                made_of,
                report=report,
                pages=pages,
                by_page=_by_page(cells),
                clauses_by_page=_by_page(clauses),
                quotes={page: _quotes(rows_) for page, rows_ in _by_page(clauses).items()},
                drawn=drawn,
                with_pictures=with_pictures,
                excerpts=lines,
                origins={(row["source_line"], row["origin"]) for row in cells},
            )
            search.write_report(self.ledger, key, search.passages(clauses, found["project_of_report"]), made_of)


def _unit_files(key: str) -> list[str]:
    return [f"units/{key}.html", f"data/{key}.js"]


def _report_files(key: str) -> list[str]:
    return [f"reports/{key}.html", search.report_file(key)]


def _by_page(found: list[Row]) -> dict[int | None, list[Row]]:
    return {page: list(group) for page, group in groupby(found, key=lambda row: row["page"])}


def _quotes(clauses: list[Row]) -> dict[str, list[str]]:
    """The clauses of a page, each with the figures stated in it."""
    found: dict[str, list[str]] = {}
    for row in clauses:
        found.setdefault(row["quote"], []).append(f"d-{row['disclosure_key']}")
    return found
