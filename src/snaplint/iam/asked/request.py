"""The request: which principal calls which action on which resource, and what is known of its context.

A context key has one of five states: known to have a value, known to be absent, unknown (any value or absent), present
(any value), or foreign (absent, or a value that no policy lists). Names of keys are not case-sensitive.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from snaplint.base.wording import clipped
from snaplint.iam.asked.availability import ALWAYS_PRESENT, ROLE, SESSION, USER
from snaplint.iam.asked.principal import Principal, is_account
from snaplint.iam.asked.services import OWNER_KEYS, asked_resource, possible, without_resource
from snaplint.iam.asked.ties import NO_TIES, tied
from snaplint.iam.terms.arn import parse_arn
from snaplint.iam.terms.pattern import HOLE
from snaplint.iam.terms.states import ABSENT, ANYTHING, FOREIGN, PRESENT, Open
from snaplint.iam.terms.values import decimal, is_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Literal

    from snaplint.iam.asked.ties import Ties
    from snaplint.iam.terms.states import Item, Reading, State

_WITH_ID = frozenset({USER, ROLE, SESSION})
_MEMO_SIZE = 1024
_MOST_NAMES = 4096
_LONGEST_NAME = 128
_MOST_STATES = 4096
"""How many keys are cached for one principal, because a context can be used with any number of policies and keys."""


class _Folded(dict[str, str]):
    """Names of keys in lower case. Most requests have the same keys, and text that is met again has its hash."""

    def __missing__(self, name: str) -> str:
        folded = name.lower()
        if len(name) <= _LONGEST_NAME:
            if len(self) >= _MOST_NAMES:
                self.clear()
            self[name] = folded
        return folded


_folded = _Folded()


class Context:
    """What is known of the condition keys of a request. It can be used for any number of requests.

    `known` maps keys to a value or a list of values (None: absent). `absent`, `foreign`, `present` and `unknown` list
    names of keys; one that ends with `/*` is for all keys of a family (`aws:PrincipalTag/*`). `one_of` maps a key to
    the values that it can have (None: absent). `together` lists groups of keys that occur together in one of several
    ways, each a mapping from keys to states; `same` lists keys that have the same value where they are present. A known
    value takes precedence over an exact name, then a family, then what follows from the principal, then `default`.
    Any JSON value is accepted; one that no key can have is unknown. Raises TypeError if the names are one text, which
    would be read letter by letter.
    """

    __slots__ = ("_families", "_memo", "_named", "_ties", "default")

    def __init__(
        self,
        known: Mapping[str, object] | None = None,
        *,
        absent: Iterable[str] = (),
        unknown: Iterable[str] = (),
        foreign: Iterable[str] = (),
        present: Iterable[str] = (),
        one_of: Mapping[str, Sequence[Item | None]] | None = None,
        together: Sequence[Sequence[Mapping[str, State]]] = (),
        same: Sequence[Sequence[str]] = (),
        default: Literal["absent", "unknown"] = "absent",
    ) -> None:
        self.default: State = ABSENT if default == "absent" else ANYTHING
        self._named: dict[str, State] = {}
        self._families: dict[str, State] = {}
        self._memo: dict[tuple[Principal, str | None], States] = {}
        if absent or foreign or present or unknown:
            # The least certain state is last, and wins if a name is in two lists.
            self._name((absent, ABSENT), (foreign, FOREIGN), (present, PRESENT), (unknown, ANYTHING))
        if one_of:
            for name, values in one_of.items():
                self._named[name.lower()] = Open(*(() if value is None else (value,) for value in values))
        if known:
            self._add_known(known)
        self._ties = NO_TIES
        if together or same:
            self._ties, states = tied(together, same, self._named)
            self._named.update(states)

    def _name(self, *lists: tuple[Iterable[str], State]) -> None:
        for names, state in lists:
            if isinstance(names, str):
                raise TypeError(f"the names of keys must be a list, not the text `{clipped(names)}`")
            for name in names:
                folded = name.lower()
                (self._families if folded.endswith("/*") else self._named)[folded] = state

    def extended(
        self, known: Mapping[str, object], *, absent: Iterable[str] = (), unknown: Iterable[str] = ()
    ) -> Context:
        """Return a copy with these keys known or unknown, and those in `absent` that have no other state absent."""
        made = Context(absent=absent)
        made.default = self.default
        made._named.update(self._named)
        made._families.update(self._families)
        made._name((unknown, ANYTHING))
        made._add_known(known)
        made._ties = self._ties
        return made

    def _add_known(self, known: Mapping[str, object]) -> None:
        states: dict[str, State] = {
            _folded[name]: (value,) if type(value) is str else _known_state(value) for name, value in known.items()
        }
        self._named.update(states if len(states) == len(known) else _clashing(known))

    def identified(self, principal: Principal) -> Principal:
        """Return the principal with its role ARN and its unique ID as far as the context provides them.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
        """
        if "aws:principalarn" not in self._named and "aws:userid" not in self._named:
            return principal
        arn, userid = self.value_of("aws:principalarn"), self.value_of("aws:userid")
        if (arn is None and userid is None) or principal.kind not in _WITH_ID:
            return principal
        unique_id = userid if userid is None or principal.kind == USER else userid.partition(":")[0]
        return principal.known_as(role_arn=arn if principal.kind == SESSION else None, unique_id=unique_id)

    def value_of(self, key: str) -> str | None:
        """Return the value of a key, in lower case, that the context provides with one value; else None."""
        state = self._named.get(key)
        value = state[0] if isinstance(state, tuple) and len(state) == 1 else None
        return value if isinstance(value, str) else None

    def states(self, principal: Principal, account: str | None) -> States:
        """Return the states of all keys for a principal and the account that owns the resource."""
        found = self._memo.get((principal, account))
        if found is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            found = States(self._named, self._families, self.default, self._ties, principal, account)
            self._memo[principal, account] = found
        return found


class States(dict[str, "State"]):
    """The states of keys by name in lower case, determined on first access; `named` are known beforehand.

    It has no reference to its context, which refers to it: most contexts are used for one request, and without a
    reference cycle they are freed at once.
    """

    __slots__ = ("_account", "_default", "_families", "_principal", "ties")

    def __init__(
        self,
        named: Mapping[str, State],
        families: Mapping[str, State],
        default: State,
        ties: Ties,
        principal: Principal,
        account: str | None,
    ) -> None:
        self.update(named)
        self.ties = ties
        self._families = families
        self._default = default
        self._principal = principal
        self._account = account

    def __missing__(self, key: str) -> State:
        found = self._resolved(key)
        if len(self) < _MOST_STATES:
            self[key] = found
        return found

    def _resolved(self, key: str) -> State:
        if self._default is ABSENT and not self._families and "/" not in key and key not in OWNER_KEYS:
            # Most keys of most requests. A name that is not one of a key is absent as well.
            return self._principal.keys.get(key, ABSENT)
        family = key.partition("/")[0] + "/*" if "/" in key else key
        if not is_key(key):
            return ABSENT
        found = self._families.get(family)
        if found is not None:
            return found
        found = self._principal.keys.get(key, self._principal.keys.get(family))
        if found is not None:
            return found
        if key in OWNER_KEYS:
            return PRESENT if self._account is None else (self._account,)
        return PRESENT if key in ALWAYS_PRESENT and self._default is ANYTHING else self._default

    def overlay(self) -> States:
        """Return a copy in which values can be tried."""
        return States(self, self._families, self._default, self.ties, self._principal, self._account)


def text_of(value: object) -> str | None:
    """Return a JSON scalar as the text that conditions compare: `true`, `5`, `1.5`; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return decimal(value)
    if isinstance(value, int):
        try:
            return str(value)
        except ValueError:  # an integer of more digits than Python converts
            return None
    return None


