"""Yield the worlds that are possible for a question: each unknown key is absent, or has a value that could matter.

A key that may have any value is tried with every value that a policy mentions, with their neighbours, and with one that
no policy mentions. What else is unknown (which account has the canonical ID? which session makes the request?) is tried
with every answer that a policy could distinguish.
"""

from __future__ import annotations

import datetime
import ipaddress
import itertools
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.iam.naive.conditions import instant
from tests.iam.naive.decide import World
from tests.iam.naive.text import Values, scalar, several
from tests.iam.naive.who import FOREIGN, PRESENT, derived, requester

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OTHER = "zq"
"""A value that no policy of these tests mentions."""

_VARIABLE = re.compile(r"\$\{([^*?$}][^,}]*)(?:, '([^']*)')?\}")


class Choice(NamedTuple):
    """A world with the choices that lead to it: each unknown key with its values or None, and each other choice."""

    world: World
    settled: dict[str, Any]


class Test(NamedTuple):
    """One condition on one key."""

    operator: str
    wanted: list[str]


def worlds(
    setup: dict[str, Any],
    request: dict[str, Any],
    context: dict[str, Any],
    unknown: list[str] | tuple[str, ...] = (),
    foreign: list[str] | tuple[str, ...] = (),
) -> Iterator[Choice]:
    """Yield every world that can make a difference."""
    # An empty set means that the key is absent: a request without tags has no aws:TagKeys.
    known = {key.lower(): [scalar(one) for one in several(value)] for key, value in context.items() if value != []}
    tests = _tests(setup)
    for choice in _choices(setup, request, known):
        who = requester(request["principal"], choice)
        owner = request.get("resource_account") or choice.get("resource_account")
        follows = derived(who, owner)
        held = {**{key: list(value) for key, value in follows.items() if isinstance(value, list)}, **known}
        options: dict[str, list[list[str] | None]] = {}
        # `_possible` compares the ID of a KMS key with the algorithm, which needs a value even if no policy tests it.
        compared = {_ALGORITHM} if _KEY_ID in tests else set()
        for key in sorted(tests.keys() | known.keys() | compared):
            if key in known:
                options[key] = [known[key]]
            elif key in {one.lower() for one in unknown}:
                options[key] = [None, *_candidates(key, tests, held)]
            elif key in {one.lower() for one in foreign} or follows.get(key) == FOREIGN:
                options[key] = [None, *_foreign(tests.get(key, ()))]
            elif follows.get(key) == PRESENT:
                options[key] = [value for value in _candidates(key, tests, held) if value != [""]]
            elif key in follows:
                options[key] = [list(follows[key])]
            else:
                options[key] = [None]
        for combination in itertools.product(*options.values()):
            values: Values = {key: value for key, value in zip(options, combination, strict=True) if value is not None}
            if _possible(values):
                open_keys = {
                    key: value for key, value in zip(options, combination, strict=True) if len(options[key]) > 1
                }
                yield Choice(World(setup, request, values, choice), {**open_keys, **choice})


_ALGORITHM = "s3:x-amz-server-side-encryption"
_KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def _possible(values: Values) -> bool:
    """A KMS key is possible only with `aws:kms`, and a request has one time.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (x-amz-server-side-encryption-aws-kms-key-id)
    """
    times = {
        instant(values[key][0])
        for key in ("aws:currenttime", "aws:epochtime")
        if key in values and values[key][0] != OTHER
    }
    key_id = values.get(_KEY_ID)
    algorithm = values.get(_ALGORITHM, [""])
    return len(times) < 2 and (key_id is None or algorithm[0].startswith("aws:kms"))


