"""Which body a printed name means, and the keys that follow from it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from pipelines.core.digests import short_key
from pipelines.reference.lookup import Region, find_region, regions, unit_data

# 本级 and 汇总 say which accounts are meant, not who: they are the scope, not the name.
SCOPE_WORDS = re.compile(
    r"(机关)?[（(](机关)?本级[)）]|[（(](汇总|部门|单位|机关|含所属单位|含下属单位)[)）]|(机关)?本级$"
)


@dataclass(frozen=True)
class Body:
    """A body under its canonical name.

    Attributes:
        region: the region it belongs to; None where the name states none or an ambiguous one.
        name: canonical name with its region, such as 武汉市硚口区大数据中心.
        short_name: the name without its region.
    """

    region: Region | None
    name: str
    short_name: str

    @property
    def key(self) -> str:
        """``body_key``: the region's code and a digest of the canonical name."""
        code = self.region.code if self.region else "000000"
        return f"{code}-{short_key(self.name, length=12)}"

    def unit_key(self, scope: str) -> str:
        """``unit_key``: the body's key and the scope."""
        return f"{self.key}-{scope}"


def clean(name: str) -> str:
    """Return a name without blanks and scope words, brackets full-width."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    previous = None
    while previous != text:
        previous, text = text, SCOPE_WORDS.sub("", text)
    for pattern, replacement in unit_data()["rewrites"]:
        text = re.sub(pattern, replacement, text)
    return text.replace("(", "（").replace(")", "）")


@cache
def _aliases() -> dict[str, dict[str, Any]]:
    """Return the entry of ``units.yml`` for each alias and name listed there."""
    return {
        clean(name): entry for entry in unit_data()["bodies"] for name in (entry["name"], *entry.get("aliases", ()))
    }


@cache
def entry_of(body: Body) -> dict[str, Any]:
    """Return what ``units.yml`` says about a body; empty for most."""
    entry = _aliases().get(body.name, {})
    return entry if body.region and entry.get("region_code") == body.region.code else {}


@cache
def listed(region_code: str, name: str) -> Body:
    """Return a body named in ``units.yml`` by region and canonical name."""
    region = regions()[region_code]
    return Body(region, name, name.removeprefix(region.canonical_name))


@cache
def body_of(printed: str, hint: str = "") -> Body:
    """Return the body a printed name means.

    Args:
        printed: name as printed, any spelling.
        hint: the report's title, which settles a county name borne by several counties.
    """
    name = clean(printed)
    if entry := _aliases().get(name):
        return listed(entry["region_code"], entry["name"])
    match = find_region(name, hint)
    if match is None:
        return Body(None, name, name)
    before, after = name[: match.start], name[match.end :]
    stated = match.region.canonical_name if match.end else ""
    canonical = before + stated + after
    if entry := _aliases().get(canonical):
        return listed(entry["region_code"], entry["name"])
    return Body(match.region, canonical, before + after)


def report_units(report_reading: pl.DataFrame) -> pl.DataFrame:
    """Return the unit of every report that names one.

    Args:
        report_reading: ``REPORT_READING``.

    Returns:
        ``report_key``, ``printed`` (name as printed), ``shorter`` (its other forms in the report), ``scope``,
        ``unit_key``, ``body_key``, ``unit_name``, ``short_name``, ``region_code``.
    """
    named = report_reading.filter(pl.col("unit_name").str.strip_chars().str.len_chars() > 0).select(
        "report_key",
        printed=pl.col("unit_name").str.replace_all(r"\s+", ""),
        shorter=pl.col("unit_aliases").fill_null([]),
        hint=pl.col("title").fill_null(""),
        scope=pl.col("scope").fill_null(
            pl.when(pl.col("unit_name").str.contains("本级")).then(pl.lit("unit")).otherwise(pl.lit("department"))
        ),
    )
    # Names repeat from report to report, so each is resolved once.
    distinct = named.select("printed", "hint").unique().sort("printed", "hint")
    bodies = [body_of(printed, hint) for printed, hint in distinct.iter_rows()]
    resolved = distinct.with_columns(
        pl.Series("body_key", [b.key for b in bodies], pl.String),
        pl.Series("unit_name", [b.name for b in bodies], pl.String),
        pl.Series("short_name", [b.short_name for b in bodies], pl.String),
        pl.Series("region_code", [b.region.code if b.region else None for b in bodies], pl.String),
    )
    return (
        named.join(resolved, on=["printed", "hint"])
        .with_columns(unit_key=pl.concat_str("body_key", pl.lit("-"), "scope"))
        .drop("hint")
    )


def sub_units(report_reading: pl.DataFrame) -> pl.DataFrame:
    """Return the budget units that reports break their tables down by.

    A unit whose name states no region has that of the report's body.

    Args:
        report_reading: ``REPORT_READING``.

    Returns:
        ``report_key``, ``sub_unit`` (as printed), ``sub_unit_key``, ``body_key``, ``unit_name``, ``short_name``,
        ``region_code``, ``above_key`` (body and scope of the department).
    """
    listed_units = report_reading.select("report_key", sub_unit=pl.col("sub_units")).explode("sub_unit").drop_nulls()
    named = listed_units.join(report_units(report_reading), on="report_key")
    distinct = named.select("sub_unit", "region_code", "body_key").unique().sort("sub_unit", "body_key")
    known = regions()
    bodies = [_unit_body(name, known.get(code or "")) for name, code, _ in distinct.iter_rows()]
    resolved = distinct.with_columns(
        pl.Series("sub_unit_key", [b.unit_key("unit") for b in bodies], pl.String),
        pl.Series("sub_body_key", [b.key for b in bodies], pl.String),
        pl.Series("sub_name", [b.name for b in bodies], pl.String),
        pl.Series("sub_short", [b.short_name for b in bodies], pl.String),
        pl.Series("sub_region", [b.region.code if b.region else None for b in bodies], pl.String),
    )
    return (
        named.select("report_key", "sub_unit", "region_code", "body_key")
        .join(resolved, on=["sub_unit", "region_code", "body_key"], nulls_equal=True)
        .select(
            "report_key",
            "sub_unit",
            "sub_unit_key",
            body_key="sub_body_key",
            unit_name="sub_name",
            short_name="sub_short",
            region_code="sub_region",
            above_key=pl.concat_str("body_key", pl.lit("-department")),
        )
    )


def _unit_body(printed: str, region: Region | None) -> Body:
    body = body_of(printed)
    if body.region is not None or region is None:
        return body
    return Body(region, region.canonical_name + body.name, body.name)
