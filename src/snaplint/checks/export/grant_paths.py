"""The two grant paths on which a service may hold READ, WRITE and READ_ACP, and how they are weighed.

The policy path is a bucket policy that allows the service principal. The ACL path is a bucket ACL that grants to an
AWS-owned account by its canonical user ID. AWS does not document that half a grant on each path adds up: either one
path is complete by itself, or what the better path lacks fails.
"""

from __future__ import annotations

from itertools import product

from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from snaplint.checks.export.answers import Answer


POLICY, ACL = "policy", "acl"

Truths = tuple[int, ...]
"""One of NO, UNKNOWN and YES for each permission."""


class GrantPath:
    """One grant path: its answer for each of the `permissions` (name: action), and a function that asks for any action.

    `identity` names the principal that writes. `absent` is None, or half a sentence that says why nothing can be
    granted on this path.
    """

    __slots__ = ("_ask", "absent", "answers", "identity", "truths")

    def __init__(
        self, identity: str, permissions: Mapping[str, str], ask: Callable[[str], Answer], absent: str | None
    ) -> None:
        self.identity = identity
        self.absent = absent
        self._ask = ask
        self.answers = {permission: ask(action) for permission, action in permissions.items()}
        self.truths: Truths = tuple([answer.truth for answer in self.answers.values()])
        """The truths of the answers, in the order of the permissions."""

    def ask(self, action: str) -> Answer:
        """Return whether this path allows an S3 action on its resource: the bucket, or every key of the export."""
        return self._ask(action)

    @property
    def grants_nothing(self) -> bool:
        """True if every permission is denied on this path."""
        return all(truth == NO for truth in self.truths)

    @property
    def grants_something(self) -> bool:
        """True if a permission is granted on this path, whatever is unknown."""
        return YES in self.truths


class Grants:
    """Both grant paths of one request, weighed against each other."""

    __slots__ = ("acl", "policy")

    def __init__(self, policy: GrantPath, acl: GrantPath) -> None:
        self.policy = policy
        self.acl = acl

    def verdict(self, permission: str) -> int:
        """Return YES, NO or UNKNOWN for one permission."""
        return weigh(self.policy.truths, self.acl.truths)[list(self.policy.answers).index(permission)]

    @property
    def effective_path(self) -> str | None:
        """The path that the service uses, which is the one that grants more: POLICY or ACL; None if undetermined."""
        paths = {better(policy, acl) for policy, acl in _worlds(self.policy.truths, self.acl.truths)}
        return paths.pop() if len(paths) == 1 else None

    @property
    def paths(self) -> tuple[GrantPath, GrantPath]:
        """Both paths, the policy path first."""
        return self.policy, self.acl

    @property
    def undetermined(self) -> list[Answer]:
        """The answers of both paths that are UNKNOWN."""
        return [answer for path in self.paths for answer in path.answers.values() if answer.truth == UNKNOWN]

    def deciding(self, permission: str) -> list[Answer]:
        """Return the UNKNOWN answers on which the verdict for a permission depends, those about the permission first.

        Whichever path is complete is used, so answers about the other permissions may matter too.
        """
        names = list(self.policy.answers)
        answers = [path.answers[name] for path in self.paths for name in names]
        matter = deciding(self.policy.truths, self.acl.truths, names.index(permission))
        return sorted((answers[place] for place in matter), key=lambda each: each.action != self._action(permission))

    def _action(self, permission: str) -> str:
        return self.policy.answers[permission].action

    @property
    def better(self) -> GrantPath:
        """The path that grants more, as far as is known."""
        return self.policy if better(self.policy.truths, self.acl.truths) == POLICY else self.acl

    @property
    def other(self) -> GrantPath:
        """The path that is not `better`."""
        return self.acl if self.better is self.policy else self.policy

    @property
    def halves(self) -> bool:
        """True if each path is determined and incomplete, and the two together would be complete."""
        policy, acl = self.policy.truths, self.acl.truths
        return UNKNOWN not in policy + acl and weigh(policy, acl)[0] == UNKNOWN

    def holder(self, permission: str) -> GrantPath:
        """Return the path that grants a permission for which `verdict` is YES."""
        return self.better if self.better.answers[permission].truth == YES else self.other


_WEIGHTS = {NO: 0, UNKNOWN: 1, YES: 4}


def better(policy: Truths, acl: Truths) -> str:
    """Return the path (POLICY or ACL) that grants more, then the one that may grant more; POLICY if they are equal."""
    return ACL if sum([_WEIGHTS[truth] for truth in acl]) > sum([_WEIGHTS[truth] for truth in policy]) else POLICY


_WEIGHED: dict[tuple[Truths, Truths], Truths] = {}


def weigh(policy: Truths, acl: Truths) -> Truths:
    """Return the truth for each permission, from the truths of both paths.

    Every UNKNOWN is tried as YES and as NO. A permission is determined if every combination gives the same truth.
    """
    known = _WEIGHED.get((policy, acl))
    if known is None:
        decided = [_decide(*world) for world in _worlds(policy, acl)]
        known = tuple(truths[0] if len(set(truths)) == 1 else UNKNOWN for truths in zip(*decided, strict=True))
        _WEIGHED[policy, acl] = known
    return known


def deciding(policy: Truths, acl: Truths, index: int) -> list[int]:
    """Return the places in `policy + acl` whose UNKNOWN changes the truth for the permission at `index`.

    To know them is to know that truth, and none can be left out.
    """
    truths = {(*one, *two): _decide(one, two)[index] for one, two in _worlds(policy, acl)}

    def matters(place: int) -> bool:
        return any(
            truth != truths[(*world[:place], YES if world[place] == NO else NO, *world[place + 1 :])]
            for world, truth in truths.items()
        )

    return [place for place, truth in enumerate(policy + acl) if truth == UNKNOWN and matters(place)]


def _worlds(policy: Truths, acl: Truths) -> Iterator[tuple[Truths, Truths]]:
    """Return every combination of truths for both paths in which each UNKNOWN is YES or NO."""
    size = len(policy)
    return ((world[:size], world[size:]) for world in product(*(_may_be(truth) for truth in policy + acl)))


def _may_be(truth: int) -> Truths:
    return (YES, NO) if truth == UNKNOWN else (truth,)


def _decide(policy: Truths, acl: Truths) -> Truths:
    """Return what the better path grants; all UNKNOWN if only both paths together are complete. Takes no UNKNOWN."""
    best = acl if better(policy, acl) == ACL else policy
    if NO in best and all(YES in pair for pair in zip(policy, acl, strict=True)):
        return (UNKNOWN,) * len(best)
    return best
