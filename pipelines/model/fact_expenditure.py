"""Table ``fact_expenditure``: the finest rows of the expenditure statements, which can be added up."""

from __future__ import annotations

import polars as pl

from pipelines.model.bodies import sub_units
from pipelines.model.dim_subject import with_economic_key, with_subject_key
from pipelines.model.named_subjects import with_codes_by_name
from pipelines.model.names import classification, is_branch, plain
from pipelines.model.points import each_once
from pipelines.statements.catalogue import catalogue
from pipelines.statements.lookups import UNDIVIDED, WHOLES, forms_with, parts_of, statements_of
from pipelines.storage.tables import conform

FACTS = "fact_expenditure"
"""Which statements become these facts, their forms declare; the balances, 三公 and procurement say the same again."""


COORDINATES = ("economic_subject_key", "sub_unit_key", "fund", "project")
"""Coordinates of a fact beside subject and nature; null where the statement is not broken down by them."""


def natures() -> tuple[str, ...]:
    """Measures that are natures. What a fund table prints besides (opening, revenue, closing) is no expenditure."""
    return parts_of("total", FACTS)


def _rows_that_count(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of leaf subjects, or of the total row where a statement prints no subject.

    Args:
        cells: cells of expenditure measures, with ``report_key`` and ``form``.
    """
    statement = ["report_key", "form", "sub_unit"]
    has_codes = pl.col("subject_code").is_not_null().any().over(statement)
    # Where a form prints totals only, codes would be another layout's columns.
    by_subject = has_codes & ~pl.col("form").is_in(forms_with(layout="totals"))
    cells = cells.with_columns(by_subject=by_subject)

    coded = cells.filter(pl.col("by_subject") & pl.col("subject_code").is_not_null())
    leaves = (
        coded.select(*statement, "subject_code")
        .unique()
        .sort(*statement, "subject_code")
        .filter(~is_branch(pl.col("subject_code"), statement))
    )
    subjects = coded.join(leaves, on=[*statement, "subject_code"], how="semi", nulls_equal=True)

    totals = (
        cells.filter(~pl.col("by_subject"))
        .with_columns(
            subject_code=pl.lit(None, pl.String),
            subtotal=plain(pl.col("subject_name")).replace_strict(
                catalogue().subtotals, default=None, return_dtype=pl.String
            ),
        )
        .filter(pl.col("is_total") | pl.col("subtotal").is_not_null())
    )
    # Both subtotals say more than the total over them.
    totals = totals.filter(
        pl.col("subtotal").is_not_null() | ~pl.col("subtotal").is_not_null().any().over(statement)
    ).with_columns(measure=pl.coalesce("subtotal", "measure"))
    first_total = totals.sort(*statement, "row_no").unique(
        [*statement, "measure", "fund"], keep="first", maintain_order=True
    )
    return pl.concat([subjects, first_total.drop("subtotal")], how="diagonal").drop("by_subject")


def _natures(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that are parts of their row, or its whole where no part is printed, with their ``nature``."""
    row = ["report_key", "form", "subject_code", "row_no"]
    measure = pl.col("measure")
    is_part = measure.is_in(natures())
    is_part_of_basic = measure.is_in(parts_of("basic", FACTS))
    economic = classification(pl.col("form")) == "economic"
    # Which class is personnel is a convention; it says nothing of tables that hold projects too.
    divides_basic = pl.col("form").is_in([f.name for f in catalogue().forms if f.covers != "all"])
    in_personnel_class = pl.col("subject_code").str.head(3).is_in(catalogue().personnel_classes)
    return (
        cells.with_columns(
            has_parts=is_part.any().over(row),
            has_parts_of_basic=is_part_of_basic.any().over(row),
            has_total=(measure == "total").any().over(row),
        )
        .filter(
            pl.when(measure.is_in(WHOLES))
            # A row with both wholes would count twice.
            .then(~pl.col("has_parts") & ((measure == "total") | ~pl.col("has_total")))
            .otherwise((measure != "basic") | ~pl.col("has_parts_of_basic"))
        )
        .with_columns(
            nature=pl.when(is_part)
            .then(measure)
            .when(economic & divides_basic & pl.col("subject_code").is_not_null())
            .then(pl.when(in_personnel_class).then(pl.lit("personnel")).otherwise(pl.lit("public")))
            .otherwise(pl.lit(UNDIVIDED))
        )
    )


def _narrative(fact_disclosure: pl.DataFrame, dim_report: pl.DataFrame) -> pl.DataFrame:
    """Return the initial budgets that the narratives of final accounts state by subject.

    A subject stated twice with one amount is stated once; of several reports of the same accounts the latest counts.
    """
    accounts = ["unit_key", "year_key"]
    dated = pl.coalesce("published_on", "cover_date", "document_date", pl.col("ingested_at").dt.date())
    finals = dim_report.filter(pl.col("stage") == "final").select("report_key", dated=dated)
    items = (
        fact_disclosure.filter(
            (pl.col("fact") == "initial_budget") & pl.col("subject_key").is_not_null() & pl.col("amount").is_not_null()
        )
        .join(finals, on="report_key")
        .unique(["report_key", "subject_code", "amount"], keep="first", maintain_order=True)
    )
    codes = items.select("report_key", "subject_code").unique().sort("report_key", "subject_code")
    leaves = codes.filter(~is_branch(pl.col("subject_code"), ["report_key"]))
    latest = (
        items.filter("is_current")
        .sort("dated", "report_key", nulls_last=False)
        .group_by(accounts, maintain_order=True)
        .agg(latest_key=pl.col("report_key").last())
    )
    return (
        items.join(leaves, on=["report_key", "subject_code"], how="semi")
        .join(latest, on=accounts, how="left")
        .group_by("report_key", "unit_key", "year_key", "subject_key", "latest_key", maintain_order=True)
        .agg(pl.col("amount").sum(), pl.col("disclosure_key").first(), cell_count=pl.len())
        .select(
            "report_key",
            "unit_key",
            "year_key",
            "subject_key",
            "amount",
            "disclosure_key",
            "cell_count",
            stage=pl.lit("initial_budget"),
            statement=pl.lit("narrative"),
            nature=pl.lit(UNDIVIDED),
            is_current=(pl.col("report_key") == pl.col("latest_key")).fill_null(value=False),
        )
    )


def fact_expenditure(
    published_cell: pl.DataFrame,
    report_form: pl.DataFrame,
    dim_report: pl.DataFrame,
    dim_subject: pl.DataFrame,
    fact_disclosure: pl.DataFrame,
    *,
    report_reading: pl.DataFrame,
) -> pl.DataFrame:
    """Return one row per report, statement, subject and nature, and per economic class, unit, money and project.

    A subject that is the beginning of another printed code of its statement is no row; a measure whose parts the same
    row prints is none either. So the rows of a statement add up to its printed total, unless the publisher's figures do
    not; nothing is invented to make them.

    Args:
        published_cell: table ``published_cell``.
        report_form: table ``report_form``.
        dim_report: table ``dim_report``.
        dim_subject: table ``dim_subject``.
        fact_disclosure: table ``fact_disclosure``, for statement ``narrative``.
        report_reading: ``REPORT_READING``, for the units that tables are broken down by.

    Returns:
        Table ``fact_expenditure``, amounts in yuan, sorted by key. A subject printed on several rows of a statement is
        one fact, with the number of its cells and the first cell's key.
    """
    reports = dim_report.select("report_key", "unit_key", "year_key", "stage")
    cells = published_cell.filter(
        pl.col("form").is_in(statements_of(FACTS)),
        pl.col("measure").is_in([*natures(), *WHOLES]),
        pl.col("amount").is_not_null(),
    )
    cells = with_codes_by_name(each_once(cells))
    units = sub_units(report_reading).select("report_key", "sub_unit", "sub_unit_key")
    facts = (
        with_subject_key(_natures(_rows_that_count(cells)), dim_subject)
        .join(units, on=["report_key", "sub_unit"], how="left")
        .pipe(with_economic_key, dim_subject)
        .sort("report_key", "form", "row_no", "cell_key")
        .group_by("report_key", "form", "subject_key", "nature", *COORDINATES, maintain_order=True)
        .agg(pl.col("amount").sum(), pl.col("cell_key").first(), cell_count=pl.len())
        .join(report_form, on=["report_key", "form"], suffix="_form")
        .join(reports, on="report_key")
        .with_columns(statement=pl.col("form"))
        .drop("form", "cell_count_form", "replaced_by_report_key")
    )
    rows = [conform(frame, "fact_expenditure") for frame in (facts, _narrative(fact_disclosure, dim_report))]
    return pl.concat(rows).sort("report_key", "statement", "subject_key", "nature", *COORDINATES, nulls_last=False)
