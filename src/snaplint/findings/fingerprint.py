"""A stable ID of a verdict, which stays the same from run to run when lines are added to its file.

Every report that needs a stable ID (JSON, SARIF, GitLab, a baseline) uses this one.
"""

from __future__ import annotations

from snaplint.operations.registry import operation_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from snaplint.findings.result import Result

IDENTITY = ("source", "target", "bucket")
"""The roles of the members that, with the operation, identify a request."""


class Fingerprints:
    """Fingerprints for the results of one run, to be requested in order, file after file.

    Equal requests of one file are counted, and the count distinguishes them. The counts are dropped at the next file
    and are not kept for results without a file, so memory is bounded by the largest file and not by the run.
    """

    __slots__ = ("_encoded", "_path", "_seen")

    def __init__(self) -> None:
        from json import JSONEncoder

        self._encoded = JSONEncoder(default=str).encode
        self._path: str | None = None
        self._seen: dict[bytes, int] = {}

    def of(self, result: Result, path: str | None) -> Callable[[str], str]:
        """Return a function that maps a rule's ID to the fingerprint of its verdict in `result`: 16 hex digits."""
        import hashlib

        request = result.request
        operation = operation_named(str(request.get("operation")))
        members = (operation.value(request, role) for role in IDENTITY)
        identity = self._encoded([path, request.get("operation"), *members])
        base = hashlib.sha256(identity.encode())
        base.update(b"#%d#" % self._occurrence(path, base.digest()[:8]))

        def fingerprint(rule: str) -> str:
            digest = base.copy()
            digest.update(rule.encode("utf-8", "surrogatepass"))
            return digest.hexdigest()[:16]

        return fingerprint

    def _occurrence(self, path: str | None, identity: bytes) -> int:
        if path is None:
            return 1
        if path != self._path:
            self._path = path
            self._seen.clear()
        self._seen[identity] = count = self._seen.get(identity, 0) + 1
        return count
