"""What Great Expectations says of rows, asked once for each kind of row.

Most rows are of a kind that was seen before: a value of a vocabulary, a number within its bounds, a key that stands
once. A `case` is such a kind, for one expectation; rows of one case end alike. Great Expectations is asked about one
row of every case that it has not judged yet; what it said is kept, with the row, until the suite or the library
changes. Where nothing is new it is not even imported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.core.atomic_replace import replacing
from pipelines.prove.expectations import (
    RESULT,
    SAMPLE,
    Expectation,
    Suite,
    SuiteError,
    document,
    domain,
    judged,
    prepared,
    text,
)
from pipelines.storage import parquet

_MISSING = "∅"
"""Case of a null; no value of a vocabulary is this sign."""

_UNIQUE = ("column_values_to_be_unique", "compound_columns_to_be_unique")
_WHOLE = ("column_distinct_values_to_contain_set",)
"""Expectations about all rows together: their one case is what they look at."""
_BY_VALUE = (
    "column_values_to_be_in_set",
    "column_values_to_not_be_in_set",
    "column_values_to_be_between",
    "column_values_to_match_regex",
    "column_pair_values_a_to_be_greater_than_b",
)
"""Expectations about the values of a row alone, of which any may be missing."""

CASE: dict[str, pl.DataType] = {
    "expectation_id": pl.String(),
    "case": pl.String(),
    "unexpected": pl.Boolean(),
    "row": pl.Int64(),  # of the specimens: the row that was judged; null where it was the whole frame
}
"""One row per case that was judged."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of the cases of a suite."""

    cases: pl.DataFrame
    """``CASE``"""
    specimens: pl.DataFrame
    """The rows that were judged, with ``row`` and ``report_key``; of a row below 0 the report need not be there."""

    def unexpected(self) -> dict[str, set[str]]:
        """Give the cases that do not hold, by expectation."""
        return _by_expectation(self.cases.filter("unexpected"))


def _by_expectation(cases: pl.DataFrame) -> dict[str, set[str]]:
    grouped = cases.group_by("expectation_id").agg("case")
    return {expectation: set(found) for expectation, found in grouped.iter_rows()}


class NewCaseError(Exception):
    """A judge that may not ask Great Expectations met rows of a kind it was never asked about."""


