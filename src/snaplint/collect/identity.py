"""The caller: its ARN, and the policies that apply to it.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policy-types
"""

from __future__ import annotations

import re
from functools import partial

from snaplint.base.record import NamedTuple
from snaplint.collect.aws_errors import Unread, contradiction
from snaplint.collect.connection import NotConnected
from snaplint.collect.documents import document
from snaplint.collect.prefetch import Prefetch
from snaplint.iam import Principal
from snaplint.iam.asked.principal import is_account

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from snaplint.collect.aws_reads import Answer, AwsReads


class CallerIdentity(NamedTuple):
    """The answer to GetCallerIdentity."""

    account: str
    arn: str
    userid: str

    @property
    def kind(self) -> str:
        """The first part of the ARN's resource: `root`, `user`, `assumed-role`, `federated-user`, …"""
        return self._resource.partition("/")[0]

    @property
    def name(self) -> str:
        """The name of the user or role, without path and session name."""
        parts = self._resource.split("/")
        return parts[1] if self.kind == "assumed-role" else parts[-1]

    @property
    def _resource(self) -> str:
        return self.arn.split(":", 5)[-1]


def caller_identity(reads: AwsReads) -> CallerIdentity:
    """Return the caller's identity, and store its account in `reads` for the ARNs in messages.

    Raises Unread, and NotConnected if AWS does not accept the credentials.
    """
    try:
        answer = reads.one("sts:GetCallerIdentity")
    except Unread as unread:
        if unread.error.kind == "credentials":
            raise NotConnected(_unaccepted(unread, reads.connection.region)) from None
        if unread.refused is not None:  # not for lack of a right
            raise Unread(f"{unread.why}, {_NEEDS_NO_RIGHT}", error=unread.error) from None
        raise
    caller = CallerIdentity(*(answer.get(member) for member in ("Account", "Arn", "UserId")))  # type: ignore[arg-type]
    if not all(isinstance(each, str) for each in caller) or caller.arn.count(":") < 5 or not is_account(caller.account):
        raise reads.unparsable("sts:GetCallerIdentity")
    _, partition, *_, of_arn, _ = caller.arn.split(":", 5)
    if of_arn != caller.account or partition != reads.connection.partition:
        own = f"the account is {caller.account} and the Region {reads.connection.region}"
        raise Unread(contradiction("the caller", f"GetCallerIdentity answers the ARN `{caller.arn}`", own))
    reads.account = caller.account
    return caller


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
    """Return the caller's ARN. Raises Unread if it is not that of a principal that calls AWS: a role itself does not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (the characters of names)
    """
    try:
        if not _CALLER.search(caller.arn):
            raise ValueError(caller.arn)
        Principal.parse(caller.arn)
    except ValueError:
        raise Unread("sts:GetCallerIdentity: the ARN is not that of a user, a role session or the root user") from None
    return caller.arn


def _is_about(arn: str, caller: CallerIdentity) -> bool:
    """Return True if the ARN of a user or role can be that of the caller."""
    if caller.kind == "user":
        return arn == caller.arn
    return _ROLE.search(arn) is not None and Principal.parse(caller.arn).may_be_role(arn)


_CALLER = re.compile(
    r":(?:root|user/(?:[!-~]+/)?[\w+=,.@-]+|assumed-role/[\w+=,.@-]+/[\w+=,.@-]+|federated-user/[\w+=,.@-]+)\Z",
    re.ASCII,
)
_ROLE = re.compile(r":role/(?:[!-~]+/)?[\w+=,.@-]+\Z", re.ASCII)
"""The ends of the ARNs of a caller and of a role."""


class _IamIdentity(NamedTuple):
    """An IAM identity: `kind` is `User`, `Role` or `Group`."""

    kind: str
    name: str
    arn: str

    def params(self) -> dict[str, str]:
        """Return the parameters of the reads about this identity."""
        return {f"{self.kind}Name": self.name, "arn": self.arn}


CALLER = ("arn", "policies", "boundary", "session_policies")
"""The members of the section `caller` that are unknown together."""


