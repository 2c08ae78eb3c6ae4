"""Who wants to know that another page is being recognised: it takes seconds, and a report may be all such pages.

A worker process passes it on to the process that waits for it, which allows it more time and shows that it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[], None]

_listeners: list[Listener] = []


def page_begins() -> None:
    """Tell that a page is about to be recognised."""
    for listener in list(_listeners):
        listener()


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have a function called at every page, in whichever thread it is told."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
