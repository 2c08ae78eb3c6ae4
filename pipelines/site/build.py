"""Build the site: read the warehouse once, write a page per unit, class and report, put all of it in place at once.

Pages are written one by one from streams of rows, so that memory stays flat however many reports there are. Names of
files are keys, never texts of documents; what documents say goes through templates that escape it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.atomic_replace import put_in_place
from pipelines.core.files import open_path
from pipelines.core.settings import Settings
from pipelines.formats import registry
from pipelines.publish.output import json_text
from pipelines.site import shape, text
from pipelines.site.excerpts import Source, excerpts
from pipelines.site.pictures import Drawn, PictureCache, PictureTask, draw_missing
from pipelines.site.read import Row, Stream, opened, rows

if TYPE_CHECKING:
    import duckdb
    import jinja2

_HERE = Path(__file__).parent
_UNITS_PER_PAGE = 150
_REPORTS_PER_PAGE = 200
_MOST_ROWS = 300
"""Rows of one table on a unit's page; the rest is told by number and asked for with SQL."""


def build(settings: Settings) -> int:
    """Write the site of a warehouse beside the old one and put it in its place.

    Args:
        settings: The warehouse; whether to draw pictures, and on how many processes.

    Returns:
        Number of pages.
    """
    new = settings.site.with_name(f".{settings.site.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    (new / "assets").mkdir(parents=True)
    settings.site_cache.mkdir(parents=True, exist_ok=True)
    with opened(settings) as connection:
        pictures = PictureCache(settings.site_cache / "pictures")
        if settings.site_pictures:
            draw_missing(_picture_tasks(connection), pictures, settings)
        site = _Site(connection, new, _environment(), next(rows(connection, "counts")), settings.site_cache)
        site.overview()
        site.units()
        site.subjects()
        site.quality()
        site.reports(pictures if settings.site_pictures else None)
    shutil.copytree(_HERE / "static", new / "assets", dirs_exist_ok=True)
    (new / "assets" / "charts.js").write_text(_chart_code(settings.site_cache), encoding="utf-8")
    put_in_place(new, settings.site)
    return site.pages


def _picture_tasks(connection: duckdb.DuckDBPyConnection) -> Iterator[PictureTask]:
    for row in rows(connection, "picture"):
        found = next((path for path in map(open_path, row["paths"]) if path.exists()), None)
        if registry.named(row["format"]).paged and found is not None:
            yield PictureTask(found, row["report_key"], row["content_sha256"], row["format"], tuple(row["pages"]))


def _chart_code(folder: Path) -> str:
    """Give the chart library and our charts as one script; made once per version and kept."""
    versions = [version("altair"), version("vl-convert-python"), (_HERE / "charts.py").read_text(encoding="utf-8")]
    file = folder / f"charts-{hashlib.sha256('|'.join(versions).encode()).hexdigest()[:16]}.js"
    if not file.exists():
        temporary = file.with_name(f".{file.name}.tmp")
        temporary.write_text(_made_chart_code(), encoding="utf-8")
        temporary.replace(file)
    return file.read_text(encoding="utf-8")


@cache
def _made_chart_code() -> str:
    import vl_convert

    from pipelines.site.charts import specifications

    charts = f"window.vegaEmbed = vegaEmbed; window.mingzhangCharts = {json_text(specifications())};"
    return vl_convert.javascript_bundle(charts)


def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_function"] = lambda value, **_: json_text(value)
    environment.filters |= {
        "wan": text.wan,
        "yuan": text.yuan,
        "percent": text.percent,
        "number": text.number,
        "plain": text.plain,
    }
    environment.globals |= {
        "origin": text.origin,
        "term": text.term,
        "label": text.label,
        "words": text.words,
    }
    return environment


@dataclass(slots=True)
class _Site:
    """Pages under way: where they come from, where they go, how many there are."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    environment: jinja2.Environment
    counts: Row
    cache: Path
    pages: int = 0

    def _write(self, template: str, file: str, **context: Any) -> None:
        target = self.folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        context |= {"root": "../" * file.count("/"), "counts": self.counts}
        target.write_text(self.environment.get_template(template).render(context), encoding="utf-8")
        self.pages += 1

    def _rows(self, name: str) -> Iterator[Row]:
        return rows(self.connection, name)

    def _stream(self, name: str, key: str) -> Stream:
        return Stream(self.connection, name, key)

    def overview(self) -> None:
        """Totals, trend, classes, and the matrix of units by year, which goes on over several pages."""
        overall = list(self._rows("overall"))
        subjects = [next(group) for _, group in groupby(self._rows("subject"), key=lambda row: row["subject"])]
        for number, units, last in _numbered(self._rows("matrix"), _UNITS_PER_PAGE):
            totals = [row | total for row in units for total in row["totals"] or ()]
            self._write(
                "overview.html" if number == 1 else "units.html",
                _page_name("index", number),
                page=number,
                last=last,
                overall=shape.pivot(overall, lambda row: row["stage"]),
                overall_rows=overall,
                trend=shape.trend_chart(overall),
                subjects=subjects,
                units=units,
                matrix_table=shape.pivot(totals, lambda row: row["unit_key"]),
            )

    def units(self) -> None:
        """One page per unit."""
        streams = {
            name: self._stream(name, "unit_key")
            for name in ("total_of_unit", "structure_of_unit", "execution", "three_public", "performance", "finding")
        } | {"report": self._stream("report_of_unit", "unit_key")}
        for unit in self._rows("unit"):
            found = {name: stream.take(unit["unit_key"]) for name, stream in streams.items()}
            totals = found["total_of_unit"]
            three_public = sorted(found["three_public"], key=_category)
            self._write(
                "unit.html",
                f"units/{unit['unit_key']}.html",
                unit=unit,
                totals=totals,
                trend=shape.trend_chart(totals),
                structures=list(_structures(found["structure_of_unit"])),
                executions=list(_executions(found["execution"])),
                three_public=shape.pivot(three_public, lambda row: row["category"]),
                three_public_trend=shape.trend_chart(_sums(three_public)),
                performance=found["performance"][:_MOST_ROWS],
                performance_count=len(found["performance"]),
                findings=found["finding"][:_MOST_ROWS],
                finding_count=len(found["finding"]),
                reports=found["report"],
            )

    def subjects(self) -> None:
        """One page per functional or economic class."""
        units = self._stream("subject_unit", "subject")
        for subject, group in groupby(self._rows("subject"), key=lambda row: row["subject"]):
            years = list(group)
            spending = units.take(subject)
            self._write(
                "subject.html",
                f"subjects/{subject}.html",
                subject=years[0],
                years=years,
                trend=shape.trend_chart(years),
                table=shape.pivot(spending, lambda row: (row["unit_key"], row["unit_name"])),
                unit_count=spending[0]["unit_count"] if spending else 0,
            )

    def quality(self) -> None:
        """Findings by kind, and how each report held up, over several pages if need be."""
        kinds = list(self._rows("finding_class"))
        for number, reports, last in _numbered(self._rows("quality"), _REPORTS_PER_PAGE):
            self._write(
                "quality.html",
                _page_name("quality", number),
                page=number,
                last=last,
                kinds=kinds,
                chart_points=shape.counted_chart(kinds),
                reports=reports,
            )

    def reports(self, pictures: PictureCache | None) -> None:
        """One page per report: where its numbers stand, with pictures or lines."""
        cache = self.cache / "excerpts"
        cells, places, sources = (self._stream(name, "report_key") for name in ("cell", "place_of_report", "source"))
        for report in self._rows("report"):
            key = report["report_key"]
            found = cells.take(key)
            elsewhere = places.take(key)
            paths = [row["path"] for row in sources.take(key)]
            drawn = pictures.drawn(key) if pictures else Drawn()
            pages = sorted({row["page"] for row in (*found, *elsewhere) if row["page"] is not None})
            for page in drawn.pages.keys() & set(pages):
                assert pictures is not None
                pictures.place(key, page, self.folder / "pictures" / key / f"{page}.png")
            source = Source(key, report["content_sha256"], report["format"], report["extractor_version"], paths)
            wanted = {row["source_line"] for row in (*found, *elsewhere) if row["source_line"] is not None}
            self._write(
                "report.html",
                f"reports/{key}.html",
                report=report,
                pages=pages,
                by_page={page: list(group) for page, group in groupby(found, key=lambda row: row["page"])},
                drawn=drawn,
                with_pictures=pictures is not None and registry.named(report["format"]).paged,
                excerpts=excerpts(source, wanted, cache),
                origins={(row["source_line"], row["origin"]) for row in found},
            )


def _page_name(name: str, number: int) -> str:
    return f"{name}.html" if number == 1 else f"{name}-{number}.html"


def _numbered(found: Iterator[Row], size: int) -> Iterator[tuple[int, list[Row], bool]]:
    """Cut rows into pages: number from 1, rows, and whether it is the last one; there is always a first page."""
    number, page = 1, list(islice(found, size))
    while page or number == 1:
        following = list(islice(found, size))
        yield number, page, not following
        number, page = number + 1, following


def _structures(found: list[Row]) -> Iterator[dict[str, Any]]:
    for breakdown in ("functional_class", "nature", "economic_class"):
        parts = [row for row in found if row["breakdown"] == breakdown]
        if {row["member"] for row in parts} - {"undivided"}:
            names = {row["member"]: row["member_name"] for row in parts}
            if breakdown == "nature":
                names = {member: text.label("nature", member) for member in names}
            table = shape.pivot(parts, lambda row: row["member"])
            yield {
                "breakdown": breakdown,
                "names": names,
                "table": table,
                "coverage": {shape.period(row): row["coverage"] for row in parts},
                "chart": shape.stacked_chart(table, names.__getitem__),
            }


def _executions(found: list[Row]) -> Iterator[dict[str, Any]]:
    for (year, budget_from), group in groupby(found, key=lambda row: (row["year_key"], row["budget_from"])):
        lines = list(group)
        yield {
            "year": year,
            "budget_from": budget_from,
            "coverage": max(row["budget_coverage"] or "" for row in lines),
            "lines": lines,
            "chart": shape.paired_chart(lines),
        }


def _category(row: Row) -> int:
    return text.order("category", row["category"])


def _sums(three_public: list[Row]) -> list[Row]:
    """The sum of the three, one row per year and stage."""
    return sorted((row for row in three_public if row["category"] == "three_public"), key=shape.period)
