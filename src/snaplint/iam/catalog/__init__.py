"""The names that a policy can use: the actions, resource types and condition keys of a few services.

`service("s3")` loads one module of this package on first use, `condition_keys("aws")` the global keys. Names of other
services are not checked. In a module, `TYPES` has a line for each resource type (its name, and its ARN with `*` for
what varies), `ACTIONS` a line for each set of types (the types, a colon, the actions), and `KEYS` the condition keys of
the service, with `*` for the part that the user chooses, such as the key of a tag. `KEY_ACTIONS` of S3 has a line for
each set of actions: the keys that only they have, ` = `, the actions.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from functools import lru_cache

from snaplint.base.record import NamedTuple
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICES = ("elasticache", "iam", "kms", "memorydb", "s3", "sts")

UNLISTED = {"memorydb": ("ReplicateMultiRegionClusterData",)}
"""Actions missing in AWS's reference; this one is in the AWS managed policy MemoryDBServiceRolePolicy."""

_services: dict[str, Service] = {}
_keys: dict[str, ConditionKeys] = {}


class Action(NamedTuple):
    """An action as AWS spells it, without its service. `types` are its resource types; none if it has only `*`."""

    name: str
    types: tuple[str, ...]


class Service(NamedTuple):
    """One service: `types` maps resource types to their ARNs, `actions` maps names in lower case to actions."""

    name: str
    as_of: str
    types: Mapping[str, str]
    actions: Mapping[str, Action]

    def matching(self, pattern: str) -> tuple[Action, ...]:
        """Return the actions that a name or pattern without its service matches, regardless of case."""
        folded = pattern.lower()
        if "*" not in folded and "?" not in folded:
            found = self.actions.get(folded)
            return () if found is None else (found,)
        from snaplint.iam.terms.pattern import glob

        matches = glob(folded).matches
        return tuple(action for name, action in self.actions.items() if matches(name))


class ConditionKeys(NamedTuple):
    """Condition keys: `names` by lower case, `families` by the prefix of their keys in lower case."""

    names: Mapping[str, str]
    families: Mapping[str, str]

    def has(self, key: str) -> bool:
        """Return True if the key exists, regardless of case. A key of a family needs the part that the user chooses."""
        folded = key.lower()
        return folded in self.names or any(folded.startswith(head) and folded != head for head in self.families)


def service(name: str) -> Service | None:
    """Return the service with that prefix (in lower case), or None if the catalog lacks it."""
    if name in SERVICES and name not in _services:
        _services[name] = _read(name, *_module(name)[:3])
    return _services.get(name)


def condition_keys(prefix: str) -> ConditionKeys | None:
    """Return the condition keys with that prefix (in lower case; `aws`: the global ones); None if it is not listed."""
    if prefix not in _keys and (prefix == "aws" or prefix in SERVICES):
        _keys[prefix] = _read_keys(prefix)
    return _keys.get(prefix)


def is_action(text: str) -> int:
    """Return YES if `service:Name` is an action or a pattern for some, UNKNOWN if the catalog lacks the service."""
    prefix, _, name = text.partition(":")
    found = service(prefix.lower())
    if found is None:
        return UNKNOWN
    return YES if found.matching(name) else NO


def is_condition_key(text: str) -> int:
    """Return YES if the condition key exists, UNKNOWN if the catalog lacks its prefix."""
    found = condition_keys(text.partition(":")[0].lower())
    if found is None:
        return UNKNOWN
    return YES if found.has(text) else NO


def actions_with(key: str) -> frozenset[str] | None:
    """Return the S3 actions, in lower case, that have a condition key; None if nearly all do, or it is not listed."""
    folded = key.lower()
    by_key = _key_actions()
    head, slash, _ = folded.partition("/")
    return by_key.get(folded) or (by_key.get(head + slash) if slash else None)


@lru_cache(1)
def _key_actions() -> Mapping[str, frozenset[str]]:
    from snaplint.iam.catalog import s3

    found: dict[str, frozenset[str]] = {}
    for line in s3.KEY_ACTIONS.splitlines():
        keys, _, names = line.partition(" = ")
        actions = frozenset(names.lower().split())
        found.update((key.removesuffix("*").lower(), actions) for key in keys.split())
    return found


def _module(name: str) -> tuple[str, str, str, str]:
    """Return the data of one service: its date, types, actions and keys."""
    # Explicit imports, so that no name can load any other module.
    if name == "s3":
        from snaplint.iam.catalog import s3

        return s3.AS_OF, s3.TYPES, s3.ACTIONS, s3.KEYS
    if name == "elasticache":
        from snaplint.iam.catalog import elasticache

        return elasticache.AS_OF, elasticache.TYPES, elasticache.ACTIONS, elasticache.KEYS
    if name == "kms":
        from snaplint.iam.catalog import kms

        return kms.AS_OF, kms.TYPES, kms.ACTIONS, kms.KEYS
    if name == "iam":
        from snaplint.iam.catalog import iam

        return iam.AS_OF, iam.TYPES, iam.ACTIONS, iam.KEYS
    if name == "sts":
        from snaplint.iam.catalog import sts

        return sts.AS_OF, sts.TYPES, sts.ACTIONS, sts.KEYS
    from snaplint.iam.catalog import memorydb

    return memorydb.AS_OF, memorydb.TYPES, memorydb.ACTIONS, memorydb.KEYS


def _read(name: str, as_of: str, types: str, actions: str) -> Service:
    arns = {kind: arn for kind, _, arn in (line.partition(" ") for line in types.splitlines())}
    found: dict[str, Action] = {}
    for line in actions.splitlines():
        kinds, _, names = line.partition(":")
        allowed = tuple(kinds.split())
        for each in names.split():
            found[each.lower()] = Action(each, allowed)
    found.update((each.lower(), Action(each, ())) for each in UNLISTED.get(name, ()))
    return Service(name, as_of, arns, found)


def _read_keys(prefix: str) -> ConditionKeys:
    if prefix == "aws":
        from snaplint.iam.catalog import global_keys

        text = global_keys.KEYS
    else:
        text = _module(prefix)[3]
    keys = text.split()
    names = {key.lower(): key for key in keys if not key.endswith("*")}
    return ConditionKeys(names, {key[:-1].lower(): key[:-1] for key in keys if key.endswith("*")})
