"""Turn a request to end the process into an interrupt, so that what is in flight is written down first."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


@contextmanager
def terminable() -> Iterator[None]:
    """Raise Terminated at SIGTERM, where this is the main thread: only there signals can be caught."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, _raised)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous or signal.SIG_DFL)


def _raised(number: int, frame: Any) -> NoReturn:
    raise Terminated("SIGTERM")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C while something short is recorded, where this is the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous or signal.default_int_handler)


def end() -> None:
    """End the process as SIGTERM would have ended it."""
    os.kill(os.getpid(), signal.SIGTERM)
