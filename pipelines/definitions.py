"""What Dagster loads: assets, checks, the job of the main run, its schedule and its sensor."""

from __future__ import annotations

import dagster as dg

from pipelines.orchestration.asset_names import JOB
from pipelines.orchestration.assets import ASSETS
from pipelines.orchestration.nightly import (
    every_year,
    failures,
    fresh,
    freshness,
    hourly_freshness,
    ingest,
    nightly,
    raw_files,
)
from pipelines.orchestration.session import session
from pipelines.orchestration.watcher import UNWATCHED

__all__ = ["JOB", "defs", "every_year", "nightly"]

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=[fresh],
    jobs=[ingest, freshness],
    schedules=[nightly, hourly_freshness],
    sensors=[raw_files, failures],
    resources={"session": session, "watcher": dg.ResourceDefinition.hardcoded_resource(UNWATCHED)},
    executor=dg.in_process_executor,
)
