"""How much work is spent on trying what is unknown, counted in steps.

Steps are counted, not seconds: the same input has the same answer on every machine.
"""

from __future__ import annotations

STEPS = 1_000_000
"""How many steps the requests of one file may take together, or one request of a simulator: a few seconds."""
STEPS_OF_A_REQUEST = 200
"""How many further steps each request may take."""


class TooMuch(Exception):
    """There is too much to try all of it."""


class Budget:
    """The steps that are left to several explorations together.

    A step is about what it takes to evaluate one condition with one value.
    """

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take steps. Raises TooMuch if fewer are left, and then none are."""
        self.left -= steps
        if self.left < 0:
            self.left = 0
            raise TooMuch

    def begin_request(self) -> None:
        """Add the steps of the next request, up to those of a file."""
        if self.left < STEPS:
            self.left = min(self.left + STEPS_OF_A_REQUEST, STEPS)
