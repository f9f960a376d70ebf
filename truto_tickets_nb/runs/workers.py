"""Work in threads that keep no process alive: a kernel or a terminal ends although a server does not answer."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LOOK = 0.2  # seconds between two looks at an interrupt
Item = TypeVar("Item")
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


def started(work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Future[Result]:
    """Start a piece of work in a thread of its own.

    >>> started(max, 1, 2).result()
    2
    """
    future: Future[Result] = Future()
    threading.Thread(target=_work, args=(future, lambda: work(*args, **kwargs)), daemon=True).start()
    return future


def _work(future: Future[Any], work: Callable[[], Any]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001  (whoever asks for the result gets it)
        future.set_exception(error)


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int, halted: threading.Event
) -> Iterator[Result]:
    """Do the same with each of several items, some at a time, and give the results in order.

    >>> list(in_order(abs, [-3, 2, -1], 2, threading.Event()))
    [3, 2, 1]

    After an error or an interrupt nothing more is begun, and `halted` is set so that waits end.
    """
    waiting, flying = iter(items), deque[Future[Result]]()
    try:
        while True:
            while len(flying) < workers and (item := next(waiting, _NONE)) is not _NONE:
                flying.append(started(work, item))  # type: ignore[arg-type]
            if not flying:
                return
            yield _result(flying.popleft())
    except BaseException:
        halted.set()
        raise


_NONE = object()


def _result(future: Future[Result]) -> Result:
    """Wait for a result, and feel an interrupt on every system while waiting."""
    while True:
        try:
            return future.result(LOOK)
        except NotYet:
            if future.done():
                return future.result()
