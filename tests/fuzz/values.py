"""Values that have broken programs: of the wrong type, empty, huge, deep, invisible, or nearly what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

TEXTS = (
    "", " ", "\t", "\n", "a\nb", "*", "?", "**", "a*", "${aws:username}", "${aws:PrincipalTag/team, 'x'}", "${", "$",
    "${*}", "${?}", "\x00", "\x1b[31mred\x1b[0m", "\x1b]0;owned\x07", "\x9b31m", "fine\rforged", "\u202egnp",
    "\u2067x", "a\u200bb", "\ufeff", "\u2028", "\u2029", "\x85", "\x7f", "\U000e0041", "\ufffc", "\ufffd", "\ud800",
    "\udfff\ud800", "é", "e\u0301", "ß", "İ", "ı", "ǅ", "ﬀ", "K", "١٢٣", "１２３", "\U0001f600", "日本語", "\u00a0",
    "\u3000", "null", "None", "true", "yes", "off", "~", "NaN", "Infinity", "-0", "0x1F", "0o17", "1_000", "1e999",
    "12:30:45", "2026-11-01", "2012-10-17", "012345678901", "111122223333", "0", "-1", "{}", "[]", "{",
    '{"Statement": [', "[1,", '{"Policy": "{}"}', "%7B%22Version%22%3A%20%222012-10-17%22%7D", "%", "%zz", "<<",
    "!!python/object:os.system", "&a", "*a", "# comment", "- x", "a: b", "a: ", ": a", "../outside.json",
    "/etc/passwd", "/dev/zero", "/proc/self/environ", "file://../outside.json", "fileb://policy.json",
    "~/.aws/credentials", "$HOME", "C:\\x", "policy.json", "./policy.json", "loop.json", ".", "..", "/", "-",
    "--exclude=*", "x" * 300, "a." * 40, "aws:", ":", "::", "s3:", "s3:*", "S3:PutObject", "s3:putobject",
    "s3:Put?bject", "arn:aws:s3:::", "arn:aws:s3:::*", "arn:aws:s3:::exports/*", "arn:aws:s3:::${aws:x}/*", "arn:*",
    "arn:::::", "arn:aws:iam::*:root", "arn:aws:iam::111122223333:role/*", "arn:aws-cn:s3:::exports",
    "us-east-1.elasticache-snapshot.amazonaws.com", "elasticache.amazonaws.com",
    "cn-north-1.elasticache-snapshot.amazonaws.com.cn",
    "An error occurred (NoSuchBucket) when calling the GetBucketPolicy operation: The bucket does not exist",
    "An error occurred (AccessDenied) when calling the GetBucketAcl operation: Access Denied",
    "aws: [ERROR]: An error occurred (NoSuchTagSet)", "AKIAIOSFODNN7EXAMPLE", "::error file=x::forged",
)  # fmt: skip
NUMBERS: tuple[float, ...] = (
    0, 1, -1, 2, 3, 7, 15, 16, 99, 100, 1000, 9999, 10_000, 2**31, 2**53 + 1, 2**63, 10**20, -(10**30), 10**400, 0.0,
    -0.0, 0.1, 1.0, 1.5, 1e16, 1e22, 1e300, 5e-324, 111122223333, 123456789012, 12345678901,
)  # fmt: skip
UNREADABLE: tuple[float, ...] = (float("nan"), float("inf"), float("-inf"))
"""Numbers that Python writes as JSON and JSON does not have."""


def anything(rng: Random) -> Any:
    """Return a value of any type."""
    match rng.randrange(12):
        case 0 | 1 | 2 | 3:
            return rng.choice(TEXTS)
        case 4 | 5:
            return rng.choice(NUMBERS)
        case 6:
            return rng.choice((True, False, None))
        case 7:
            return rng.choice(
                ({}, [], [[]], [{}], {"": ""}, [None], {"unknown": "not read"}, {"unknown": ""}, {"unknown": 7})
            )
        case 8:
            return [anything(rng) for _ in range(rng.randrange(4))]
        case 9:
            return {str(rng.choice(TEXTS)): anything(rng) for _ in range(rng.randrange(4))}
        case 10:
            return deep(rng.choice((1, 5, 60, 98, 99, 100, 101, 300)), rng.choice(TEXTS), in_list=rng.random() < 0.5)
        case _:
            return rng.choice(UNREADABLE) if rng.random() < 0.2 else None


def deep(levels: int, value: Any, *, in_list: bool) -> Any:
    """Return a value inside that many lists or mappings."""
    for _ in range(levels):
        value = [value] if in_list else {"a": value}
    return value
