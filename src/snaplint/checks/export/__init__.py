"""Code that the checks of an export share: the proposal, the identities and the two grant paths."""
