"""The name by which a verdict is known from one run to the next, whatever lines were added above it.

Reports that need a stable id (JSON, SARIF, GitLab, a baseline) take it from here, so that all of them agree.
"""

from __future__ import annotations

from snaplint.operations.registry import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from snaplint.findings.result import Result

IDENTITY = ("source", "target", "bucket")
"""The roles of the members that, with the operation, tell one request from another."""


class Fingerprints:
    """Fingerprints for the results of one run, which must be asked for in order, file after file.

    Equal requests of one file are told apart by counting them. The count is forgotten at the next file, and is not
    kept for results without one: what is remembered is bounded by the largest file, never by the run.
    """

    __slots__ = ("_path", "_seen")

    def __init__(self) -> None:
        self._path: str | None = None
        self._seen: dict[bytes, int] = {}

    def of(self, result: Result, path: str | None) -> Callable[[str], str]:
        """A function from a rule's id to the fingerprint (16 hex digits) of its verdict in `result`, read at `path`."""
        import hashlib
        import json

        request = result.request
        operation = named(str(request.get("operation")))
        members = (operation.given(request, role) for role in IDENTITY)
        identity = json.dumps([path, request.get("operation"), *members], default=str)
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
