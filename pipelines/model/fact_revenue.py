"""Table ``fact_revenue``: the finest rows of the revenue statement by source."""

from __future__ import annotations

import polars as pl

from pipelines.model.bodies import sub_units
from pipelines.model.dim_subject import with_subject_key
from pipelines.model.named_subjects import with_codes_by_name
from pipelines.model.names import is_branch, plain
from pipelines.model.points import each_once
from pipelines.statements.lookups import UNDIVIDED, WHOLES, parts_by_whole, parts_of, statements_of
from pipelines.storage.tables import conform

FACTS = "fact_revenue"

BALANCE_OF_UNITS = "carried_over_unit"
"""What units have left (上年实户资金余额): printed below 上年结转 or beside it, so alone it divides nothing."""

# Row names of one-column tables and the source they mean; the first that matches counts.
FUNDS = (
    (r"结转|结余", "carried_over"),
    (r"国有资本", "state_capital"),
    (r"基金", "fund"),
    (r"财政专户|专户管理|教育收费", "special_account"),
    (r"公共预算|公共财政|经费拨款|专项收入", "general"),
    (r"财政拨款", "appropriation"),
)
OTHERS = (
    (r"上级补助", "superior_subsidy"),
    (r"上缴", "affiliate_remittance"),
    (r"经营收入", "operating"),
    (r"事业收入", "institutional"),
)

SUBTOTAL = r"/小计$"
OF_WHICH = r"(^|/)其中[:：]"
# Numbering by depth, as official documents write it: 一、 （一） 1. （1）
NUMBERING = (r"^[一二三四五六七八九十]+[、.．]", r"^\([一二三四五六七八九十]+\)", r"^\d+[、.．]", r"^\(\d+\)")


def _one_of(rules: tuple[tuple[str, str], ...], name: pl.Expr) -> pl.Expr:
    """Return the source of the first rule that matches the name, or null."""
    return pl.coalesce([pl.when(name.str.contains(pattern)).then(pl.lit(source)) for pattern, source in rules])


def source_of(name: pl.Expr) -> pl.Expr:
    """Return the source that a row name of a one-column table means.

    Args:
        name: plain name, a path (``一般公共预算资金/专项收入``) in a merged group. The group says the fund where it
            names one, else the row says what it is.
    """
    group, row = name.str.extract(r"^(.*)/[^/]*$").fill_null(""), name.str.extract(r"([^/]*)$")
    return pl.coalesce(_one_of(FUNDS, group), _one_of(FUNDS, row), _one_of(OTHERS, row), pl.lit("other"))


def _finest_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of one-column tables that no other line divides.

    A line is divided by the line after it when that is numbered one level deeper, or when its path goes on from it;
    小计 of a group is divided by any other line of the group. 其中 lines divide nothing: they are only a part.

    Args:
        lines: cells without code of the measure ``amount``, with their ``name``.
    """
    path = pl.col("name").str.replace(SUBTOTAL, "")
    depth = pl.coalesce([pl.when(pl.col("name").str.contains(p)).then(pl.lit(i)) for i, p in enumerate(NUMBERING, 1)])
    lines = lines.filter(~pl.col("name").str.contains(OF_WHICH)).with_columns(path=path, depth=depth)
    ends = lines.select("report_key", path=path + "/").unique().sort("report_key", "path")
    divided = ends.filter(is_branch(pl.col("path"), ["report_key"])).with_columns(pl.col("path").str.head(-1))
    return (
        lines.sort("report_key", "row_no")
        .with_columns(next_depth=pl.col("depth").shift(-1).over("report_key"))
        .filter((pl.col("next_depth") <= pl.col("depth")).fill_null(value=True))
        .join(divided, on=["report_key", "path"], how="anti")
        .with_columns(measure=source_of(pl.col("name")))
        .drop("path", "depth", "next_depth")
    )


def _rows_that_count(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of leaf subjects; without subjects those of the finest lines; without these of the total row."""
    report = ["report_key", "sub_unit"]
    cells = cells.with_columns(
        name=plain(pl.col("subject_name")),
        by_subject=pl.col("subject_code").is_not_null().any().over(report),
    )
    leaves = (
        cells.filter(pl.col("subject_code").is_not_null())
        .select(*report, "subject_code")
        .unique()
        .sort(*report, "subject_code")
        .filter(~is_branch(pl.col("subject_code"), report))
    )
    subjects = cells.join(leaves, on=[*report, "subject_code"], how="semi", nulls_equal=True)
    lines = _finest_lines(cells.filter(~pl.col("by_subject") & ~pl.col("is_total") & (pl.col("measure") == "amount")))
    totals = (
        cells.filter(~pl.col("by_subject") & pl.col("is_total"))
        .join(lines, on="report_key", how="anti")
        .sort("report_key", "row_no")
        .unique([*report, "measure"], keep="first", maintain_order=True)
    )
    return pl.concat([subjects, lines, totals]).drop("name", "by_subject")


