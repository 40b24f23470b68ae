"""Mistakes in policies that can be read: names that do not exist in AWS, and elements that cannot match together.

They do not change what the engine decides: an action that does not exist matches no request, and neither does one that
can have none of the resources of its statement. S3 refuses to save a bucket policy with either (`refused`); IAM and
Organizations save such a policy, but the element never matches. Faults of the compiled policy are not repeated.

- https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html (Invalid action, Invalid
  service condition key, Invalid global condition key, Missing ARN account, Variable unsupported in version,
  Unsupported action in policy, Unique Sids recommended)
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html (what S3 actions apply to)
"""

from __future__ import annotations

from snaplint.base.placeholders import placeholder
from snaplint.base.record import NamedTuple
from snaplint.base.wording import clipped
from snaplint.iam import catalog
from snaplint.iam.catalog.services import OFTEN_MISSPELT
from snaplint.iam.document.notes import Notes
from snaplint.iam.document.principal_element import WITH_PRINCIPAL
from snaplint.iam.lint.fit import Fit
from snaplint.iam.terms.pattern import is_wild
from snaplint.iam.terms.truth import NO
from snaplint.iam.terms.values import is_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from snaplint.base.source import Route
    from snaplint.iam.catalog import Action

_VARIABLES = "2012-10-17"


class Remark(NamedTuple):
    """A mistake, with its route in the document; `refused` says that AWS does not save the policy.

    `observed` says that AWS does not document this, and that it has been seen in practice.
    """

    route: Route
    message: str
    refused: bool = False
    observed: bool = False


def review(document: object, kind: str) -> Iterator[Remark]:
    """Yield the names that do not exist and the elements that can never match in a policy of that kind.

    The kinds are those of `Policy.compile`; `resource` means a bucket policy. Never raises, whatever the document.
    """
    if isinstance(document, dict):
        reviewer = _Review(kind, variables=document.get("Version") == _VARIABLES)
        for statement, at in statements_of(document):
            yield from reviewer.statement(statement, at)


def statements_of(document: object) -> Iterator[tuple[Mapping[object, object], Route]]:
    """Yield the statements of a policy that are objects, each with its route."""
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, dict):
        yield statements, ("Statement",)
    elif isinstance(statements, (list, tuple)):
        for index, statement in enumerate(statements):
            if isinstance(statement, dict):
                yield statement, ("Statement", index)


