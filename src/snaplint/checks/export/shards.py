"""How many files the export of a snapshot has, and the node groups by which they may be numbered.

The operation names the fields of a snapshot that show both (`operation.source.shards`).
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.operations.export_keys import is_node_group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.facts import Snapshot
    from snaplint.operations.operation import Shards


def shards_and_groups(snapshot: Snapshot, fields: Shards) -> tuple[int | Unknown, tuple[str, ...] | Unknown]:
    """Return the number of shards of a snapshot and its node group IDs, each Unknown if it is not known.

    There are no IDs in the snapshot of a cluster without node groups.
    """
    nodes = snapshot.field(fields.nodes)
    groups = _groups(snapshot, nodes, fields)
    count = snapshot.field(fields.number)
    if isinstance(count, int) and not isinstance(count, bool) and count > 0:
        return count, groups
    if isinstance(nodes, list) and nodes:
        if not isinstance(groups, Unknown):
            return len(groups) or len(nodes), groups
        if len(nodes) == 1:
            return 1, groups
    why = f"the number of shards of snapshot `{snapshot.name}` is not known"
    return Unknown(why, (f"snapshots.{snapshot.name}.{fields.number}",)), groups


def _groups(snapshot: Snapshot, nodes: object, fields: Shards) -> tuple[str, ...] | Unknown:
    """Return the node group IDs of the nodes; Unknown unless each node has one, or is known to have none."""
    if isinstance(nodes, list) and nodes:
        groups = [_group(node, fields, is_complete=snapshot.complete) for node in nodes]
        if all(group is None for group in groups):
            return ()
        known = tuple(dict.fromkeys(group for group in groups if isinstance(group, str)))
        if all(isinstance(group, str) for group in groups):
            return known
    why = f"the node groups of snapshot `{snapshot.name}` are not known"
    return Unknown(why, (f"snapshots.{snapshot.name}.{fields.nodes}",))


def _group(node: object, fields: Shards, *, is_complete: bool) -> str | Unknown | None:
    """Return the node group ID of one node, or None if it has none.

    An entry with the ID of a node and without that of a group is complete: AWS prints such entries for clusters without
    node groups.
    """
    if isinstance(node, dict):
        group = node.get(fields.shard)
        if isinstance(group, str) and is_node_group(group):
            return group
        if group is None and (is_complete or fields.shard in node or fields.node in node):
            return None
    return Unknown("the node group is not known")
