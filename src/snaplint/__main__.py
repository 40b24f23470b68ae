"""`python -m snaplint`."""

import sys

from snaplint.cli import main

if __name__ == "__main__":
    sys.exit(main())
