"""Policies judged as documents: size, fit, names that do not exist."""
