"""Checks of policies as documents: size, resources that actions can have, names that do not exist."""
