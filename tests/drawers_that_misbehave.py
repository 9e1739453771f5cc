"""Functions that draw pages in the process of a test, and do what bad files make do."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import dataclass

from index.page_image import DrawnPage


@dataclass
class _Nothing:
    png: str = "PHN2Zz4="


def spin(data: bytes, request: object) -> DrawnPage:
    """One call that gives no other thread a turn."""
    re.match(r"(a+)+$", "a" * 64 + "b")
    raise AssertionError


def crash(data: bytes, request: object) -> DrawnPage:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def lie(data: bytes, request: object) -> _Nothing:
    return _Nothing()
