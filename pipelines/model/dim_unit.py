"""Table ``dim_unit``."""

from __future__ import annotations

import polars as pl

from pipelines.model.bodies import Body, entry_of, listed, report_units, sub_units
from pipelines.reference.lookup import regions
from pipelines.storage.tables import conform


def dim_unit(report_reading: pl.DataFrame) -> pl.DataFrame:
    """Return one row per body and scope that a report is about or breaks its tables down by.

    A unit's parent is the department row of the same body, or what ``units.yml`` says, or the department whose report
    lists it. Parents and successors without
    a report of their own have no row and stay null.

    Args:
        report_reading: ``REPORT_READING``.

    Returns:
        Table ``dim_unit``, sorted by key.
    """
    below = sub_units(report_reading)
    who = ["unit_key", "body_key", "unit_name", "short_name", "scope", "region_code"]
    reported = report_units(report_reading).select(*who, seen=pl.concat_list("printed", "shorter"))
    listed_below = below.select(
        unit_key="sub_unit_key",
        **{name: name for name in ("body_key", "unit_name", "short_name")},
        scope=pl.lit("unit"),
        region_code="region_code",
        seen=pl.concat_list("sub_unit"),
    ).select(*who, "seen")
    units = (
        pl.concat([reported, listed_below])
        .group_by(who)
        .agg(seen=pl.col("seen").explode().unique())
        .sort("unit_key", "unit_name")
        .unique("unit_key", keep="first", maintain_order=True)
    )
    departments = dict(below.select("sub_unit_key", "above_key").sort("sub_unit_key", "above_key").iter_rows())
    known = regions()
    places = [known.get(code) for code in units["region_code"]]
    bodies = [
        Body(place, name, short)
        for place, name, short in zip(places, units["unit_name"], units["short_name"], strict=True)
    ]
    keys = set(units["unit_key"])

    def present(key: str | None) -> str | None:
        return key if key in keys else None

    parents, successors, aliases = [], [], []
    for body, scope, seen in zip(bodies, units["scope"], units["seen"], strict=True):
        entry = entry_of(body)
        above = listed(**entry["parent"]).unit_key("department") if "parent" in entry else None
        own = body.unit_key("department") if scope == "unit" else None
        parents.append(present(own) or present(above) or present(departments.get(body.unit_key(scope))))
        successors.append(present(listed(**entry["succeeded_by"]).unit_key(scope)) if "succeeded_by" in entry else None)
        aliases.append(sorted((set(seen) | set(entry.get("aliases", ()))) - {body.name}))
    return conform(
        units.drop("seen").with_columns(
            pl.Series("aliases", aliases, pl.List(pl.String)),
            pl.Series("region_level", [p and p.level for p in places], pl.String),
            pl.Series("province", [p and p.province for p in places], pl.String),
            pl.Series("city", [p and p.city for p in places], pl.String),
            pl.Series("county", [p and p.county for p in places], pl.String),
            pl.Series("parent_unit_key", parents, pl.String),
            pl.Series("succeeded_by", successors, pl.String),
        ),
        "dim_unit",
    )
