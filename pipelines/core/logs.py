"""Logs: one line per event, with the run and the report it is about, as text or as JSON."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from pipelines.core.settings import Settings

run_id = ""
"""The run under way in this process."""

_ALWAYS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _Formatter(logging.Formatter):
    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Lay a record out; what was passed as ``extra`` becomes fields."""
        fields = {"run": run_id} if run_id else {}
        fields |= {key: value for key, value in vars(record).items() if key not in _ALWAYS}
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message = record.getMessage()
        if not self.as_json:  # what a document makes a parser say must not look like a line of the log
            message = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in message)
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        if self.as_json:
            line = {"at": at, "level": record.levelname, "logger": record.name, "message": message} | fields
            return json.dumps(line, ensure_ascii=False, default=str)
        return " ".join(
            [at, record.levelname, message, *(f"{key}={_one_line(value)}" for key, value in fields.items())]
        )


def _one_line(value: object) -> str:
    """Write a value so that a file's name cannot begin a line of its own."""
    text = str(value)[:300]
    return text if text.isprintable() and " " not in text else repr(text)


def configure(settings: Settings, verbosity: int = 0) -> None:
    """Send the package's logs to standard error.

    Args:
        settings: Says whether lines are text or JSON.
        verbosity: -1 errors only, 0 warnings, 1 what happens, 2 every report.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(settings.log_format == "json"))
    logger = logging.getLogger("pipelines")
    logger.handlers = [handler]
    logger.propagate = False
    level = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    handler.setLevel(level)  # Dagster sets the level of the logger itself
    logger.setLevel(level)
