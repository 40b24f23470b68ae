"""The three answers to whether somebody may do something."""

from __future__ import annotations

ALLOWED, DEPENDS, DENIED = "allowed", "depends", "denied"


def both(*words: str) -> str:
    """Of answers that must all be yes: a denial decides, then a doubt."""
    return DENIED if DENIED in words else DEPENDS if DEPENDS in words else ALLOWED
