"""The caller: who it is, and the policies that bind it.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policy-types
"""

from __future__ import annotations

from functools import partial

from snaplint.base.record import NamedTuple
from snaplint.collect.aws_errors import Unread
from snaplint.collect.connection import NotConnected
from snaplint.collect.documents import document
from snaplint.collect.prefetch import Prefetch
from snaplint.iam import Principal
from snaplint.iam.asked.principal import is_account

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from snaplint.collect.aws_reads import Answer, AwsReads


class CallerIdentity(NamedTuple):
    """What GetCallerIdentity says. `kind` is the first part of the ARN's resource: root, user, assumed-role, …"""

    account: str
    arn: str
    userid: str

    @property
    def kind(self) -> str:
        """`root`, `user`, `assumed-role`, `federated-user`."""
        return self._resource.partition("/")[0]

    @property
    def name(self) -> str:
        """The user's name, or the role's; paths and session names are not part of it."""
        parts = self._resource.split("/")
        return parts[1] if self.kind == "assumed-role" else parts[-1]

    @property
    def _resource(self) -> str:
        return self.arn.split(":", 5)[-1]


def caller_identity(reads: AwsReads) -> CallerIdentity:
    """Return who calls, and note the account for the ARNs in messages.

    Raises Unread, and NotConnected if AWS does not accept the credentials.
    """
    try:
        answer = reads.one("sts:GetCallerIdentity")
    except Unread as unread:
        if unread.error.kind == "credentials":
            raise NotConnected(_unaccepted(unread, reads.connection.region)) from None
        raise
    found = CallerIdentity(*(answer.get(member) for member in ("Account", "Arn", "UserId")))  # type: ignore[arg-type]
    if not all(isinstance(each, str) for each in found) or found.arn.count(":") < 5 or not is_account(found.account):
        raise reads.unparsable("sts:GetCallerIdentity")
    reads.account = found.account
    return found


def _unaccepted(unread: Unread, region: str) -> str:
    match unread.error.code:
        case "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired":
            return "the AWS credentials have expired"
        case "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" as code:
            return f"AWS does not know the credentials ({code}), or {region} is not enabled for the account"
        case "":
            return "the AWS credentials could not be loaded"
        case code:
            return f"AWS does not accept the credentials ({code})"


def _principal(caller: CallerIdentity) -> str:
    """The caller's ARN, if it is of a kind that policies are known to speak of. Raises Unread."""
    try:
        Principal.parse(caller.arn)
    except ValueError:
        raise Unread("sts:GetCallerIdentity: the ARN is not of a user, a role's session or the root user") from None
    return caller.arn


class _Holder(NamedTuple):
    """Something that policies hang on: a User, a Role or a Group."""

    kind: str
    name: str
    arn: str

    def asked(self) -> dict[str, str]:
        return {f"{self.kind}Name": self.name, "arn": self.arn}


