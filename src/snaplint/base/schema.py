"""A fast check against a JSON Schema, which answers yes or no; `schema_faults` explains a no.

`accepts` implements the keywords that snaplint's own schemas use and refuses any other. jsonschema is the authority on
what a schema means; tests compare the two on generated documents.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Test = Callable[[object], bool]
    Schema = Mapping[str, Any] | bool

_ANNOTATIONS = frozenset(
    ["$schema", "$id", "title", "description", "definitions", "default", "examples", "expects", "markdownDescription"]
)
_CLASSES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
}


def accepts(schema: Schema, root: Schema | None = None) -> Test:
    """Compile a schema to a function that returns True for a valid document.

    `root` is the schema that references start from, if that is another one. Raises ValueError for a keyword that is not
    implemented, so that no part of a schema is silently ignored.
    """
    return _Compiler(schema if root is None else root).test(schema)


class _Compiler:
    def __init__(self, root: Schema) -> None:
        self.root = root
        self.references: dict[str, list[Test]] = {}

    def test(self, schema: Schema) -> Test:
        if isinstance(schema, bool):
            return lambda _value: schema
        if "$ref" in schema:
            return self.reference(schema["$ref"])  # in draft-07 a reference replaces its siblings
        tests = [
            self.keyword(name, schema)
            for name in schema
            if name not in _ANNOTATIONS and name not in ("additionalProperties", "required")
        ]
        if "additionalProperties" in schema and "properties" not in schema:
            tests.append(self._members(schema))
        if "required" in schema:
            tests.append(_required(schema["required"]))
        return _all(tests)

    def reference(self, name: str) -> Test:
        known = self.references.get(name)
        if known is None:
            known = self.references[name] = []
            target: Any = self.root
            for step in name.removeprefix("#/").split("/"):
                target = target[step]
            known.append(self.test(target))
        if known:
            return known[0]
        return lambda value: known[0](value)  # inside the definition itself

    def keyword(self, name: str, schema: Mapping[str, Any]) -> Test:
        if name == "properties":
            return self._members(schema)
        if name == "items":
            item = self.test(schema["items"])
            return lambda value: not isinstance(value, list) or all(map(item, value))
        if name == "anyOf":
            choices = [self.test(choice) for choice in schema["anyOf"]]
            return _any(choices)
        if name == "propertyNames":
            allowed = self.test(schema["propertyNames"])
            return lambda value: not isinstance(value, dict) or all(map(allowed, value))
        if name in _SIMPLE:
            return _SIMPLE[name](schema[name])
        message = f"the fast check does not implement the keyword `{name}`"
        raise ValueError(message)

    def _members(self, schema: Mapping[str, Any]) -> Test:
        members = {name: self.test(each) for name, each in schema.get("properties", {}).items()}
        other = self.test(schema.get("additionalProperties", True))

        def test(value: object) -> bool:
            if isinstance(value, dict):
                for name, each in value.items():
                    if not members.get(name, other)(each):
                        return False
            return True

        return test


def _all(tests: list[Test]) -> Test:
    """Return a test that passes if all the others do. A generator expression here would take most of the time."""
    if len(tests) == 1:
        return tests[0]

    def test(value: object) -> bool:
        for each in tests:  # noqa: SIM110  # a loop is faster than `all`
            if not each(value):
                return False
        return True

    return test


def _any(tests: list[Test]) -> Test:
    def test(value: object) -> bool:
        for each in tests:  # noqa: SIM110
            if each(value):
                return True
        return False

    return test


def _type(names: str | list[str]) -> Test:
    wanted = [names] if isinstance(names, str) else names
    if "integer" in wanted:
        is_other = _type([name for name in wanted if name != "integer"])
        return lambda value: _is_integer(value) or is_other(value)
    classes = tuple(_CLASSES[name] for name in wanted)
    if "number" in wanted and "boolean" not in wanted:
        return lambda value: isinstance(value, classes) and not isinstance(value, bool)
    return lambda value: isinstance(value, classes)


def _is_integer(value: object) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _enum(choices: list[Any]) -> Test:
    if all(choice is None or isinstance(choice, str) for choice in choices):
        words = frozenset(choices)
        return lambda value: (value is None or isinstance(value, str)) and value in words
    return lambda value: any(_equal(value, choice) for choice in choices)


def _equal(left: object, right: object) -> bool:
    """Return True if two values are equal in JSON, where true is not 1, at any depth."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(value, right[name]) for name, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _pattern(pattern: str) -> Test:
    compiled: list[re.Pattern[str]] = []

    def test(value: object) -> bool:
        if not isinstance(value, str):
            return True
        if not compiled:  # most patterns of a schema are never needed
            compiled.append(re.compile(pattern))
        return compiled[0].search(value) is not None

    return test


def _required(names: list[str]) -> Test:
    required = frozenset(names)
    return lambda value: not isinstance(value, dict) or value.keys() >= required


def _bound(kind: type | tuple[type, ...], measure: Callable[[Any], float], within: Callable[[float], bool]) -> Test:
    return lambda value: not isinstance(value, kind) or isinstance(value, bool) or within(measure(value))


_SIMPLE: dict[str, Callable[[Any], Test]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda wanted: _enum([wanted]),
    "pattern": _pattern,
    "minLength": lambda least: _bound(str, len, lambda size: size >= least),
    "maxLength": lambda most: _bound(str, len, lambda size: size <= most),
    "minItems": lambda least: _bound(list, len, lambda size: size >= least),
    "maxItems": lambda most: _bound(list, len, lambda size: size <= most),
    "minProperties": lambda least: _bound(dict, len, lambda size: size >= least),
    "minimum": lambda least: _bound((int, float), lambda value: value, lambda size: size >= least),
    "maximum": lambda most: _bound((int, float), lambda value: value, lambda size: size <= most),
    "uniqueItems": lambda _wanted: lambda value: not isinstance(value, list) or _unique(value),
}


def _unique(items: list[Any]) -> bool:
    return not any(_equal(item, other) for index, item in enumerate(items) for other in items[:index])
