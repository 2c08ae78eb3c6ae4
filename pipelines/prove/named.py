"""Subjects of tables that print no codes, so that the rules reach them too: by the path of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import polars as pl

from pipelines.model.named_subjects import codes_of, known_names
from pipelines.statements.catalogue import catalogue

_TABLE = ["report_key", "form", "side"]
_CLASS = 3
"""Digits of the code of a class (类)."""

_TOTAL = -1
"""Stands for the row of the total among numbers of rows."""

_ROUNDED = Decimal(50)
"""Yuan that rounding to two decimals of 万元 may have cost one amount."""

_OTHER_LINES = (
    r"(?:总计|合计|小计):?$"
    r"|^(?:[一二三四五六七八九十]+[、.])?(?:年终|年末|结转|结余|未安排|上年|单位预留|基本支出|项目支出)"
)
"""Lines among the subjects of a table that are none: totals, what is carried over, natures."""


def with_named_codes(cells: pl.DataFrame) -> pl.DataFrame:
    """Fill ``subject_code`` of the functional rows of a table that prints names alone, where all have their place.

    Of a table with a name that is not known its classes have their codes, if they make up its total. The expenditure
    block of a balance takes part where it goes below the classes; a block of classes alone is matched by their names
    already.

    Args:
        cells: ``EXTRACTED_CELL`` with ``label``.
    """
    kinds = {f.name: f.classification for f in catalogue().forms if f.classification in ("functional", "economic")}
    kinds |= {f.name: "functional" for f in catalogue().forms if f.layout == "balance"}
    balances = [f.name for f in catalogue().forms if f.layout == "balance"]
    nameless = pl.col("subject_code").is_null().all().over(_TABLE)
    block = ~pl.col("form").is_in(balances) | (pl.col("side") == "expenditure")
    subject = ~pl.col("label").str.contains(_OTHER_LINES) & ~pl.col("label").str.contains("/") & (pl.col("label") != "")
    rows = (
        cells.filter(nameless, block, subject, pl.col("form").is_in(list(kinds)))
        .filter(pl.col("sub_unit").is_null(), pl.col("project").is_null())
        .select(*_TABLE, "row_no", "label")
        .unique(maintain_order=True)
        .sort(*_TABLE, "row_no")
    )
    amounts = _amounts(cells)
    found: list[tuple[str, str, str, int, str]] = []
    for (report, form, side), group in rows.group_by(_TABLE, maintain_order=True):
        codes = codes_of(group["label"].to_list(), known_names(kinds[str(form)]))
        placed = list(zip(group["row_no"], codes, strict=True))
        if not all(codes):
            placed = [(no, code) for no, code in placed if code and len(code) == _CLASS]
            if not _is_whole([no for no, _ in placed], amounts.get((report, form, side), {})):
                continue
        if form not in balances or any(len(c or "") > _CLASS for _, c in placed):
            found += [(report, form, side, no, code) for no, code in placed if code]
    if not found:
        return cells
    schema = {**{name: cells.schema[name] for name in (*_TABLE, "row_no")}, "by_name": pl.String()}
    named = pl.DataFrame(found, schema=schema, orient="row")
    return (
        cells.join(named, on=[*_TABLE, "row_no"], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(subject_code=pl.coalesce("subject_code", "by_name"))
        .drop("by_name")
    )


def _amounts(cells: pl.DataFrame) -> dict[tuple[str, str, str], dict[int, Decimal]]:
    """What the rows of tables without codes come to, in yuan, and their 合计."""
    rows = cells.filter(
        pl.col("subject_code").is_null().all().over(_TABLE), pl.col("measure").is_in(["total", "amount"])
    ).filter(pl.col("sub_unit").is_null(), pl.col("project").is_null(), pl.col("amount").is_not_null())
    found: dict[tuple[str, str, str], dict[int, Decimal]] = {}
    for report, form, side, no, label, amount in rows.select(*_TABLE, "row_no", "label", "amount").iter_rows():
        number = _TOTAL if label in ("合计", "总计") else no
        found.setdefault((report, form, side), {})[number] = amount
    return found


def _is_whole(rows: Iterable[int], amounts: Mapping[int, Decimal]) -> bool:
    """Whether some rows make up the printed total, to a hundredth of 万元 each."""
    printed = [amounts[no] for no in rows if no in amounts]
    off = abs(sum(printed, Decimal(0)) - amounts.get(_TOTAL, Decimal(0)))
    return bool(printed) and off <= _ROUNDED * (len(printed) + 1)
