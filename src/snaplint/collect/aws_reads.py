"""Send reads to AWS, each once however many facts need it, and cache what came of them: an answer or an `Unread`."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from functools import partial
from itertools import islice
from typing import Any

from botocore import xform_name

from snaplint.base.record import NamedTuple
from snaplint.base.secrets import masked_url
from snaplint.collect.aws_errors import (
    ABOUT_ANOTHER,
    NOT_CONNECTED,
    UNPARSABLE,
    AwsError,
    Gone,
    Refused,
    Unanswered,
    Unread,
    about_this,
    broken,
    bucket_region,
    classify,
)
from snaplint.collect.connection import NotConnected
from snaplint.collect.deadline import Deadline
from snaplint.collect.paging import pages
from snaplint.collect.read_table import TABLE
from snaplint.read.aws_answers import UnexpectedAnswer
from snaplint.read.tags import tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from snaplint.collect.connection import Connection
    from snaplint.collect.read_table import Read

Answer = dict[str, Any]
INTERRUPTED = "interrupted"
_NO_BUCKET = "NoSuchBucket"
MAX_SILENCES = 8
"""Consecutive reads without an answer, each after all its retries, before no more are sent to an endpoint."""

_SILENCES = {"timed out": 1, "unreachable": 1, "overdue": MAX_SILENCES // 2}
"""How much a read counts that failed in this way: one that has used up its time limit has cost more."""

_IDENTITY = "sts"
_HEAD, _NOT_FOUND = "HeadBucket", 404
_NOT_SENT = "not sent, because the endpoint did not answer the reads before it"


class _Silence(NamedTuple):
    """How the last read of an endpoint failed, and how many reads in a row it has not answered, by `_SILENCES`."""

    error: AwsError
    silences: int


class AwsReads:
    """Sends reads of the table and caches what came of each. Thread-safe: equal reads of two threads share one call.

    `account` is the caller's account once it is known, for the ARNs in messages. After `close`, and after the deadline,
    answers come from the cache only.
    """

    def __init__(self, connection: Connection, deadline: Deadline | None = None) -> None:
        self.connection = connection
        self._ask = partial(connection.ask, deadline or Deadline())
        self.account = "*"
        self._cache: dict[object, Future[Any]] = {}
        self._cache_lock = threading.Lock()
        self._closed = False
        self._silent: dict[tuple[str, str], _Silence] = {}
        self._refused: set[Refused] = set()
        self._answered = self._was_refused = False
        self._failure: tuple[str, AwsError] | None = None
        self._dead: AwsError | None = None

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The refusals that left a fact unknown, sorted."""
        return tuple(sorted(self._refused))

    @property
    def unheard(self) -> str:
        """Why nothing was read: the endpoint and how the first read of it failed; "" if a read was answered or refused.

        GetCallerIdentity does not count: it says nothing of what a request depends on.
        """
        if self._answered or self._was_refused or self._failure is None:
            return ""
        endpoint, error = self._failure
        return f"nothing could be read from AWS: {endpoint}: {_failed(error)}"

    @property
    def is_blank(self) -> bool:
        """True if no read but GetCallerIdentity was answered."""
        return not self._answered

    def give_up_if_dead(self) -> None:
        """Send no more reads if all go to one endpoint, to which the first one could not connect."""
        if self.connection.endpoint_url is not None and self._failure is not None:
            _, error = self._failure
            if error.kind in ("unreachable", "timed out") and error.detail in NOT_CONNECTED:
                self._dead = error

    def close(self) -> None:
        """Send no more reads: those without an answer so far raise Unread as interrupted."""
        self._closed = True

    def read(self, name: str, *, region: str | None = None, arn: str = "", **params: Any) -> Answer | None:
        """Return the answer to one read of the table; None if AWS answers that there is none. Raises Unread."""
        read = TABLE[name]

        def answered(client: Any) -> Answer:
            return _proven(read, self._ask(lambda: getattr(client, xform_name(read.operation))(**params)), params)

        answer: Answer | None = self._once(read, region, arn, params, answered)
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
        """Return the pages of a listing, at most `most`. If one page fails, the whole listing fails: the pages before
        it are those of the Unread. Raises Unread."""
        read = TABLE[name]

        def listed(client: Any) -> list[Answer]:
            so_far: list[Answer] = []
            try:
                turns = pages(client, xform_name(read.operation), params, read.pages, self._ask, whole=most is None)
                for page in islice(turns, most):
                    so_far.append(_proven(read, page, params))  # noqa: PERF401 - they are kept if a page fails
            except Exception as error:
                if not so_far:
                    raise
                raise Unanswered(classify(error), so_far) from error
            return so_far

        listing = self._once(read, region, arn, params, listed)
        return [] if listing is None else listing

    def listed(self, name: str, member: str, *, arn: str = "", **params: Any) -> list[Any]:
        """Return the items of all pages of a listing. Raises Unread."""
        items, rest = self.listed_so_far(name, member, arn=arn, **params)
        if rest is not None:
            raise rest
        return items

    def listed_so_far(self, name: str, member: str, *, arn: str = "", **params: Any) -> tuple[list[Any], Unread | None]:
        """Return the items of the pages of a listing that could be read, and why the rest could not, if it could not.

        Raises Unread if an item list is malformed.
        """
        rest = None
        try:
            found: Sequence[Answer] = self.pages(name, arn=arn, **params)
        except Unread as unread:
            found, rest = unread.pages, unread
        items: list[Any] = []
        for page in found:
            if not isinstance(page[member], list):
                raise self.unparsable(name, arn=arn, **params)
            items.extend(page[member])
        return items, rest

    def text(self, item: object, member: str, name: str, *, arn: str = "", **params: Any) -> str:
        """Return a member of an answer that is always there and never empty. Raises Unread."""
        value = item.get(member) if isinstance(item, dict) else None
        if not isinstance(value, str) or not value:
            raise self.unparsable(name, arn=arn, **params)
        return value

    def fact(self, read: Callable[[], object]) -> object:
        """Return what a function reads, or `{"unknown": why}`; a refusal is noted. Raises Gone and NotConnected.

        An answer that snaplint fails on costs only the fact that is made of it.
        """
        try:
            return read()
        except (Gone, NotConnected):
            raise
        except Unread as unread:
            return self.unknown(unread)
        except Exception as error:  # noqa: BLE001  # a bug: the reason says what to report
            return {"unknown": broken(error)}

    def section(self, read: Callable[[], object], members: Iterable[str]) -> object:
        """Return a section of the facts; if it could not be read, each of its members is unknown. Raises Gone."""
        section = self.fact(read)
        is_unknown = isinstance(section, dict) and section.keys() == {"unknown"}
        return dict.fromkeys(members, section) if is_unknown else section

    def unknown(self, unread: Unread) -> dict[str, object]:
        """Return `{"unknown": why}` for a fact that could not be read; a refusal is noted."""
        if unread.refused is not None:
            self._refused.add(unread.refused)
        return {"unknown": unread.why}

    def unparsable(self, name: str, *, arn: str = "", **params: Any) -> Unread:
        """Return what to raise if an answer does not have the form that AWS documents."""
        return self._unread(TABLE[name], UNPARSABLE, arn, params)

    def about_another(self, name: str, *, arn: str = "", **params: Any) -> Unread:
        """Return what to raise if an answer is about another resource than the one that was asked about."""
        return self._unread(TABLE[name], ABOUT_ANOTHER, arn, params)

    def tags(self, listed: object, name: str, **params: Any) -> dict[str, str]:
        """Return the tags in an answer; each key is there once. Raises Unread."""
        try:
            by_key = dict(tags(listed))
        except UnexpectedAnswer:
            raise self.unparsable(name, **params) from None
        if isinstance(listed, list) and len(by_key) < len(listed):
            raise self.unparsable(name, **params)
        return by_key

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
        endpoint = (read.service, region or self.connection.region)
        last = self._silent.get(endpoint)
        if self._dead is not None:
            future.set_exception(self._unread(read, self._dead, arn, params))
            return
        if last is not None and last.silences >= MAX_SILENCES:
            future.set_exception(self._unread(read, last.error._replace(words=_NOT_SENT), arn, params))
            return
        try:
            future.set_result(send(self.connection.client(read.service, region)))
            self._silent.pop(endpoint, None)
            self._answered |= read.service != _IDENTITY
        except NotConnected as not_connected:
            future.set_exception(Unread(f"{read.right}: {not_connected.message}"))
        except Exception as exception:  # noqa: BLE001  # whatever a read raises, it has no answer
            error = classify(exception)
            if error.code in read.absent or error.code == _NO_BUCKET:
                error = about_this(error, exception, params.get("Bucket"))
            self._count_silence(endpoint, error)
            self._note(read, region, error)
            so_far = exception.pages if isinstance(exception, Unanswered) else ()
            if error.code in read.absent and not so_far:
                self._answered = True
                future.set_result(None)
            else:
                unread = self._unread(read, error, arn, params, bucket_region(exception))
                unread.pages = so_far
                future.set_exception(unread)
        except BaseException as exception:
            # Ctrl-C in this thread: other threads that wait for the answer must not wait forever
            future.set_exception(Unread(INTERRUPTED))
            raise exception from None

    def _note(self, read: Read, region: str | None, error: AwsError) -> None:
        """Note that a read is refused, or that AWS answers that there is none; else keep the first failure."""
        if error.kind == "refused":
            self._was_refused |= read.service != _IDENTITY
        elif error.code == _NO_BUCKET or (read.operation == _HEAD and error.status == _NOT_FOUND):
            self._answered = True
        elif self._failure is None:
            address = self.connection.client(read.service, region).meta.endpoint_url
            self._failure = (masked_url(address), error)

    def _count_silence(self, endpoint: tuple[str, str], error: AwsError) -> None:
        """Count the reads in a row that an endpoint did not answer."""
        if error.kind in _SILENCES:
            before = self._silent.get(endpoint)
            self._silent[endpoint] = _Silence(error, _SILENCES[error.kind] + (0 if before is None else before.silences))
        elif error.kind != "out of time":
            self._silent.pop(endpoint, None)

    def _unread(
        self, read: Read, error: AwsError, arn: str, params: Mapping[str, Any], region: str | None = None
    ) -> Unread:
        resource = self._resource(read, arn, params)
        why = f"{read.right}: {error.words}" + ("" if error.kind == "unreachable" else f" for {resource}")
        refused = Refused(read.right, resource, error.words) if error.kind == "refused" else None
        if read.service != "s3" or error.code != _NO_BUCKET:
            return Unread(why, error=error, refused=refused, region=region)
        gone = Gone(why, error=error)
        gone.operation = read.operation
        return gone

    def _resource(self, read: Read, arn: str, params: Mapping[str, Any]) -> str:
        connection = self.connection
        values = {"SnapshotName": "*", "account": self.account, "arn": arn, **params}
        return read.resource.format_map({"partition": connection.partition, "region": connection.region, **values})


def _failed(error: AwsError) -> str:
    """Return why a read failed, in words that follow the name of its endpoint."""
    if error.kind == "unparsable":
        return "the answer is not one of AWS's: a proxy or another server may have given it"
    return f"{error.words}: {error.detail}" if error.detail else error.words


def _proven(read: Read, answer: Answer, params: Mapping[str, Any]) -> Answer:
    """Return the answer, if it has the member that every answer to this read has, and is about what was asked.

    An answer that does not repeat what was asked is accepted. Raises Unanswered.
    """
    if read.proof and read.proof not in answer:
        raise Unanswered(UNPARSABLE)
    holder = answer.get(read.proof)
    answered = {**answer, **holder} if isinstance(holder, dict) else answer
    for echo in read.echoes:
        member, _, parameter = echo.partition("=")
        asked = params.get(parameter or member)
        if (answered.get(member, asked) or None) != asked:
            raise Unanswered(ABOUT_ANOTHER)
    return answer
