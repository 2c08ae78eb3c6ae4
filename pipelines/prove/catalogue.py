"""The rule catalogue: one row per rule in ``rules/catalogue.csv``, its SQL in ``rules/<sql>.sql``."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.statements.catalogue import catalogue as statements
from pipelines.statements.lookups import value_sets

RULES = Path(__file__).parent / "rules"

CATALOGUE: dict[str, pl.DataType] = {
    "rule_id": pl.String(),
    "zh": pl.String(),
    "en": pl.String(),
    "expected_zh": pl.String(),  # what the expected figure is, for messages
    "class": pl.String(),  # of a difference beyond tolerance; within it the class is rounding
    "severity": pl.String(),
    "blank_class": pl.String(),  # of a blank cell whose parts are printed; always a warning
    "forms": pl.String(),  # separated by blanks; a|b where either will do; @set: all of a set, @set|: one of it
    "needs": pl.String(),  # any: of the forms; all: a comparison between them
    "kind": pl.String(),  # sum, ratio, fault; across: years and stages are compared; copies: reports of one year are
    "relation": pl.String(),  # equal; at_most, at_least; covers: at least, and more settles nothing
    "tolerance": pl.String(),  # half_place_per_cell: half the last place of every cell compared; last_digit; exact
    "sql": pl.String(),  # empty: copies are compared by model/cross_report_finding.py
}
"""Columns of the catalogue."""


@cache
def catalogue() -> pl.DataFrame:
    """Return the rules, one row each.

    Raises:
        ValueError: If a rule stands twice or names a file that is not there.
    """
    rules = table("catalogue", CATALOGUE)
    forms = [_forms(rule, said) for rule, said in rules.select("rule_id", "forms").iter_rows()]
    rules = rules.with_columns(forms=pl.Series(forms, dtype=pl.String))
    if rules["rule_id"].is_duplicated().any():
        raise ValueError(f"rules twice in the catalogue: {rules.filter(pl.col('rule_id').is_duplicated())['rule_id']}")
    missing = [name for name in rules["sql"].unique() if name and not (RULES / f"{name}.sql").is_file()]
    if missing:
        raise ValueError(f"rules without SQL: {sorted(missing)}")
    return rules


def _forms(rule: str, said: str) -> str:
    """Put the forms in the place of each set that a rule names; ``@row_sum`` are those that declare the rule's sum."""
    sets = value_sets() | {
        "row_sum": tuple(f.name for f in statements().forms if rule in {s.rule for s in f.sums.values()})
    }
    return re.sub(r"@(\w+)(\|?)", lambda m: (m[2] or " ").join(sets[m[1]]), said)


def rule_words() -> list[tuple[str, str, str]]:
    """Return id, Chinese and English words of every rule; without Polars, for whoever only declares them."""
    with (RULES / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        return [(row["rule_id"], row["zh"], row["en"]) for row in csv.DictReader(file)]


def table(name: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return the data file ``rules/<name>.csv``; empty text stays empty text."""
    return pl.read_csv(RULES / f"{name}.csv", schema=schema, empty_string_is_null=False)


def sql(name: str) -> str:
    """Return the text of ``rules/<name>.sql``."""
    return (RULES / f"{name}.sql").read_text(encoding="utf-8")
