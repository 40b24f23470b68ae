"""A bucket ACL: grants to accounts and groups. An ACL can only allow.

- https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html (grantees, and the actions of
  each permission)
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html (when ACLs are ignored)
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (when grants to groups
  are ignored)

Object ACLs are not supported: the input does not provide an object's ACL or owner. Objects are assumed to belong to the
bucket owner, so that bucket policy and bucket ACL decide.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.asked.availability import ANONYMOUS, CANONICAL, INSIDERS, SERVICE
from snaplint.iam.asked.principal import is_canonical
from snaplint.iam.document.statement import ALLOW, Home, Statement, StatementPlace
from snaplint.iam.terms.arn import parse_arn
from snaplint.iam.terms.channels import DELEGATED, DIRECT
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.base.source import Route
    from snaplint.iam.asked.request import Request

ENFORCED = "BucketOwnerEnforced"
ENABLED = ("BucketOwnerPreferred", "ObjectWriter")

_GROUPS = "http://acs.amazonaws.com/groups/"
_ALL = _GROUPS + "global/AllUsers"
_SIGNED = _GROUPS + "global/AuthenticatedUsers"
_LOGS = _GROUPS + "s3/LogDelivery"
EVERYONE = (_ALL, _SIGNED)
"""The groups that contain every AWS account.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee-predefined-groups
"""

_ON_BUCKET = {
    "READ": frozenset({"s3:listbucket", "s3:listbucketversions", "s3:listbucketmultipartuploads"}),
    "READ_ACP": frozenset({"s3:getbucketacl"}),
    "WRITE_ACP": frozenset({"s3:putbucketacl"}),
}
_ON_OBJECTS = {"WRITE": frozenset({"s3:putobject"})}
GRANTED_TO_OTHERS = frozenset().union(*_ON_BUCKET.values(), *_ON_OBJECTS.values())
"""The actions, in lower case, that an ACL can grant to accounts that do not own the bucket."""
_ON_OBJECTS_OF_OWNER = {"WRITE": frozenset({"s3:putobject", "s3:deleteobject", "s3:deleteobjectversion"})}
PERMISSIONS = ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_Grant.html (documented)"""

BLOCK_PUBLIC_ACCESS_FACT = "s3_block_public_access"
"""The name under which `depends_on` lists an unknown setting of Block Public Access."""


class NotRead(NamedTuple):
    """An ACL or a setting of the bucket that was not read; `needs` are the names in `depends_on` of what is missing."""

    needs: tuple[str, ...]


class AclGrant(NamedTuple):
    """One grant. `statement` is the Allow that it amounts to, with the index of the grant."""

    statement: Statement
    grantee: str
    permission: str
    owner: bool
    readable: bool


