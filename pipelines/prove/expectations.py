"""Great Expectations, kept behind one function: suites as YAML in, frames out.

The suites in ``expectations/<asset>.yml`` are written by hand and built in code on every run, because Great
Expectations rewrites suite files it is given. It is imported inside functions (that takes seconds), sees pandas frames
with only the columns a suite names, and money as `decimal.Decimal`, never as a float.
"""

from __future__ import annotations

import math
import operator
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.core.data_files import loaded
from pipelines.prove.catalogue import rule_words
from pipelines.statements.lookups import value_sets

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

FOLDER = Path(__file__).parents[2] / "expectations"
STRUCTURAL = "structural"
FAULT = "fault"
SAMPLE = 20
"""Unexpected values that a result shows at most."""
_GX_SEVERITY = {STRUCTURAL: "critical", FAULT: "warning"}
_META_KEYS = {"id", "expect", "severity", "notes", "where"}

RESULT: dict[str, pl.DataType] = {
    "asset": pl.String(),
    "expectation_id": pl.String(),  # unique within the asset
    "expectation": pl.String(),  # type, as Great Expectations names it
    "column": pl.String(),  # several joined by a comma; null for expectations about the table
    "severity": pl.String(),  # structural, fault
    "success": pl.Boolean(),
    "element_count": pl.Int64(),
    "unexpected_count": pl.Int64(),
    "sample": pl.List(pl.String()),
    "report_keys": pl.List(pl.String()),  # of the unexpected rows
    "notes": pl.String(),
}
"""One row per expectation of a suite."""


class SuiteError(ValueError):
    """A suite file says something that cannot be run."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One entry of a suite file."""

    id: str
    type: str
    severity: str
    notes: str
    where: dict[str, dict[str, list[Any]]]
    arguments: dict[str, Any]

    @property
    def columns(self) -> list[str]:
        """Columns the expectation is about."""
        named = [self.arguments[k] for k in ("column", "column_A", "column_B") if k in self.arguments]
        return [*named, *self.arguments.get("column_list", [])]


@dataclass(frozen=True, slots=True)
class Suite:
    """One file of ``expectations/``.

    Attributes:
        asset: Name of the asset, the suite and the file.
        notes: What the suite protects, in Chinese and English.
        key: Column that names a row in samples.
        derive: Helper columns as SQL expressions over the frame's columns, in order.
        known: Helper columns that say whether a value stands in another frame: ``{column: "frame.column"}`` gives
            the column ``<column>_known``; null stays null.
        expectations: What must hold.
    """

    asset: str
    notes: str
    key: str | None
    derive: dict[str, str]
    known: dict[str, str]
    expectations: tuple[Expectation, ...]


def suite_names() -> list[str]:
    """Names of all suites, sorted."""
    return sorted(file.stem for file in FOLDER.glob("*.yml"))


@cache
def read_suite(asset: str, folder: Path = FOLDER) -> Suite:
    """Read ``<folder>/<asset>.yml``.

    Raises:
        SuiteError: An entry lacks its id, notes or a known severity, or an id stands twice.
    """
    file = folder / f"{asset}.yml"
    content = loaded(file)
    expectations = []
    for entry in [*content["expectations"], *_each_rule(content.get("each_rule"))]:
        missing = {"id", "expect", "severity", "notes"} - entry.keys()
        if missing:
            raise SuiteError(f"{file.name}: {entry.get('id', entry)} lacks {', '.join(sorted(missing))}")
        if entry["severity"] not in _GX_SEVERITY:
            raise SuiteError(f"{file.name}: {entry['id']} has the unknown severity {entry['severity']!r}")
        try:
            said = {k: _derived(v) for k, v in entry.items()}
        except KeyError as name:
            raise SuiteError(f"{file.name}: {entry['id']} asks for the unknown set {name}") from None
        arguments = {k: v for k, v in said.items() if k not in _META_KEYS}
        expectations.append(
            Expectation(said["id"], said["expect"], said["severity"], said["notes"], said.get("where", {}), arguments)
        )
    ids = [e.id for e in expectations]
    if content["asset"] != asset or len(ids) != len(set(ids)):
        raise SuiteError(f"{file.name}: the asset must be {asset} and every id must be there once")
    return Suite(
        asset=asset,
        notes=content["notes"],
        key=content.get("key"),
        derive=content.get("derive", {}),
        known=content.get("known", {}),
        expectations=tuple(expectations),
    )


def _derived(said: Any) -> Any:
    """Put the values of a named set where an entry says ``{from: name}``, alone or among others of a list."""
    match said:
        case {"from": str(name), **rest} if not rest:
            return list(value_sets()[name])
        case dict():
            return {key: _derived(value) for key, value in said.items()}
        case list():
            found = [(isinstance(value, dict), _derived(value)) for value in said]
            return [v for several, value in found for v in (value if several else [value])]
        case _:
            return said


def _each_rule(template: dict[str, Any] | None) -> list[dict[str, Any]]:
    """One entry per rule of the catalogue, about the rows of that rule, with its words."""
    if template is None:
        return []
    return [
        template | {"id": rule, "notes": f"{zh} / {en}", "where": {"rule_id": {"in": [rule]}}}
        for rule, zh, en in rule_words()
    ]