class _Review:
    """The review of one document, whose statements share what was looked up."""

    __slots__ = ("_actions", "_fit", "_kind", "_notes", "_sids", "_variables")

    def __init__(self, kind: str, *, variables: bool) -> None:
        self._kind = kind
        self._variables = variables
        self._notes = Notes(kind)
        self._fit = Fit()
        self._actions: dict[str, tuple[str, tuple[Action, ...]] | None] = {}
        self._sids: set[str] = set()

    def statement(self, found: Mapping[object, object], at: Route) -> Iterator[Remark]:
        yield from self._sid(found.get("Sid"), (*at, "Sid"))
        for element in ("Action", "NotAction"):
            yield from self._names(found.get(element), (*at, element), element)
        for element in ("Resource", "NotResource"):
            for text, place in texts_of(found.get(element), (*at, element)):
                yield from self._resource(text, place)
        yield from self._mismatches(found, at)
        conditions = found.get("Condition")
        if isinstance(conditions, dict):
            yield from self._conditions(conditions, (*at, "Condition"))

    def _sid(self, sid: object, at: Route) -> Iterator[Remark]:
        if self._kind not in WITH_PRINCIPAL or not isinstance(sid, str) or not sid:
            return
        if sid in self._sids:
            yield Remark(at, f"two statements have the `Sid` `{clipped(sid)}`")
        self._sids.add(sid)

    def _names(self, given: object, at: Route, element: str) -> Iterator[Remark]:
        """Yield the actions that do not exist."""
        for text, place in texts_of(given, at):
            found = self._action(text)
            shown = clipped(text)
            if found is None:
                yield from self._service(text, place)
            elif self._kind == "resource" and found[0] != "s3":
                if element == "NotAction":  # in Action, S3 refuses it: see bucket_policy.py
                    yield Remark(place, f"`{shown}` is not an action of S3")
            elif not found[1] and is_wild(text):
                yield Remark(place, f"`{shown}` matches no action")
            elif not found[1] and self._kind != "resource":  # in a bucket policy it is a fault already
                from snaplint.iam.document.hints import instead_of_action

                yield Remark(place, f"`{shown}` {instead_of_action(self._notes, text)}")

    def _service(self, text: str, place: Route) -> Iterator[Remark]:
        """Yield a prefix similar to one that is often misspelt; others may be services that the catalog lacks."""
        prefix, colon, name = text.partition(":")
        if not colon or not name or not 6 <= len(prefix) <= 16 or prefix.lower() in catalog.SERVICES:
            return
        near = self._notes.near(prefix.lower(), OFTEN_MISSPELT, cutoff=0.85)
        if near:
            yield Remark(place, f"`{clipped(text)}` is not an action: there is no service `{prefix}`{near}")

    def _action(self, text: str) -> tuple[str, tuple[Action, ...]] | None:
        """Return the service of an entry of `Action` and the actions that it matches; None if they are not known."""
        if text not in self._actions:
            prefix, _, name = text.partition(":")
            service = catalog.service(prefix.lower())
            well = service is not None and name and ":" not in name and text.split() == [text]
            self._actions[text] = (service.name, service.matching(name)) if service and well else None
        return self._actions[text]

    def _resource(self, text: str, place: Route) -> Iterator[Remark]:
        message = self._fit.fault(text)
        if message:
            yield Remark(place, f"`{clipped(text)}` {message}")
        yield from self._literal(text, place)

    def _mismatches(self, found: Mapping[object, object], at: Route) -> Iterator[Remark]:
        """Yield the actions that apply to none of the resources of their statement."""
        resources = [text for text, _ in texts_of(found.get("Resource"), at)]
        if not resources:
            return
        for text, place in texts_of(found.get("Action"), (*at, "Action")):
            named = self._action(text)
            bucket = self._kind == "resource"
            if not named or not named[1] or (bucket and named[0] != "s3"):
                continue
            if self._fit.any(named[0], named[1], resources):
                continue
            words = self._fit.words(named[0], named[1])
            # https://github.com/humanmade/S3-Uploads/issues/239 quotes the error message of S3.
            says = " (S3: Action does not apply to any resource(s) in statement)" if bucket else ""
            yield Remark(place, f"`{clipped(text)}` {words}{says}", refused=bucket, observed=bucket)

    def _conditions(self, blocks: Mapping[object, object], at: Route) -> Iterator[Remark]:
        for operator, block in blocks.items():
            if not isinstance(operator, str) or not isinstance(block, dict):
                continue
            for key, values in block.items():
                if not isinstance(key, str):
                    continue
                place = (*at, operator, key)
                if catalog.is_condition_key(key) == NO and not self._is_fault(key):
                    from snaplint.iam.document.hints import instead_of_key

                    yield Remark(place, f"unknown condition key {instead_of_key(self._notes, key)}")
                for text, where in texts_of(values, place):
                    yield from self._literal(text, where)

    def _is_fault(self, key: str) -> bool:
        """Return True if compiling the policy already reports this key."""
        return self._kind == "resource" and key.lower().startswith("s3:")

    def _literal(self, text: str, place: Route) -> Iterator[Remark]:
        """Yield what is left of a template, and a variable that is literal text because of the policy's `Version`.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
        """
        left = _unfilled(text, variables=self._variables)
        if left:
            yield Remark(place, f"`{clipped(left)}` has no value in any request: a template was never filled in")
            return
        if self._variables:
            return
        start = text.find("${")
        end = text.find("}", start)
        if 0 <= start < end and ":" in text[start:end]:
            shown = clipped(text[start : end + 1])
            yield Remark(place, f"`{shown}` is literal text here: variables require `Version` {_VARIABLES}")


def _unfilled(text: str, *, variables: bool) -> str | None:
    """Return the first placeholder of a template in a value, or None. A policy variable is none.

    Without `variables`, `${...}` is literal text, and may be meant as it is.
    """
    rest = text if variables else text.replace("${", "")
    start = rest.find("${")
    while start >= 0:
        end = rest.find("}", start)
        name = rest[start + 2 : end].partition(",")[0]
        if end < 0 or not (is_key(name) or name in ("*", "?", "$")):
            break
        rest = rest[:start] + rest[end + 1 :]
        start = rest.find("${")
    found = placeholder(rest)
    # `$LATEST` and `{x}` may be parts of names
    return found if found and found.startswith(("${", "$(", "{{", "#{", "%{", "<")) else None


def texts_of(given: object, at: Route) -> Iterator[tuple[str, Route]]:
    """Yield the texts of an element that is text or a list of texts, each with its route."""
    if isinstance(given, str):
        yield given, at
    elif isinstance(given, (list, tuple)):
        for number, item in enumerate(given):
            if isinstance(item, str):
                yield item, (*at, number)
