"""Functions that read documents in the reading process of a test, and do what bad files make do."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

from index.models import RawDocument
from index.read import read_document


def exhaust(data: bytes, name: str) -> RawDocument:
    """Takes all time or memory if the file is called so, and reads others as Pincite does."""
    match Path(name).stem:
        case "sleeps":
            time.sleep(600)
        case "spins":
            # One call that gives no other thread a turn.
            re.match(r"(a+)+$", "a" * 64 + "b")
        case "eats":
            hoard = [bytearray(50_000_000)]
            while True:
                hoard.append(bytearray(50_000_000))
        case "hides":
            try:
                bytearray(10**12)
            except MemoryError as error:
                raise ValueError("it is damaged") from error
    return read_document(data, name)


def by_name(data: bytes, name: str) -> RawDocument:
    """Misbehaves in any of the ways that the file's name can say."""
    match Path(name).stem:
        case "crashes":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "leaves":
            os._exit(3)
        case "prints":
            os.write(1, b"a library talks\n" * 10)
        case "lies":
            return RawDocument(media_type="text/plain", text=["no", "text"])  # type: ignore[arg-type]
    return exhaust(data, name)


def crash_unless_first(data: bytes, name: str) -> RawDocument:
    """Reads one file in each process, and crashes at the second."""
    if getattr(sys, "has_read", False):
        os.kill(os.getpid(), signal.SIGSEGV)
    sys.has_read = True  # type: ignore[attr-defined]
    return read_document(data, name)


def list_modules(data: bytes, name: str) -> RawDocument:
    """The names of all modules there, after the file was read."""
    read_document(data, name)
    return RawDocument(media_type="text/plain", text="\n".join(sorted(sys.modules)))