def _policies(setup: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("identity_policies", "permission_boundaries", "vpc_endpoint_policies"):
        yield from setup.get(name) or ()
    for name in ("resource_policy", "session_policy"):
        if setup.get(name):
            yield setup[name]
    for name in ("scps", "rcps"):
        for level in setup.get(name) or ():
            yield from level


def _statements(setup: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in _policies(setup):
        yield from several(policy["Statement"])


def _tests(setup: dict[str, Any]) -> dict[str, list[Test]]:
    """Return the conditions on each key; a key that is only used in variables has none."""
    found: dict[str, list[Test]] = {}
    for statement in _statements(setup):
        texts = [*several(statement.get("Resource", [])), *several(statement.get("NotResource", []))]
        for operator, keys in statement.get("Condition", {}).items():
            for key, wanted in keys.items():
                values = [scalar(one) for one in several(wanted)]
                found.setdefault(key.lower(), []).append(Test(operator.removesuffix("IfExists"), values))
                texts += values
        for text in texts:
            for name, _ in _VARIABLE.findall(text):
                found.setdefault(name.lower(), [])
        for text in texts:  # what a resource or another key is compared with
            for name, _ in _VARIABLE.findall(text):
                found[name.lower()].append(Test("Variable", [text]))
    return found


def _candidates(key: str, tests: dict[str, list[Test]], known: Values) -> list[list[str]]:
    """Return sets of values of a key that its conditions could distinguish."""
    operators = {test.operator.rpartition(":")[2] for test in tests.get(key, ())}
    wanted = [
        value for test in tests.get(key, ()) if test.operator not in ("Null", "Variable") for value in test.wanted
    ]
    for prefix, of_kind in (("Numeric", _numbers), ("Date", _dates), ("Ip", _addresses), ("NotIp", _addresses)):
        if any(operator.startswith(prefix) for operator in operators):
            return [[one] for one in of_kind(wanted)]
    if "Bool" in operators or key in ("aws:securetransport", "aws:viaawsservice", "aws:multifactorauthpresent"):
        return [["true"], ["false"]]
    if key in ("aws:currenttime", "aws:epochtime", "aws:tokenissuetime"):
        return [["2026-11-01T00:00:00Z"]]
    if "BinaryEquals" in operators:
        return [[one] for one in dict.fromkeys((*wanted, "enE="))]
    wanted += [_both(one, other) for one, other in itertools.permutations(wanted, 2)]
    texts = list(dict.fromkeys(one for value in wanted for one in _texts(value, tests, known)))
    for other, others in tests.items():  # values of keys that are compared with this one
        for test in others:
            if other != key and any(
                name.lower() == key for value in test.wanted for name, _ in _VARIABLE.findall(value)
            ):
                own = [value for one in others if one.operator != "Variable" for value in one.wanted]
                texts += [one for value in own for one in _texts(value, {}, known)] + known.get(other, [])
    texts += ["AES256", "aws:kms", "aws:kms:dsse"] if key == "s3:x-amz-server-side-encryption" else []
    texts += ["k", "x/1"] if any(test.operator == "Variable" for test in tests.get(key, ())) else []
    empty = [""] if any(test.operator == "Null" or ":" in test.operator for test in tests.get(key, ())) else []
    texts = list(dict.fromkeys((*texts, OTHER, *empty)))
    if any(":" in test.operator for test in tests.get(key, ())):
        return [list(some) for size in range(1, len(texts) + 1) for some in itertools.combinations(texts, size)]
    return [[one] for one in texts]


_OF_EVERYONE = {"arn", "aws", "iam", "role", "user", "root", "o", "vpce"}


def _foreign(tests: Iterable[Test]) -> list[list[str]]:
    """Return values that no policy names: one that matches nothing, and those in what holds everybody's values."""
    found = [OTHER]
    for test in tests:
        for value in test.wanted if test.operator not in ("Null", "Variable") else ():
            if "IpAddress" in test.operator:
                found += ["52.94.0.9", "2600::9"] if value in ("0.0.0.0/0", "::/0") else []
            elif ("*" in value or "?" in value) and "$" not in value:
                named = set(re.findall("[a-z0-9]+", value.lower())) - _OF_EVERYONE
                found += [] if named else [value.replace("*", OTHER).replace("?", "z")]
    return [[value] for value in dict.fromkeys(found)]


def _texts(value: str, tests: dict[str, list[Test]], known: Values) -> list[str]:
    """Return texts that a value could match: itself, with wildcards replaced, and with values for its variables."""
    found = [value]
    for name, default in _VARIABLE.findall(value):
        held = [*known.get(name.lower(), ()), default or OTHER, OTHER]
        held += [one for test in tests.get(name.lower(), ()) if test.operator != "Variable" for one in test.wanted]
        found += [_VARIABLE.sub(given.replace("\\", r"\\"), text, count=1) for text in found for given in held]
    for one in ("*", "?", "$"):
        found = [text.replace("${" + one + "}", one) for text in found]
    filled = [text.replace("*", some).replace("?", "z") for text in (value, *found) for some in ("", OTHER)]
    # An operator that ignores case and one that does not may differ in any letter.
    cased = [
        text
        for plain in dict.fromkeys((value, *found))
        for text in (
            plain.upper(),
            plain.lower(),
            plain[:1] + plain[1:].upper(),
            plain[:1].upper() + plain[1:],
            plain[:-1] + plain[-1:].upper(),
        )
    ]
    return [value, *found, *filled, *cased]


def _both(one: str, other: str) -> str:
    """Return a pattern that matches what both match, if they are ARNs: each part is that without wildcards."""
    pairs = list(zip(one.split(":", 5), other.split(":", 5), strict=False))
    if len(pairs) < 6 or not one.startswith("arn:"):
        return one
    return ":".join(second if "*" in first or "?" in first else first for first, second in pairs)


def _numbers(wanted: list[str]) -> list[str]:
    return [str(Decimal(one) + step) for one in wanted for step in (Decimal("-0.01"), Decimal(0), Decimal("0.01"))]


def _dates(wanted: list[str]) -> list[str]:
    seconds = {int(instant(one)) + step for one in wanted for step in (-1, 0, 1)}
    return [datetime.datetime.fromtimestamp(one, datetime.UTC).isoformat() for one in sorted(seconds)]


def _addresses(wanted: list[str]) -> list[str]:
    """Return the ends of each range, the addresses just outside, and one of the other family."""
    found = ["203.0.113.77", "2001:db8:ffff::77"]
    for one in wanted:
        network = ipaddress.ip_network(one, strict=False)
        found += [str(network[0]), str(network[-1])]
        if network.prefixlen:
            found += [str(network[0] - 1), str(network[-1] + 1)]
    return list(dict.fromkeys(found))


def _choices(setup: dict[str, Any], request: dict[str, Any], known: Values) -> Iterator[dict[str, Any]]:
    """Yield the choices for what is unknown about a request apart from context keys."""
    principals = named_principals(setup)
    text: str = request["principal"]
    account = text.split(":")[4] if text.startswith("arn:") else text if text.isdigit() and len(text) == 12 else None
    names = [entry for kind, entry in principals if kind == "AWS"]
    options: dict[str, list[Any]] = {}
    if request.get("resource_account") is None:
        options["resource_account"] = list(
            dict.fromkeys((account or "111122223333", "111122223333", "999988887777", "444455556666", *_owners(setup)))
        )
    if account is not None:
        options["canonical"] = _canonicals(setup, principals)
    if ":role/" in text:
        head = f"arn:aws:sts::{account}:assumed-role/{text.rpartition('/')[2]}/"
        options["session"] = [*(one for one in names if one.startswith(head)), None]
    if ":federated-user/" in text:
        options["user"] = [*(one for one in names if one.startswith(f"arn:aws:iam::{account}:user/")), None]
    if ":assumed-role/" in text:
        options["role"] = known.get("aws:principalarn") or _roles(setup, names, text)
    if any(kind in text for kind in (":role/", ":assumed-role/", ":user/")):
        options["id"] = _ids(names, text, known)
    for name in _doubts(setup, names, service=text.endswith(".amazonaws.com")):
        options[name] = [True, False]
    for combination in itertools.product(*options.values()):
        choice = dict(zip(options, combination, strict=True))
        if _consistent(setup, request, account, choice):
            yield choice


def _owners(setup: dict[str, Any]) -> Iterator[str]:
    """Yield an account of which the policies name only the beginning, for each of these."""
    for test in _tests(setup).get("aws:resourceaccount", ()):
        for value in test.wanted:
            if value.endswith("*") and value[:-1].isdigit():
                yield value[:-1].ljust(12, "9")


def named_principals(setup: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the principals that the policies name, each with its kind."""
    return [
        (kind, entry)
        for statement in _statements(setup)
        for element in (statement.get("Principal"), statement.get("NotPrincipal"))
        if isinstance(element, dict)
        for kind, entries in element.items()
        for entry in several(entries)
    ]


def _doubts(setup: dict[str, Any], names: list[str], *, service: bool) -> Iterator[str]:
    """Yield what AWS does not document."""
    if service and "*" in names:
        yield "AWS star covers services"
    if service and setup.get("acl") is not None:
        yield "services are authenticated users"
    if setup.get("s3_block_public_access") and setup.get("acl") is not None:
        yield "public block spares the ACL"  # RestrictPublicBuckets is documented for policies only


def _canonicals(setup: dict[str, Any], principals: list[tuple[str, str]]) -> list[str | None]:
    acl = setup.get("acl") or {"Owner": {"ID": None}, "Grants": []}
    ids = [acl["Owner"]["ID"], *(grant["Grantee"].get("ID") for grant in acl["Grants"])]
    ids += [entry for kind, entry in principals if kind == "CanonicalUser"]
    return [*dict.fromkeys(one for one in ids if one), None]


def _roles(setup: dict[str, Any], names: list[str], session: str) -> list[str]:
    """Return the possible ARNs of a session's role: without a path, with one that a policy names, or another one."""
    account, name = session.split(":")[4], session.split("/")[1]
    plain, head = f"arn:aws:iam::{account}:role/{name}", f"arn:aws:iam::{account}:role/"
    mentioned = [value for test in _tests(setup).get("aws:principalarn", ()) for value in test.wanted]
    filled = [one for value in mentioned for one in _texts(value, {}, {})]
    fits = [one for one in (*names, *filled) if one.startswith(head) and one.endswith("/" + name)]
    others = [f"{head}{path}/{name}" for path in (OTHER, f"aws-service-role/{OTHER}")]
    found = list(dict.fromkeys((plain, *fits, *(others if name.startswith("AWSServiceRoleFor") else others[:1]))))
    # A policy that names a role as Principal is saved only if there is such a role, and names are unique.
    principals = [one for one in names if one in found]
    return principals or found


def _ids(names: list[str], text: str, known: Values) -> list[str | None]:
    """Return the possible unique IDs: one that a policy names, or another one.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    """
    if "aws:userid" in known:
        return [known["aws:userid"][0].partition(":")[0]]
    prefix = "AIDA" if ":user/" in text else "AROA"
    return [*(one for one in names if one.startswith(prefix)), None]


def _consistent(setup: dict[str, Any], request: dict[str, Any], account: str | None, choice: dict[str, Any]) -> bool:
    """Return True if the owner in the ACL is the account that owns the bucket."""
    acl = setup.get("acl")
    if acl is None or account is None:
        return True
    owner = request.get("resource_account") or choice["resource_account"]
    return bool((choice.get("canonical") == acl["Owner"]["ID"]) == (owner == account))
