"""What the members of a preflight file say about each other: the Region of the call, its account and its caller."""

from __future__ import annotations

from snaplint.base.wording import did_you_mean
from snaplint.iam import Principal
from snaplint.operations.partitions import REGIONS, near_region, partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route

    Problem = tuple[Route, str]

OPT_STATUS = "region_opt_status"
"""The fact that shows that AWS has a Region."""


def contradictions(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the route and the message of each contradiction in data that matches the schema of a preflight file.

    A caller calls with the credentials of its own account, and those of one partition are not valid in another:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html#arns-syntax
    """
    region, account, arn = (_text(value) for value in (data.get("region"), data.get("account"), _caller(data, "arn")))
    if region is not None and not _is_known_region(region, data):
        yield ("region",), _no_region(region)
        return
    try:
        caller = Principal.parse(arn) if arn is not None else None
    except ValueError:  # reported where the ARN is read
        return
    if caller is None:
        return
    if account is not None and caller.account != account:
        message = f"`caller.arn` is in account {caller.account}, but `account` is {account}: they must be the same"
        yield ("caller", "arn"), message
    if region is not None and caller.partition != partition(region):
        message = (
            f"`caller.arn` is in partition {caller.partition}, but `region` {region} is in {partition(region)}: "
            "a caller can only call Regions of its own partition"
        )
        yield ("caller", "arn"), message
    yield from _role_of_session(caller, data)


def _is_known_region(region: str, data: Mapping[str, Any]) -> bool:
    """Return True if there is such a Region: it is in the list, or a fact about it is from AWS, which adds Regions."""
    return region in REGIONS or OPT_STATUS in data


def _no_region(region: str) -> str:
    """Return the message for a text that is not the name of a Region."""
    near = did_you_mean(near_region(region))
    new = f"for a Region that is newer than this version of snaplint, add `{OPT_STATUS}`"
    return f"there is no Region `{region}`{near} ({new})"


def _role_of_session(caller: Principal, data: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with `caller.role_arn`, which only the ARN of a session lacks."""
    role_arn = _text(_caller(data, "role_arn"))
    if role_arn is None:
        return
    route: Route = ("caller", "role_arn")
    if caller.session is None:
        yield route, f"`caller.role_arn` is only for an assumed-role session, which `{caller.text}` is not"
        return
    if not caller.may_be_role(role_arn):
        message = (
            "`caller.role_arn` must be the ARN of the role of the session in `caller.arn`: a role named "
            f"`{caller.name}` in account {caller.account} and partition {caller.partition}{_path_of(caller)}"
        )
        yield route, message
        return
    context = _caller(data, "context") or {}
    values = [value for key, value in context.items() if key.lower() == "aws:principalarn"]
    if any(value != role_arn for value in values):
        yield route, "`caller.role_arn` and `aws:PrincipalArn` in `caller.context` must be the same"


def _path_of(caller: Principal) -> str:
    """Return what is known of the path of a session's role, as the end of a sentence."""
    from snaplint.iam.asked.roles import SSO_PATH, is_of_identity_center

    return f", with the path `/{SSO_PATH}`" if is_of_identity_center(caller.name) else ""


def _caller(data: Mapping[str, Any], name: str) -> Any:
    return (data.get("caller") or {}).get(name)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
