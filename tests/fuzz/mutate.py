"""Changes to documents that know their structure: a part is replaced by one that other seeds have in the same kind of
place, names come from the schemas and the seeds, and values are changed into those that are nearly or not at all right.
"""

from __future__ import annotations

import json
import marshal
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.fuzz import corpus
from tests.fuzz.values import NUMBERS, TEXTS, UNREADABLE, anything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    Position = tuple[Any, Any, str]
    """A container, a key or index of it, and the kind of the place."""

_LARGEST = 30_000
"""Characters of JSON at which a document is no longer made longer."""
_ENTRIES = {"buckets": "bucket", "snapshots": "snapshot", "Condition": "Condition.*", "context": "context.*"}
"""Members whose own members have any name, and the kind of place of their values."""
_LIKE = {
    "boundary": "policy", "session_policy": "policy", "resource_policy": "policy", "policies[]": "policy",
    "identity_policies[]": "policy", "session_policies[]": "policy", "permission_boundaries[]": "policy",
    "vpc_endpoint_policies[]": "policy", "scps[][]": "policy", "rcps[][]": "policy", "requests[]": "request",
    "Statement": "Statement[]", "Snapshots[]": "snapshot", "Snapshot": "snapshot", "NotAction": "Action",
    "NotResource": "Resource", "NotPrincipal": "Principal", "Action[]": "Action", "Resource[]": "Resource",
    "NotAction[]": "Action", "NotResource[]": "Resource", "Document": "policy", "PolicyDocument": "policy",
}  # fmt: skip
"""Kinds of places that take the same values."""


def kind_of(parent: str, key: Any) -> str:
    """Return the kind of a place from that of its container and its key or index."""
    if isinstance(key, int):
        kind = f"{parent}[]"
    elif parent == "Condition.*":
        kind = "Condition.*.*"
    else:
        kind = _ENTRIES.get(parent, key)
    return _LIKE.get(kind, kind)


