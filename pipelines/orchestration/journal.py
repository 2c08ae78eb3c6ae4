"""How runs ended, those too that no database tells of: failed, killed, and nights that came without a run.

Three small files in ``cache`` need no library to be read: ``under_way.json`` stands while a run works, ``health.json``
says how the last one ended, ``nights_since`` since when somebody relies on nights. The rows of ``quality.run`` are the
frame ``run``; the next load puts those of failures into the database, which a failure leaves as it was.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pipelines.core.atomic_replace import replacing
from pipelines.core.settings import Exit, Settings
from pipelines.orchestration import alerts

if TYPE_CHECKING:
    import polars as pl

LOG = logging.getLogger(__name__)

NIGHT = time(2, 0)
"""When the nightly run is due, Shanghai."""

SHANGHAI = ZoneInfo("Asia/Shanghai")

GRACE = timedelta(hours=12)
"""A night may be late, not missing."""

SKEW = timedelta(minutes=10)
"""Clocks of machines that share a folder differ; a time further ahead than this comes from a clock that jumped."""

REMINDED_AFTER = timedelta(hours=20)
"""The same failure is told again once a night, not at every attempt."""

MOST_NIGHTS = 31
"""Missed nights that are noted at a time."""

_OF_A_MARK = {"run_id", "command", "over_raw", "started_at"}

KEPT_ROWS = 2000
"""Rows of ``quality.run`` that are kept: five years of nights."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the last run ended.

    Attributes:
        status: ``done``, ``failed``, ``killed`` or ``missed``.
        at: When, ISO 8601 in UTC.
        command: What ran.
        over_raw: Whether it was over the whole folder ``raw``; such a failure is over when such a run succeeds.
        run_id: Its row in ``quality.run``.
        reason: Why it was not done.
        told_at: When people were last told of it.
    """

    status: str
    at: str
    command: str
    over_raw: bool
    run_id: str = ""
    reason: str = ""
    told_at: str = ""


def last(settings: Settings) -> Ended | None:
    """Say how the last run ended; ``None`` where none has."""
    try:
        return Ended(**json.loads(_health(settings).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def under_way(settings: Settings) -> dict[str, Any] | None:
    """Give ``run_id``, ``command``, ``over_raw`` and ``started_at`` of the run that works, or died working."""
    try:
        mark: dict[str, Any] = json.loads(_mark(settings).read_text(encoding="utf-8"))
        return mark if isinstance(mark, dict) and mark.keys() >= _OF_A_MARK else None
    except (OSError, ValueError):
        return None


def begin(settings: Settings, run_id: str, command: str, *, over_raw: bool) -> None:
    """Say that a run works; one that died before it is noted as killed. Under the writer lock only."""
    before = under_way(settings)
    if before is not None and before["run_id"] != run_id:
        killed(settings, before)
    note_missed_nights(settings)
    mark = {"run_id": run_id, "command": command, "over_raw": over_raw, "started_at": _now().isoformat()}
    _replace(_mark(settings), json.dumps(mark))


def succeeded(settings: Settings, run_id: str, command: str, *, over_raw: bool) -> None:
    """Say that a run is complete; people hear of it where the one before was not."""
    before = last(settings)
    _mark(settings).unlink(missing_ok=True)
    failing = before is not None and before.status != "done"
    if failing and before is not None and before.over_raw and not over_raw:
        return  # what failed over raw has not been tried again
    _replace(_health(settings), json.dumps(asdict(Ended("done", _now().isoformat(), command, over_raw, run_id))))
    if failing and before is not None:
        if not _has_row(settings, run_id):
            now = _now().replace(tzinfo=None)
            about = {"command": command, "status": "done", "exit_code": 0}
            _add_row(settings, run_id, {"started_at": now, "finished_at": now, **about})
        alerts.send(settings, alerts.RECOVERY, f"已恢复 / recovered ({before.reason})")


def failed(
    settings: Settings,
    run_id: str,
    command: str,
    reason: str,
    *,
    over_raw: bool,
    status: str = "failed",
    started_at: datetime | None = None,
    exit_code: int = Exit.FAILED,
) -> None:
    """Say that a run failed, and tell people. Never raises: a failure must not be hidden by another.

    Args:
        settings: The warehouse.
        run_id: The run.
        command: What ran.
        reason: Why it failed, in a line.
        over_raw: Whether it was over the whole folder ``raw``.
        status: ``failed``, ``killed`` or ``missed``.
        started_at: UTC.
        exit_code: Of the command.
    """
    now = _now()
    before = last(settings)
    told_at = before.told_at if before is not None and before.status != "done" and before.reason == reason else ""
    due = not told_at or abs(now - datetime.fromisoformat(told_at)) > REMINDED_AFTER
    try:
        missed = status == "missed"
        fields = {
            "started_at": (started_at or now).replace(tzinfo=None),
            "finished_at": None if missed else now.replace(tzinfo=None),
            "command": command,
            "status": status,
            "reason": reason,
            "exit_code": None if missed else int(exit_code),
        }
        _add_row(settings, run_id, fields)
        told = now.isoformat() if due else told_at
        ended = Ended(status, now.isoformat(), command, over_raw, run_id, reason, told)
        _replace(_health(settings), json.dumps(asdict(ended)))
        if status != "missed":
            _mark(settings).unlink(missing_ok=True)
    except Exception:  # no room, no permission: the mark of the run stays and tells of it
        LOG.exception("the failure could not be noted")
    if due:
        alerts.send(settings, alerts.FAILURE, reason)


def killed(settings: Settings, mark: dict[str, Any]) -> None:
    """Note a run that died without a word."""
    reason = "运行中途被终止 / the run was killed"
    with suppress(ValueError):
        started = datetime.fromisoformat(mark["started_at"])
        failed(
            settings,
            mark["run_id"],
            mark["command"],
            reason,
            over_raw=bool(mark["over_raw"]),
            status="killed",
            started_at=started,
        )


def expect_nights(settings: Settings) -> None:
    """Say that from now on nights are relied on: a service has been started that runs them."""
    if not _nights_since(settings).exists():
        _replace(_nights_since(settings), _now().isoformat())


def missed_nights(settings: Settings, now: datetime | None = None) -> list[datetime]:
    """List the nights, UTC, that were due and have not brought everything of ``raw`` into the warehouse.

    Where nobody relies on nights (no service, and not ``MINGZHANG_NIGHTS=on``), none is missed.
    """
    now = now or _now()
    since = _time(_nights_since(settings))
    if settings.nights == "off" or (since is None and settings.nights != "on"):
        return []
    good = _time(settings.last_night)
    known = [time_ for time_ in (since, good) if time_ is not None and time_ <= now + SKEW]
    if not known:
        return []
    local = now.astimezone(SHANGHAI)
    night = datetime.combine(local.date(), NIGHT, SHANGHAI).astimezone(UTC)
    found = []
    for _ in range(MOST_NIGHTS):
        if night <= max(known):
            break
        if now - night > GRACE:
            found.append(night)
        night -= timedelta(days=1)
    return found[::-1]


def clock_jumped(settings: Settings, now: datetime | None = None) -> bool:
    """Whether the last good night lies in the future: the clock was set back, and says nothing of how old it is."""
    good = _time(settings.last_night)
    return good is not None and good > (now or _now()) + SKEW


def last_good(settings: Settings) -> datetime | None:
    """Give the time, UTC, of the last run that had everything of ``raw`` in the warehouse at its end."""
    return _time(settings.last_night)


def note_missed_nights(settings: Settings) -> None:
    """Note each missed night once, as a row of ``quality.run``, and tell people. Under the writer lock only."""
    for night in missed_nights(settings):
        run_id = f"missed-{night.astimezone(SHANGHAI):%Y-%m-%d}"
        if not _has_row(settings, run_id):
            reason = f"{night.astimezone(SHANGHAI):%Y-%m-%d} 夜间未运行 / no run that night"
            failed(settings, run_id, "night", reason, over_raw=True, status="missed", started_at=night)


def _has_row(settings: Settings, run_id: str) -> bool:
    return run_id in rows(settings)["run_id"]


def _add_row(settings: Settings, run_id: str, fields: dict[str, Any]) -> None:
    """Add a row to those of ``quality.run``; what the run has counted before it failed stays."""
    import polars as pl

    from pipelines.storage.tables import conform

    counted = next(rows(settings).filter(pl.col("run_id") == run_id).iter_rows(named=True), {"run_id": run_id})
    add_row(settings, conform(pl.DataFrame([counted | fields]), "quality.run"))


def add_row(settings: Settings, row: pl.DataFrame) -> None:
    """Add a row to those of ``quality.run``, in the place of an earlier one of the same run.

    Args:
        settings: The warehouse.
        row: Of table ``quality.run``.
    """
    import polars as pl

    from pipelines.storage.frame_store import FrameStore

    others = rows(settings).filter(~pl.col("run_id").is_in(row["run_id"].implode()))
    FrameStore(settings.frames, str(row["run_id"].item())).write("run", pl.concat([others, row]).tail(KEPT_ROWS))


def rows(settings: Settings) -> pl.DataFrame:
    """Give the rows of ``quality.run``; those of earlier versions, which kept complete runs only, were done."""
    import polars as pl

    from pipelines.storage.frame_store import FrameStore
    from pipelines.storage.tables import schema

    known = FrameStore(settings.frames).remembered("run", schema("quality.run"))
    return known.with_columns(pl.col("status").fill_null("done"))


def _time(file: Path) -> datetime | None:
    try:
        found = datetime.fromisoformat(file.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _mark(settings: Settings) -> Path:
    return settings.warehouse / "cache" / "under_way.json"


def _health(settings: Settings) -> Path:
    return settings.warehouse / "cache" / "health.json"


def _nights_since(settings: Settings) -> Path:
    return settings.warehouse / "cache" / "nights_since"


def _replace(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as new:
        new.write_text(text, encoding="utf-8")


def _now() -> datetime:
    return datetime.now(UTC)
