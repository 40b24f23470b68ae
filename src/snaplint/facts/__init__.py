"""What is known about the account, the caller, snapshots and buckets: values, or `Unknown` with a reason."""

from snaplint.facts.model import (
    Bucket,
    Caller,
    Facts,
    Organization,
    PolicyDocument,
    Snapshot,
)

__all__ = ["Bucket", "Caller", "Facts", "Organization", "PolicyDocument", "Snapshot"]