def judged(
    suite: Suite, expectations: Sequence[Expectation], rows: pl.DataFrame
) -> tuple[dict[str, set[int] | bool], dict[str, Any]]:
    """Have Great Expectations judge rows.

    Args:
        suite: The suite.
        expectations: Those of it that are asked for.
        rows: What `prepared` gave, some or all rows of it.

    Returns:
        Numbers of the rows that are not as expected, by expectation; or, of an expectation about all rows together,
        whether it does not hold. And the result as `document` gives it.

    Raises:
        SuiteError: Great Expectations could not evaluate an expectation.
    """
    outcome = _run(replace(suite, expectations=tuple(expectations)), rows)
    said: dict[str, set[int] | bool] = {}
    for result in outcome.results:
        name = result.expectation_config.meta["id"]
        failure = result.exception_info or {}
        if failure.get("raised_exception"):
            raise SuiteError(f"{suite.asset}.{name}: {failure.get('exception_message')}")
        index = result.result.get("unexpected_index_list")
        by_row = "unexpected_count" in result.result
        said[name] = set(index or ()) if by_row else not result.success
    return said, _shown_document(outcome)


def document(suite: Suite, rows: pl.DataFrame) -> dict[str, Any]:
    """Give Great Expectations' own result for some rows as JSON, for the Data Docs.

    Args:
        suite: What must hold.
        rows: With the columns that `prepared` gives.
    """
    return _shown_document(_run(suite, rows))


def _shown_document(outcome: Any) -> dict[str, Any]:
    for result in outcome.results:
        _make_fit_to_show(result.result)
    told: dict[str, Any] = outcome.to_json_dict()
    return told


def _run(suite: Suite, rows: pl.DataFrame) -> Any:
    gx = import_great_expectations()
    context = ephemeral_context()
    batch = context.data_sources.add_pandas("mingzhang").add_dataframe_asset(suite.asset)
    definition = gx.ValidationDefinition(
        name=suite.asset,
        data=batch.add_batch_definition_whole_dataframe("whole"),
        suite=context.suites.add(gx_suite(suite)),
    )
    return context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": rows.to_pandas()},
        result_format={"result_format": "COMPLETE", "return_unexpected_index_query": False},
    )


def gx_suite(suite: Suite) -> ExpectationSuite:
    """Build the suite as Great Expectations wants it."""
    gx = import_great_expectations()
    built = []
    for e in suite.expectations:
        name = "Expect" + "".join(word.capitalize() for word in e.type.split("_"))
        condition = {"row_condition": _row_condition(e.where)} if e.where else {}
        meta = {"id": e.id, "severity": e.severity}
        built.append(
            getattr(gx.expectations, name)(
                **e.arguments,
                **condition,
                severity=_GX_SEVERITY[e.severity],
                description=f"[{e.id}] {e.notes}",
                meta=meta,
            )
        )
    made: ExpectationSuite = gx.ExpectationSuite(name=suite.asset, expectations=built, notes=suite.notes)
    return made


def ephemeral_context() -> Any:
    """Make a context that lives in memory only, without progress bars and without folders of its own."""
    gx = import_great_expectations()
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _row_condition(where: dict[str, dict[str, list[Any]]]) -> Any:
    """Turn ``{column: {in: […]}}`` or ``{column: {not_in: […]}}`` into a condition; several columns must all hold."""
    from great_expectations.expectations.row_conditions import Column

    tests = {
        "in": lambda column, values: column.is_in(values),
        "not_in": lambda column, values: column.is_not_in(values),
    }
    conditions = [tests[how](Column(name), values) for name, test in where.items() for how, values in test.items()]
    return reduce(operator.and_, conditions)


def domain(expectation: Expectation) -> pl.Expr:
    """Say which rows an expectation is about, as `_row_condition` says it to Great Expectations."""
    tests = []
    for name, test in expectation.where.items():
        for how, values in test.items():
            inside = pl.col(name).is_in(values).fill_null(False)
            tests.append(inside if how == "in" else ~inside)
    return pl.all_horizontal(tests)


_IMPORTING = threading.Lock()


def import_great_expectations() -> Any:
    """Import Great Expectations with its analytics off, and without PySpark, which it would import where it is there.

    That takes seconds, and PySpark 4.3 ends a ``python -c`` without a word when packages of its server are missing.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _IMPORTING:
        hidden = "pyspark" not in sys.modules
        if hidden:
            sys.modules["pyspark"] = None  # type: ignore[assignment]
        try:
            import great_expectations
        finally:
            if hidden:
                del sys.modules["pyspark"]
    return great_expectations


def prepared(suite: Suite, frame: pl.DataFrame, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Add helper columns and keep only what the suite names."""
    known = []
    for column, place in suite.known.items():
        other, other_column = place.split(".")
        known.append(pl.col(column).is_in(frames[other][other_column].implode()).alias(f"{column}_known"))
    widened = frame.with_columns(known)
    for name, sql in suite.derive.items():  # one may use the one before
        widened = widened.with_columns(pl.sql_expr(sql).alias(name))
    used = {column for e in suite.expectations for column in e.columns}
    used |= {column for e in suite.expectations for column in e.where}
    return widened.select(c for c in widened.columns if c in used) if used else widened


def _make_fit_to_show(detail: dict[str, Any]) -> None:
    """Drop long lists, and escape what documents say: the data docs put values into their pages as they are."""
    for bulky in ("unexpected_list", "unexpected_index_list"):
        detail.pop(bulky, None)
    if "partial_unexpected_list" in detail:
        detail["partial_unexpected_list"] = [_shown(value) for value in detail["partial_unexpected_list"]]
    for counted in detail.get("partial_unexpected_counts") or []:
        if "value" in counted:
            counted["value"] = _shown(counted["value"])


def text(value: object) -> str:
    """Write a value as samples show it."""
    missing = value is None or (isinstance(value, float) and math.isnan(value))  # pandas writes NaN for null
    return "null" if missing else str(value)[:200]


def _shown(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_shown(part) for part in value]
    return escape(text(value))
