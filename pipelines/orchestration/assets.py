"""The assets, thin: which table comes from which, in which partition. The work is in the modules they call.

Reading is unpartitioned, since nobody knows the fiscal year of a document before reading it. From ``published_cell``
on, partitions are fiscal years. Frames are worked on and stored batch by batch (`stages.batches`), each by a function
of its own that leaves nothing large behind, so that a run over thousands of reports needs no more memory than one over
hundreds.
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

import dagster as dg
import polars as pl

from pipelines.core.frames import SOURCE_FILE
from pipelines.core.version import commit
from pipelines.extraction.cache import read_into, tasks
from pipelines.extraction.executors import executor
from pipelines.model.dim_subject import printed_subject
from pipelines.orchestration import checks, stages
from pipelines.orchestration import run_state as state
from pipelines.orchestration.session import Session
from pipelines.prove import data_docs, gate, quarantine, tally
from pipelines.prove.across import comparable
from pipelines.prove.expectations import import_great_expectations
from pipelines.prove.identities import READ, comparisons
from pipelines.repair import correction, second_reading
from pipelines.site.build import build
from pipelines.storage.frame_store import Years
from pipelines.storage.tables import schema
from pipelines.warehouse.load import load

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
    "extracted_remark",
    "second_reading",
    "correction",
)
DIMENSIONS = ("dim_year", "dim_unit", "dim_subject", "dim_statement")
STAR_DIMENSIONS = ("dim_year", "dim_unit", "dim_subject")
STAR_READING = (
    "report_reading",
    "extracted_cell",
    "extracted_disclosure",
    "extracted_performance",
    "extracted_project",
)
"""What the star schema is built from, with the dimensions its facts point to."""

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
PROOF_STAR = ("published_cell", "report_form", "dim_report")
"""What the rules look at, besides what was read."""

PROOF = ("finding", "outcome", "coverage")
COMPARABLE = "comparable"
"""Frames on the way to findings: figures that reports of a unit are compared by; no asset and no table."""

Event = dg.MaterializeResult[None] | dg.AssetCheckResult
"""What an asset tells Dagster; the frames themselves go through the store, batch by batch."""

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
    "extracted_remark": "表注公式、模板残留、空表说明 / Printed formulas, template words, statements of no data",
    "second_reading": "勾稽不符处的第二次读取 / Numbers under a broken identity, read by a second way",
    "correction": "人工更正 / Corrections by hand",
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
    "coverage": "每份报告受勾稽关系检验的数字 / Numbers of each report under an identity",
    "expectation_result": "期望校验结果与数据文档 / Expectation results and data docs",
    "warehouse": "DuckDB 数据仓库，原子替换 / The DuckDB warehouse, swapped in atomically",
    "site": "网页：总览、单位、科目、质量、原件 / Pages: overview, units, classes, quality, origins",
}

LOG = logging.getLogger(__name__)


def _specs(
    names: Sequence[str], group: str, deps: Sequence[str] = (), partitions: dg.PartitionsDefinition[str] | None = None
) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            name,
            deps=list(deps),
            group_name=group,
            description=WORDS[name],
            kinds={"polars", "parquet"},
            partitions_def=partitions,
        )
        for name in names
    ]


def _stored(session: Session, names: Iterable[str], verdict: gate.Verdict) -> Iterator[Event]:
    """Say what was written, keep what the gates said, and show that as asset checks."""
    for name in names:
        yield dg.MaterializeResult(asset_key=name, metadata=describe(session.store.scan(name)))
    gate.save(verdict, session.settings.gates)
    for (asset,), results in verdict.results.group_by("asset", maintain_order=True):
        yield checks.result(str(asset), results)


def describe(frame: pl.LazyFrame) -> dict[str, dg.MetadataValue]:
    """Give rows, the sum of amounts, reports and a sample of a frame as metadata."""
    columns = frame.collect_schema().names()
    wanted = [pl.len().alias("rows")]
    wanted += [pl.col("report_key").n_unique().alias("reports")] if "report_key" in columns else []
    wanted += [pl.col("amount").sum()] if "amount" in columns else []
    found = frame.select(wanted).collect(engine="streaming").row(0, named=True)
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(found["rows"]),
        "sample": dg.MetadataValue.md(checks.markdown(frame.head(5).collect(), rows=5)),
    }
    if "reports" in found:
        metadata["reports"] = dg.MetadataValue.int(found["reports"])
    if "amount" in found:
        metadata["amount"] = dg.MetadataValue.text(
            f"{found['amount'] or 0:,.2f} 元 (sum of all rows, statements overlap)"
        )
    return metadata


@dg.multi_asset(
    name="read",
    specs=[*_specs(["source_file"], "collect"), *_specs(READING, "read", ["source_file"])],
    check_specs=checks.specs(["source_file", *READING]),
)
def read(session: dg.ResourceParam[Session]) -> Iterator[Event]:
    """List the files given now and all that were ever given, and read each content that is new, in worker processes.

    A file that disappears stays loaded. One step, so that Great Expectations is imported while others read.
    """
    state.begin(session.settings)
    session.cache.mend()
    session.reads = True
    files = stages.source_file(session.store.remembered("source_file", SOURCE_FILE), session.survey().files)
    reader, version = session.how_to_read()
    known = session.cache.reports().filter(~pl.col("report_key").is_in(list(session.again)))
    due = tasks(files, known, version)
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
                examine=partial(second_reading.examine, compare=comparisons),
            )
    session.on_step("检查 / checking")
    session.store.write("source_file", files)
    verdicts = [gate.demand(["source_file"], {"source_file": files})]
    by_hand = correction.read_corrections()
    with session.store.replacing(READING) as new:

        def settle(batch: int, reports: pl.Series) -> gate.Verdict:
            readings = correction.correct(session.cache.tables(reports), by_hand)
            settled = gate.settle(partial(stages.without, readings), {"source_file": files}, READING)
            for name in READING:
                new.write(name, settled.frames[name], batch)
            return settled.verdict

        verdicts += [settle(*batch) for batch in enumerate(stages.batches(session.cache.reports()), 1)]
    yield from _stored(session, ["source_file", *READING], gate.together(verdicts))


@dg.multi_asset(
    name="dimensions",
    specs=_specs(DIMENSIONS, "model", ["report_reading", "extracted_cell"]),
    check_specs=checks.specs(DIMENSIONS),
)
def dimensions(session: dg.ResourceParam[Session]) -> Iterator[Event]:
    """Build the conformed dimensions from all reports of all years."""
    store = session.store
    printed = pl.concat(
        printed_subject(store.read("extracted_cell", batch=batch), store.read("report_reading", batch=batch))
        for batch in store.batches("report_reading")
    )
    frames = stages.dimensions(store.read("report_reading"), printed)
    verdict = gate.demand(DIMENSIONS, frames)
    for name in DIMENSIONS:
        store.write(name, frames[name])
    yield from _stored(session, DIMENSIONS, verdict)


@dg.multi_asset(
    name="star",
    specs=_specs(STAR, "model", ["source_file", *STAR_READING, *STAR_DIMENSIONS], FISCAL_YEARS),
    check_specs=checks.specs(STAR),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def star(context: dg.AssetExecutionContext, session: dg.ResourceParam[Session]) -> Iterator[Event]:
    """Build cells, reports and facts of some fiscal years; a report that a gate stops no longer replaces others."""
    store, years = session.store, Years(context.partition_keys, FISCAL_YEARS.get_partition_keys())
    files = store.read("source_file")
    known = {name: store.read(name) for name in STAR_DIMENSIONS}
    with store.replacing(STAR, years) as new:

        def settle(batch: int) -> gate.Verdict:
            read_frames = {name: years.of(store.read(name, batch=batch)) for name in STAR_READING}

            def build(stopped: pl.DataFrame) -> stages.Frames:
                clean = stages.without(read_frames, stopped)
                return stages.star(files, **clean, dim_subject=known["dim_subject"])

            settled = gate.settle(build, known, STAR)
            for name in STAR:
                new.write(name, settled.frames[name], batch, settled.frames["dim_report"])
            return settled.verdict

        verdicts = [settle(batch) for batch in store.batches("report_reading")]
    yield from _stored(session, STAR, gate.together(verdicts))


@dg.multi_asset(
    name="proof",
    specs=_specs(PROOF, "prove", [*PROOF_STAR, *READ], FISCAL_YEARS),
    check_specs=[*checks.specs(PROOF), *checks.rule_specs()],
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def proof(context: dg.AssetExecutionContext, session: dg.ResourceParam[Session]) -> Iterator[Event]:
    """Run the rules over every report, and compare reports of a unit with each other."""
    session.on_step("核对勾稽关系 / proving identities")
    store, years = session.store, Years(context.partition_keys, FISCAL_YEARS.get_partition_keys())
    batches = store.batches("dim_report")

    def readings(batch: int) -> stages.Frames:
        return {name: store.read(name, batch=batch) for name in READ}

    with store.replacing([COMPARABLE]) as new:
        for batch in batches:
            new.write(COMPARABLE, comparable(readings(batch)), batch)
    figures = store.scan(COMPARABLE)
    # a report that was read again as of another year may still stand in the part of the year it was of
    reports = store.read("dim_report").unique("report_key", keep="last", maintain_order=True)
    compared = [
        stages.proof_across(figures.filter(pl.col("report_key").is_in(part["report_key"].implode())).collect(), part)
        for part in stages.series(reports)
    ]
    over_years = {name: pl.concat(part[name] for part in compared) for name in compared[0]}
    with store.replacing(PROOF, years) as new:

        def prove(batch: int) -> tuple[gate.Verdict, tally.Tally]:
            facts = {name: store.read(name, years, batch) for name in PROOF_STAR}
            frames = stages.proof(facts, readings(batch), over_years)
            verdict = gate.demand(PROOF, {**frames, "dim_report": facts["dim_report"]})
            for name in PROOF:
                new.write(name, frames[name], batch, facts["dim_report"])
            return verdict, tally.tally(frames["finding"], frames["outcome"])

        ended = [prove(batch) for batch in batches]
    yield from _stored(session, PROOF, gate.together(verdict for verdict, _ in ended))
    yield from checks.rule_results(tally.together(tallied for _, tallied in ended))


@dg.asset(
    group_name="prove",
    kinds={"great_expectations", "html"},
    description=WORDS["expectation_result"],
    deps=[*READING, *DIMENSIONS, *STAR, *PROOF],
)
def expectation_result(
    context: dg.AssetExecutionContext, session: dg.ResourceParam[Session]
) -> dg.MaterializeResult[None]:
    """Add this run's expectation results to those of earlier runs and write the data docs."""
    store = session.store
    results, documents = gate.saved(session.settings.gates, GATED)
    proved = tally.together(
        tally.tally(store.read("finding", batch=batch), store.read("outcome", batch=batch))
        for batch in store.batches("outcome")
    )
    reports = stages.report_lines(store.read("dim_report"), store.read("coverage"), proved.reports)
    index = data_docs.build(
        session.settings.data_docs, documents, results, reports, proved=proved, run_id=context.run.run_id
    )
    before = store.remembered("expectation_result", schema("quality.expectation_result"))
    frame = stages.expectation_result(before, results, context.run.run_id, datetime.now(UTC), KEPT_RUNS)
    store.write("expectation_result", frame)
    return dg.MaterializeResult(metadata={**describe(frame.lazy()), "data_docs": dg.MetadataValue.path(index)})


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
    skipped = None if session.again else session.survey().skipped
    quarantine.write(settings.quarantine, reports, store.read("source_file"), results, skipped)
    run = stages.run_record(
        run_id=context.run.run_id,
        started_at=session.started_at,
        files=session.survey().files,
        reports=reports,
        extractor_version=session.how_to_read()[1],
        rows={name: store.rows(name) for name in (*STAR, "finding")},
        reports_read=session.reports_read,
        skipped=session.survey().skipped,
    )
    store.write("run", pl.concat([store.remembered("run", schema("quality.run")), run]))
    frames = {table: store.each(asset) for asset, table in stages.TABLES.items()}
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
