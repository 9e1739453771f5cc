"""`python -m pincite` is the command `pincite`."""

from __future__ import annotations

from pincite.cli import main

if __name__ == "__main__":
    main()
