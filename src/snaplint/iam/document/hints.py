"""Messages about actions and condition keys that do not exist, with the name that was probably meant."""

from __future__ import annotations

from snaplint.base.wording import clipped
from snaplint.iam import catalog
from snaplint.iam.asked.services import API_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.document.notes import Notes


_INVENTED = {"elasticache:exportsnapshot": "CopySnapshot", "elasticache:exportcachetos3": "CopySnapshot"}
"""Action names that people invent for an export, with the action that authorises it.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html#backups-exporting-caller-iam
"""


def instead_of_action(notes: Notes, text: str) -> str:
    """Return the predicate for an action (`service:Name`) that its service does not have, with what was meant."""
    instead = API_NAMES.get(text.lower())
    if instead:
        return f"is not an action: the call is authorised by `{instead}`"
    prefix, _, name = text.partition(":")
    service = catalog.service(prefix.lower())
    if service is None:
        return "is not an action"
    invented = _INVENTED.get(text.lower())
    if invented:
        return f"is not an action of {service.name}: an export is authorised by `{service.name}:{invented}`"
    near = notes.near(name, [action.name for action in service.actions.values()], lead=f"{service.name}:")
    return f"is not an action of {service.name}{near}"


def instead_of_key(notes: Notes, text: str) -> str:
    """Return a condition key that its prefix does not have, in backticks, with what was meant.

    The name may exist under another prefix (`elasticache:RequestTag/Team`), or lack the key of a tag.
    """
    shown = f"`{clipped(text)}`"
    prefix, _, rest = text.partition(":")
    head, slash, tail = rest.partition("/")
    for other in ("aws", "s3", "kms"):
        keys = catalog.condition_keys(other)
        if keys is not None and other != prefix.lower() and keys.has(f"{other}:{rest}"):
            return f"{shown}; did you mean `{clipped(_as_aws_spells(keys, f'{other}:{rest}'))}`?"
    keys = catalog.condition_keys(prefix.lower())
    if keys is None:
        return shown
    if not tail and f"{prefix}:{head}/".lower() in keys.families:
        return f"{shown}: `{keys.families[f'{prefix}:{head}/'.lower()]}` must be followed by the key of a tag"
    if slash:
        near = notes.near(f"{prefix}:{head}/", keys.families.values(), trail=tail)
    else:
        near = notes.near(text, keys.names.values(), cutoff=0.8)
    return shown + near


def _as_aws_spells(keys: catalog.ConditionKeys, text: str) -> str:
    """Return the key as AWS spells it, with the part that the user chose unchanged."""
    folded = text.lower()
    if folded in keys.names:
        return keys.names[folded]
    head = next(head for head in keys.families if folded.startswith(head))
    return keys.families[head] + text[len(head) :]
