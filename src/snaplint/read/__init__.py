"""Readers: bytes in; plain data, and the places it came from, out."""
