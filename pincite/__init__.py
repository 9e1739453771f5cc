"""Pincite: `from pincite import open_assistant`. The names of `rag`; nothing heavy is loaded."""

from __future__ import annotations

from rag import *  # noqa: F403  # the list is rag's, and a test holds it
from rag import __all__ as __all__  # said to be public
