"""Answers of the policy engine about one identity and one action, and what undetermined answers depend on."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.wording import listed
from snaplint.findings.verdict import CannotTell
from snaplint.iam.terms.truth import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.base.source import Route
    from snaplint.base.unknown import Unknown
    from snaplint.findings.rule import Certainty
    from snaplint.findings.verdict import Blame


CUT_SHORT = (
    "(snaplint reached its limit before it tried all combinations of their values, so it may depend on fewer of them; "
    "simpler conditions help, and fewer requests and buckets in one file)"
)


class Answer(NamedTuple):
    """Whether one identity is allowed one action on every resource that it needs: YES, NO or UNKNOWN.

    `because` holds the statements that decided or, if none allows the action, those that nearly allow it. `needs` names
    the facts and condition keys that would settle an UNKNOWN. `undocumented` says what AWS does not document, where no
    fact would settle it. `blocked_by` names the engine's layers in which an Allow is missing. `explicit` is True if a
    Deny decided. `cut_short` is True if snaplint did not try all combinations of what the answer depends on.
    `assumes` names facts that are not provided and are assumed to have no effect. `whatever` names the facts and
    condition keys of a NO for which an Allow applies with some values, and then a Deny applies as well.
    """

    truth: int
    action: str
    resource: str
    because: tuple[Blame, ...] = ()
    needs: tuple[str, ...] = ()
    undocumented: str = ""
    blocked_by: tuple[str, ...] = ()
    explicit: bool = False
    cut_short: bool = False
    assumes: tuple[str, ...] = ()
    whatever: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The resource in the usual form of S3, `bucket/key`; any other ARN as it is."""
        return self.resource.partition(":::")[2] or self.resource


def worst_of(answers: list[Answer]) -> Answer:
    """Return the answer that decides if all must be YES: the first NO, else the first UNKNOWN, else the first."""
    return min(answers, key=lambda answer: answer.truth)


def whatever(answers: Iterable[Answer]) -> str:
    """Return the end of a sentence that says for which values the action is denied; empty if that is no question."""
    names = tuple(dict.fromkeys(f"`{name}`" for answer in answers for name in answer.whatever))
    return f", whatever {listed(names)} {'is' if len(names) == 1 else 'are'}" if names else ""


def undetermined(
    route: Route, who: str, answers: Iterable[Answer], undocumented_keys: Iterable[str] | None = None
) -> CannotTell | None:
    """Return what is undetermined about one principal's rights and what would settle it; None if nothing is.

    `undocumented_keys` are as in `CannotTell`; without them, they are all condition keys, as in requests of a service.
    """
    unknown = [answer for answer in answers if answer.truth == UNKNOWN]
    if not unknown:
        return None
    because = tuple(dict.fromkeys(blame for answer in unknown for blame in answer.because))
    actions = listed(f"`{answer.action}`" for answer in unknown)
    text = f"whether {who} is allowed {actions} depends on {depends_on(unknown)}"
    return CannotTell(
        route,
        text,
        needs_of(unknown),
        because,
        certainty=certainty_of(unknown),
        undocumented=undocumented_in(unknown),
        undocumented_keys=condition_keys(unknown) if undocumented_keys is None else tuple(undocumented_keys),
    )


def undocumented_in(answers: Iterable[Answer]) -> tuple[str, ...]:
    """Return what AWS does not document, of answers that no fact would settle, in sentences."""
    texts = dict.fromkeys(answer.undocumented for answer in answers if answer.undocumented)
    return tuple(f"AWS does not document {text}" for text in texts)


def condition_keys(answers: Iterable[Answer]) -> tuple[str, ...]:
    """Return the condition keys on which answers depend, without the facts."""
    return tuple(need for need in needs_of(answers) if is_condition_key(need))


def is_condition_key(need: str) -> bool:
    """Return True for the name of a condition key, such as `aws:SourceIp`, and False for that of a fact."""
    return ":" in need and not need.startswith(("buckets.", "snapshots.", "request."))


def certainty_of(answers: Iterable[Answer]) -> Certainty | None:
    """Return the certainty of a finding that nothing but undocumented behaviour leaves open, or None."""
    each = list(answers)
    return "inferred" if any(answer.undocumented for answer in each) and not needs_of(each) else None


def needs_of(answers: Iterable[Answer | Unknown]) -> tuple[str, ...]:
    """Return the facts and condition keys that would settle the answers or supply the facts, each once."""
    return tuple(dict.fromkeys(need for answer in answers for need in answer.needs))


def depends_on(answers: Iterable[Answer]) -> str:
    """Return what undetermined answers depend on, as the end of a sentence."""
    each = list(answers)
    named = (f"`{need}`" for answer in each for need in answer.needs)
    undocumented = (f"{answer.undocumented}, which AWS does not document" for answer in each if answer.undocumented)
    text = listed((*named, *undocumented)) or "behaviour that AWS does not document"
    return f"{text} {CUT_SHORT}" if any(answer.cut_short for answer in each) else text
