"""Compile the `Condition` of a statement, and collect what AWS would refuse in it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
"""

from __future__ import annotations

from _weakref import ref  # importing `weakref` takes a hundredth of the time that a check may take

from snaplint.base.wording import clipped, noun
from snaplint.iam.asked.request import text_of
from snaplint.iam.catalog import is_condition_key
from snaplint.iam.document.condition import Condition
from snaplint.iam.document.operators import IF_EXISTS, OPERATORS, QUANTIFIERS, compile_test, parse_operator, value_fault
from snaplint.iam.terms.truth import NO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from snaplint.base.source import Route
    from snaplint.iam.document.comparisons import Test
    from snaplint.iam.document.notes import Notes
    from snaplint.iam.document.operators import ParsedOperator

    _TestKey = tuple[str, tuple[str, ...], bool]


_tests: dict[_TestKey, ref[Test]] = {}
"""The tests in use. Equal ones are one object, in whatever documents, so that they are recognized as equal."""


def _in_use(key: _TestKey) -> Test | None:
    known = _tests.get(key)
    return None if known is None else known()


def _use(key: _TestKey, test: Test) -> None:
    _tests[key] = ref(test, lambda gone: _tests.pop(key, None) if _tests.get(key) is gone else None)


def compile_conditions(notes: Notes, found: object, tail: Route) -> tuple[Condition, ...]:
    """Compile a `Condition` element; `tail` is its route in the statement."""
    return tuple(_ConditionCompiler(notes).conditions(found, tail))


class _ConditionCompiler:
    """Compiles one `Condition` element."""

    __slots__ = ("notes",)

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def conditions(self, blocks: object, tail: Route) -> Iterable[Condition]:
        if not isinstance(blocks, dict):
            self.notes.fault(tail, f"`Condition` must be an object, not {noun(blocks)}")
            return
        for operator, block in blocks.items():
            name = operator if isinstance(operator, str) else noun(operator)
            known = parse_operator(name)
            if known is None:
                self.notes.fault(
                    (*tail, name), f"unknown condition operator `{clipped(name)}`{self._near_operator(name)}"
                )
            if not isinstance(block, dict):
                self.notes.fault(
                    (*tail, name),
                    f"`{clipped(name)}` must be an object of condition keys, not {noun(block)}",
                )
                continue
            yield from self._block(name, known, block, (*tail, name))

    def _near_operator(self, name: str) -> str:
        """Return the suggestion for an unknown operator; it keeps the quantifier and the `IfExists` as written."""
        quantifier, colon, base = name.rpartition(":")
        if colon and quantifier not in QUANTIFIERS:
            return self.notes.near(quantifier, QUANTIFIERS, trail=f"{colon}{base}")
        suffix = IF_EXISTS if base.endswith(IF_EXISTS) else ""
        names = {
            f"{quantifier}{colon}{known}{suffix}": known for known in OPERATORS if known != "Null" or not colon + suffix
        }
        return self.notes.near(name, names)

    def _block(
        self, operator: str, found: ParsedOperator | None, block: Mapping[object, object], tail: Route
    ) -> Iterable[Condition]:
        seen: set[str] = set()
        for key, values in block.items():
            name = key if isinstance(key, str) else noun(key)
            place = (*tail, name)
            good = isinstance(key, str) and _is_key(name)
            if not good:
                self.notes.fault(place, f"`{clipped(name)}` is not a condition key: expected `service:name`")
            elif self.notes.kind == "resource" and name[:3].lower() == "s3:" and is_condition_key(name) == NO:
                # Observed: S3 refuses such a key ("Policy has an invalid condition key"), but no key that begins with
                # `aws:`.
                # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
                from snaplint.iam.document.hints import instead_of_key

                self.notes.fault(place, f"unknown condition key {instead_of_key(self.notes, name)}")
            elif name.lower() in seen:
                self.notes.fault(place, f"the key `{clipped(name)}` appears twice, in different case")
            seen.add(name.lower())
            texts, complete = self._values(values, place)
            test = None
            if good and found is not None:
                test = self._test(operator, found, texts, values, place)
                if not complete:
                    # Not the shared test, because values of this condition are missing.
                    test = compile_test(found.operator, texts, variables=self.notes.variables)
                    test.broken = True
            yield Condition(operator, name, texts, found, test)

    def _values(self, found: object, place: Route) -> tuple[tuple[str, ...], bool]:
        """Return the values of a condition as text, and whether these are all."""
        given = found if isinstance(found, (list, tuple)) else [found]
        if not given:
            self.notes.fault(place, "the condition has no values")
        texts: list[str] = []
        for number, value in enumerate(given):
            text = text_of(value)
            if text is None:
                at = (*place, number) if given is found else place
                self.notes.fault(at, f"a condition value must be text, a number or a boolean, not {noun(value)}")
            else:
                texts.append(text)
        return tuple(texts), bool(given) and len(texts) == len(given)

    def _test(self, operator: str, found: ParsedOperator, texts: tuple[str, ...], values: object, place: Route) -> Test:
        key = (operator, texts, self.notes.variables)
        test = _in_use(key)
        if test is not None:
            return test
        test = compile_test(found.operator, texts, variables=self.notes.variables)
        faulty = False
        # Where a test is not broken and has no variables, every value could be read.
        for number, text in enumerate(texts if test.broken or test.variables else ()):
            fault = value_fault(found.operator, text, variables=self.notes.variables)
            if fault:
                at = (*place, number) if isinstance(values, (list, tuple)) else place
                self.notes.fault(at, f"`{clipped(text)}` {fault}")
                faulty = True
        if not faulty:
            _use(key, test)
        return test


def _is_key(name: str) -> bool:
    prefix, colon, rest = name.partition(":")
    return bool(prefix and colon and rest) and prefix.split() == [prefix]
