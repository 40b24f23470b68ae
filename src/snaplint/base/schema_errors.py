"""jsonschema's errors of a document, found without a look at the parts that are valid.

jsonschema needs seconds for a megabyte of valid values, and a document can have many of them beside one fault. So its
validator is extended: it looks only at the members and items that the compiled test of their schema refuses. A value
that `accepts` accepts has no errors, so the errors are the same. The errors of additional members come in the order of
the data, while jsonschema takes them from a set.
"""

from __future__ import annotations

from jsonschema import Draft7Validator, validators

from snaplint.base.schema import accepts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from jsonschema import ValidationError

    from snaplint.base.schema import Schema, Test


_KNOWN: dict[int, tuple[Schema, Any]] = {}
"""The validators by the identity of their schemas. Each schema is kept, so that its identity is not used again."""


def validator(schema: Schema) -> Any:
    """Return a `Draft7Validator` of a schema, whose `iter_errors` skips what is valid."""
    if id(schema) not in _KNOWN:
        _KNOWN[id(schema)] = (schema, _extended(_Keywords(schema).by_name())(schema))
    return _KNOWN[id(schema)][1]


def _extended(keywords: Mapping[str, Any]) -> Any:
    """Return `Draft7Validator` with other keywords. `validators.extend` of jsonschema 4.18 loses the rule on `$ref`."""
    create: Any = validators.create
    return create(
        meta_schema=Draft7Validator.META_SCHEMA,
        validators={**Draft7Validator.VALIDATORS, **keywords},
        type_checker=Draft7Validator.TYPE_CHECKER,
        id_of=lambda schema: "" if isinstance(schema, bool) else schema.get("$id", ""),
        applicable_validators=_applicable,
    )


def _applicable(schema: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Return the keywords of a schema that apply: in draft-07 a reference replaces its siblings."""
    return [("$ref", schema["$ref"])] if "$ref" in schema else schema.items()


class _Keywords:
    """The keywords that look into a value, for one schema, with the signatures that jsonschema wants."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._tests: dict[int, Test] = {}

    def by_name(self) -> dict[str, Any]:
        """Return the keywords by the names that they have in a schema."""
        return {
            "properties": self.properties,
            "items": self.items,
            "additionalProperties": self.additional_properties,
            "propertyNames": self.property_names,
        }

    def properties(self, within: Any, members: Any, value: object, _schema: Any) -> Iterator[ValidationError]:
        """Yield the errors in the members that have a schema of their own, in the order of the schemas."""
        if isinstance(value, dict):
            for name, part in members.items():
                if name in value and not self._is_valid(part, value[name]):
                    yield from within.descend(value[name], part, path=name, schema_path=name)

    def items(self, within: Any, part: Any, value: object, schema: Any) -> Iterator[ValidationError]:
        """Yield the errors in the items of a list, which all have one schema."""
        if not isinstance(part, (dict, bool)):
            yield from Draft7Validator.VALIDATORS["items"](within, part, value, schema)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if not self._is_valid(part, item):
                    yield from within.descend(item, part, path=index)

    def additional_properties(self, within: Any, part: Any, value: object, schema: Any) -> Iterator[ValidationError]:
        """Yield the errors in the other members, or one error that names them if there may be none."""
        if not isinstance(part, dict) or "patternProperties" in schema:
            yield from Draft7Validator.VALIDATORS["additionalProperties"](within, part, value, schema)
        elif isinstance(value, dict):
            for name, each in value.items():
                if name not in schema.get("properties", {}) and not self._is_valid(part, each):
                    yield from within.descend(each, part, path=name)

    def property_names(self, within: Any, part: Any, value: object, _schema: Any) -> Iterator[ValidationError]:
        """Yield the errors in the names of the members."""
        if isinstance(value, dict):
            for name in value:
                if not self._is_valid(part, name):
                    yield from within.descend(instance=name, schema=part)

    def _is_valid(self, part: Schema, value: object) -> bool:
        test = self._tests.get(id(part))
        if test is None:
            test = self._tests[id(part)] = self._compiled(part)
        return test(value)

    def _compiled(self, part: Schema) -> Test:
        try:
            return accepts(part, self._root)
        except ValueError:  # a keyword that only jsonschema knows, in the schema of a check in a plug-in
            return lambda _value: False
