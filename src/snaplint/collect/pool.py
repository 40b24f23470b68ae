"""Runs reads side by side: a bounded number of threads, which nobody has to wait for when it is over."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue

from snaplint.base.record import NamedTuple
from snaplint.collect.aws_errors import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Task(NamedTuple):
    """Something to read: what it is called, and the function, which may name further tasks that its answer opened."""

    label: str
    run: Callable[[], Iterable[Task] | object]


class _Done(NamedTuple):
    label: str
    more: tuple[Task, ...]
    error: BaseException | None = None


def run(tasks: Iterable[Task], workers: int, progress: Callable[[str, int, int], None] | None = None) -> None:
    """Run the tasks and those they name, until all are done.

    What cannot be read is nobody's fault here: whoever needs it asks again and hears why. Any other exception of a task
    is raised. Threads are daemons, unlike those of `concurrent.futures`: Ctrl-C must not wait for a hung call.
    """
    todo: SimpleQueue[Task | None] = SimpleQueue()
    finished: SimpleQueue[_Done] = SimpleQueue()
    over = threading.Event()
    total = done = 0
    for task in tasks:
        todo.put(task)
        total += 1
    threads = [
        threading.Thread(target=_work, args=(todo, finished, over), name=f"snaplint-{number}", daemon=True)
        for number in range(max(1, workers) if total else 0)
    ]
    for thread in threads:
        thread.start()
    try:
        while done < total:
            ended = _next(finished)
            if ended.error is not None:
                raise ended.error
            done += 1
            for task in ended.more:
                todo.put(task)
                total += 1
            if progress is not None:
                progress(ended.label, done, total)
    finally:
        over.set()
        for _ in threads:
            todo.put(None)


def _next(finished: SimpleQueue[_Done]) -> _Done:
    """The next task that ends. Windows delivers Ctrl-C only between waits, hence the short ones."""
    while True:
        try:
            return finished.get(timeout=0.5)
        except Empty:
            continue


def _work(todo: SimpleQueue[Task | None], finished: SimpleQueue[_Done], over: threading.Event) -> None:
    while (task := todo.get()) is not None and not over.is_set():
        try:
            found = task.run()
        except Unread:
            finished.put(_Done(task.label, ()))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the main thread
            finished.put(_Done(task.label, (), error))
        else:
            finished.put(_Done(task.label, tuple(_tasks(found))))


def _tasks(found: object) -> Iterable[Task]:
    return [each for each in found if isinstance(each, Task)] if isinstance(found, list) else ()
