"""Table ``dim_subject`` and the way from a code and a year to its key."""

from __future__ import annotations

import polars as pl

from pipelines.model.names import UNCLASSIFIED, classification
from pipelines.model.published_cell import loaded_cell
from pipelines.reference.lookup import economic_subjects, functional_subjects
from pipelines.storage.tables import conform

CODE_LENGTHS = {1: 3, 2: 5, 3: 7}
"""Digits of a code by level (类, 款, 项)."""

LEVELS = ((1, "class"), (2, "section"), (3, "item"))
ALWAYS = (0, 9999)
"""Bounds of an open validity."""


def _reference() -> pl.DataFrame:
    """Return both classifications with their keys: one row per meaning of a code."""
    return (
        pl.concat(
            [
                functional_subjects().with_columns(classification=pl.lit("functional")),
                economic_subjects().with_columns(classification=pl.lit("economic")),
            ]
        )
        .with_columns(
            # A meaning without known bounds has the code alone for a key.
            subject_key=pl.concat_str(
                "classification",
                pl.lit("-"),
                "code",
                pl.when(pl.col("valid_from").is_not_null() | pl.col("valid_to").is_not_null())
                .then(
                    pl.concat_str(
                        pl.lit("-"),
                        pl.col("valid_from").cast(pl.String).fill_null(""),
                        pl.lit("-"),
                        pl.col("valid_to").cast(pl.String).fill_null(""),
                    )
                )
                .otherwise(pl.lit("")),
            ),
            aliases=pl.col("aliases").fill_null("").str.split("|").list.eval(pl.element().filter(pl.element() != "")),
            is_reference=pl.lit(value=True),
        )
        .sort("classification", "code", "valid_from")
    )


