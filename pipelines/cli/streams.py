"""Standard output and error that never raise: consoles of another encoding, and pipes whose reader has gone.

What cannot be shown is shown as an escape; what nobody reads is not written. The exit code stays what the work came to.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


def make_tolerant() -> None:
    """Let both streams of this process escape what their encoding lacks, and go quiet when their pipe breaks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
            setattr(sys, name, _Tolerant(stream))


class _Tolerant(io.TextIOBase):
    """A text stream that forgets about a reader that has gone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (BrokenPipeError, ValueError) as error:
            self._quiet(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (BrokenPipeError, ValueError) as error:
            self._quiet(error)

    def _quiet(self, error: Exception) -> None:
        """Lead all that follows nowhere; what Python still holds would else fail when it ends."""
        if isinstance(error, ValueError) and not self._stream.closed:
            raise error
        if not self._stream.closed:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def isatty(self) -> bool:
        return not self._stream.closed and self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._stream.errors

    @property
    def buffer(self) -> io.BufferedIOBase:
        return self._stream.buffer  # type: ignore[return-value]
