"""What the checks of an export share: the proposal, the identities, the two grant paths."""