def _clashing(known: Mapping[str, object]) -> dict[str, State]:
    """Return the states of keys of which some differ only in case, as two tags may: either value is possible."""
    states: dict[str, State] = {}
    for name, value in known.items():
        folded, state = name.lower(), _known_state(value)
        clash = folded in states and states[folded] != state
        states[folded] = _either(states[folded], state) if clash else state
    return states


def _known_state(value: object) -> State:
    if value is None:
        return ABSENT
    if isinstance(value, (list, tuple)):
        texts = [text_of(item) for item in value]
        return ANYTHING if None in texts else tuple(text for text in texts if text is not None)
    text = text_of(value)
    return ANYTHING if text is None else (text,)


def _either(one: State, other: State) -> State:
    found: list[Reading] = []
    for state in (one, other):
        found.extend(state.readings if isinstance(state, Open) else (state,))
    return Open(*found)


class Request:
    """One request to evaluate.

    `resource` is an ARN, or `*` for an action without a resource type; `s3:ListAllMyBuckets` accepts both.
    `resource_account` is the account that owns the resource. It is not needed if the ARN contains the account or the
    context has `aws:ResourceAccount`; if it is not known, the resource may or may not be in the principal's account.
    """

    __slots__ = ("account", "action", "context", "holed", "principal", "resource", "states")

    def __init__(
        self, principal: Principal, action: str, resource: str, resource_account: str | None, context: Context
    ) -> None:
        self.principal = context.identified(principal)
        self.action = action.lower()
        if resource == "*":
            resource = asked_resource(self.action, principal.partition)
        self.resource = resource
        self.holed = HOLE in resource
        if resource_account is None:
            arn = parse_arn(resource)
            if arn is not None and is_account(arn.account):
                resource_account = arn.account
            elif not without_resource(resource):
                resource_account = _owner_in(context)
        self.account = resource_account
        self.context = context
        self.states = context.states(self.principal, resource_account)

    def by(self, principal: Principal) -> Request:
        """Return the same request by the same principal, of which more is known."""
        found = Request(self.principal, self.action, self.resource, self.account, self.context)
        found.principal = principal
        found.states = self.context.states(principal, self.account)
        return found

    def in_own_account(self) -> Request:
        """Return the same request on a resource that the principal's own account owns."""
        return Request(self.principal, self.action, self.resource, self.principal.account, self.context)

    def allows(self, reading: Callable[[str], Reading | None]) -> bool:
        """Return True if the keys can have these values together; `reading` returns those of a key, None if unknown."""
        return possible(reading) and self.states.ties.allow(reading)

    def overlay(self) -> Request:
        """Return the same request with a copy of its context, in which values can be tried."""
        found = Request(self.principal, self.action, self.resource, self.account, self.context)
        found.states = self.states.overlay()
        return found


def _owner_in(context: Context) -> str | None:
    """Return the account of `aws:ResourceAccount`, which every request has; None if the context does not provide it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
    """
    accounts = [context.value_of(key) for key in OWNER_KEYS]
    return next((account for account in accounts if account is not None and is_account(account)), None)
