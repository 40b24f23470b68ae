"""The smallest input that a greedy search finds with the same finding."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fuzz.mutate import copied, positions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fuzz.case import Case, Content


def minimised(case: Case, is_found: Callable[[Case], bool], seconds: float = 60.0) -> Case:
    """Return a smaller input for which `is_found` is still true."""
    end = time.monotonic() + seconds
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for smaller in _smaller(case):
            if time.monotonic() > end:
                return case
            if is_found(smaller):
                case, is_smaller = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for name in case.files:
        if len(case.files) > 1:
            yield replace(case, files={other: content for other, content in case.files.items() if other != name})
    for name, content in case.files.items():
        for less in _less_content(content):
            yield case.with_file(name, less)
    for less_input in _less_text(case.stdin):
        yield replace(case, stdin=less_input)
    for index in range(len(case.argv)):
        yield replace(case, argv=case.argv[:index] + case.argv[index + 1 :])


def _less_content(content: Content) -> Iterator[Content]:
    if isinstance(content, bytes):
        yield from _less_text(content)
    else:
        yield from _less_data(content)


def _less_text(raw: bytes) -> Iterator[bytes]:
    """Yield a text without each of its parts, the largest first, and in the end without each character."""
    size = len(raw)
    while size > 1:
        size = (size + 1) // 2
        for start in range(0, len(raw), size):
            yield raw[:start] + raw[start + size :]


def _less_data(data: Any) -> Iterator[Any]:
    """Yield data without each of its parts, those with the most in them first, and with simpler values."""
    count = len(list(positions(data, "")))
    for index in range(count):
        less = copied(data)
        container, key, _ = _at(less, index)
        del container[key]
        yield less
    for index in range(count):
        simples: tuple[Any, ...] = ("x", 1, [], {})
        for simple in simples:
            less = copied(data)
            container, key, _ = _at(less, index)
            value = container[key]
            if (
                isinstance(value, dict | list)
                and value
                and not (isinstance(simple, dict | list) and type(simple) is not type(value))
            ):
                container[key] = simple
                yield less
            elif isinstance(value, str) and len(value) > 1 and simple == "x":
                container[key] = value[: len(value) // 2]
                yield less


def _at(data: Any, index: int) -> Any:
    return list(positions(data, ""))[index]
