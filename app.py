"""The browser application: `python app.py` opens the library's page on this machine.

The library is `$PINCITE_LIBRARY`, or `.pincite/` in the current folder; `pincite serve --help`
lists the options.
"""

from __future__ import annotations

import os
import sys

from pincite.ending import end
from pincite.environment import mistyped
from pincite.ui.page import launch
from rag import PinciteError

if __name__ == "__main__":
    for sentence in mistyped(os.environ):
        sys.stderr.write(f"{sentence}\n")
    try:
        launch()
    except PinciteError as error:
        sys.exit(str(error))
    end(0)
