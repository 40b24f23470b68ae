"""Bytes to plain data with places: JSON, YAML, and the files they come from."""