def _sources(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that are parts of their row, or its whole where no part is printed, with their ``source``."""
    row = ["report_key", "subject_code", "row_no"]
    measure = pl.col("measure")

    def printed(measures: tuple[str, ...]) -> pl.Expr:
        return measure.is_in(measures).any().over(row)

    divided = pl.lit(value=False)
    sums = {whole: parts for form in statements_of(FACTS) for whole, parts in parts_by_whole(form).items()}
    for whole, parts in sums.items():  # the total is one of the wholes and is settled below
        own = tuple(part for part in parts if part != BALANCE_OF_UNITS)
        divided = divided | ((measure == whole) & printed(own))
    return cells.filter(
        pl.when(measure.is_in(WHOLES))
        .then(~printed(parts_of("total", FACTS)) & ((measure == "total") | ~printed(("total",))))
        .otherwise(~divided)
    ).with_columns(source=pl.when(measure.is_in(WHOLES)).then(pl.lit(UNDIVIDED)).otherwise(measure))


def fact_revenue(
    published_cell: pl.DataFrame,
    report_form: pl.DataFrame,
    dim_report: pl.DataFrame,
    dim_subject: pl.DataFrame,
    report_reading: pl.DataFrame,
) -> pl.DataFrame:
    """Return one row per report, subject and source, by the same rules as ``fact_expenditure``.

    Args:
        published_cell: table ``published_cell``.
        report_form: table ``report_form``.
        dim_report: table ``dim_report``.
        dim_subject: table ``dim_subject``.
        report_reading: ``REPORT_READING``, for the units that tables are broken down by.

    Returns:
        Table ``fact_revenue``, amounts in yuan, sorted by key. One-column tables have the member 未分科目 and
        the source their row names mean; several rows of one source are one fact.
    """
    reports = dim_report.select("report_key", "unit_key", "year_key", "stage")
    cells = published_cell.filter(
        pl.col("form").is_in(statements_of(FACTS)),
        pl.col("measure").is_in([*parts_of("total", FACTS), *WHOLES]),
        pl.col("amount").is_not_null(),
    )
    cells = with_codes_by_name(each_once(cells))
    units = sub_units(report_reading).select("report_key", "sub_unit", "sub_unit_key")
    facts = (
        with_subject_key(_sources(_rows_that_count(cells)), dim_subject)
        .join(units, on=["report_key", "sub_unit"], how="left")
        .sort("report_key", "row_no", "cell_key")
        .group_by("report_key", "form", "subject_key", "source", "sub_unit_key", maintain_order=True)
        .agg(pl.col("amount").sum(), pl.col("cell_key").first(), cell_count=pl.len())
        .join(report_form, on=["report_key", "form"], suffix="_form")
        .join(reports, on="report_key")
        .sort("report_key", "subject_key", "source", "sub_unit_key", nulls_last=False)
    )
    return conform(facts.drop("form", "cell_count_form", "replaced_by_report_key"), "fact_revenue")
