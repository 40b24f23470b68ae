"""Prefetch: make reads in parallel before the facts are put together.

A prefetch returns no facts. It only fills the cache of `AwsReads`, so that `facts()`, which makes one read after the
other, finds every answer there and sends nothing.
"""

from __future__ import annotations

import threading
from queue import SimpleQueue

from snaplint.base.record import NamedTuple
from snaplint.collect.connection import NotConnected
from snaplint.collect.deadline import next_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Prefetch(NamedTuple):
    """Reads to make ahead: a label for the progress display, and the function that makes them one after the other.

    Some reads depend on the answers to others: the documents of policies on the list of their names, the settings of a
    bucket on whether it exists. The function returns such reads as a list of further prefetches.
    """

    label: str
    read: Callable[[], Iterable[Prefetch] | object]


class _Done(NamedTuple):
    label: str
    more: tuple[Prefetch, ...]
    error: BaseException | None = None


def run_prefetches(
    prefetches: Iterable[Prefetch], workers: int, progress: Callable[[str, int, int], None] | None = None
) -> None:
    """Run prefetches, and those that they return, until all are done; at most `workers` run at a time.

    A failed read is not raised here: its `Unread` is cached, and `facts()` gets the same one. The same holds for every
    other exception but NotConnected and Ctrl-C, which are raised. The threads are daemons, unlike those of
    `concurrent.futures`: Ctrl-C must not wait for a call that hangs.
    """
    todo: SimpleQueue[Prefetch | None] = SimpleQueue()
    finished: SimpleQueue[_Done] = SimpleQueue()
    over = threading.Event()
    total = done = 0
    for prefetch in prefetches:
        todo.put(prefetch)
        total += 1
    threads = [
        threading.Thread(target=_work, args=(todo, finished, over), name=f"snaplint-{number}", daemon=True)
        for number in range(max(1, workers) if total else 0)
    ]
    for thread in threads:
        thread.start()
    try:
        while done < total:
            ended = next_of(finished)
            if ended.error is not None:
                raise ended.error
            done += 1
            for prefetch in ended.more:
                todo.put(prefetch)
                total += 1
            if progress is not None:
                progress(ended.label, done, total)
    finally:
        over.set()
        for _ in threads:
            todo.put(None)


def _work(todo: SimpleQueue[Prefetch | None], finished: SimpleQueue[_Done], over: threading.Event) -> None:
    while (prefetch := todo.get()) is not None and not over.is_set():
        try:
            answer = prefetch.read()
        except NotConnected as error:
            finished.put(_Done(prefetch.label, (), error))
        except Exception:  # noqa: BLE001 - `facts()` meets it again, and makes it the reason of an unknown fact
            finished.put(_Done(prefetch.label, ()))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the main thread
            finished.put(_Done(prefetch.label, (), error))
        else:
            finished.put(_Done(prefetch.label, tuple(_prefetches(answer))))


def _prefetches(answer: object) -> Iterable[Prefetch]:
    return [each for each in answer if isinstance(each, Prefetch)] if isinstance(answer, list) else ()
