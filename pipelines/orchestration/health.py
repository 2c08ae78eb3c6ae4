"""Whether a warehouse is looked after: how the last run ended, whether nights come, whether the clock can be believed.

Reads a few small files, so that it can be asked twice a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pipelines.core.settings import Settings
from pipelines.orchestration import journal
from pipelines.orchestration.writer_lock import WarehouseLocked, writer_lock


@dataclass(frozen=True, slots=True)
class Health:
    """What is to be said of a warehouse.

    Attributes:
        healthy: Whether nothing is wrong.
        problems: What is wrong, each in Chinese and English.
        running: Whether a run is under way.
        last_status: How the last run ended; ``None`` where none has.
        last_ended_at: When, ISO 8601 in UTC.
        last_good_at: When everything in ``raw`` was last known to be loaded.
    """

    healthy: bool
    problems: list[str]
    running: bool
    last_status: str | None
    last_ended_at: str | None
    last_good_at: str | None


def look(settings: Settings) -> Health:
    """Look at a warehouse; nothing is written."""
    now = datetime.now(UTC)
    problems: list[str] = []
    mark = journal.under_way(settings)
    running = mark is not None and _somebody_writes(settings)
    if mark is not None and not running:
        problems.append(f"运行中途被终止 / a run was killed ({mark['command']}, {mark['started_at'][:19]} UTC)")
    ended = journal.last(settings)
    if ended is not None and ended.status not in {"done", "missed"}:
        problems.append(f"最近一次未完成 / the last run was not done ({ended.at[:19]} UTC): {ended.reason}")
    if missed := journal.missed_nights(settings, now):
        nights = ", ".join(f"{night.astimezone(journal.SHANGHAI):%Y-%m-%d}" for night in missed)
        problems.append(f"夜间未运行 / nights without a run: {nights}")
    if journal.clock_jumped(settings, now):
        problems.append("时钟倒退：最近成功的一夜在将来 / the clock was set back: the last good night is in the future")
    good = journal.last_good(settings)
    return Health(
        healthy=not problems,
        problems=problems,
        running=running,
        last_status=ended.status if ended else None,
        last_ended_at=ended.at if ended else None,
        last_good_at=good.isoformat() if good else None,
    )


def _somebody_writes(settings: Settings) -> bool:
    """Whether the writer lock is held; where that cannot be tried, it is taken for held."""
    try:
        with writer_lock(settings.lock, 0):
            return False
    except WarehouseLocked:
        return True
    except OSError:
        return True
