"""What a value that is none of yours can match: no text that a policy names, but a range that holds every value.

An AWS service has addresses, endpoints and accounts of its own. A policy that lists yours does not list them, but one
that lists `0.0.0.0/0` or `vpce-*` does.
"""

from __future__ import annotations

from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.iam.terms.values import Network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_WORDS = "arn aws cn us gov iso eusc iam sts ec2 s3 role user root assumed federated aroa aida vpc vpce o r ou"
_OF_EVERYONE = frozenset((*_WORDS.split(), "amazonaws", "com"))
"""Words in the ARNs, IDs and names of everyone, which say nothing of whose they are.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

_OWN = {4: 9, 6: 32}
"""The shortest prefixes of ranges that are taken to be yours alone.

S3 calls a policy public if only ranges broader than /8 and /32 limit it. A public /8 rarely has one owner.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
"""

_PRIVATE = (Network(4, 10, 24), Network(4, 0xAC1, 20), Network(4, 0xC0A8, 16), Network(6, 0x7E, 121))
"""The private ranges of RFC 1918 and RFC 4193, which S3's definition excepts: 10.0.0.0/8, 172.16.0.0/12,
192.168.0.0/16 and fc00::/7.
"""


def pattern_holds(parts: Sequence[object]) -> int:
    """Return whether a value that is none of yours matches a pattern with wildcards.

    UNKNOWN if the pattern has no text but that of everyone's values (`?*`, `arn:aws:iam::*:role/*`), else NO.
    """
    for part in parts:
        if isinstance(part, str):
            letters = "".join(each if each.isalnum() else " " for each in part)
            if any(word not in _OF_EVERYONE for word in letters.lower().split()):
                return NO
    return UNKNOWN


def ranges_hold(ranges: Iterable[Network]) -> int:
    """Return whether an address that is none of yours is in one of the ranges.

    YES if they hold every address of both versions, UNKNOWN if one of them is too broad to be yours, else NO.
    """
    given = list(ranges)
    if all(_hold_all(version, given) for version in (4, 6)):
        return YES
    return UNKNOWN if any(_is_broad(range_) for range_ in given) else NO


def _is_broad(range_: Network) -> bool:
    bits = 32 if range_.version == 4 else 128
    if bits - range_.host >= _OWN[range_.version]:
        return False
    return not any(
        range_.version == private.version
        and range_.host <= private.host
        and range_.prefix >> (private.host - range_.host) == private.prefix
        for private in _PRIVATE
    )


def _hold_all(version: int, ranges: Iterable[Network]) -> bool:
    """Return True if the ranges of a version hold every address of it."""
    own = (each for each in ranges if each.version == version)
    spans = sorted((each.prefix << each.host, (each.prefix + 1) << each.host) for each in own)
    reached = 0
    for start, end in spans:
        if start > reached:
            return False
        reached = max(reached, end)
    return reached == 1 << (32 if version == 4 else 128)
