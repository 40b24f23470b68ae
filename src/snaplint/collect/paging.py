"""The pages of a listing. A server may name a next page for ever, so their number and their bytes have a limit."""

from __future__ import annotations

from snaplint.collect.aws_errors import AwsError, Unanswered
from snaplint.collect.bodies import MEGABYTE, received

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

MOST_BYTES_OF_LISTING = 64 * MEGABYTE
"""About 250,000 buckets, or 25,000 snapshots."""


def pages(
    client: Any,
    method: str,
    params: Mapping[str, object],
    most: int,
    ask: Callable[[Callable[[], Any]], Any],
) -> Iterator[dict[str, Any]]:
    """Yield the pages of a listing, which a method of a client reads; `ask` makes each call.

    A listing that botocore does not page is one page. Raises Unanswered if there are more than `most` pages or too
    many bytes, and what a call raises. botocore raises PaginationError if a token is repeated.
    """
    if not client.can_paginate(method):
        yield ask(lambda: getattr(client, method)(**params))
        return
    turns = iter(client.get_paginator(method).paginate(**params))
    total = 0

    def turn() -> tuple[Any, int]:
        before = received()
        page = next(turns, None)
        return page, received() - before

    for number in range(most + 1):
        page, length = ask(turn)
        if page is None:
            return
        total += length
        if number == most:
            raise _too_long(f"there are more than {most} pages")
        if total > MOST_BYTES_OF_LISTING:
            raise _too_long(f"the pages are longer than {MOST_BYTES_OF_LISTING // MEGABYTE} MiB")
        yield page


def _too_long(why: str) -> Unanswered:
    return Unanswered(AwsError("too long", f"{why}, and the rest was not read"))
