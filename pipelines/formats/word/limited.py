"""Becomes another program with limits on time, memory and output, which dies with its parent; run as a script."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
_MIB = 2**20


def main() -> None:
    """Take seconds, megabytes of memory, megabytes of a file, then the program and its arguments."""
    seconds, memory_mb, output_mb = map(int, sys.argv[1:4])
    limits = (
        (resource.RLIMIT_AS, memory_mb * _MIB),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, output_mb * _MIB),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in limits:
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execv(sys.argv[4], sys.argv[4:])


if __name__ == "__main__":
    main()
