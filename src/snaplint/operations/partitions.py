"""AWS Regions and partitions, determined from the names of Regions alone."""

from __future__ import annotations

from functools import lru_cache

_PARTITION_BY_PREFIX = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)
"""Partitions by the prefix of a Region's name: regionRegex of botocore's partitions.json (modelled)."""

_SUFFIX = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-eusc": "amazonaws.eu",
}
"""DnsSuffix of botocore's partitions.json (modelled)."""

PARTITIONS = tuple(_SUFFIX)
"""Every partition."""

DEFAULT_REGIONS = frozenset(
    [
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "ca-central-1",
        "sa-east-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
    ]
)
"""Regions of partition `aws` launched before 2019-03-20; later ones are opt-in Regions (documented).

https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""


_REGIONS = """\
af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 \
ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 \
eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 \
me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-west-1 us-west-2 \
cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1 eusc-de-east-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 \
us-isob-west-1 eu-isoe-west-1 us-isof-east-1 us-isof-south-1
"""
REGIONS = frozenset(_REGIONS.split())
"""Every Region that botocore 1.44.8 lists in partitions.json (modelled). AWS adds Regions."""


def is_region(text: str) -> bool:
    """Return True if the text has the form of a Region's name: `us-east-1`, `us-gov-west-1`."""
    area, *words = text.split("-")
    number = words.pop() if words else ""
    is_named = bool(words) and 2 <= len(area) <= 4 and all(word.isalpha() and word.islower() for word in (area, *words))
    return is_named and number.isdecimal() and text.isascii()


def near_region(text: str) -> str | None:
    """Return the Region that a misspelt name is most like; None if none is alike.

    Swapped letters are the likeliest mistake. Of Regions that are equally alike, those that are not opt-in come first.
    """
    if len(text) > 2 * max(map(len, REGIONS)):
        return None
    names = sorted(REGIONS, key=lambda name: (name not in DEFAULT_REGIONS, name != "us-east-1", name))
    swapped = next((name for name in names if sorted(name) == sorted(text)), None)
    if swapped is not None:
        return swapped
    from difflib import SequenceMatcher

    ratios = {name: SequenceMatcher(None, name, text.lower()).ratio() for name in names}
    best = max(names, key=ratios.__getitem__)
    return best if ratios[best] >= _ALIKE else None


_ALIKE = 0.6
"""The cutoff of `difflib.get_close_matches`."""


@lru_cache(64)
def partition(region: str) -> str:
    """Return the partition of a Region: `aws`, `aws-cn`, `aws-us-gov`, …"""
    return next((name for prefix, name in _PARTITION_BY_PREFIX if region.startswith(prefix)), "aws")


def dns_suffix(region: str) -> str:
    """Return the DNS suffix of a Region's partition: `amazonaws.com`, `amazonaws.com.cn`, …"""
    return _SUFFIX[partition(region)]


def is_opt_in(region: str) -> bool:
    """Return True if an account has to enable the Region before using it, according to DEFAULT_REGIONS."""
    return partition(region) == "aws" and region not in DEFAULT_REGIONS