class Judge:
    """Judges frames by suites and remembers what Great Expectations said.

    Args:
        folder: Where it is remembered, two Parquet files per suite; nowhere if None.
        may_ask: Whether Great Expectations is asked about what is not remembered.
    """

    def __init__(self, folder: Path | None = None, *, may_ask: bool = True) -> None:
        self._folder = folder
        self._may_ask = may_ask
        self._known: dict[str, Judged] = {}

    def results(
        self,
        suite: Suite,
        frame: pl.DataFrame,
        frames: Mapping[str, pl.DataFrame],
        members: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """Say how every expectation of a suite ends for a frame.

        Args:
            suite: What must hold.
            frame: The asset's frame; with a column ``report_key`` failures are traced to reports.
            frames: Frames that ``known`` refers to.
            members: ``report_key``, ``bucket``: results are given for each bucket, else for bucket 0.

        Returns:
            ``RESULT``, with ``bucket``.

        Raises:
            SuiteError: Great Expectations could not evaluate an expectation.
        """
        rows = prepared(suite, frame, frames)
        cases = rows.select(_case(e).alias(e.id) for e in suite.expectations if e.type not in _WHOLE)
        known = self._judge(suite, frame, rows, cases)
        bucket, every = pl.Series("bucket", [0], pl.Int32).new_from_index(0, frame.height), [0]
        if members is not None:
            every = members["bucket"].unique().sort().to_list()
            placed = frame.select("report_key").join(members, on="report_key", how="left", maintain_order="left")
            bucket = placed["bucket"].fill_null(every[0])
        numbered = cases.with_columns(bucket)
        counts = {row.pop("bucket"): row for row in numbered.group_by("bucket").agg(pl.all().count()).to_dicts()}
        unexpected, found = known.unexpected(), []
        for e in suite.expectations:
            broken = unexpected.get(e.id, set())
            at = pl.Series(dtype=pl.UInt32)
            if broken and e.type not in _WHOLE:
                at = cases[e.id].is_in(sorted(broken)).fill_null(False).arg_true()
            for n in every:
                here = at.filter(bucket.gather(at) == n) if at.len() else at
                found.append(_result(suite, e, n, counts.get(n, {}).get(e.id, 0), here, rows, frame))
            if e.type in _WHOLE:
                found[-1] |= {"success": _whole_case(e, rows) not in broken, "element_count": rows.height}
        return pl.DataFrame(found, schema=RESULT | {"bucket": pl.Int32()}, orient="row")

    def specimens(self, suite: Suite, reports: pl.Series, results: pl.DataFrame) -> pl.DataFrame:
        """Give the rows by which a suite was judged, as far as their reports still count.

        Args:
            suite: The suite.
            reports: Keys of the reports that count.
            results: ``RESULT`` of all reports; what fails is shown, if need be by a row whose report counts no longer.
        """
        known = self._of(suite)
        rows = known.specimens
        if "report_key" in rows.columns:
            failed = results.filter(pl.col("asset") == suite.asset, ~pl.col("success"))["expectation_id"]
            fails = pl.col("expectation_id").is_in(failed.implode())
            wrong = known.cases.filter("unexpected", fails)
            elsewhere = known.cases.filter("unexpected", ~fails, pl.col("row") < 0)["row"]  # fails here nowhere
            there = pl.col("report_key").is_null() | pl.col("report_key").is_in(reports.implode())
            there |= (pl.col("row") < 0) & ~pl.col("row").is_in(elsewhere.implode())
            shown = rows.filter(there)["row"].implode()
            lost = wrong.filter(~pl.col("row").is_in(shown).any().over("expectation_id"))["row"]
            rows = rows.filter(there | pl.col("row").is_in(lost.implode()))
        for e in suite.expectations:  # of a row that has changed meanwhile only the later state
            if e.type in _UNIQUE and rows.height:
                doubled = known.cases.filter(pl.col("expectation_id") == e.id, "unexpected")["row"]
                latest = pl.struct(e.columns).is_last_distinct() | pl.col("row").is_in(doubled.implode())
                rows = rows.filter(latest)
        return rows.drop("row", strict=False)

    def make_ready(self, suite: Suite) -> None:
        """Let what is remembered serve warehouses to come, which know other reports.

        Rows that were as expected are judged with every value of their vocabularies, and without any: what is as
        expected, too, is remembered. The rows that were judged count for good, whatever reports there are.
        """
        known = self._of(suite)
        vocabulary: dict[str, list[Any]] = {}
        for e in suite.expectations:
            vocabulary.setdefault(e.columns[0], []).extend(e.arguments.get("value_set", []))
        asked, made, cases = [], [], []
        for e in suite.expectations:
            seen = known.cases.filter(pl.col("expectation_id") == e.id)
            rows = seen.filter(~pl.col("unexpected"))["row"].drop_nulls()
            if e.type not in _BY_VALUE or rows.is_empty():
                continue
            row = known.specimens.filter(pl.col("row") == rows[0]).drop("row")
            values = pl.Series(e.columns[0], vocabulary[e.columns[0]]).cast(row[e.columns[0]].dtype).unique()
            values = values.extend(pl.Series([None], dtype=values.dtype))
            other = row.drop(e.columns[0]).join(values.to_frame(), how="cross").select(row.columns)
            case = other.select(_case(e).alias("case"))["case"]
            new = case.is_not_null() & ~case.is_in(seen["case"].implode())
            asked.append(e)
            made.append(other.filter(new))
            cases += [(e.id, each) for each in case.filter(new)]
        told: list[tuple[str, str, bool, int | None]] = []
        if cases:
            said, _ = judged(suite, asked, pl.concat(made))
            unexpected = {id: found for id, found in said.items() if not isinstance(found, bool)}
            told = [(id, case, False, None) for at, (id, case) in enumerate(cases) if at not in unexpected[id]]
        lasting = pl.col("row") - known.specimens.height
        every = pl.concat([known.cases, pl.DataFrame(told, schema=CASE, orient="row")])
        self._keep(suite, Judged(every.with_columns(lasting), known.specimens.with_columns(lasting)))

    def _of(self, suite: Suite) -> Judged:
        if suite.asset not in self._known:
            self._known[suite.asset] = self._read(suite) or Judged(pl.DataFrame(schema=CASE), pl.DataFrame())
        return self._known[suite.asset]

    def _files(self, suite: Suite) -> list[Path]:
        assert self._folder is not None
        return [self._folder / f"{suite.asset}.{what}.parquet" for what in ("cases", "specimens")]

    def _read(self, suite: Suite) -> Judged | None:
        if self._folder is None:
            return None
        try:
            if any(parquet.run_of(file) != digest(suite) for file in self._files(suite)):
                return None
            return Judged(*map(parquet.read, self._files(suite)))
        except (OSError, pl.exceptions.PolarsError, parquet.SchemaVersionError):  # lost or cut off: judged again
            return None

    def _judge(self, suite: Suite, frame: pl.DataFrame, rows: pl.DataFrame, cases: pl.DataFrame) -> Judged:
        """Have Great Expectations judge the cases that are new."""
        known = self._of(suite)
        keyed = "report_key" in frame.columns and "report_key" not in rows.columns
        wide = rows.with_columns(frame["report_key"]) if keyed else rows
        none = wide.clear().with_columns(row=pl.lit(None, pl.Int64))
        if known.specimens.schema != none.schema:
            known = Judged(pl.DataFrame(schema=CASE), none)
        first = known.cases.is_empty()
        new = _new_cases(suite, known, rows, cases)
        if not new:
            same = self._known[suite.asset] is known or not self._may_ask
            return known if same else self._keep(suite, known)
        if not self._may_ask:
            raise NewCaseError(suite.asset)
        numbers = sorted({n for one in new for n in one.rows})
        start = 0 if known.specimens.is_empty() else int(known.specimens["row"].to_list()[-1]) + 1
        asked = [e for e in suite.expectations if first or any(one.expectation is e for one in new)]
        said, shown = judged(suite, asked, rows[numbers])
        place = {n: at for at, n in enumerate(numbers)}
        told: list[tuple[str, str, bool, int | None]] = []
        for one in new:
            unexpected = said[one.expectation.id]
            if isinstance(unexpected, bool):
                told.append((one.expectation.id, one.case, unexpected, None))
            else:
                at = place[one.rows[0]]
                told.append((one.expectation.id, one.case, at in unexpected, start + at))
        chosen = wide[numbers].with_columns(row=pl.int_range(start, start + len(numbers), dtype=pl.Int64))
        if first and self._folder is not None:
            self._keep_document(suite, chosen.drop("row"), shown)
        return self._keep(
            suite,
            Judged(
                pl.concat([known.cases, pl.DataFrame(told, schema=CASE, orient="row")]),
                pl.concat([known.specimens, chosen]),
            ),
        )

    def _keep(self, suite: Suite, found: Judged) -> Judged:
        self._known[suite.asset] = found
        if self._folder is not None:
            kept_last, kept_first = self._files(suite)  # a case without its row would be shown by another
            for file, kept in ((kept_first, found.specimens), (kept_last, found.cases)):
                parquet.write(kept, file, run_id=digest(suite))
        return found

    def _keep_document(self, suite: Suite, rows: pl.DataFrame, shown: dict[str, Any]) -> None:
        assert self._folder is not None
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(self._folder / f"{suite.asset}.json") as file:
            about = {"about": rows_digest(suite, rows), "document": shown}
            file.write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    def document(self, suite: Suite, rows: pl.DataFrame) -> dict[str, Any]:
        """Give Great Expectations' own result for specimens; where these are what it judged first, what it said then.

        Args:
            suite: The suite.
            rows: What `specimens` gave.
        """
        if self._folder is not None:
            with suppress(OSError, ValueError, KeyError):
                kept = json.loads((self._folder / f"{suite.asset}.json").read_text(encoding="utf-8"))
                if kept["about"] == rows_digest(suite, rows):
                    said: dict[str, Any] = kept["document"]
                    return said
        return document(suite, rows)


@dataclass(frozen=True, slots=True)
class _New:
    """A case that was not judged yet, and rows that show it: the first is the one that counts."""

    expectation: Expectation
    case: str
    rows: list[int]


def _new_cases(suite: Suite, known: Judged, rows: pl.DataFrame, cases: pl.DataFrame) -> list[_New]:
    before = _by_expectation(known.cases)
    different = cases.select(pl.all().drop_nulls().unique(maintain_order=True).implode()).to_dict(as_series=False)
    found = []
    for e in suite.expectations:
        judged_before = before.get(e.id, set())
        if e.type in _WHOLE:
            if (case := _whole_case(e, rows)) not in judged_before:
                found.append(_New(e, case, list(range(rows.height))))
            continue
        for case in different[e.id][0]:
            if case not in judged_before:
                found.append(_New(e, case, _showing(e, case, rows, cases[e.id])))
    return found


def _showing(e: Expectation, case: str, rows: pl.DataFrame, cases: pl.Series) -> list[int]:
    """Choose rows that show a case: one, and of a key that stands twice all."""
    first = int((cases == case).arg_max() or 0)
    if e.type not in _UNIQUE or case != "doubled":
        return [first]
    key = rows.select(pl.struct(e.columns)).to_series()
    return (key.eq_missing(key.new_from_index(first, key.len()))).arg_true().to_list()


def _case(e: Expectation) -> pl.Expr:
    """Name the case of every row; null where the expectation is not about the row."""
    column = pl.col(e.columns[0])
    match e.type:
        case "column_values_to_not_be_null":
            kind = pl.lit("value")
        case "column_values_to_be_in_set" | "column_values_to_not_be_in_set":
            kind = column.cast(pl.String)
        case "column_values_to_be_between":
            low, high = e.arguments.get("min_value"), e.arguments.get("max_value")
            below = pl.lit(False) if low is None else column < low
            above = pl.lit(False) if high is None else column > high
            kind = pl.when(below).then(pl.lit("below")).when(above).then(pl.lit("above")).otherwise(pl.lit("within"))
        case "column_values_to_match_regex":
            fits = column.str.contains(e.arguments["regex"])
            kind = pl.when(fits).then(pl.lit("fits")).otherwise(pl.lit("differs"))
        case "column_pair_values_a_to_be_greater_than_b":
            a, b = map(pl.col, e.columns)
            kind = pl.when(a > b).then(pl.lit("greater")).when(a == b).then(pl.lit("equal")).otherwise(pl.lit("less"))
            kind = pl.when(a.is_null() | b.is_null()).then(pl.lit(_MISSING)).otherwise(kind)
        case name if name in _UNIQUE:
            kind = pl.when(pl.struct(e.columns).is_duplicated()).then(pl.lit("doubled")).otherwise(pl.lit("once"))
        case name:
            raise SuiteError(f"{e.id}: {name} has no cases yet")
    if len(e.columns) == 1:
        kind = pl.when(column.is_null()).then(pl.lit(_MISSING)).otherwise(kind)
    return pl.when(domain(e)).then(kind) if e.where else kind


def _whole_case(e: Expectation, rows: pl.DataFrame) -> str:
    values = rows[e.columns[0]].cast(pl.String).unique().sort().to_list()
    return hashlib.sha256(repr(values).encode()).hexdigest()


def _result(
    suite: Suite, e: Expectation, bucket: int, count: int, at: pl.Series, rows: pl.DataFrame, frame: pl.DataFrame
) -> dict[str, Any]:
    """Make a row of ``RESULT``; ``at`` numbers the rows that are not as expected."""
    first = at.head(SAMPLE)
    values = [", ".join(map(text, row)) for row in rows.select(e.columns)[first].iter_rows()] if at.len() else []
    names = [""] * len(values)
    if suite.key and values:
        names = [f"{name}: " for name in frame[suite.key].gather(first)]
    concerned: list[str] = []
    if at.len() and "report_key" in frame.columns:
        concerned = frame["report_key"].gather(at).drop_nulls().unique().sort().to_list()
    return {
        "asset": suite.asset,
        "expectation_id": e.id,
        "expectation": f"expect_{e.type}",
        "column": ", ".join(e.columns) or None,
        "severity": e.severity,
        "success": not at.len(),
        "element_count": count,
        "unexpected_count": None if e.type in _WHOLE else at.len(),
        "sample": [name + value for name, value in zip(names, values, strict=True)],
        "report_keys": concerned,
        "notes": e.notes,
        "bucket": bucket,
    }


def digest(suite: Suite) -> str:
    """Name what a judgement hangs on: the suite, this module's cases, and the library."""
    return hashlib.sha256(f"{suite!r} {_code()}".encode()).hexdigest()


def rows_digest(suite: Suite, rows: pl.DataFrame) -> str:
    """Name what Great Expectations says about specimens: the suite and the rows."""
    return hashlib.sha256(f"{digest(suite)} {rows.schema} {rows.rows()}".encode()).hexdigest()


@cache
def _code() -> str:
    return Path(__file__).read_text(encoding="utf-8") + version("great_expectations")
