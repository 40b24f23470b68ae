"""What is known about the account, the caller, snapshots and buckets: values, or `Unknown` with a reason."""

from snaplint.facts.model import (
    Bucket,
    Caller,
    Facts,
    Organization,
    PolicyDocument,
    Snapshot,
)
from snaplint.facts.object_keys import ObjectKeys

__all__ = ["Bucket", "Caller", "Facts", "ObjectKeys", "Organization", "PolicyDocument", "Snapshot"]
