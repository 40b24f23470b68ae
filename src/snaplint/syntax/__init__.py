"""Files, JSON and YAML: from bytes to plain data and the places of its values."""
