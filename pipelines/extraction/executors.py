"""Where reports are read: in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import cast

from pipelines.core.settings import Settings


@contextmanager
def executor(settings: Settings) -> Iterator[Executor]:
    """Open the executor the settings ask for, and close it.

    Its threads only wait: each drives one worker process (see `subprocess_pool`). Workers of a cluster need
    this package and the raw files under the same paths.

    Raises:
        ModuleNotFoundError: A cluster is asked for and the dependencies of the extra ``cluster`` are missing.
        OSError: The scheduler does not answer.
    """
    if not settings.dask:
        with ThreadPoolExecutor(settings.workers, thread_name_prefix="reader") as pool:
            yield pool
        return
    from distributed import Client

    client = Client(settings.dask, set_as_default=False)
    with client, client.get_executor(pure=False) as cluster:
        yield cast(Executor, cluster)