class CallerFacts:
    """Reads the caller's identity and policies."""

    def __init__(self, reads: AwsReads, *, no_session_policy: bool = False) -> None:
        self._reads = reads
        self._has_no_session_policy = no_session_policy or reads.connection.assumed

    def prefetch(self) -> list[Prefetch]:
        """Return the prefetches of the caller's policies and boundary, which depend on who the caller is."""
        identity = self._identity_with_path(caller_identity(self._reads))
        if identity is None:
            return []
        prefetches = [Prefetch("boundary of the caller", self.boundary), *self._prefetch_policies(identity)]
        if identity.kind == "User":
            prefetches.append(Prefetch("groups of the caller", self._prefetch_groups))
        return prefetches

    def _prefetch_policies(self, identity: _IamIdentity) -> list[Prefetch]:
        def documents(listing: Callable[[_IamIdentity], Iterable[Callable[[], object]]]) -> list[Prefetch]:
            return [Prefetch(f"policy of {identity.name}", read) for read in listing(identity)]

        label = f"policies of {identity.name}"
        return [Prefetch(label, partial(documents, listing)) for listing in (self._inline, self._attached)]

    def _prefetch_groups(self) -> list[Prefetch]:
        return [policies for group in self._groups() for policies in self._prefetch_policies(group)]

    def facts(self) -> dict[str, object]:
        """Return the section `caller` of the facts. Raises Unread, also if the caller is not a principal."""
        caller = caller_identity(self._reads)
        facts: dict[str, object] = {
            "arn": _principal(caller),
            **self._role_arn(caller),
            "policies": self.policies(),
            "boundary": self._reads.fact(self.boundary),
            "context": self._context(caller),
        }
        if caller.kind == "federated-user":
            facts["session_policies"] = {"unknown": _FEDERATED}
        elif caller.kind != "assumed-role" or self._has_no_session_policy:
            facts["session_policies"] = None
        return facts

    # -- policies

    def policies(self) -> object:
        """Return the identity-based policies; a list that could not be read is one unknown entry."""
        identity = self._identity_with_path(caller_identity(self._reads))
        if identity is None:
            kind = caller_identity(self._reads).kind
            # no policy can be attached to the root user
            return [] if kind == "root" else {"unknown": _FEDERATED}
        policies = self._policies_of(identity)
        if identity.kind == "User":
            try:
                groups = self._groups()
            except Unread as unread:
                policies.append(self._reads.unknown(unread))
            else:
                policies.extend(policy for group in groups for policy in self._policies_of(group))
        return policies

    def _policies_of(self, identity: _IamIdentity) -> list[object]:
        policies: list[object] = []
        for listing in (self._inline, self._attached):
            try:
                policies.extend(self._reads.fact(read) for read in listing(identity))
            except Unread as unread:
                policies.append(self._reads.unknown(unread))
        return policies

    def _inline(self, identity: _IamIdentity) -> list[Callable[[], object]]:
        """Return a function for each inline policy, which reads its document. Raises Unread."""
        name = f"iam:List{identity.kind}Policies"
        names = self._reads.listed(name, "PolicyNames", **identity.params())
        if not all(isinstance(each, str) for each in names):
            raise self._reads.unparsable(name, **identity.params())
        return [partial(self._inline_document, identity, each) for each in sorted(names)]

    def _inline_document(self, identity: _IamIdentity, policy: str) -> dict[str, object]:
        answer = self._reads.one(f"iam:Get{identity.kind}Policy", PolicyName=policy, **identity.params())
        return document(answer["PolicyDocument"], f"iam:Get{identity.kind}Policy")

    def _attached(self, identity: _IamIdentity) -> list[Callable[[], object]]:
        """Return a function for each attached managed policy, which reads its document. Raises Unread."""
        name = f"iam:ListAttached{identity.kind}Policies"
        listed = self._reads.listed(name, "AttachedPolicies", **identity.params())
        arns = [self._reads.text(each, "PolicyArn", name, **identity.params()) for each in listed]
        self._require_own(arns, name, identity.params(), "aws")
        return [partial(self._managed, arn) for arn in sorted(arns)]

    def _managed(self, arn: str) -> dict[str, object]:
        """Return the document of the default version of a managed policy.

        An AWS managed policy is returned as get-policy-version prints it, which shows that AWS has stored it: it may be
        longer than a customer's policy may be.
        """
        policy = self._reads.one("iam:GetPolicy", PolicyArn=arn)["Policy"]
        version = self._reads.text(policy, "DefaultVersionId", "iam:GetPolicy", PolicyArn=arn)
        answer = self._reads.one("iam:GetPolicyVersion", PolicyArn=arn, VersionId=version)["PolicyVersion"]
        if answer.get("IsDefaultVersion") is False:
            first = f"GetPolicy answers that its default version is {version}"
            raise Unread(
                contradiction(f"policy `{arn}`", first, "GetPolicyVersion that this version is not the default")
            )
        policy_document = document(answer.get("Document"), "iam:GetPolicyVersion")
        is_of_aws = arn.split(":")[4:5] == ["aws"]
        return {"PolicyVersion": {"Document": policy_document}} if is_of_aws else policy_document

    def _groups(self) -> list[_IamIdentity]:
        user = caller_identity(self._reads)
        name, params = "iam:ListGroupsForUser", {"UserName": user.name, "arn": user.arn}
        groups = self._reads.listed(name, "Groups", **params)
        identities = [
            _IamIdentity("Group", *(self._reads.text(group, member, name, **params) for member in _GROUP))
            for group in groups
        ]
        self._require_own([each.arn for each in identities], name, params)
        return sorted(identities)

    def _require_own(self, arns: Iterable[str], name: str, params: Mapping[str, str], *others: str) -> None:
        """Raise Unread if an ARN of IAM is neither in the caller's account nor in one of `others`.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
        """
        partition, accounts = self._reads.connection.partition, (self._reads.account, *others)
        for arn in arns:
            parts = arn.split(":", 5)
            if parts[:4] != ["arn", partition, "iam", ""] or len(parts) < 6 or parts[4] not in accounts:
                raise self._reads.about_another(name, **params)

    # -- the user or role itself

    def boundary(self) -> object:
        """Return the permissions boundary; None if there is none. Only users and roles can have one.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        """
        caller = caller_identity(self._reads)
        if caller.kind == "federated-user":
            raise Unread(_FEDERATED)
        if self._iam_identity(caller) is None:
            return None
        entity, name, params = self._entity(caller)
        boundary = entity.get("PermissionsBoundary")
        if boundary is None:
            return None
        return self._managed(self._reads.text(boundary, "PermissionsBoundaryArn", name, **params))

    def _entity(self, caller: CallerIdentity) -> tuple[Answer, str, dict[str, str]]:
        """Return what GetUser or GetRole answers about the caller, and the name and parameters of that read.

        Raises Unread, also if the answer is about another user or role.
        """
        identity = self._iam_identity(caller)
        assert identity is not None  # noqa: S101 - the callers of this function pass only users and roles
        name, params = f"iam:Get{identity.kind}", identity.params()
        entity = self._reads.one(name, **params)[identity.kind]
        if not isinstance(entity, dict):
            raise self._reads.unparsable(name, **params)
        arn = entity.get("Arn")
        if arn is not None and not _is_about(arn, caller):
            raise Unread(contradiction("the caller", f"{name[4:]} answers the ARN `{arn}`", f"it is `{caller.arn}`"))
        return entity, name, params

    def _iam_identity(self, caller: CallerIdentity) -> _IamIdentity | None:
        """Return the user or role; None for other callers. The ARN of a session does not include the role's path.

        Raises Unread if the caller is not a principal.
        """
        _principal(caller)
        if caller.kind == "user":
            return _IamIdentity("User", caller.name, caller.arn)
        if caller.kind == "assumed-role":
            partition = caller.arn.split(":")[1]
            return _IamIdentity("Role", caller.name, f"arn:{partition}:iam::{caller.account}:role/{caller.name}")
        return None

    def _identity_with_path(self, caller: CallerIdentity) -> _IamIdentity | None:
        """Return the user or role; a role has its full ARN, with its path, if that can be read."""
        identity = self._iam_identity(caller)
        if identity is None or identity.kind != "Role":
            return identity
        try:
            arn = self._entity(caller)[0].get("Arn")
        except Unread:
            return identity
        return identity._replace(arn=arn) if isinstance(arn, str) else identity

    def _role_arn(self, caller: CallerIdentity) -> dict[str, object]:
        """Return the ARN of the role of a session, which has the path that the ARN of the session lacks."""
        if caller.kind != "assumed-role":
            return {}
        return {"role_arn": self._reads.fact(partial(self._arn_of_role, caller))}

    def _arn_of_role(self, caller: CallerIdentity) -> str:
        entity, name, params = self._entity(caller)
        return self._reads.text(entity, "Arn", name, **params)

    def _context(self, caller: CallerIdentity) -> dict[str, object]:
        """Return the condition keys that follow from the caller's identity.

        The tags of a role are not used, because session tags may add to them. A user has no other tags than its own.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        context: dict[str, object] = {"aws:userid": caller.userid}
        if self._iam_identity(caller) is None:
            return context
        try:
            entity = self._entity(caller)[0]
        except Unread:
            return context
        if caller.kind == "assumed-role" and isinstance(entity.get("Arn"), str):
            context["aws:PrincipalArn"] = entity["Arn"]
        if caller.kind == "user":
            try:
                tags = self._reads.tags(entity.get("Tags") or [], "iam:GetUser", UserName=caller.name)
            except Unread:  # the keys stay unknown
                return context
            context.update({f"aws:PrincipalTag/{key}": value for key, value in tags.items()})
        return context


_NEEDS_NO_RIGHT = "although it needs no permission: a VPC endpoint policy or a proxy may have refused it"
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html ("No permissions are required")"""

_GROUP = ("GroupName", "Arn")
_FEDERATED = (
    "a federated user has only the permissions that both its session policy and the user who requested its token "
    "grant, and no AWS call returns either"
)
