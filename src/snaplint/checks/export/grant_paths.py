"""The two routes by which a service may hold READ, WRITE and READ_ACP, and how they are weighed against each other.

The policy route is the service principal in the bucket policy; the ACL route an AWS-owned account, by its canonical
user ID, in the bucket ACL. AWS does not document that half a grant on each adds up: either is complete by itself, or
what it lacks fails.
"""

from __future__ import annotations

from itertools import product

from snaplint.checks.export.words import ALLOWED, DENIED, DEPENDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from snaplint.checks.export.identity import Answer


POLICY, ACL = "policy", "acl"


class WayIn:
    """One route: the answers for each of the `permissions` (name: action), and a way to ask for more actions.

    `identity` names who writes; `absent` says, as half a sentence, why the route cannot exist at all, if it cannot.
    """

    __slots__ = ("_ask", "absent", "answers", "identity")

    def __init__(
        self, identity: str, permissions: Mapping[str, str], ask: Callable[[str], Answer], absent: str | None
    ) -> None:
        self.identity = identity
        self.absent = absent
        self._ask = ask
        self.answers = {permission: ask(action) for permission, action in permissions.items()}

    def ask(self, action: str) -> Answer:
        """Whether the route allows one more S3 action on what it acts on: the bucket, or every key."""
        return self._ask(action)

    @property
    def words(self) -> tuple[str, ...]:
        """The answers' words, in the order of the permissions."""
        return tuple(answer.word for answer in self.answers.values())

    @property
    def grants_nothing(self) -> bool:
        """True if every permission is denied."""
        return all(word == DENIED for word in self.words)


class Grants:
    """Both routes, weighed."""

    __slots__ = ("acl", "policy")

    def __init__(self, policy: WayIn, acl: WayIn) -> None:
        self.policy = policy
        self.acl = acl

    def verdict(self, permission: str) -> str:
        """`allowed`, `denied` or `depends` for one permission."""
        return weigh(self.policy.words, self.acl.words)[list(self.policy.answers).index(permission)]

    @property
    def route_taken(self) -> str | None:
        """The route that the service takes, the one that grants more; None where that is in doubt."""
        ways = {better(policy, acl) for policy, acl in _worlds(self.policy.words, self.acl.words)}
        return ways.pop() if len(ways) == 1 else None

    @property
    def better(self) -> WayIn:
        """The route that grants more, as far as that is known."""
        return self.policy if better(self.policy.words, self.acl.words) == POLICY else self.acl

    @property
    def other(self) -> WayIn:
        """The other one."""
        return self.acl if self.better is self.policy else self.policy

    @property
    def halves(self) -> bool:
        """Whether each route is decided and incomplete, and the two together would be complete."""
        return (
            DEPENDS not in self.policy.words + self.acl.words and weigh(self.policy.words, self.acl.words)[0] == DEPENDS
        )

    def holder(self, permission: str) -> WayIn:
        """The route that grants a permission which `verdict` says is allowed."""
        return self.better if self.better.answers[permission].word == ALLOWED else self.other


def better(policy: tuple[str, ...], acl: tuple[str, ...]) -> str:
    """The route that grants more, and then the one that may grant more; the policy where they are equal."""
    weight = {ALLOWED: 4, DEPENDS: 1, DENIED: 0}
    return ACL if sum(weight[word] for word in acl) > sum(weight[word] for word in policy) else POLICY


_WEIGHED: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = {}


def weigh(policy: tuple[str, ...], acl: tuple[str, ...]) -> tuple[str, ...]:
    """The verdict for each permission, from the words of both routes.

    Every way in which the doubtful words may turn out is looked at; what comes out the same each time is told.
    """
    known = _WEIGHED.get((policy, acl))
    if known is None:
        decided = [_decide(*world) for world in _worlds(policy, acl)]
        known = tuple(words[0] if len(set(words)) == 1 else DEPENDS for words in zip(*decided, strict=True))
        _WEIGHED[policy, acl] = known
    return known


def _worlds(policy: tuple[str, ...], acl: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every way in which the doubtful words of both routes may turn out."""
    size = len(policy)
    return ((world[:size], world[size:]) for world in product(*(_may_be(word) for word in policy + acl)))


def _may_be(word: str) -> tuple[str, ...]:
    return (ALLOWED, DENIED) if word == DEPENDS else (word,)


def _decide(policy: tuple[str, ...], acl: tuple[str, ...]) -> tuple[str, ...]:
    """The rule itself, on words without doubt."""
    best = acl if better(policy, acl) == ACL else policy
    if DENIED in best and all(ALLOWED in pair for pair in zip(policy, acl, strict=True)):
        return (DEPENDS,) * len(best)
    return best
