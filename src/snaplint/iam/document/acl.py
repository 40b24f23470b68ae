"""A bucket's ACL: grants to accounts and groups, which only ever allow.

- https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html (who can be granted what, and which actions
  that is)
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html (when ACLs are dead)
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (when groups are)

ACLs of objects are not here: no member says what an object's ACL is, nor who owns it. An object is taken to be the
bucket owner's, so that bucket policy and bucket ACL decide.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.asked.availability import ANONYMOUS, CANONICAL, INSIDERS, SERVICE
from snaplint.iam.asked.principal import is_canonical
from snaplint.iam.document.statement import ALLOW, Statement
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

_ON_BUCKET = {
    "READ": frozenset({"s3:listbucket", "s3:listbucketversions", "s3:listbucketmultipartuploads"}),
    "READ_ACP": frozenset({"s3:getbucketacl"}),
    "WRITE_ACP": frozenset({"s3:putbucketacl"}),
}
_ON_OBJECTS = {"WRITE": frozenset({"s3:putobject"})}
_ON_OBJECTS_OF_OWNER = {"WRITE": frozenset({"s3:putobject", "s3:deleteobject", "s3:deleteobjectversion"})}
PERMISSIONS = ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")

BLOCK_PUBLIC_ACCESS_FACT = "s3_block_public_access"
"""The name under which `depends_on` lists an unknown setting of Block Public Access."""


class NotRead(NamedTuple):
    """Stands for an ACL or a setting of the bucket that nobody has read; `needs` says what would settle it."""

    needs: tuple[str, ...]


class AclGrant(NamedTuple):
    """One grant. `statement` makes it an Allow among others: its index is the grant's."""

    statement: Statement
    grantee: str
    permission: str
    owner: bool
    readable: bool


class Acl:
    """A bucket ACL as `get-bucket-acl` answers it, together with what the bucket's settings make of it."""

    __slots__ = ("_ceiling", "_doubts", "_ignore_public", "disabled", "grants")

    def __init__(self, acl: object, ownership: object, *, ignore_public: int, route: Route | None = None) -> None:
        """`ignore_public` is the truth of `IgnorePublicAcls`."""
        self._ceiling = YES
        self._doubts: tuple[str, ...] = ()
        self._ignore_public = ignore_public
        self.grants: tuple[AclGrant, ...] = ()
        self.disabled = acl is not None and ownership == ENFORCED
        """There is one, and Object Ownership takes it out of the decision."""
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
            # It may hold anything, a grant to the owner too.
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
            known = isinstance(name, str) and (is_canonical(name) or name in (_ALL, _SIGNED, _LOGS))
            place = () if route is None else (*route, "Grants", index)
            open_ = name in (_ALL, _SIGNED) and self._ignore_public == UNKNOWN
            statement = self._statement(index, place, (BLOCK_PUBLIC_ACCESS_FACT if open_ else f"acl.Grants.{index}",))
            yield AclGrant(
                statement,
                name if isinstance(name, str) else "",
                permission if isinstance(permission, str) and permission in PERMISSIONS else "?",
                owner=not known or name == owner_id,
                readable=known,
            )

    def _statement(self, index: int, route: Route, doubts: tuple[str, ...]) -> Statement:
        statement = Statement(index, route)
        statement.effect = ALLOW
        statement.doubts = self._doubts + doubts if self._ceiling == YES else self._doubts
        return statement

    def matching(self, request: Request) -> Iterator[tuple[Statement, int, int]]:
        """The grants that allow the request, each with its truth and how far it reaches."""
        for grant in self.grants:
            named = min(_covers_action(grant, request), self._ceiling)
            if named == NO:
                continue
            truth, reach = self._covers(grant, request)
            if min(named, truth) != NO:
                yield grant.statement, min(named, truth), reach

    def _covers(self, grant: AclGrant, request: Request) -> tuple[int, int]:
        """Whether the grantee is, or holds, the requester. A grantee is an account or a group, never a user or role."""
        kind = request.principal.kind
        if not grant.readable:
            return UNKNOWN, DIRECT
        if grant.grantee == _LOGS:
            return NO, 0
        if grant.grantee in (_ALL, _SIGNED):
            counts = YES - self._ignore_public
            if grant.grantee == _ALL:
                return counts, DIRECT
            # "All AWS accounts", by signed requests; whether a service principal is one, nobody says.
            truth = {ANONYMOUS: NO, SERVICE: UNKNOWN}.get(kind, YES)
            return min(counts, truth), DELEGATED if kind in INSIDERS else DIRECT
        if kind == CANONICAL:
            return (YES, DIRECT) if grant.grantee == request.principal.name else (NO, 0)
        if kind not in INSIDERS:
            return NO, 0
        if request.account == request.principal.account:
            return (YES, DELEGATED) if grant.owner else (NO, 0)
        # Which account a canonical ID belongs to is not known here; the bucket's owner is another one than the asker.
        return (NO, 0) if grant.owner else (UNKNOWN, DELEGATED)


def _covers_action(grant: AclGrant, request: Request) -> int:
    arn = parse_arn(request.resource)
    if arn is None or arn.service != "s3":
        return NO
    on_object = "/" in arn.resource
    table = (_ON_OBJECTS_OF_OWNER if grant.owner else _ON_OBJECTS) if on_object else _ON_BUCKET
    if grant.permission in ("FULL_CONTROL", "?"):
        given = any(request.action in actions for actions in table.values())
        return NO if not given else YES if grant.permission == "FULL_CONTROL" else UNKNOWN
    return YES if request.action in table.get(grant.permission, ()) else NO
