"""The suites in ``expectations/``: complete, runnable, and right about small frames."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as sampled
from hypothesis import strategies as st

from pipelines.core import frames
from pipelines.orchestration.asset_names import GATED
from pipelines.orchestration.stages import expectation_result
from pipelines.prove import data_docs, gate
from pipelines.prove.expectations import FOLDER, RESULT, SuiteError, gx_suite, judged, prepared, read_suite, suite_names
from pipelines.prove.judge import Judge
from pipelines.prove.tally import tally
from pipelines.storage.tables import conform, schema

pytestmark = pytest.mark.xdist_group("expectations")  # one worker builds what they share

SCHEMAS = {
    "source_file": frames.SOURCE_FILE,
    "report_reading": frames.REPORT_READING,
    "published_table": frames.PUBLISHED_TABLE,
    "extracted_cell": frames.EXTRACTED_CELL,
    "extracted_disclosure": frames.EXTRACTED_DISCLOSURE,
    "extracted_performance": frames.EXTRACTED_PERFORMANCE,
    "extracted_project": frames.EXTRACTED_PROJECT,
    "extracted_remark": frames.EXTRACTED_REMARK,
    "second_reading": frames.SECOND_READING,
    "correction": frames.CORRECTION,
    "finding": schema("quality.finding"),
    "outcome": schema("quality.outcome"),
    "coverage": schema("quality.coverage"),
}

SUITE = """
asset: cells
notes: 测试 / test
key: cell_key
known: {report_key: reports.report_key}
derive:
  is_double: amount = 2 * value
expectations:
  - {id: form, expect: column_values_to_be_in_set, column: form, value_set: [fund], severity: structural, notes: 表种}
  - {id: unique, expect: column_values_to_be_unique, column: cell_key, severity: structural, notes: 键}
  - id: known
    expect: column_values_to_be_in_set
    column: report_key_known
    value_set: [true]
    severity: fault
    notes: 报告
  - {id: double, expect: column_values_to_be_in_set, column: is_double, value_set: [true], severity: fault, notes: 两倍}
  - {id: range, expect: column_values_to_be_between, column: amount, max_value: 100, severity: fault, notes: 金额}
  - id: named
    expect: column_values_to_not_be_null
    column: name
    where: {form: {in: [fund]}}
    severity: fault
    notes: 名称
