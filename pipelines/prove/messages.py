"""From compared instances to findings; the words of each rule stand in `rules/catalogue.csv`."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.core.money import UNITS
from pipelines.prove.catalogue import catalogue, table
from pipelines.prove.schemas import BROKEN, FINDING, UNREAD, conformed
from pipelines.statements.catalogue import catalogue as statements
from pipelines.statements.lookups import value_sets


def worded(compared: pl.DataFrame) -> pl.DataFrame:
    """Turn broken instances (``COMPARISON``) into findings with words (``FINDING``)."""
    forms = {form.name: form.short.zh for form in statements().forms}
    measures = {name: statements().words_of_measure(name) for name in value_sets()["measures"]}
    other = dict(table("measure_words", {"measure": pl.String(), "zh": pl.String()}).iter_rows())
    rules = catalogue().select("rule_id", "expected_zh", "class", "severity", "blank_class", "kind", rule_zh="zh")
    # what cannot be settled by arithmetic is a warning at most
    unsettled = pl.when(pl.col("severity") == "error").then(pl.lit("warning")).otherwise("severity")
    broken = (
        compared.filter(pl.col("result").is_in(["rounding", UNREAD, *BROKEN]))
        .join(rules, on="rule_id", how="left", maintain_order="left")
        .join(_words("form", forms), on="form", how="left", maintain_order="left")
        .join(_words("measure", measures | other), on="measure", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("result") == "rounding")
            .then(pl.lit("rounding"))
            .when(pl.col("result") == "blank")
            .then(pl.col("blank_class"))
            .when((pl.col("result") == "beyond") & _is_other_unit())
            .then(pl.lit("unit"))
            .otherwise(pl.col("class"))
            .alias("class"),
            pl.when(pl.col("result") == "rounding")
            .then(pl.lit("info"))
            .when(pl.col("result").is_in(["blank", "undefined", UNREAD]))
            .then(unsettled)
            .otherwise(pl.col("severity"))
            .alias("severity"),
        )
        .with_columns(message=_message().fill_null(pl.col("rule_zh")))
    )
    return conformed(broken, FINDING)


def _is_other_unit() -> pl.Expr:
    """Whether two amounts are the same figure in 元 and in 万元."""
    printed, expected, slack = (pl.col(name).cast(pl.Decimal(38, 4)) for name in ("printed", "expected", "tolerance"))
    factor = UNITS["万元"]
    apart = pl.min_horizontal((printed * factor - expected).abs(), (printed - expected * factor).abs())
    money = pl.col("unit").is_in(list(UNITS)) & (printed != 0) & (expected != 0)
    precise = slack * 100 <= pl.min_horizontal(printed.abs(), expected.abs())  # 0.3 says too little
    return (money & (apart <= slack * factor) & precise).fill_null(value=False)


def _words(kind: str, words: Mapping[str, str]) -> pl.DataFrame:
    return pl.DataFrame({kind: list(words), f"{kind}_zh": list(words.values())})


def _figure(name: str) -> pl.Expr:
    """A figure as people write it: at least two places, no idle zeros after them."""
    return pl.col(name).cast(pl.String).str.replace(r"(\.\d\d\d*?)0+$", "$1").fill_null("空白")


def _message() -> pl.Expr:
    subject = pl.concat_str([pl.col("subject_code"), pl.col("subject_name")], separator=" ", ignore_nulls=True)
    measure = pl.format("（{}）", pl.coalesce("measure_zh", "measure", pl.lit("数")))
    cell = pl.format("{}“{}”{}：表列 ", pl.coalesce("form_zh", "form", pl.lit("")), subject, measure)
    text = pl.format("{}。“{}”{}印为 ", pl.col("rule_zh"), subject, measure)
    outside = pl.col("note").is_not_null()
    unit = pl.col("unit").fill_null("")
    before = pl.when(outside).then(text).otherwise(cell)
    after = pl.when(outside).then(pl.format("；见“{}”", pl.col("note").fill_null(""))).otherwise(pl.lit(""))
    sides = pl.format("{}{}，{} {}", before, _figure("printed"), pl.col("expected_zh"), _figure("expected"))
    beyond = pl.format("{}，相差 {}{}", sides, _figure("difference"), unit)
    return (
        pl.when((pl.col("kind") == "fault") & outside)
        .then(pl.col("note"))
        .when(pl.col("kind") == "fault")
        .then(pl.format("{}“{}”：同一编码出现 {} 次", pl.coalesce("form_zh", "form"), subject, pl.col("n")))
        .when(pl.col("result") == "blank")
        .then(pl.format("{}{}{}", sides, unit, after))
        .when(pl.col("result") == "undefined")
        .then(pl.format("{}{}{}，但基数为零，无百分比可言{}", before, _figure("printed"), unit, after))
        .when(pl.col("result") == "rounding")
        .then(pl.format("{}，在四舍五入允许的 {} 以内{}", beyond, _figure("tolerance"), after))
        .when(pl.col("result") == UNREAD)
        .then(pl.format("{}，但所涉数字未能全部读懂，不作差错{}", beyond, after))
        .otherwise(pl.format("{}，超出四舍五入允许的 {}{}", beyond, _figure("tolerance"), after))
    )
