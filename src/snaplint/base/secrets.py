"""Mask what a URL may hold beside its address: a password, and the signature of a presigned request."""

from __future__ import annotations

MASK = "***"


def masked_url(url: str) -> str:
    """Return a URL without the user and password before its host, and without the values of its query."""
    address, question, _ = url.partition("?")
    scheme, slashes, rest = address.rpartition("//")
    _, at, host = rest.rpartition("@")
    if not at and "@" in scheme:  # a password with slashes
        return masked_url(url.replace("//", "/"))
    return f"{scheme}{slashes}{MASK + at if at else ''}{host}{question}{MASK if question else ''}"


def masked_argument(text: str) -> str:
    """Return an argument of a command; masked if it is a URL, perhaps with a password with spaces or quotes."""
    return masked_url(text) if "://" in text else text


def masked_urls(text: str) -> str:
    """Return a text in which each URL is masked; others' messages may quote one."""
    if "://" not in text:
        return text
    import re

    return re.sub(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s`'\"]*", lambda match: masked_url(match[0]), text)
