"""`python -m snaplint`."""

from snaplint.cli import entry

if __name__ == "__main__":
    entry()
