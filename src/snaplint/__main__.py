"""`python -m snaplint`."""

import os
import sys

# `-m` puts the working directory first, which may be the checked project: a json.py there must not be imported. With
# `-P` Python does not: https://docs.python.org/3/using/cmdline.html#cmdoption-P
if not sys.flags.safe_path and sys.path and os.path.realpath(sys.path[0]) == os.path.realpath(os.curdir):
    del sys.path[0]

from snaplint.cli import entry

if __name__ == "__main__":
    entry()
