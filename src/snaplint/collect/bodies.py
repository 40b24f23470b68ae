"""A limit to the length of answers: botocore itself reads the whole body of an answer into memory."""

from __future__ import annotations

import threading
from typing import Any

from botocore import exceptions as boto
from urllib3 import exceptions as http

from snaplint.collect.aws_errors import AwsError, Unanswered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 2**20
MOST_BYTES = 16 * MEGABYTE
"""The longest answer that is read. The longest that AWS gives are pages of 10,000 buckets, 1,000 object keys or 50
snapshots of several hundred shards, with a few megabytes each."""

_PIECE = 2**16
_counted = threading.local()


def received() -> int:
    """Return how many bytes of bodies the current thread has received."""
    count: int = getattr(_counted, "bytes", 0)
    return count


class BoundedHttp:
    """The HTTP session of a botocore client, but no more than `most` bytes of a body are read.

    Bodies are read as they were sent: botocore does not decompress them.
    """

    def __init__(self, session: Any, most: int = MOST_BYTES) -> None:
        self._session = session
        self._most = most

    def send(self, request: Any) -> Any:
        """Send a request, and return the response, which is read. Raises Unanswered, and what the session raises."""
        request.stream_output = True  # the session leaves the body unread
        response = self._session.send(request)
        response.raw = _Body(response.raw, self._most)
        try:
            _counted.bytes = received() + len(response.content)
        except http.ReadTimeoutError as error:
            raise boto.ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except http.ProtocolError as error:
            raise boto.ConnectionClosedError(endpoint_url=request.url, error=error, request=request) from error
        except (http.HTTPError, OSError) as error:
            raise boto.HTTPClientError(error=error) from error
        return response

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


class _Body:
    """The unread body of a response, of which `stream` yields no more than `most` bytes."""

    def __init__(self, raw: Any, most: int) -> None:
        self._raw = raw
        self._most = most

    def stream(self) -> Iterator[bytes]:
        """Yield the body in pieces. Raises Unanswered if it is too long.

        `read` leaves the parsing of chunks to http.client. urllib3 would parse them itself in its own `stream`, and
        reads lines of any length.
        """
        count = 0
        while piece := self._raw.read(_PIECE):
            count += len(piece)
            if count > self._most:
                self._raw.close()
                raise Unanswered(AwsError("too long", f"the answer is longer than {_size(self._most)}"))
            yield piece


def _size(count: int) -> str:
    return f"{count // MEGABYTE} MiB" if count >= MEGABYTE else f"{count} bytes"
