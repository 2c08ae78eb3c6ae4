"""Build the site: read the warehouse, make the pages whose inputs changed, and take away those that nothing is left of.

Pages are made one by one from streams of rows, so that memory stays flat however many reports there are. Names of
files are keys, never texts of documents; what documents say goes through templates that escape it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.files import open_path
from pipelines.core.settings import Settings
from pipelines.formats import registry
from pipelines.publish.output import json_text
from pipelines.site import text
from pipelines.site.ledger import Ledger, digest
from pipelines.site.pages import Pages
from pipelines.site.pictures import PictureCache, PictureTask, draw_missing
from pipelines.site.read import opened, rows, want

if TYPE_CHECKING:
    import duckdb
    import jinja2

_HERE = Path(__file__).parent
_LIBRARIES = ("duckdb", "jinja2", "altair", "vl-convert-python")


def build(settings: Settings) -> int:
    """Bring the site of a warehouse up to date.

    Args:
        settings: The warehouse; whether to draw pictures, and on how many processes.

    Returns:
        Number of pages that were written.
    """
    settings.site_cache.mkdir(parents=True, exist_ok=True)
    with opened(settings) as connection:
        counts = next(rows(connection, "counts"))
        code = digest(_code(), bool(counts["samples"]), settings.site_pictures)
        ledger = Ledger(settings.site, settings.site_cache / "pages.json", code)
        pictures = PictureCache(settings.site_cache / "pictures") if settings.site_pictures else None
        site = Pages(connection, ledger, _environment(settings.site_cache), counts, settings.site_cache, pictures)
        changed = site.changed()
        ledger.begin()
        for file in sorted((_HERE / "static").iterdir()):
            ledger.write(f"assets/{file.name}", file.read_text(encoding="utf-8"))
        ledger.write("assets/charts.js", _chart_code(settings.site_cache))
        if pictures is not None:
            want(connection, changed.reports)
            draw_missing(_picture_tasks(connection), pictures, settings)
        site.reports(changed.reports)
        site.subjects(changed.subjects)
        site.units(changed.units)
        site.search()
        site.quality()
        site.overview()
        ledger.close()
    return sum(name.endswith(".html") for name in ledger.written)


@cache
def _code() -> str:
    """What makes a page of rows: all files of this folder, the words of coded values, and libraries."""
    files = sorted(file for file in _HERE.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return digest(*map(version, _LIBRARIES), text.all_words(), *(file.read_bytes().hex() for file in files))


def _picture_tasks(connection: duckdb.DuckDBPyConnection) -> Iterator[PictureTask]:
    for row in rows(connection, "picture"):
        found = next((path for path in map(open_path, row["paths"]) if path.exists()), None)
        if registry.named(row["format"]).paged and found is not None:
            clauses: dict[int, tuple[str, ...]] = {}
            for one in sorted(row["clauses"] or (), key=lambda one: (one["page"], one["quote"])):
                clauses[one["page"]] = (*clauses.get(one["page"], ()), one["quote"])
            yield PictureTask(
                found, row["report_key"], row["content_sha256"], row["format"], tuple(row["pages"]), clauses
            )


def _chart_code(folder: Path) -> str:
    """Give the chart library and our charts as one script; made once per version of what it is made of, and kept."""
    made_of = digest(*map(version, _LIBRARIES[2:]), text.all_words(), (_HERE / "charts.py").read_text(encoding="utf-8"))
    file = folder / f"charts-{made_of}.js"
    if not file.exists():
        temporary = file.with_name(f".{file.name}.tmp")
        temporary.write_text(_made_chart_code(), encoding="utf-8")
        temporary.replace(file)
        for old in folder.glob("charts-*.js"):
            if old != file:
                old.unlink()
    return file.read_text(encoding="utf-8")


@cache
def _made_chart_code() -> str:
    import vl_convert

    from pipelines.site.charts import specifications

    charts = f"window.vegaEmbed = vegaEmbed; window.mingzhangCharts = {json_text(specifications())};"
    return vl_convert.javascript_bundle(charts)


def _environment(cache: Path) -> jinja2.Environment:
    import jinja2

    compiled = cache / "templates"
    compiled.mkdir(exist_ok=True)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        bytecode_cache=jinja2.FileSystemBytecodeCache(str(compiled)),
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
        "anchor": text.anchor,
        "origin": text.origin,
        "term": text.term,
        "label": text.label,
        "words": text.words,
    }
    return environment
