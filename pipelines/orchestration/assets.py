"""The assets, thin: which table comes from which, in which partition. The work is in the modules they call.

Reading is unpartitioned, since nobody knows the fiscal year of a document before reading it. From ``published_cell``
on, partitions are fiscal years, for people who look at them; frames are worked on and stored by buckets of bodies
(`bucket_steps`), and only buckets that something changed are. A run over one year brings all that is behind up to date.

A step writes all its frames together, since they belong together; when only some of its assets are asked for, only
those are announced. What one step hands on to the next are these frames, so steps may live in different processes.
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg
import polars as pl

from pipelines.core.frames import SOURCE_FILE
from pipelines.core.version import commit
from pipelines.model.removed import removed
from pipelines.orchestration import (
    alerts,
    bucket_steps,
    checks,
    decisions,
    given_files,
    journal,
    lake_release,
    prepared,
    raw_folder,
    reading,
    stages,
)
from pipelines.orchestration import run_state as state
from pipelines.orchestration.asset_names import (
    DIMENSIONS,
    GATE_DIMENSIONS,
    GATE_FILES,
    GATE_PROOF,
    GATE_READING,
    GATE_RESULT,
    GATE_STAR,
    GATED,
    GATES,
    JOB,
    PRINTED_SUBJECT,
    PROOF,
    PROOF_STAR,
    READING,
    STAR,
    STAR_DIMENSIONS,
    STAR_READING,
    WHOLE_FRAMES,
    WORDS,
)
from pipelines.orchestration.session import LOOKS, Session
from pipelines.orchestration.watcher import Watcher
from pipelines.prove import data_docs, gate, quarantine
from pipelines.prove.expectations import import_great_expectations, read_suite
from pipelines.prove.identities import READ
from pipelines.prove.judge import Judge
from pipelines.site.build import build
from pipelines.storage.tables import schema
from pipelines.warehouse.load import load

FISCAL_YEARS = dg.TimeWindowPartitionsDefinition(
    start="2010", fmt="%Y", cron_schedule="0 0 1 1 *", timezone="Asia/Shanghai", end_offset=2
)
"""Fiscal years from 2010, this year and the next included: budgets come out before their year begins."""

KEPT_RUNS = 30
"""Runs whose expectation results are kept."""

_FEW = 20
"""Contents to read up to which a run is likely to meet no kind of row that was not judged before."""

Event = dg.MaterializeResult[None] | dg.AssetCheckResult
"""What an asset tells Dagster; the frames themselves go through the store, batch by batch."""

LOG = logging.getLogger(__name__)

_Told = Mapping[str, int | list[int]]


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
            skippable=True,
        )
        for name in names
    ]


def _is_whole_job(context: dg.AssetExecutionContext) -> bool:
    """Whether the run is of the main job, not of some assets."""
    return context.run.job_name == JOB and not context.run.asset_selection


def _stored(
    context: dg.AssetExecutionContext, session: Session, names: Iterable[str], gates: Iterable[str], **told: _Told
) -> Iterator[Event]:
    """Say what was written, and show what the gates said as asset checks, as far as asked for.

    A run without checks, of the command line, counts rows and looks at none.
    """
    checked, store = bool(context.selected_asset_check_keys), session.store
    for name in names:
        if dg.AssetKey(name) in context.selected_asset_keys:
            about = checks.describe(store.scan(name)) if checked else {"dagster/row_count": store.rows(name)}
            yield dg.MaterializeResult(asset_key=name, metadata={**about, **told.get(name, {})})
    if not checked:
        return
    results = gate.together(each for name in gates for each in session.store.each(name))
    yield from _asked_for(
        context,
        (checks.result(str(asset), rows) for (asset,), rows in results.group_by("asset", maintain_order=True)),
    )


def _asked_for(
    context: dg.AssetExecutionContext, results: Iterable[dg.AssetCheckResult]
) -> Iterator[dg.AssetCheckResult]:
    for result in results:
        assert result.asset_key is not None and result.check_name is not None
        if dg.AssetCheckKey(result.asset_key, result.check_name) in context.selected_asset_check_keys:
            yield result


@dg.multi_asset(
    name="extraction",
    specs=[*_specs(["source_file"], "collect"), *_specs(READING, "extraction", ["source_file"])],
    check_specs=checks.specs(["source_file", *READING]),
    can_subset=True,
)
def extraction(
    context: dg.AssetExecutionContext, session: dg.ResourceParam[Session], watcher: dg.ResourceParam[Watcher]
) -> Iterator[Event]:
    """List the files given now and all that were ever given, and read each content that is new, in worker processes.

    A file that disappears stays loaded.
    """
    state.begin(session.settings)
    if _is_whole_job(context):
        journal.begin(session.settings, session.run_id, session.command, over_raw=session.over_raw)
    prepared.begin_with(session.settings)
    session.cache.mend()
    store = session.store
    given = given_files.find(session)
    if session.over_raw and (fault := raw_folder.fault(session.settings, given.files)):
        raise raw_folder.RawFolderError(fault)
    files = stages.source_file(store.remembered("source_file", SOURCE_FILE), given.files)
    taken_out = removed(files, decisions.removals(store))
    reader, version = reading.how_to_read(session)
    due = reading.due(session, files.join(taken_out, on="report_key", how="anti"), version)
    watcher.on_plan(len(due.tasks))
    if due.reread:
        LOG.info("the extractor changed, reports are read again", extra={"reports": due.reread, "by": due.versions})
        watcher.on_reread(due.reread, due.versions)
    if len(due.tasks) > _FEW:  # it takes seconds, while others read
        threading.Thread(target=import_great_expectations, daemon=True).start()
    reading.read_due(session, due, reader, version, watcher)
    reading.keep_run(session, version, len(due.tasks))
    watcher.on_step("检查 / checking")
    store.write("source_file", files)
    judge = Judge(session.settings.gates)
    store.write(GATE_FILES, gate.demand(judge, ["source_file"], {"source_file": files}).results)
    changed = bucket_steps.read_buckets(session, judge, taken_out)
    told: _Told = {"reports_read": len(due.tasks), "reread": due.reread, "buckets": changed}
    yield from _stored(context, session, ["source_file", *READING], [GATE_FILES, GATE_READING], report_reading=told)


@dg.multi_asset(
    name="dimensions",
    specs=_specs(DIMENSIONS, "model", ["report_reading", "extracted_cell"]),
    check_specs=checks.specs(DIMENSIONS),
    can_subset=True,
)
def dimensions(context: dg.AssetExecutionContext, session: dg.ResourceParam[Session]) -> Iterator[Event]:
    """Build the conformed dimensions from all reports of all years."""
    store = session.store
    frames = stages.dimensions(store.read("report_reading"), store.read(PRINTED_SUBJECT))
    verdict = gate.demand(Judge(session.settings.gates), DIMENSIONS, frames)
    for name in DIMENSIONS:
        store.write(name, frames[name])
    store.write(GATE_DIMENSIONS, verdict.results)
    yield from _stored(context, session, DIMENSIONS, [GATE_DIMENSIONS])


@dg.multi_asset(
    name="star",
    specs=_specs(STAR, "model", ["source_file", *STAR_READING, *STAR_DIMENSIONS], FISCAL_YEARS),
    check_specs=checks.specs(STAR),
    backfill_policy=dg.BackfillPolicy.single_run(),
    can_subset=True,
)
def star(context: dg.AssetExecutionContext, session: dg.ResourceParam[Session]) -> Iterator[Event]:
    """Build cells, reports and facts; a report that a gate stops no longer replaces others."""
    told = {"buckets": bucket_steps.build_star(session, Judge(session.settings.gates))}
    yield from _stored(context, session, STAR, [GATE_STAR], dim_report=told)


@dg.multi_asset(
    name="proof",
    specs=_specs(PROOF, "prove", [*PROOF_STAR, *READ], FISCAL_YEARS),
    check_specs=[*checks.specs(PROOF), *checks.rule_specs()],
    backfill_policy=dg.BackfillPolicy.single_run(),
    can_subset=True,
)
def proof(
    context: dg.AssetExecutionContext, session: dg.ResourceParam[Session], watcher: dg.ResourceParam[Watcher]
) -> Iterator[Event]:
    """Run the rules over every report, and compare reports of a unit with each other."""
    watcher.on_step("核对勾稽关系 / proving identities")
    told = {"buckets": bucket_steps.prove(session, Judge(session.settings.gates))}
    yield from _stored(context, session, PROOF, [GATE_PROOF], outcome=told)
    if any(key.name != checks.EXPECTATIONS for key in context.selected_asset_check_keys):
        yield from _asked_for(context, checks.rule_results(bucket_steps.proved(session)))


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
    results = gate.together(each for name in GATES for each in store.each(name))
    store.write(GATE_RESULT, results)
    proved = bucket_steps.proved(session)
    dim_report = store.read("dim_report")
    counting = dim_report.filter(pl.col("status") != "removed")["report_key"]
    judge = Judge(session.settings.gates)
    reports = stages.report_lines(dim_report, store.read("coverage"), proved.reports)
    index = data_docs.build(
        session.settings.data_docs,
        judge,
        {asset: judge.specimens(read_suite(asset), counting, results) for asset in GATED},
        results,
        reports,
        proved=proved,
        run_id=context.run.run_id,
    )
    before = store.remembered("expectation_result", schema("quality.expectation_result"))
    frame = stages.expectation_result(before, results, context.run.run_id, datetime.now(UTC), KEPT_RUNS)
    store.write("expectation_result", frame)
    return dg.MaterializeResult(metadata={**checks.describe(frame.lazy()), "data_docs": dg.MetadataValue.path(index)})


@dg.asset(
    group_name="warehouse",
    kinds={"duckdb"},
    description=WORDS["warehouse"],
    deps=["source_file", *READING, *DIMENSIONS, *STAR, *PROOF, "expectation_result"],
)
def warehouse(
    context: dg.AssetExecutionContext, session: dg.ResourceParam[Session], watcher: dg.ResourceParam[Watcher]
) -> dg.MaterializeResult[None]:
    """Load all frames into a new DuckDB file and put it in the place of the old one."""
    watcher.on_step("装载 / loading")
    store, settings = session.store, session.settings
    reports = store.read("dim_report")
    results = store.read(GATE_RESULT)
    given = given_files.latest(store)
    skipped = given_files.skipped_paths(store)
    before = quarantine.names(settings.quarantine)
    quarantine.write(settings.quarantine, reports, store.read("source_file"), results, skipped)
    extractor_version, reports_read = reading.latest_run(session)
    run = stages.run_record(
        run_id=session.run_id,
        started_at=_began(context),
        files=given.files,
        reports=reports,
        extractor_version=extractor_version,
        rows={name: store.rows(name) for name in (*STAR, "finding")},
        reports_read=reports_read,
        skipped=given.skipped if session.command in LOOKS else [],
        command=session.command,
    )
    journal.add_row(settings, run)
    accepted = decisions.acceptances(store)
    frames: dict[str, pl.DataFrame | Iterable[pl.DataFrame]] = {
        table: store.each(asset) for asset, table in stages.TABLES.items()
    }
    frames["quality.finding"] = (decisions.with_acceptances(part, accepted) for part in store.each("finding"))
    frames["quality.acceptance"], frames["quality.removal"] = accepted, decisions.removals(store)
    loaded = load(
        frames,
        settings.database,
        extractor_version=extractor_version,
        commit=commit(),
        parts=bucket_steps.parts(session, {table: asset for asset, table in stages.TABLES.items()}),
    )
    lake_release.release(session)
    if new := quarantine.new_reasons(settings.quarantine, before):
        alerts.send(settings, alerts.QUARANTINE, f"{len(new)} 份报告新进隔离 / reports new in quarantine", new)
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
def site(
    context: dg.AssetExecutionContext, session: dg.ResourceParam[Session], watcher: dg.ResourceParam[Watcher]
) -> Iterator[dg.MaterializeResult[None]]:
    """Bring the pages up to date. When that fails old ones stay, since the data are loaded, and the run says so.

    A run is complete with its pages only, and only if it did all the work before them, too: after a failure, and after
    a run over some assets or years, the next one does everything again.
    """
    watcher.on_step("网页 / pages")
    pages, fault = 0, ""
    try:
        pages = build(session.settings)
    except Exception as error:
        LOG.exception("the site was not updated")
        fault = repr(error)
    of_this_run = all(session.store.is_of_this_run(name) for name in WHOLE_FRAMES)
    if not fault and of_this_run and bucket_steps.is_whole(session):
        state.finish(session.settings, over_raw=session.over_raw)
    if _is_whole_job(context):
        about, over_raw = (session.settings, session.run_id, session.command), session.over_raw
        if fault:
            journal.failed(*about, f"网页未能更新 / the site was not updated: {fault}", over_raw=over_raw)
        else:
            journal.succeeded(*about, over_raw=over_raw)
    built = dg.AssetCheckResult(passed=not fault, metadata={"fault": fault})
    yield dg.MaterializeResult(
        metadata={"index": dg.MetadataValue.path(session.settings.site / "index.html"), "pages": pages},
        check_results=[built],
    )


def _began(context: dg.AssetExecutionContext) -> datetime:
    """When the run began, UTC."""
    record = context.instance.get_run_record_by_id(context.run.run_id)
    return datetime.fromtimestamp(record.start_time, UTC) if record and record.start_time else datetime.now(UTC)


ASSETS = [extraction, dimensions, star, proof, expectation_result, warehouse, site]


def without_years() -> list[dg.AssetsDefinition]:
    """Give the same assets without partitions, for runs about all years: one event for each asset, not each year."""
    return [asset.map_asset_specs(lambda spec: spec.replace_attributes(partitions_def=None)) for asset in ASSETS]
