"""The assets, thin: which table comes from which, in which partition. The work is in the modules they call.

Reading is unpartitioned, since nobody knows the fiscal year of a document before reading it. From ``published_cell``
on, partitions are fiscal years; a run over all of them is one pass over one set of frames.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg
import polars as pl

from pipelines import checks, stages
from pipelines.collect import state
from pipelines.collect.executors import executor
from pipelines.collect.readings import read_into, tasks
from pipelines.frames import SOURCE_FILE
from pipelines.prove import data_docs, gate, quarantine
from pipelines.prove.expectations import import_great_expectations
from pipelines.session import Session
from pipelines.site.build import build
from pipelines.version import commit
from pipelines.warehouse.load import load
from pipelines.warehouse.tables import schema

FISCAL_YEARS = dg.TimeWindowPartitionsDefinition(
    start="2010", fmt="%Y", cron_schedule="0 0 1 1 *", timezone="Asia/Shanghai", end_offset=2
)
"""Fiscal years from 2010, this year and the next included: budgets come out before their year begins."""

KEPT_RUNS = 30
"""Runs whose expectation results are kept."""

READING = (
    "report_reading",
    "published_table",
    "extracted_cell",
    "extracted_disclosure",
    "extracted_performance",
    "extracted_project",
)
DIMENSIONS = ("dim_year", "dim_unit", "dim_subject", "dim_statement")
STAR = (
    "published_cell",
    "dim_report",
    "report_form",
    "fact_disclosure",
    "fact_expenditure",
    "fact_performance",
    "fact_project",
    "fact_revenue",
    "fact_three_public",
)
PROOF = ("finding", "outcome")
GATED = ("source_file", *READING, *DIMENSIONS, *STAR, *PROOF)
"""Assets with a suite in ``expectations/``, in the order of the flow."""

WORDS = {
    "source_file": "原始文件，按内容命名 / Raw files, named by their content",
    "report_reading": "每份内容的识别结果：单位、年度、阶段 / What each content says about itself",
    "published_table": "报告中找到的表，含未识别的 / Every table found, recognised or not",
    "extracted_cell": "已识别报表中的每个数字 / Every numeric cell of every recognised form",
    "extracted_disclosure": "情况说明陈述的每个数字及原句 / Every figure the narrative states, with its clause",
    "extracted_performance": "绩效目标表与自评表的指标行 / Indicator rows of performance tables",
    "extracted_project": "项目及其资金、明细 / Named projects with their money and cost lines",
    "dim_year": "财政年度 / Fiscal years",
    "dim_unit": "单位 / Bodies and scopes",
    "dim_subject": "功能与经济分类科目 / Functional and economic subjects",
    "dim_statement": "报表种类 / Statutory statements",
    "published_cell": "公布的数字及其出处 / Published cells with their lineage",
    "report_form": "各报告所含报表及以何份为准 / Forms of each report and which copy counts",
    "dim_report": "报告 / Reports",
    "fact_disclosure": "叙述事实 / Figures of the narrative",
    "fact_expenditure": "支出事实 / Expenditure facts",
    "fact_performance": "绩效事实 / Performance indicators",
    "fact_project": "项目事实 / Projects",
    "fact_revenue": "收入事实 / Revenue facts",
    "fact_three_public": "“三公”经费事实 / Travel, vehicles and receptions",
    "finding": "勾稽不符之处 / Broken accounting identities",
    "outcome": "每份报告每条规则的结果 / Outcome of each rule per report",
    "expectation_result": "期望校验结果与数据文档 / Expectation results and data docs",
    "warehouse": "DuckDB 数据仓库，原子替换 / The DuckDB warehouse, swapped in atomically",
    "site": "网页：总览、单位、科目、质量、原件 / Pages: overview, units, classes, quality, origins",
}

LOG = logging.getLogger(__name__)


def _outs(names: Sequence[str], group: str) -> dict[str, dg.AssetOut]:
    return {
        name: dg.AssetOut(group_name=group, description=WORDS[name], kinds={"polars", "parquet"}, is_required=True)
        for name in names
    }


def _give(frame: pl.DataFrame, name: str) -> dg.Output[pl.DataFrame]:
    return dg.Output(frame, name, metadata=describe(frame))


def describe(frame: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    """Give rows, the sum of amounts, reports and a sample of a frame as metadata."""
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(frame.height),
        "sample": dg.MetadataValue.md(checks.markdown(frame, rows=5)),
    }
    if "report_key" in frame.columns:
        metadata["reports"] = dg.MetadataValue.int(frame["report_key"].n_unique())
    if "amount" in frame.columns:
        total = frame["amount"].sum()
        metadata["amount"] = dg.MetadataValue.text(f"{total or 0:,.2f} 元 (sum of all rows, statements overlap)")
    return metadata


def _judged(session: Session, verdict: gate.Verdict) -> Iterator[dg.AssetCheckResult]:
    """Keep the results of the gates and show them as asset checks."""
    gate.save(verdict, session.settings.gates)
    for (asset,), results in verdict.results.group_by("asset", maintain_order=True):
        yield checks.result(str(asset), results)


@dg.multi_asset(
    name="read",
    outs=_outs(["source_file"], "collect") | _outs(READING, "read"),
    internal_asset_deps={"source_file": set(), **{name: {dg.AssetKey("source_file")} for name in READING}},
    check_specs=checks.specs(["source_file", *READING]),
)
def read(session: dg.ResourceParam[Session]) -> Iterator[dg.Output[pl.DataFrame] | dg.AssetCheckResult]:
    """List the files given now and all that were ever given, and read each content that is new, in worker processes.

    A file that disappears stays loaded. One step, so that Great Expectations is imported while others read.
    """
    state.begin(session.settings)
    session.reads = True
    files = stages.source_file(session.store.remembered("source_file", SOURCE_FILE), session.survey().files)
    reader, version = session.how_to_read()
    due = tasks(files, session.cache.reports(), version)
    session.reports_read = len(due)
    session.on_plan(len(due))
    threading.Thread(target=import_great_expectations, daemon=True).start()
    if due:
        with executor(session.settings) as pool:
            read_into(
                session.cache,
                due,
                reader,
                pool,
                extractor_version=version,
                limits=session.settings.limits,
                on_read=session.on_read,
            )
    session.on_step("检查 / checking")
    readings = session.cache.tables()
    listed = gate.demand(["source_file"], {"source_file": files})
    settled = gate.settle(lambda stopped: stages.without(readings, stopped), {"source_file": files}, READING)
    yield _give(files, "source_file")
    for name in READING:
        yield _give(settled.frames[name], name)
    yield from _judged(session, listed)
    yield from _judged(session, settled.verdict)


@dg.multi_asset(name="dimensions", outs=_outs(DIMENSIONS, "model"), check_specs=checks.specs(DIMENSIONS))
def dimensions(
    session: dg.ResourceParam[Session], report_reading: pl.DataFrame, extracted_cell: pl.DataFrame
) -> Iterator[dg.Output[pl.DataFrame] | dg.AssetCheckResult]:
    """Build the conformed dimensions from all reports of all years."""
    frames = stages.dimensions(report_reading, extracted_cell)
    verdict = gate.demand(DIMENSIONS, frames)
    for name in DIMENSIONS:
        yield _give(frames[name], name)
    yield from _judged(session, verdict)


@dg.multi_asset(
    name="star",
    outs=_outs(STAR, "model"),
    check_specs=checks.specs(STAR),
    partitions_def=FISCAL_YEARS,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def star(  # noqa: PLR0917 (inputs are assets)
    context: dg.AssetExecutionContext,
    session: dg.ResourceParam[Session],
    source_file: pl.DataFrame,
    report_reading: pl.DataFrame,
    extracted_cell: pl.DataFrame,
    extracted_disclosure: pl.DataFrame,
    extracted_performance: pl.DataFrame,
    extracted_project: pl.DataFrame,
    dim_year: pl.DataFrame,
    dim_unit: pl.DataFrame,
    dim_subject: pl.DataFrame,
) -> Iterator[dg.Output[pl.DataFrame] | dg.AssetCheckResult]:
    """Build cells, reports and facts of some fiscal years; a report that a gate stops no longer replaces others."""
    wanted = stages.Years(context.partition_keys, FISCAL_YEARS.get_partition_keys())
    read_frames = {
        "report_reading": wanted.of(report_reading),
        "extracted_cell": wanted.of(extracted_cell),
        "extracted_disclosure": wanted.of(extracted_disclosure),
        "extracted_performance": wanted.of(extracted_performance),
        "extracted_project": wanted.of(extracted_project),
    }

    def build(stopped: pl.DataFrame) -> stages.Frames:
        clean = stages.without(read_frames, stopped)
        return stages.star(source_file, **clean, dim_subject=dim_subject)

    settled = gate.settle(build, {"dim_year": dim_year, "dim_unit": dim_unit, "dim_subject": dim_subject}, STAR)
    for name in STAR:
        yield _give(settled.frames[name], name)
    yield from _judged(session, settled.verdict)


@dg.multi_asset(
    name="proof",
    outs=_outs(PROOF, "prove"),
    check_specs=checks.specs(PROOF),
    partitions_def=FISCAL_YEARS,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def proof(  # noqa: PLR0917 (inputs are assets)
    session: dg.ResourceParam[Session],
    published_cell: pl.DataFrame,
    report_form: pl.DataFrame,
    dim_report: pl.DataFrame,
    fact_disclosure: pl.DataFrame,
    report_reading: pl.DataFrame,
    published_table: pl.DataFrame,
    extracted_cell: pl.DataFrame,
) -> Iterator[dg.Output[pl.DataFrame] | dg.AssetCheckResult]:
    """Run the accounting identities over the cells, and compare reports that print the same form."""
    session.on_step("核对勾稽关系 / proving identities")
    frames = stages.proof(
        {
            "published_cell": published_cell,
            "report_form": report_form,
            "dim_report": dim_report,
            "fact_disclosure": fact_disclosure,
        },
        {
            "report_reading": report_reading,
            "published_table": published_table,
            "extracted_cell": extracted_cell,
        },
    )
    verdict = gate.demand(PROOF, {**frames, "dim_report": dim_report})
    for name in PROOF:
        yield _give(frames[name], name)
    yield from _judged(session, verdict)


@dg.asset(
    group_name="prove",
    kinds={"great_expectations", "html"},
    description=WORDS["expectation_result"],
    deps=[*READING, *DIMENSIONS, *STAR, *PROOF],
)
def expectation_result(
    context: dg.AssetExecutionContext, session: dg.ResourceParam[Session]
) -> dg.Output[pl.DataFrame]:
    """Add this run's expectation results to those of earlier runs and write the data docs."""
    results, documents = gate.saved(session.settings.gates, GATED)
    reports = stages.report_lines(session.store.read("dim_report"))
    index = data_docs.build(session.settings.data_docs, documents, results, reports, context.run.run_id)
    before = session.store.remembered("expectation_result", schema("quality.expectation_result"))
    frame = stages.expectation_result(before, results, context.run.run_id, datetime.now(UTC), KEPT_RUNS)
    return dg.Output(frame, metadata={**describe(frame), "data_docs": dg.MetadataValue.path(index)})