class CallerFacts:
    """Reads all that is to be known of the caller."""

    def __init__(self, reads: AwsReads, *, no_session_policy: bool = False) -> None:
        self._reads = reads
        self._plain_session = no_session_policy or reads.connection.assumed

    def prefetch(self) -> list[Prefetch]:
        """Return the prefetches of the policies and the boundary of the caller, who must be known by now."""
        holder = self._holder(caller_identity(self._reads))
        if holder is None:
            return []
        prefetches = [Prefetch("boundary of the caller", self.boundary), *self._prefetch_policies(holder)]
        if holder.kind == "User":
            prefetches.append(Prefetch("groups of the caller", self._prefetch_groups))
        return prefetches

    def _prefetch_policies(self, holder: _Holder) -> list[Prefetch]:
        def documents(listing: Callable[[_Holder], Iterable[Callable[[], object]]]) -> list[Prefetch]:
            return [Prefetch(f"policy of {holder.name}", read) for read in listing(holder)]

        label = f"policies of {holder.name}"
        return [Prefetch(label, partial(documents, listing)) for listing in (self._inline, self._attached)]

    def _prefetch_groups(self) -> list[Prefetch]:
        return [policies for group in self._groups() for policies in self._prefetch_policies(group)]

    def facts(self) -> dict[str, object]:
        """The section `caller` of the facts."""
        try:
            caller = caller_identity(self._reads)
        except Unread as unread:
            unknown = self._reads.unknown(unread)
            return dict.fromkeys(("arn", "policies", "boundary", "session_policies"), unknown)
        facts: dict[str, object] = {
            "arn": self._reads.fact(partial(_principal, caller)),
            "policies": self.policies(),
            "boundary": self._reads.fact(self.boundary),
            "context": self._context(caller),
        }
        if caller.kind == "federated-user":
            facts["session_policies"] = {"unknown": _FEDERATED}
        elif caller.kind != "assumed-role" or self._plain_session:
            facts["session_policies"] = None
        return facts

    # -- policies

    def policies(self) -> object:
        """Identity-based policies: a list that can be refused is one entry of its own that says so."""
        holder = self._holder(caller_identity(self._reads))
        if holder is None:
            kind = caller_identity(self._reads).kind
            # the root user can be given no policy
            return [] if kind == "root" else {"unknown": _FEDERATED}
        found = self._of(holder)
        if holder.kind == "User":
            try:
                groups = self._groups()
            except Unread as unread:
                found.append(self._reads.unknown(unread))
            else:
                found.extend(policy for group in groups for policy in self._of(group))
        return found

    def _of(self, holder: _Holder) -> list[object]:
        found: list[object] = []
        for listed in (self._inline, self._attached):
            try:
                found.extend(self._reads.fact(each) for each in listed(holder))
            except Unread as unread:
                found.append(self._reads.unknown(unread))
        return found

    def _inline(self, holder: _Holder) -> list[Callable[[], object]]:
        name = f"iam:List{holder.kind}Policies"
        names = self._reads.listed(name, "PolicyNames", **holder.asked())
        if not all(isinstance(each, str) for each in names):
            raise self._reads.unparsable(name, **holder.asked())
        return [partial(self._inline_document, holder, each) for each in sorted(names)]

    def _inline_document(self, holder: _Holder, policy: str) -> dict[str, object]:
        answer = self._reads.one(f"iam:Get{holder.kind}Policy", PolicyName=policy, **holder.asked())
        return document(answer["PolicyDocument"], f"iam:Get{holder.kind}Policy")

    def _attached(self, holder: _Holder) -> list[Callable[[], object]]:
        name = f"iam:ListAttached{holder.kind}Policies"
        listed = self._reads.listed(name, "AttachedPolicies", **holder.asked())
        arns = [self._reads.text(each, "PolicyArn", name, **holder.asked()) for each in listed]
        return [partial(self._managed, arn) for arn in sorted(arns)]

    def _managed(self, arn: str) -> dict[str, object]:
        """The default version of a managed policy; one of AWS's own as get-policy-version prints it, which tells that
        it was saved, for it may be longer than anybody else's."""
        policy = self._reads.one("iam:GetPolicy", PolicyArn=arn)["Policy"]
        version = self._reads.text(policy, "DefaultVersionId", "iam:GetPolicy", PolicyArn=arn)
        answer = self._reads.one("iam:GetPolicyVersion", PolicyArn=arn, VersionId=version)["PolicyVersion"]
        found = document(answer.get("Document"), "iam:GetPolicyVersion")
        return {"PolicyVersion": {"Document": found}} if arn.split(":")[4:5] == ["aws"] else found

    def _groups(self) -> list[_Holder]:
        user = caller_identity(self._reads)
        asked = {"UserName": user.name, "arn": user.arn}
        groups = self._reads.listed("iam:ListGroupsForUser", "Groups", **asked)
        found = [
            _Holder("Group", *(self._reads.text(each, member, "iam:ListGroupsForUser", **asked) for member in _GROUP))
            for each in groups
        ]
        return sorted(found)

    # -- the user or role itself

    def boundary(self) -> object:
        """The permissions boundary; None where there is none. Only users and roles can have one.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        """
        caller = caller_identity(self._reads)
        if caller.kind == "federated-user":
            raise Unread(_FEDERATED)
        if self._named(caller) is None:
            return None
        entity, name, asked = self._entity(caller)
        boundary = entity.get("PermissionsBoundary")
        if boundary is None:
            return None
        return self._managed(self._reads.text(boundary, "PermissionsBoundaryArn", name, **asked))

    def _entity(self, caller: CallerIdentity) -> tuple[Answer, str, dict[str, str]]:
        """What GetUser or GetRole says of the caller; how it was asked."""
        named = self._named(caller)
        assert named is not None  # noqa: S101 - only users and roles are asked for
        name = f"iam:Get{named.kind}"
        entity = self._reads.one(name, **named.asked())[named.kind]
        if not isinstance(entity, dict):
            raise self._reads.unparsable(name, **named.asked())
        return entity, name, named.asked()

    def _named(self, caller: CallerIdentity) -> _Holder | None:
        """The user or role, its ARN as far as GetCallerIdentity tells it: a session's does not show the role's path."""
        if caller.kind == "user":
            return _Holder("User", caller.name, caller.arn)
        if caller.kind == "assumed-role":
            partition = caller.arn.split(":")[1]
            return _Holder("Role", caller.name, f"arn:{partition}:iam::{caller.account}:role/{caller.name}")
        return None

    def _holder(self, caller: CallerIdentity) -> _Holder | None:
        """The same, a role under its whole ARN if that can be read."""
        named = self._named(caller)
        if named is None or named.kind != "Role":
            return named
        try:
            arn = self._entity(caller)[0].get("Arn")
        except Unread:
            return named
        return named._replace(arn=arn) if isinstance(arn, str) else named

    def _context(self, caller: CallerIdentity) -> dict[str, object]:
        """Condition keys that follow from who the caller is.

        A session's tags may add to those of its role, which therefore tell nothing for certain; a user's are all there
        are. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        context: dict[str, object] = {"aws:userid": caller.userid}
        if self._named(caller) is None:
            return context
        try:
            entity = self._entity(caller)[0]
        except Unread:
            return context
        if caller.kind == "assumed-role" and isinstance(entity.get("Arn"), str):
            context["aws:PrincipalArn"] = entity["Arn"]
        if caller.kind == "user":
            tags: list[Any] = entity.get("Tags") or []
            context.update({f"aws:PrincipalTag/{tag.get('Key')}": tag.get("Value") for tag in tags})
        return context


_GROUP = ("GroupName", "Arn")
_FEDERATED = (
    "a federated user has the rights that its session policy and the user who asked for its token share, "
    "and no call tells either"
)
