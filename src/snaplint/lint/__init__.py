"""Linting: rules from folders, the rule engine, and the main path from files to results."""
