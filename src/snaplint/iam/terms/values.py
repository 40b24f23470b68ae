"""Parse condition values of each type, and `${variables}`.

Every parser accepts text and returns None if it cannot be parsed. Only `template` raises.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (the types)
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html (the variables)
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.wording import clipped
from snaplint.iam.terms.pattern import Token, tokens

LONGEST_NUMBER = 400
"""No JSON number that Python reads has more digits."""
NANO = 1_000_000_000
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def number(text: str) -> int | float | None:
    """Parse an integer or decimal number: `5`, `-1`, `0.25`.

    AWS does not document whether text may have an exponent (`"1e3"`). JSON's own numbers have none left: see `decimal`.
    """
    body = text[1:] if text[:1] in ("-", "+") else text
    whole, dot, fraction = body.partition(".")
    if len(text) > LONGEST_NUMBER or not _digits(whole + fraction) or (dot and not (whole and fraction)):
        return None
    return float(text) if dot else int(text)


def decimal(value: float) -> str | None:
    """Return a number as text without an exponent (`0.0000001` for 1e-07), None for infinity and what is no number.

    The policy language has JSON's numbers, in which an exponent is only another way to write them:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    text = str(value)
    mantissa, marked, power = text.partition("e")
    if not marked:
        return text if mantissa[-1].isdigit() else None
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.removeprefix("-").partition(".")
    shift = int(power)
    if shift < 0:
        return f"{sign}0.{'0' * (-shift - len(whole))}{whole}{fraction}"
    return f"{sign}{whole}{fraction.ljust(shift, '0')}"


def is_key(name: str) -> bool:
    """Return True if a name has the form of a condition key, `service:Name` or `service:Name/tag`.

    `${bucket_name}`, `${var.bucket}` or `${AWS::Region}` are left from a template and have no value in any request.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse
    """
    service, _, rest = name.partition(":")
    return bool(service and rest) and rest[0] != ":" and "." not in rest.partition("/")[0]


def boolean(text: str) -> bool | None:
    """Parse `true` or `false`, in any case."""
    return {"true": True, "false": False}.get(text.lower())


def instant(text: str) -> int | None:
    """Parse a date into nanoseconds since 1970: W3C ISO 8601 (a year up to fractions of a second) or epoch seconds.

    Four digits alone are a year. A time of day needs its time zone, as in the W3C profile.
    https://www.w3.org/TR/NOTE-datetime
    """
    if len(text) > LONGEST_NUMBER:
        return None
    if _digits(text.replace(".", "", 1).removeprefix("-")) and not (len(text) == 4 and _digits(text)):
        return _epoch(text)
    date, separator, rest = text.partition("T")
    day = _day_number(date)
    if day is None or (separator and date.count("-") != 2):
        return None
    time = _time_of_day(rest) if separator else 0
    return None if time is None else day * 86_400 * NANO + time


def _epoch(text: str) -> int | None:
    whole, dot, fraction = text.removeprefix("-").partition(".")
    if not whole or (dot and not fraction):
        return None
    value = int(whole) * NANO + int(fraction[:9].ljust(9, "0"))
    return -value if text.startswith("-") else value


def _day_number(date: str) -> int | None:
    """Return the days from 1970-01-01 to `2026`, `2026-11` or `2026-11-02`."""
    fields = date.split("-")
    widths = [len(field) for field in fields]
    if widths not in ([4], [4, 2], [4, 2, 2]) or not all(_digits(field) for field in fields):
        return None
    year, month, day = (*(int(field) for field in fields), 1, 1)[:3]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1] + (leap and month == 2):
        return None
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + sum(_DAYS[: month - 1])
    return days + (leap and month > 2) + day - 719_163


def _time_of_day(text: str) -> int | None:
    """Return the nanoseconds since midnight UTC of `hh:mm`, `hh:mm:ss` or `hh:mm:ss.s`, each with `Z` or an offset."""
    if text.endswith("Z"):
        clock, offset = text[:-1], 0
    else:
        clock, zone = text[:-6], text[-6:]
        shift = _clock(zone[1:])
        if zone[:1] not in ("+", "-") or len(zone) != 6 or shift is None:
            return None
        offset = shift if zone[0] == "+" else -shift
    clock, dot, fraction = clock.partition(".")
    if dot and not (_digits(fraction) and len(clock) == 8):
        return None
    time = _clock(clock)
    return None if time is None else (time - offset) * NANO + int(fraction[:9].ljust(9, "0"))