def _nearest(asked: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    """Return, for each asked (``classification``, ``code``, ``year_key``), the meaning valid then.

    A code printed outside every validity (a publisher late with a reform) takes the meaning nearest in time.
    """
    meanings = subjects.select(
        "classification",
        "code",
        "subject_key",
        since=pl.col("valid_from").fill_null(ALWAYS[0]),
        until=pl.col("valid_to").fill_null(ALWAYS[1]),
    )
    year = pl.col("year_key").fill_null(ALWAYS[1])
    return (
        asked.select("classification", "code", "year_key")
        .unique()
        .join(meanings, on=["classification", "code"])
        .with_columns(off=pl.max_horizontal(pl.col("since") - year, year - pl.col("until"), 0))
        .sort("off", "subject_key")
        .unique(["classification", "code", "year_key"], keep="first", maintain_order=True)
        .select("classification", "code", "year_key", "subject_key")
    )


def with_subject_key(cells: pl.DataFrame, dim_subject: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with ``subject_key``; rows without a code get the member 未分科目.

    Args:
        cells: has ``form``, ``subject_code`` and ``year_key``.
        dim_subject: table ``dim_subject``, which knows every code of the cells.
    """
    asked = cells.with_columns(classification=classification(pl.col("form")), code=pl.col("subject_code"))
    keys = _nearest(asked.filter(pl.col("code").is_not_null()), dim_subject)
    return (
        asked.join(keys, on=["classification", "code", "year_key"], how="left")
        .with_columns(pl.col("subject_key").fill_null(UNCLASSIFIED))
        .drop("classification", "code")
    )


def with_economic_key(cells: pl.DataFrame, dim_subject: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with ``economic_subject_key``: of the department's economic class beside a functional subject.

    A code finer than the classification counts as the section it belongs to.
    """
    code = pl.col("economic_code")
    known = set(dim_subject.filter(pl.col("classification") == "economic")["code"].drop_nulls())
    printed = cells["economic_code"].drop_nulls().unique().to_list()
    nearest = {
        c: next((c[:n] for n in (len(c), *CODE_LENGTHS.values()) if c[:n] in known and n <= len(c)), c) for c in printed
    }
    asked = cells.with_columns(
        classification=pl.lit("economic"),
        code=code.replace(nearest) if nearest else code,
        position=pl.int_range(pl.len()),
    )
    keys = _nearest(asked.filter(pl.col("code").is_not_null()), dim_subject)
    return (
        asked.join(
            keys.rename({"subject_key": "economic_subject_key"}), on=["classification", "code", "year_key"], how="left"
        )
        .sort("position")
        .drop("classification", "code", "position")
    )


def _hierarchy(subjects: pl.DataFrame) -> pl.DataFrame:
    """Add code and name of the class, section and item each subject belongs to."""
    for level, kind in LEVELS:
        ancestor = pl.col("code").str.head(CODE_LENGTHS[level])
        subjects = subjects.with_columns(
            pl.when(pl.col("level") >= level).then(ancestor).alias(f"{kind}_code"),
        )
        # A code's ancestor is the meaning valid when the code begins; an unbounded code takes the newest.
        asked = subjects.select(
            "classification",
            code=pl.col(f"{kind}_code"),
            year_key=pl.coalesce("valid_to", "valid_from"),
        ).filter(pl.col("code").is_not_null())
        names = _nearest(asked, subjects).join(
            subjects.select("subject_key", pl.col("name").alias(f"{kind}_name")), on="subject_key"
        )
        subjects = (
            subjects.with_columns(year_key=pl.coalesce("valid_to", "valid_from"))
            .join(
                names.drop("subject_key"),
                left_on=["classification", f"{kind}_code", "year_key"],
                right_on=["classification", "code", "year_key"],
                how="left",
                nulls_equal=True,
            )
            .with_columns(
                pl.when(pl.col("level") == level).then("name").otherwise(f"{kind}_name").alias(f"{kind}_name")
            )
            .drop("year_key")
        )
    return subjects


def printed_subject(extracted_cell: pl.DataFrame, report_reading: pl.DataFrame) -> pl.DataFrame:
    """Return the codes and names that the loaded reports print.

    Args:
        extracted_cell: ``EXTRACTED_CELL``.
        report_reading: ``REPORT_READING``.

    Returns:
        ``classification``, ``code``, ``year_key``, ``seen_name``, ``times``: one row per combination.
    """
    return (
        loaded_cell(extracted_cell, report_reading)
        .filter(pl.col("subject_code").is_not_null())
        .with_columns(
            year_key=pl.col("fiscal_year"),
            classification=classification(pl.col("form")),
            code=pl.col("subject_code"),
            seen_name=pl.col("subject_name").str.replace_all(r"\s+", ""),
        )
        .filter(pl.col("classification").is_not_null())
        .group_by("classification", "code", "year_key", "seen_name")
        .agg(times=pl.len())
    )


def dim_subject(printed: pl.DataFrame) -> pl.DataFrame:
    """Return one row per meaning of a code: all the reference data know and all that reports print.

    Args:
        printed: what `printed_subject` gives, of one or several batches.

    Returns:
        Table ``dim_subject``, sorted by key. A code that the reference data do not know is named by the name printed
        most often (then latest, then first in order), and is valid for ever.
    """
    reference = _reference()
    unknown = (
        printed.join(reference, on=["classification", "code"], how="anti")
        .group_by("classification", "code", "seen_name")
        .agg(pl.col("times").sum(), latest=pl.col("year_key").max())
        .sort(["times", "latest", "seen_name"], descending=[True, True, False])
        .unique(["classification", "code"], keep="first", maintain_order=True)
        .select(
            "classification",
            "code",
            subject_key=pl.concat_str("classification", pl.lit("-"), "code"),
            name=pl.col("seen_name").fill_null(pl.col("code")),
            aliases=pl.lit([], pl.List(pl.String)),
            is_reference=pl.lit(value=False),
        )
    )
    none = pl.DataFrame(
        {"subject_key": UNCLASSIFIED, "classification": UNCLASSIFIED, "name": "未分科目", "is_reference": True}
    )
    level = pl.col("code").str.len_chars().replace_strict({v: k for k, v in CODE_LENGTHS.items()}, default=None)
    subjects = _hierarchy(
        pl.concat([reference, unknown, none], how="diagonal").with_columns(level=level.cast(pl.Int16))
    )
    used = (
        printed.join(_nearest(printed, subjects), on=["classification", "code", "year_key"])
        .group_by("subject_key")
        .agg(seen_names=pl.col("seen_name").drop_nulls().unique(), years_seen=pl.col("year_key").unique().sort())
    )
    successor = _nearest(
        subjects.filter(pl.col("succeeded_by").is_not_null()).select(
            "classification", code="succeeded_by", year_key=pl.col("valid_to").fill_null(ALWAYS[1] - 1) + 1
        ),
        subjects,
    ).select("classification", succeeded_by="code", following="year_key", succeeded_by_key="subject_key")
    return conform(
        subjects.join(used, on="subject_key", how="left")
        .with_columns(
            aliases=pl.col("aliases")
            .fill_null([])
            .list.concat(pl.col("seen_names").fill_null([]))
            .list.set_difference(pl.concat_list("name"))
            .list.sort(),
            years_seen=pl.col("years_seen").fill_null([]),
            following=pl.col("valid_to").fill_null(ALWAYS[1] - 1) + 1,
        )
        .join(successor, on=["classification", "succeeded_by", "following"], how="left")
        .drop("seen_names", "following")
        .sort("subject_key"),
        "dim_subject",
    )
