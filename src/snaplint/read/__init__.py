"""Readers: bytes in; plain data and the places it came from out. The only rooms below `collect` that open files."""