def _clock(text: str) -> int | None:
    fields = text.split(":")
    if not 2 <= len(fields) <= 3 or not all(len(field) == 2 and _digits(field) for field in fields):
        return None
    hour, minute, second = (*(int(field) for field in fields), 0)[:3]
    return hour * 3600 + minute * 60 + second if hour < 24 and minute < 60 and second < 60 else None


class Network(NamedTuple):
    """A range of addresses: those whose number without its last `host` bits is `prefix`."""

    version: int
    prefix: int
    host: int


def address(text: str) -> tuple[int, int] | None:
    """Parse an IPv4 or IPv6 address into its version and number; an IPv4 address is never an IPv6 one."""
    if ":" not in text:
        fields = text.split(".")
        if len(fields) != 4 or "" in fields or not _digits("".join(fields)) or max(map(len, fields)) > 3:
            return None
        a, b, c, d = map(int, fields)
        return (4, (a << 24) | (b << 16) | (c << 8) | d) if max(a, b, c, d) < 256 else None
    from ipaddress import AddressValueError, IPv6Address

    try:
        return 6, int(IPv6Address(text))
    except AddressValueError:
        return None


def network(text: str) -> Network | None:
    """Parse a CIDR range, or an address as a range of one. Host bits may be set."""
    base, slash, length = text.partition("/")
    found = address(base)
    if found is None or (slash and not (_digits(length) and len(length) <= 3)):
        return None
    bits = 32 if found[0] == 4 else 128
    host = bits - (int(length) if slash else bits)
    return None if host < 0 else Network(found[0], found[1] >> host, host)


def contains(range_: Network, found: tuple[int, int]) -> bool:
    """Return True if the address is in the range."""
    return found[0] == range_.version and found[1] >> range_.host == range_.prefix


def binary(text: str) -> bytes | None:
    """Decode base64 text."""
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Error, ValueError):
        return None


class Variable(NamedTuple):
    """`${key}` or `${key, 'default'}`: the key as written, and the text to use if it has no value."""

    key: str
    default: str | None


Template = tuple[Token | Variable, ...]
"""Literal text, wildcards and variables, in order."""


class MalformedVariable(ValueError):
    """A variable that AWS refuses; the message says why."""


def template(text: str, *, variables: bool, wildcards: bool) -> Template:
    """Split `text` into literals, wildcards and variables. Raises `MalformedVariable`.

    `${*}`, `${?}` and `${$}` are the literal characters. Without `variables` (a policy whose `Version` is not
    2012-10-17) the text `${...}` is literal; without `wildcards` (StringEquals) so are `*` and `?`.
    The faults: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """
    parts: list[Token | Variable] = []
    position = 0
    while True:
        start = text.find("${", position) if variables else -1
        stretch = text[position:] if start < 0 else text[position:start]
        if stretch:
            parts.extend(tokens(stretch) if wildcards else [stretch])
        if start < 0:
            return tuple(parts)
        found, position = _variable(text, start + 2)
        parts.append(found)


def _variable(text: str, start: int) -> tuple[str | Variable, int]:
    end = text.find("}", start)
    comma = text.find(",", start)
    if end < 0:
        raise MalformedVariable("the variable has no closing brace")
    default = None
    key = text[start:end]
    if 0 <= comma < end:
        key = text[start:comma]
        opening = comma + 1 + len(text[comma + 1 :]) - len(text[comma + 1 :].lstrip(" "))
        closing = text.find("'", opening + 1)
        if text[opening : opening + 1] != "'" or closing < 0:
            raise MalformedVariable("the default of a variable must be in single quotes")
        default = text[opening + 1 : closing]
        end = closing + 1
        if text[end : end + 1] != "}":
            raise MalformedVariable("the variable has no closing brace")
    if not key:
        raise MalformedVariable("the variable is empty")
    if key in ("*", "?", "$") and default is None:
        return key, end + 1
    if any(character in key for character in " ${'\""):
        raise MalformedVariable(f"`{clipped(key)}` is not a variable name")
    return Variable(key, default), end + 1
