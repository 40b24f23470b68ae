"""What a finding is based on: a statement, grant or fact, with its place."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Place, Route
    from snaplint.findings.locator import Locator


class Blame(NamedTuple):
    """One statement, grant or fact that a finding is based on: its route, and what it does.

    `layer` is AWS's word for the kind of document ("bucket policy", "identity policy", "SCP", "bucket ACL"). `source`
    is the file that the route leads through if that is another file than the request's.
    """

    route: Route
    layer: str
    text: str
    sid: str | None = None
    effect: str | None = None
    source: Locator | None = None

    def locator(self, source: Locator | None) -> Locator | None:
        """Return the file that the route leads through, for a request from the file `source`."""
        return self.source or source

    def place(self, source: Locator | None) -> Place | None:
        """Return the place of the route, for a request from the file `source`; None if no file has it."""
        file = self.locator(source)
        return file.place(self.route) if file else None


def statement_in_words(blame: Blame) -> str:
    """Return a statement by its Sid, or by its number from 1: `statement "DenyOutsideVpc" of the bucket policy`."""
    if blame.sid:
        return f'statement "{blame.sid}" of the {blame.layer}'
    number = blame.route[-1] if blame.route else None
    return f"statement {number + 1} of the {blame.layer}" if isinstance(number, int) else f"the {blame.layer}"
