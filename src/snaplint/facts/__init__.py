"""What is known of the account, the caller, the snapshots and the buckets: values, or `Unknown` with a reason."""

from snaplint.facts.model import (
    Bucket,
    Caller,
    Facts,
    ObjectKeys,
    Organization,
    PolicyDocument,
    Snapshot,
)

__all__ = ["Bucket", "Caller", "Facts", "ObjectKeys", "Organization", "PolicyDocument", "Snapshot"]
