"""Shared code of the commands that read AWS: flags, requests, progress."""
