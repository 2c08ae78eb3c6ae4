"""The main job with every step in a process of its own; step processes import it."""

from __future__ import annotations

import dagster as dg

from pipelines.orchestration.asset_names import JOB
from pipelines.orchestration.assets import ASSETS
from pipelines.orchestration.nightly import main_job
from pipelines.orchestration.session import session
from pipelines.orchestration.watcher import UNWATCHED


def in_processes() -> dg.JobDefinition:
    """Give the main job on Dagster's own multiprocess executor."""
    resources = {"session": session, "watcher": dg.ResourceDefinition.hardcoded_resource(UNWATCHED)}
    jobs = [main_job(executor=dg.multiprocess_executor)]
    return dg.Definitions(assets=ASSETS, jobs=jobs, resources=resources).resolve_job_def(JOB)