class Acl:
    """A bucket ACL, as `get-bucket-acl` returns it, with the settings of the bucket that restrict it."""

    __slots__ = ("_ceiling", "_doubts", "_ignore_public", "disabled", "grants")

    def __init__(self, acl: object, ownership: object, *, ignore_public: int, route: Route | None = None) -> None:
        """Read an ACL; `ignore_public` says whether `IgnorePublicAcls` is on."""
        self._ceiling = YES
        self._doubts: tuple[str, ...] = ()
        self._ignore_public = ignore_public
        self.grants: tuple[AclGrant, ...] = ()
        self.disabled = acl is not None and ownership == ENFORCED
        """There is an ACL, but it is ignored because of Object Ownership."""
        if ownership == ENFORCED or acl is None:
            return
        if isinstance(ownership, NotRead):
            self._doubts, self._ceiling = ownership.needs, UNKNOWN
        elif ownership is not None and ownership not in ENABLED:
            self._doubts, self._ceiling = ("object_ownership",), UNKNOWN
        self.grants = tuple(self._read(acl, route))

    def _read(self, acl: object, route: Route | None) -> Iterator[AclGrant]:
        grants = acl.get("Grants") if isinstance(acl, dict) else None
        if not isinstance(grants, (list, tuple)):
            needs = acl.needs if isinstance(acl, NotRead) else ("acl",)
            # It may contain any grant, including one to the owner.
            yield AclGrant(self._statement(-1, route or (), needs), "", "FULL_CONTROL", owner=True, readable=False)
            return
        owner = acl.get("Owner") if isinstance(acl, dict) else None
        owner_id = owner.get("ID") if isinstance(owner, dict) else None
        for index, grant in enumerate(grants):
            grantee = grant.get("Grantee") if isinstance(grant, dict) else None
            permission = grant.get("Permission") if isinstance(grant, dict) else None
            name = (
                next((grantee[key] for key in ("ID", "URI") if key in grantee), None)
                if isinstance(grantee, dict)
                else None
            )
            known = isinstance(name, str) and (is_canonical(name) or name in (*EVERYONE, _LOGS))
            grant_route = () if route is None else (*route, "Grants", index)
            undetermined = name in EVERYONE and self._ignore_public == UNKNOWN
            fact = BLOCK_PUBLIC_ACCESS_FACT if undetermined else f"acl.Grants.{index}"
            statement = self._statement(index, grant_route, (fact,))
            yield AclGrant(
                statement,
                name if isinstance(name, str) else "",
                permission if isinstance(permission, str) and permission in PERMISSIONS else "?",
                owner=not known or name == owner_id,
                readable=known,
            )

    def _statement(self, index: int, route: Route, doubts: tuple[str, ...]) -> Statement:
        statement = Statement(index, StatementPlace(Home(route)))
        statement.effect = ALLOW
        statement.doubts = self._doubts + doubts if self._ceiling == YES else self._doubts
        return statement

    def matching(self, request: Request) -> Iterator[tuple[Statement, int, int]]:
        """Yield the grants that allow the request or may allow it: the statement, YES or UNKNOWN, and the channel."""
        for grant in self.grants:
            named = min(_covers_action(grant, request), self._ceiling)
            if named == NO:
                continue
            truth, reach = self._covers(grant, request)
            if min(named, truth) != NO:
                yield grant.statement, min(named, truth), reach

    def _covers(self, grant: AclGrant, request: Request) -> tuple[int, int]:
        """Return whether the grantee includes the principal, and the channel.

        A grantee is an account or a group, never a user or a role.
        """
        kind = request.principal.kind
        if not grant.readable:
            return UNKNOWN, DIRECT
        if grant.grantee == _LOGS:
            return NO, 0
        if grant.grantee in EVERYONE:
            in_effect = YES - self._ignore_public
            if grant.grantee == _ALL:
                return in_effect, DIRECT
            # "All AWS accounts", by signed requests. AWS does not document whether that includes service principals.
            truth = {ANONYMOUS: NO, SERVICE: UNKNOWN}.get(kind, YES)
            return min(in_effect, truth), DELEGATED if kind in INSIDERS else DIRECT
        if kind == CANONICAL:
            return (YES, DIRECT) if grant.grantee == request.principal.name else (NO, 0)
        if kind not in INSIDERS:
            return NO, 0
        if request.account == request.principal.account:
            return (YES, DELEGATED) if grant.owner else (NO, 0)
        # Which account a canonical ID belongs to is not known here. The bucket owner is another account.
        return (NO, 0) if grant.owner else (UNKNOWN, DELEGATED)


def _covers_action(grant: AclGrant, request: Request) -> int:
    arn = parse_arn(request.resource)
    if arn is None or arn.service != "s3":
        return NO
    on_object = "/" in arn.resource
    table = (_ON_OBJECTS_OF_OWNER if grant.owner else _ON_OBJECTS) if on_object else _ON_BUCKET
    if grant.permission in ("FULL_CONTROL", "?"):
        granted = any(request.action in actions for actions in table.values())
        return NO if not granted else YES if grant.permission == "FULL_CONTROL" else UNKNOWN
    return YES if request.action in table.get(grant.permission, ()) else NO
