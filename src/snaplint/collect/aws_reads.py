"""Send reads to AWS, each once however many facts need it, and cache what came of them: an answer or an `Unread`."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from itertools import islice
from typing import Any

from botocore import xform_name

from snaplint.base.record import NamedTuple
from snaplint.collect.aws_errors import UNANSWERED, UNPARSABLE, AwsError, Gone, Refused, Unread, bucket_region, classify
from snaplint.collect.connection import NotConnected
from snaplint.collect.read_table import TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snaplint.collect.connection import Connection
    from snaplint.collect.read_table import Read

Answer = dict[str, Any]
INTERRUPTED = "interrupted"
MAX_SILENCES = 8
"""Consecutive reads without an answer, each after all its retries, before no more are sent to an endpoint."""


class _Silence(NamedTuple):
    """How the last read of an endpoint failed, and how many reads in a row it has not answered."""

    error: AwsError
    silences: int


class AwsReads:
    """Sends reads of the table and caches what came of each. Thread-safe: equal reads of two threads share one call.

    `account` is the caller's account once it is known, for the ARNs in messages. After `close`, answers come from the
    cache only.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.account = "*"
        self._cache: dict[object, Future[Any]] = {}
        self._cache_lock = threading.Lock()
        self._closed = False
        self._silent: dict[tuple[str, str | None], _Silence] = {}
        self._refused: set[Refused] = set()

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The refusals that left a fact unknown, sorted."""
        return tuple(sorted(self._refused))

    def close(self) -> None:
        """Send no more reads: those without an answer so far raise Unread as interrupted."""
        self._closed = True

    def read(self, name: str, *, region: str | None = None, arn: str = "", **params: Any) -> Answer | None:
        """Return the answer to one read of the table; None if AWS answers that there is none. Raises Unread."""
        read = TABLE[name]
        answer: Answer | None = self._once(
            read, region, arn, params, lambda client: _proven(read, self._method(client, read)(**params))
        )
        return answer

    def one(self, name: str, *, region: str | None = None, arn: str = "", **params: Any) -> Answer:
        """Return the answer to a read to which AWS always has one. Raises Unread."""
        answer = self.read(name, region=region, arn=arn, **params)
        if answer is None:
            raise self.unparsable(name, arn=arn, **params)
        return answer

    def pages(
        self, name: str, *, region: str | None = None, arn: str = "", most: int | None = None, **params: Any
    ) -> list[Answer]:
        """Return the pages of a listing, at most `most`. If one page fails, the whole listing fails. Raises Unread."""
        read = TABLE[name]

        def listed(client: Any) -> list[Answer]:
            method = xform_name(read.operation)
            if not client.can_paginate(method):
                return [_proven(read, self._method(client, read)(**params))]
            pages = client.get_paginator(method).paginate(**params)
            return [_proven(read, page) for page in islice(pages, most)]

        listing = self._once(read, region, arn, params, listed)
        return [] if listing is None else listing

    def listed(self, name: str, member: str, *, arn: str = "", **params: Any) -> list[Any]:
        """Return the items of all pages of a listing. Raises Unread."""
        items: list[Any] = []
        for page in self.pages(name, arn=arn, **params):
            if not isinstance(page[member], list):
                raise self.unparsable(name, arn=arn, **params)
            items.extend(page[member])
        return items

    def text(self, item: object, member: str, name: str, *, arn: str = "", **params: Any) -> str:
        """Return a member of an answer that is always there and always text. Raises Unread."""
        value = item.get(member) if isinstance(item, dict) else None
        if not isinstance(value, str):
            raise self.unparsable(name, arn=arn, **params)
        return value

    def fact(self, read: Callable[[], object]) -> object:
        """Return what a function reads, or `{"unknown": why}`; a refusal is noted. Raises Gone."""
        try:
            return read()
        except Gone:
            raise
        except Unread as unread:
            return self.unknown(unread)

    def unknown(self, unread: Unread) -> dict[str, object]:
        """Return `{"unknown": why}` for a fact that could not be read; a refusal is noted."""
        if unread.refused is not None:
            self._refused.add(unread.refused)
        return {"unknown": unread.why}

    def unparsable(self, name: str, *, arn: str = "", **params: Any) -> Unread:
        """Return what to raise if an answer does not have the form that AWS documents."""
        return self._unread(TABLE[name], UNPARSABLE, arn, params)

    def _method(self, client: Any, read: Read) -> Any:
        return getattr(client, xform_name(read.operation))

    def _once(
        self, read: Read, region: str | None, arn: str, params: Mapping[str, Any], send: Callable[[Any], Any]
    ) -> Any:
        key = (read.name, region, tuple(sorted(params.items())))
        with self._cache_lock:
            future = self._cache.get(key)
            is_new = future is None and not self._closed
            if future is None:
                future = Future()
            if is_new:
                self._cache[key] = future
        if is_new:
            self._settle(future, read, region, arn, params, send)
        elif self._closed and not future.done():
            raise Unread(INTERRUPTED)
        return future.result()

    def _settle(
        self,
        future: Future[Any],
        read: Read,
        region: str | None,
        arn: str,
        params: Mapping[str, Any],
        send: Callable[[Any], Any],
    ) -> None:
        """Send the read and put the answer or an Unread into the future."""
        endpoint = (read.service, region)
        last = self._silent.get(endpoint)
        if last is not None and last.silences >= MAX_SILENCES:
            future.set_exception(self._unread(read, last.error, arn, params))
            return
        try:
            future.set_result(send(self.connection.client(read.service, region)))
            self._silent.pop(endpoint, None)
        except NotConnected as not_connected:
            future.set_exception(Unread(f"{read.right}: {not_connected.message}"))
        except UNANSWERED as exception:
            error = classify(exception)
            self._count_silence(endpoint, error)
            if error.code in read.absent:
                future.set_result(None)
            else:
                future.set_exception(self._unread(read, error, arn, params, bucket_region(exception)))
        except BaseException as exception:
            # a bug, or Ctrl-C in this thread: other threads that wait for the answer must not wait forever
            future.set_exception(Unread(INTERRUPTED))
            raise exception from None

    def _count_silence(self, endpoint: tuple[str, str | None], error: AwsError) -> None:
        """Count the reads in a row that an endpoint did not answer."""
        if error.kind in ("timed out", "unreachable"):
            before = self._silent.get(endpoint)
            self._silent[endpoint] = _Silence(error, 1 if before is None else before.silences + 1)
        else:
            self._silent.pop(endpoint, None)

    def _unread(
        self, read: Read, error: AwsError, arn: str, params: Mapping[str, Any], region: str | None = None
    ) -> Unread:
        resource = self._resource(read, arn, params)
        why = f"{read.right}: {error.words}" + ("" if error.kind == "unreachable" else f" for {resource}")
        refused = Refused(read.right, resource, error.words) if error.kind == "refused" else None
        kind = Gone if read.service == "s3" and error.code == "NoSuchBucket" else Unread
        return kind(why, error=error, refused=refused, region=region)

    def _resource(self, read: Read, arn: str, params: Mapping[str, Any]) -> str:
        connection = self.connection
        values = {"SnapshotName": "*", "account": self.account, "arn": arn, **params}
        return read.resource.format_map({"partition": connection.partition, "region": connection.region, **values})


def _proven(read: Read, answer: Answer) -> Answer:
    """Return the answer, if it has the member that every answer to this read has. Raises KeyError."""
    if read.proof and read.proof not in answer:
        raise KeyError(read.proof)
    return answer