def positions(value: Any, kind: str) -> Iterator[Position]:
    """Yield every place in a document."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        below = kind_of(kind, key)
        yield value, key, below
        if isinstance(inner, dict | list):
            yield from positions(inner, below)


def copied(value: Any) -> Any:
    """Return a copy that shares nothing."""
    return marshal.loads(marshal.dumps(value))  # noqa: S302  # its own bytes


class _Pools:
    """What the seeds have: values by the kind of their place, and names by the kind of their mapping."""

    def __init__(self) -> None:
        self.values: dict[str, corpus.Ring[Any]] = {}
        self.names: dict[str, corpus.Ring[str]] = {}
        for kind, part in corpus.names_of_schemas().items():
            for name in part:
                self._keep_name(kind or "preflight", name)
        for slot, answers in corpus.kept("answers.json").items():
            kind = _LIKE.get(slot, slot)
            for answer in answers:
                self._keep(kind, answer)
                self._walk(answer, kind)
        for project in corpus.projects():
            self._walk(project.data, "preflight")
            for content in project.files.values():
                if not isinstance(content, bytes):
                    self._keep("policy", content)
                    self._walk(content, "policy")
        for line in corpus.lines():
            self._walk(line, "line")

    def _walk(self, value: Any, kind: str) -> None:
        for container, key, below in positions(value, kind):
            self._keep(below, container[key])
            if isinstance(key, str):
                self._keep_name(self._kind_of_names(container, below), key)

    @staticmethod
    def _kind_of_names(container: dict[str, Any], below: str) -> str:
        """Return the kind under which the names of a mapping are kept: that of its first members describes it."""
        if below in ("bucket", "snapshot", "Condition.*", "context.*", "Condition.*.*"):
            return f"names of {below}"
        return "names beside " + min(container)

    def _keep(self, kind: str, value: Any) -> None:
        self.values.setdefault(kind, corpus.Ring()).add(value, json.dumps(value, sort_keys=True))

    def _keep_name(self, kind: str, name: str) -> None:
        self.names.setdefault(kind, corpus.Ring()).add(name, name)

    def value(self, rng: Random, kind: str) -> Any:
        """Return a value that fits a kind of place, or any value if no seed has one there."""
        values = self.values.get(kind)
        return copied(values.choose(rng)) if values else anything(rng)

    def name(self, rng: Random, container: dict[str, Any], kind: str) -> str:
        """Return a name for a new member of a mapping."""
        choices = [
            self.names.get(kind),
            self.names.get("names of " + _ENTRIES.get(kind, "Condition.*.*" if kind == "Condition.*" else kind)),
            self.names.get("names beside " + min(container)) if container else None,
        ]
        known = [names for names in choices if names]
        return rng.choice(known).choose(rng) if known and rng.random() < 0.95 else rng.choice(TEXTS)


@cache
def pools() -> _Pools:
    """Return what the seeds have, read once."""
    return _Pools()


def mutated(rng: Random, value: Any, kind: str, most: int = 6) -> None:
    """Change a document in place, up to `most` times."""
    for _ in range(min(most, 1 + int(rng.expovariate(0.6)))):
        places = list(positions(value, kind))
        if not places:
            return
        container, key, below = rng.choice(places)
        rng.choices(_CHANGES, _WEIGHTS)[0](rng, container, key, below, places)


# -- the changes: each takes the place that it changes, and all places of the document
# ------------------------------------------------------------------------------------------------------------------


def _drop(rng: Random, container: Any, key: Any, _kind: str, _places: list[Position]) -> None:
    del container[key]


def _splice(rng: Random, container: Any, key: Any, kind: str, _places: list[Position]) -> None:
    container[key] = pools().value(rng, kind)


def _replace(rng: Random, container: Any, key: Any, _kind: str, _places: list[Position]) -> None:
    container[key] = anything(rng)


def _add(rng: Random, container: Any, key: Any, kind: str, _places: list[Position]) -> None:
    inner = container[key]
    if isinstance(inner, dict):
        name = pools().name(rng, inner, kind)
        inner[name] = pools().value(rng, kind_of(kind, name))
    elif isinstance(inner, list):
        inner.insert(rng.randint(0, len(inner)), pools().value(rng, kind_of(kind, 0)))
    else:
        container[key] = [inner, pools().value(rng, kind)]


def _twice(rng: Random, container: Any, key: Any, _kind: str, _places: list[Position]) -> None:
    if isinstance(container, list):
        container.insert(rng.randint(0, len(container)), copied(container[key]))
    else:
        container[_other_name(rng, key)] = copied(container[key])


def _many(rng: Random, container: Any, key: Any, kind: str, places: list[Position]) -> None:
    inner = container[key]
    if len(places) > 2_000 or len(_text(container)) > _LARGEST:
        return
    if isinstance(inner, list) and inner:
        inner.extend(copied(inner) * rng.choice((1, 3, 10)))
    elif isinstance(inner, str):
        container[key] = inner * rng.choice((2, 20, 300)) if len(inner) < 40 else inner
    elif isinstance(inner, dict):
        inner.update({f"{name}{number}": copied(inner[name]) for name in list(inner)[:3] for number in range(5)})


def _wrap(rng: Random, container: Any, key: Any, _kind: str, _places: list[Position]) -> None:
    inner = container[key]
    if isinstance(inner, list) and inner and rng.random() < 0.5:
        container[key] = rng.choice(inner)
    elif isinstance(inner, dict) and inner and rng.random() < 0.5:
        container[key] = rng.choice(list(inner.values()))
    else:
        container[key] = rng.choice(
            (
                [inner],
                [[inner]],
                {"unknown": "x"},
                {"a": inner},
                {"Policy": _text(inner)},
                _text(inner),
                {"Value": inner},
            )
        )


def _swap(rng: Random, container: Any, key: Any, _kind: str, places: list[Position]) -> None:
    other, at, _ = rng.choice(places)
    container[key], other[at] = copied(other[at]), copied(container[key])


def _retype(rng: Random, container: Any, key: Any, _kind: str, _places: list[Position]) -> None:
    inner = container[key]
    if isinstance(inner, str):
        container[key] = int(inner) if inner.isdecimal() and len(inner) < 400 else inner.encode(errors="replace").hex()
    elif isinstance(inner, bool):
        container[key] = rng.choice((str(inner).lower(), int(inner), str(inner), not inner))
    elif isinstance(inner, int | float):
        container[key] = rng.choice((str(inner) if abs(inner) < 1e300 else "1", -inner, rng.choice(NUMBERS)))
    elif inner is None:
        container[key] = rng.choice(("", "null", {}, [], False))
    else:
        container[key] = rng.choice((None, str(len(inner)), list(inner), {}, []))


def _tweak(rng: Random, container: Any, key: Any, kind: str, places: list[Position]) -> None:
    inner = container[key]
    if isinstance(inner, str):
        container[key] = tweaked(rng, inner)
    else:
        _retype(rng, container, key, kind, places)


def _rename(rng: Random, container: Any, key: Any, kind: str, _places: list[Position]) -> None:
    if isinstance(container, dict):
        value = container.pop(key)
        container[_other_name(rng, key)] = value


def _point(rng: Random, container: Any, key: Any, _kind: str, places: list[Position]) -> None:
    """Make a value equal to another one of the document: what is about one thing is then about another."""
    other, at, _ = rng.choice(places)
    if isinstance(other[at], str) and isinstance(container[key], str):
        container[key] = other[at]


def _unreadable(rng: Random, container: Any, key: Any, _kind: str, _places: list[Position]) -> None:
    container[key] = rng.choice(UNREADABLE)


_CHANGES: tuple[Callable[[Random, Any, Any, str, list[Position]], None], ...] = (
    _drop, _splice, _replace, _add, _twice, _many, _wrap, _swap, _retype, _tweak, _rename, _point, _unreadable,
)  # fmt: skip
_WEIGHTS = (8, 24, 8, 14, 4, 2, 8, 4, 6, 10, 5, 5, 0.3)


def tweaked(rng: Random, text: str) -> str:
    """Return a text that is nearly the same."""
    at = rng.randint(0, len(text))
    match rng.randrange(9):
        case 0:
            return text.swapcase() if rng.random() < 0.5 else text.upper()
        case 1:
            return text[:at] + rng.choice(TEXTS) + text[at:]
        case 2:
            return text[:at]
        case 3:
            return text[:at] + text[at + 1 :]
        case 4:
            return text[:at] + rng.choice("*?:/.-_ 0aZ$") + text[at:]
        case 5:
            return text[:at] + rng.choice("*?") + text[rng.randint(at, len(text)) :]
        case 6:
            return rng.choice(TEXTS) + text
        case 7:
            return text + rng.choice(TEXTS)
        case _:
            return "".join(rng.choice("0123456789") if sign.isdigit() else sign for sign in text)


def _other_name(rng: Random, name: str) -> str:
    return rng.choice((tweaked(rng, name), name.swapcase(), name.lower(), name + "s", rng.choice(TEXTS)))


def _text(value: Any) -> str:
    return json.dumps(value)