"""


def cells(**columns: list[object]) -> pl.DataFrame:
    rows = {
        "cell_key": ["a", "b", "c"],
        "report_key": ["r1", "r1", "r2"],
        "form": ["fund", "fund", "fund"],
        "value": [Decimal(1), Decimal(2), Decimal("0.005")],
        "amount": [Decimal(2), Decimal(4), Decimal("0.01")],
        "name": ["x", "y", "z"],
    }
    types = {"value": frames.VALUE, "amount": frames.AMOUNT}
    return pl.DataFrame(rows | columns, schema=dict.fromkeys(rows, pl.String()) | types)


@pytest.fixture
def suite_folder(tmp_path: Path) -> Path:
    (tmp_path / "cells.yml").write_text(SUITE, encoding="utf-8")
    return tmp_path


def failures(folder: Path, frame: pl.DataFrame) -> dict[str, list[str]]:
    known = {"reports": pl.DataFrame({"report_key": ["r1", "r2"]})}
    results = Judge().results(read_suite("cells", folder), frame, known)
    return {row["expectation_id"]: row["report_keys"] for row in results.filter(~pl.col("success")).to_dicts()}


def test_every_asset_of_the_flow_has_a_suite() -> None:
    assert suite_names() == sorted(GATED)


@pytest.mark.parametrize("asset", suite_names())
def test_suite_can_be_built_and_names_real_columns(asset: str) -> None:
    suite = read_suite(asset)
    columns = SCHEMAS.get(asset) or schema(asset)
    helpers = {f"{column}_known" for column in suite.known} | set(suite.derive)
    for expectation in suite.expectations:
        assert set(expectation.columns) <= set(columns) | helpers, expectation.id
        assert re.search(r"[一-鿿]", expectation.notes), expectation.id
        assert " / " in expectation.notes, expectation.id
    assert suite.key is None or suite.key in columns
    assert len(gx_suite(suite).expectations) == len(suite.expectations)


@pytest.mark.parametrize("asset", suite_names())
def test_suite_holds_for_a_frame_without_rows(asset: str) -> None:
    suite = read_suite(asset)
    empty = {name: pl.DataFrame(schema=SCHEMAS.get(name) or schema(name)) for name in GATED}
    failed = Judge().results(suite, empty[asset], empty).filter(~pl.col("success"))
    assert failed["expectation_id"].to_list() == (["all_forms"] if asset == "dim_statement" else [])


def test_a_good_frame_passes(suite_folder: Path) -> None:
    assert failures(suite_folder, cells()) == {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"form": ["fund", "fund", "nonsense"]}, {"form": ["r2"]}),
        ({"cell_key": ["a", "b", "a"]}, {"unique": ["r1", "r2"]}),
        ({"report_key": ["r1", "r1", "r9"]}, {"known": ["r9"]}),
        ({"amount": [Decimal(2), Decimal("4.01"), Decimal("0.01")]}, {"double": ["r1"]}),
        ({"value": [Decimal(1), Decimal(60), None], "amount": [Decimal(2), Decimal(120), None]}, {"range": ["r1"]}),
        ({"name": ["x", None, "z"]}, {"named": ["r1"]}),
    ],
)
def test_failures_are_traced_to_reports(
    suite_folder: Path, change: dict[str, list[object]], expected: dict[str, list[str]]
) -> None:
    assert failures(suite_folder, cells(**change)) == expected


def test_samples_name_the_row(suite_folder: Path) -> None:
    known = {"reports": pl.DataFrame({"report_key": ["r1", "r2"]})}
    results = Judge().results(read_suite("cells", suite_folder), cells(form=["fund", "x", "fund"]), known)
    assert results.filter(expectation_id="form")["sample"].to_list() == [["b: x"]]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", "d"]),
            st.sampled_from(["r1", "r2", "r9", None]),
            st.sampled_from(["fund", "x", None]),
            st.sampled_from([Decimal(1), Decimal(60), None]),
            st.sampled_from(["n", None]),
        ),
        max_size=6,
    )
)
@sampled(max_examples=15, deadline=None)
def test_asking_once_for_each_kind_of_row_says_what_asking_for_every_row_does(rows: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as name:
        (Path(name) / "cells.yml").write_text(SUITE, encoding="utf-8")
        suite = read_suite.__wrapped__("cells", Path(name))
        keys, reports, forms, values, names = zip(*rows, strict=True) if rows else [()] * 5
        columns = {"cell_key": keys, "report_key": reports, "form": forms, "value": values, "amount": values}
        frame = cells(**{k: list(v) for k, v in (columns | {"name": names}).items()})
        known = {"reports": pl.DataFrame({"report_key": ["r1", "r2"]})}
        every, _ = judged(suite, suite.expectations, prepared(suite, frame, known))
        asked = Judge(Path(name))
        for _ in range(2):  # the second time nothing is new
            told = asked.results(suite, frame, known)
            counts = dict(told.select("expectation_id", "unexpected_count").iter_rows())
            assert counts == {e: len(unexpected) for e, unexpected in every.items()}  # type: ignore[arg-type]
            asked = Judge(Path(name))


def test_what_was_judged_is_not_asked_again(suite_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"reports": pl.DataFrame({"report_key": ["r1", "r2"]})}
    suite = read_suite("cells", suite_folder)
    Judge(suite_folder).results(suite, cells(), known)

    def nobody(*_: object) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr("pipelines.prove.judge.judged", nobody)
    monkeypatch.setattr("pipelines.prove.judge.document", nobody)
    again = Judge(suite_folder)
    specimens = again.specimens(suite, pl.Series(["r1", "r2"]), pl.DataFrame(schema=RESULT))
    assert again.document(suite, specimens)["success"], "nor for the docs"
    assert again.results(suite, cells(cell_key=["d", "e", "f"]), known)["success"].all()
    with pytest.raises(AssertionError):
        again.results(suite, cells(form=["fund", "fund", "new"]), known)


def test_what_an_installation_judged_serves_warehouses_of_other_reports(
    suite_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SUITE.replace("value_set: [fund]", "value_set: [fund, ledger]")
    (suite_folder / "cells.yml").write_text(text, encoding="utf-8")
    suite = read_suite.__wrapped__("cells", suite_folder)
    known = {"reports": pl.DataFrame({"report_key": ["r1", "r2", "r8"]})}
    ready = Judge(suite_folder)
    ready.results(suite, cells(), known)
    ready.make_ready(suite)

    def nobody(*_: object) -> None:
        raise AssertionError("asked again")

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.prove.judge.judged", nobody)
        other = {"cell_key": ["x", "y", "z"], "report_key": ["r8"] * 3, "form": ["ledger", "fund", "ledger"]}
        assert Judge(suite_folder).results(suite, cells(**other), known)["success"].all(), "a value never seen before"
        with pytest.raises(AssertionError):
            Judge(suite_folder).results(suite, cells(form=["fund", "fund", "new"]), known)
    judge = Judge(suite_folder)
    results = judge.results(suite, cells(**other | {"amount": [Decimal(101)] * 3}), known)
    assert results.filter(~pl.col("success"))["expectation_id"].to_list() == ["double", "range"]
    shown = judge.specimens(suite, pl.Series(["r8"]), results)
    assert shown["report_key"].to_list() == ["r1", "r8"], "that of the installation, and what fails"
    assert not judge.document(suite, shown)["success"]


def test_what_fails_in_samples_is_shown_where_it_fails_only(suite_folder: Path) -> None:
    suite, ready = read_suite("cells", suite_folder), Judge(suite_folder)
    known = {"reports": pl.DataFrame({"report_key": ["r1", "r2", "r8"]})}
    failed = ready.results(suite, cells(form=["fund", "fund", "x"]), known)
    ready.make_ready(suite)
    judge = Judge(suite_folder)
    results = judge.results(suite, cells(report_key=["r8"] * 3), known)
    assert results["success"].all()
    shown = judge.specimens(suite, pl.Series(["r8"]), results)
    assert shown["form"].to_list() == ["fund"] and judge.document(suite, shown)["success"]
    assert set(judge.specimens(suite, pl.Series(["r8"]), failed)["form"]) == {"fund", "x"}


def test_the_docs_show_rows_of_reports_that_count_and_what_fails(suite_folder: Path) -> None:
    known = {"reports": pl.DataFrame({"report_key": ["r1", "r2"]})}
    suite, judge = read_suite("cells", suite_folder), Judge()
    results = judge.results(suite, cells(form=["fund", "fund", "x"]), known)

    def forms(*reports: str, of: pl.DataFrame = results) -> set[str]:
        return set(judge.specimens(suite, pl.Series(reports, dtype=pl.String), of)["form"])

    assert forms("r1", "r2") == {"fund", "x"}
    assert forms("r1") == {"fund", "x"}, "it fails somewhere, and no other row shows how"
    assert forms("r1", of=results.with_columns(success=True)) == {"fund"}


def test_entries_must_be_complete(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("asset: x\nnotes: x\nexpectations:\n  - {id: a, expect: b, severity: fault}\n")
    with pytest.raises(SuiteError, match="a lacks notes"):
        read_suite("x", tmp_path)


def test_settling_builds_again_without_the_stopped(suite_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "read_suite", lambda asset: read_suite(asset, suite_folder))
    built: list[list[str]] = []

    def build(stopped: pl.DataFrame) -> dict[str, pl.DataFrame]:
        built.append(stopped["report_key"].to_list())
        return {"cells": cells(form=["fund", "fund", "nonsense"]).join(stopped, on="report_key", how="anti")}

    settled = gate.settle(Judge(), build, {"reports": pl.DataFrame({"report_key": ["r1", "r2"]})})
    assert built == [[], ["r2"]]
    assert settled.frames["cells"]["report_key"].unique().to_list() == ["r1"]
    assert settled.verdict.stopped["report_key"].to_list() == ["r2"]
    assert "cells.form: 表种" in settled.verdict.stopped["reason"].item()
    failed = settled.verdict.results.filter(~pl.col("success"))
    assert failed["expectation_id"].to_list() == ["form"], "the failure stays in sight after the report is out"


def test_a_structural_failure_without_a_report_stops_everything(
    suite_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "read_suite", lambda asset: read_suite(asset, suite_folder))
    frame = cells(form=["x", "fund", "fund"], report_key=[None, "r1", "r2"])
    with pytest.raises(gate.StructuralFailure, match=r"cells\.form"):
        gate.check(Judge(), ["cells"], {"cells": frame, "reports": pl.DataFrame({"report_key": ["r1", "r2"]})})


def test_data_docs_load_nothing_from_elsewhere_and_show_text_as_text(
    suite_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_docs, "read_suite", lambda asset: read_suite(asset, suite_folder))
    hostile = "<script>alert(1)</script>"
    known = {"reports": pl.DataFrame({"report_key": ["r1", "r2"]})}
    judge = Judge()
    suite = read_suite("cells", suite_folder)
    results = judge.results(suite, cells(form=["fund", hostile, "${x}"]), known)
    specimens = judge.specimens(suite, pl.Series(["r1", "r2"]), results)
    line = {"report_key": "r1", "name": hostile, "status": "quarantined", "reason": hostile, "errors": 1}
    reports = pl.DataFrame([line], schema=data_docs.REPORT_LINE)
    found = conform(
        pl.DataFrame(
            {"report_key": "r1", "rule_id": "subject_total", "severity": "error", "class": "unit", "message": hostile}
        ).with_columns(cell_keys=pl.lit([hostile], pl.List(pl.String()))),
        "quality.finding",
    )
    proved = tally([found], [pl.DataFrame({"rule_id": "subject_total", "outcome": "failed"})])
    given = tmp_path / "docs", judge, {"cells": specimens}, results, reports
    index, again = (data_docs.build(*given, proved=proved, run_id=run) for run in ("run", "run 2"))
    pages = sorted(p.relative_to(tmp_path / "docs").parts[0] for p in (tmp_path / "docs").rglob("*.html"))
    assert index == again
    assert pages == ["expectations", "index.html", "rules.html", "validations"], "one result per suite, the last run's"
    for page in (tmp_path / "docs").rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert "<script>alert" not in html
        assert not re.search(r"""(src|href)=["']?(https?:)?//|url\(["']?https?:|@import""", html), page
        for link in re.findall(r"""(?:src|href)="([^"#][^"]*)\"""", html):
            assert (page.parent / link).is_file(), link
    text = index.read_text(encoding="utf-8")
    assert "cells" in text and "表种" in text and "隔离 quarantined" in text


def test_docs_of_a_suite_that_stays_stay(suite_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations takes away pages of results that it was not told of."""
    monkeypatch.setattr(data_docs, "read_suite", lambda asset: read_suite(asset, suite_folder))
    (suite_folder / "others.yml").write_text(SUITE.replace("asset: cells", "asset: others"), encoding="utf-8")
    known = {"reports": pl.DataFrame({"report_key": ["r1", "r2"]})}
    judge, no_reports = Judge(), pl.DataFrame(schema=data_docs.REPORT_LINE)
    proved = tally([pl.DataFrame(schema=schema("quality.finding"))], [pl.DataFrame({"rule_id": "x", "outcome": "y"})])
    docs, shown = tmp_path / "docs", {}
    for asset in ("cells", "others"):
        suite = read_suite(asset, suite_folder)
        results = judge.results(suite, cells(), known)
        shown[asset] = judge.specimens(suite, pl.Series(["r1", "r2"]), results)
    data_docs.build(docs, judge, shown, results, no_reports, proved=proved, run_id="one")
    [stays] = (docs / "validations" / "others").rglob("*.html")
    before = stays.read_bytes()
    shown["cells"] = shown["cells"].with_columns(name=pl.lit("another"))
    data_docs.build(docs, judge, shown, results, no_reports, proved=proved, run_id="two")
    assert stays.read_bytes() == before
    [anew] = (docs / "validations" / "cells").rglob("*.html")
    assert "two" in anew.parts and not list(tmp_path.glob(".*"))
    (docs / "validations" / "others").rename(tmp_path / "lost")
    data_docs.build(docs, judge, shown, results, no_reports, proved=proved, run_id="three")
    assert len(list((docs / "validations" / "others").rglob("*.html"))) == 1


def test_vendored_files_load_nothing_from_elsewhere() -> None:
    for file in data_docs.STATIC.glob("css/*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//|@import", file.read_text(encoding="utf-8")), file
    assert (FOLDER / "source_file.yml").is_file()


def test_old_results_are_pruned() -> None:
    results = pl.DataFrame(
        [{"asset": "cells", "expectation_id": "form", "severity": "fault", "success": True}],
        schema=RESULT,
    )
    kept = pl.DataFrame(schema=schema("quality.expectation_result"))
    for run in range(1000):
        kept = expectation_result(kept, results, f"run {run}", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(run), 30)
    assert kept["run_id"].to_list() == [f"run {run}" for run in range(970, 1000)]
