"""The pages of a listing. A server may name a next page for ever, so their number and their bytes have a limit."""

from __future__ import annotations

from snaplint.collect.aws_errors import INCOMPLETE, AwsError, Unanswered
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
    *,
    whole: bool = True,
) -> Iterator[dict[str, Any]]:
    """Yield the pages of a listing, which a method of a client reads; `ask` makes each call.

    A listing that botocore does not page is one page. Raises Unanswered if there are more than `most` pages or too
    many bytes, and what a call raises. botocore raises PaginationError if a token is repeated.

    For botocore a page that does not name the next one is the last, whatever else it says. With `whole`, Unanswered is
    raised if it says that there are more.
    """
    if not client.can_paginate(method):
        yield ask(lambda: getattr(client, method)(**params))
        return
    turns = iter(client.get_paginator(method).paginate(**params))
    total = 0
    is_last = True

    def turn() -> tuple[Any, int]:
        before = received()
        page = next(turns, None)
        return page, received() - before

    for number in range(most + 1):
        page, length = ask(turn)
        if page is None:
            if whole and not is_last:
                raise Unanswered(INCOMPLETE)
            return
        is_last = not names_more(page)
        total += length
        if number == most:
            raise _too_long(f"there are more than {most} pages")
        if total > MOST_BYTES_OF_LISTING:
            raise _too_long(f"the pages are longer than {MOST_BYTES_OF_LISTING // MEGABYTE} MiB")
        yield page


def names_more(page: Mapping[str, Any]) -> bool:
    """Return True if a page says, or shows by a token, that it is not the last one."""
    return any(page.get(member) for member in _MORE)


_MORE = ("IsTruncated", "Marker", "NextToken", "NextContinuationToken")
"""The members by which pages say that there are more. That of ListBuckets, `ContinuationToken`, is not here: botocore
follows it in any case, and ListObjectsV2 repeats what was asked with it."""


def _too_long(why: str) -> Unanswered:
    return Unanswered(AwsError("too long", f"{why}, and the rest was not read"))
