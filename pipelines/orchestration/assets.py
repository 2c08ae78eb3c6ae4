"""The assets, thin: which table comes from which, in which partition. The work is in the modules they call.

Reading is unpartitioned, since nobody knows the fiscal year of a document before reading it. From ``published_cell``
on, partitions are fiscal years. Frames are worked on and stored batch by batch (`stages.batches`), each by a function
of its own that leaves nothing large behind, so that a run over thousands of reports needs no more memory than one over
hundreds.

A step writes all its frames together, since they belong together; when only some of its assets are asked for, only
those are announced. What one step hands on to the next are these frames, so steps may live in different processes.
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import dagster as dg
import polars as pl

from pipelines.core.frames import SOURCE_FILE
from pipelines.core.version import commit
from pipelines.model.dim_subject import printed_subject
from pipelines.model.removed import removed, without_removed
from pipelines.orchestration import alerts, checks, decisions, given_files, journal, raw_folder, reading, stages
from pipelines.orchestration import run_state as state
from pipelines.orchestration.asset_names import (
    COMPARABLE,
    DIMENSIONS,
    FRAMES,
    GATED,
    JOB,
    PROOF,
    PROOF_STAR,
    READING,
    STAR,
    STAR_DIMENSIONS,
    STAR_READING,
    WORDS,
)
from pipelines.orchestration.session import LOOKS, Session
from pipelines.orchestration.watcher import Watcher
from pipelines.prove import data_docs, gate, quarantine, tally
from pipelines.prove.across import comparable
from pipelines.prove.expectations import import_great_expectations
from pipelines.prove.identities import READ
from pipelines.repair import correction
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

Event = dg.MaterializeResult[None] | dg.AssetCheckResult
"""What an asset tells Dagster; the frames themselves go through the store, batch by batch."""

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
            skippable=True,
        )
        for name in names
    ]


def _is_whole_job(context: dg.AssetExecutionContext) -> bool:
    """Whether the run is of the main job, not of some assets."""
    return context.run.job_name == JOB and not context.run.asset_selection


def _stored(
    context: dg.AssetExecutionContext,
    session: Session,
    names: Iterable[str],
    verdict: gate.Verdict,
    **told: Mapping[str, int],
) -> Iterator[Event]:
    """Say what was written, keep what the gates said, and show that as asset checks, as far as asked for."""
    for name in names:
        if dg.AssetKey(name) in context.selected_asset_keys:
            yield dg.MaterializeResult(
                asset_key=name, metadata={**checks.describe(session.store.scan(name)), **told.get(name, {})}
            )
    gate.save(verdict, session.settings.gates)
    results = (
        checks.result(str(asset), rows) for (asset,), rows in verdict.results.group_by("asset", maintain_order=True)
    )
    yield from _asked_for(context, results)


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

    A file that disappears stays loaded. One step, so that Great Expectations is imported while others read.
    """
    state.begin(session.settings)
    if _is_whole_job(context):
        journal.begin(session.settings, session.run_id, session.command, over_raw=session.over_raw)
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
    threading.Thread(target=import_great_expectations, daemon=True).start()
    reading.read_due(session, due, reader, version, watcher)
    reading.keep_run(session, version, len(due.tasks))
    watcher.on_step("检查 / checking")
    store.write("source_file", files)
    verdicts = [gate.demand(["source_file"], {"source_file": files})]
    by_hand = correction.read_corrections()
    with store.replacing(READING) as new:

        def settle(batch: int, reports: pl.Series) -> gate.Verdict:
            readings = correction.correct(without_removed(session.cache.tables(reports), taken_out), by_hand)
            settled = gate.settle(partial(stages.without, readings), {"source_file": files}, READING)
            for name in READING:
                new.write(name, settled.frames[name], batch)
            return settled.verdict

        verdicts += [settle(*batch) for batch in enumerate(stages.batches(session.cache.reports()), 1)]
    told = {"reports_read": len(due.tasks), "reread": due.reread}
    yield from _stored(context, session, ["source_file", *READING], gate.together(verdicts), report_reading=told)


@dg.multi_asset(
    name="dimensions",
    specs=_specs(DIMENSIONS, "model", ["report_reading", "extracted_cell"]),
    check_specs=checks.specs(DIMENSIONS),
    can_subset=True,
)
def dimensions(context: dg.AssetExecutionContext, session: dg.ResourceParam[Session]) -> Iterator[Event]:
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
    yield from _stored(context, session, DIMENSIONS, verdict)


@dg.multi_asset(
    name="star",
    specs=_specs(STAR, "model", ["source_file", *STAR_READING, *STAR_DIMENSIONS], FISCAL_YEARS),
    check_specs=checks.specs(STAR),
    backfill_policy=dg.BackfillPolicy.single_run(),
    can_subset=True,
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
    yield from _stored(context, session, STAR, gate.together(verdicts))


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
            read_frames = readings(batch)
            stages.demand_same_batch(facts["dim_report"], read_frames["report_reading"])
            frames = stages.proof(facts, read_frames, over_years)
            verdict = gate.demand(PROOF, {**frames, "dim_report": facts["dim_report"]})
            for name in PROOF:
                new.write(name, frames[name], batch, facts["dim_report"])
            return verdict, tally.tally(frames["finding"], frames["outcome"])

        ended = [prove(batch) for batch in batches]
    yield from _stored(context, session, PROOF, gate.together(verdict for verdict, _ in ended))
    yield from _asked_for(context, checks.rule_results(tally.together(tallied for _, tallied in ended)))


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
    accepted = decisions.acceptances(store)
    proved = tally.together(
        tally.tally(
            decisions.with_acceptances(store.read("finding", batch=batch), accepted), store.read("outcome", batch=batch)
        )
        for batch in store.batches("outcome")
    )
    reports = stages.report_lines(store.read("dim_report"), store.read("coverage"), proved.reports)
    index = data_docs.build(
        session.settings.data_docs, documents, results, reports, proved=proved, run_id=context.run.run_id
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
    results, _ = gate.saved(settings.gates, GATED)
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
    loaded = load(frames, settings.database, extractor_version=extractor_version, commit=commit())
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
    if not fault and all(session.store.is_of_this_run(name) for name in FRAMES):
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
