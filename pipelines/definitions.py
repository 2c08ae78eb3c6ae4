"""What Dagster loads: assets, checks, the job of the main run and its nightly schedule."""

from __future__ import annotations

import dagster as dg

from pipelines.assets import ASSETS, FISCAL_YEARS
from pipelines.session import locked_session, parquet_io_manager

JOB = "ingest"


def every_year() -> dict[str, str]:
    """Tags of a run over all fiscal years there are, in one pass."""
    years = FISCAL_YEARS.get_partition_keys()
    return {"dagster/asset_partition_range_start": years[0], "dagster/asset_partition_range_end": years[-1]}


ingest = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.assets(*ASSETS),
    executor_def=dg.in_process_executor,
    description="主任务：原始报告入库 / The main job: raw reports into the warehouse",
)


@dg.schedule(
    job=ingest,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="每夜两点，读入所有新报告 / Every night at two, everything new",
)
def nightly() -> dg.RunRequest:
    """Run over everything new, whatever its fiscal year."""
    return dg.RunRequest(tags=every_year())


defs = dg.Definitions(
    assets=ASSETS,
    jobs=[ingest],
    schedules=[nightly],
    resources={"session": locked_session, "io_manager": parquet_io_manager},
    executor=dg.in_process_executor,
)