@dg.asset(
    group_name="warehouse",
    kinds={"duckdb"},
    description=WORDS["warehouse"],
    deps=["source_file", *READING, *DIMENSIONS, *STAR, *PROOF, "expectation_result"],
)
def warehouse(context: dg.AssetExecutionContext, session: dg.ResourceParam[Session]) -> dg.MaterializeResult[None]:
    """Load all frames into a new DuckDB file and put it in the place of the old one."""
    session.on_step("装载 / loading")
    store, settings = session.store, session.settings
    reports = store.read("dim_report")
    results, _ = gate.saved(settings.gates, GATED)
    quarantine.write(settings.quarantine, reports, results, session.survey().skipped)
    run = stages.run_record(
        run_id=context.run.run_id,
        started_at=session.started_at,
        files=session.survey().files,
        frames={name: store.read(name) for name in ("report_reading", *STAR, "finding")},
        reports_read=session.reports_read,
        skipped=session.survey().skipped,
    )
    store.write("run", pl.concat([store.remembered("run", schema("quality.run")), run]))
    frames = {table: store.read(asset) for asset, table in stages.TABLES.items()}
    loaded = load(frames, settings.database, extractor_version=session.how_to_read()[1], commit=commit())
    return dg.MaterializeResult(
        metadata={
            "database": dg.MetadataValue.path(settings.database),
            "bytes": settings.database.stat().st_size,
            "checks": loaded.checks,
            "cells": run["cells"].item(),
            "facts": run["facts"].item(),
        }
    )


@dg.asset(
    group_name="warehouse",
    kinds={"html"},
    description=WORDS["site"],
    deps=["warehouse"],
    check_specs=[dg.AssetCheckSpec("built", asset="site", description="网页已更新 / The pages are those of this run")],
)
def site(session: dg.ResourceParam[Session]) -> Iterator[dg.MaterializeResult[None]]:
    """Write the pages anew. When that fails the old ones stay, since the data are loaded, and the run says so.

    A run is complete with its pages only: after a failure the next one does everything again.
    """
    session.on_step("网页 / pages")
    pages = 0
    try:
        pages = build(session.settings)
    except Exception as error:
        LOG.exception("the site was not updated")
        session.site_fault = repr(error)
    if session.reads and not session.site_fault:
        state.finish(session.settings, over_raw=session.over_raw)
    built = dg.AssetCheckResult(passed=not session.site_fault, metadata={"fault": session.site_fault or "—"})
    yield dg.MaterializeResult(
        metadata={"index": dg.MetadataValue.path(session.settings.site / "index.html"), "pages": pages},
        check_results=[built],
    )


ASSETS = [read, dimensions, star, proof, expectation_result, warehouse, site]
