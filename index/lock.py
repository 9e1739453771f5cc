"""One process owns a library at a time: an exclusive lock file, and a note of who holds it."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import LibraryLocked, LibraryUnwritable

LOCK_FILE = "lock"
OWNER_FILE = "owner.json"


class LibraryLock:
    """The exclusive lock of the library in `folder`, held from construction until `release`.

    The operating system drops the lock when its process ends, however it ends; the note of the
    owner is only read while the lock is held, so a stale one does no harm.
    Raises `LibraryLocked`, naming the owner, or `LibraryUnwritable`.
    """

    def __init__(self, folder: Path) -> None:
        self._owner = folder / OWNER_FILE
        # Not thread-local: a library may be closed from another thread than opened it.
        self._lock = FileLock(folder / LOCK_FILE, thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise LibraryLocked(_locked_message(folder, self._owner)) from None
        except (OSError, NotImplementedError) as error:
            reason = getattr(error, "strerror", None) or error
            raise LibraryUnwritable(
                f"The library {folder} cannot be locked ({reason}): make the folder and what is in "
                "it writable for you, or choose another library."
            ) from error
        try:
            self._owner.write_text(
                json.dumps({"pid": os.getpid(), "command": _command()}), encoding="utf-8"
            )
        except OSError as error:
            self._lock.release()
            raise LibraryUnwritable(
                f"The library {folder} cannot be written ({error.strerror}): free some space or "
                "check its permissions."
            ) from error

    def release(self) -> None:
        """Gives the library up; doing so twice is harmless."""
        if self._lock.is_locked:
            with suppress(OSError):
                self._owner.unlink()
            self._lock.release()


def is_locked(folder: Path) -> bool:
    """Whether some process has the library in `folder` at this moment."""
    if not (folder / LOCK_FILE).is_file():
        return False
    try:
        with FileLock(folder / LOCK_FILE, timeout=0):
            return False
    except (Timeout, OSError, NotImplementedError):  # or it cannot be known; opening it will tell
        return True


def _command() -> str:
    """The program and its first argument; the rest may hold a question and is nobody's business."""
    path = Path(sys.argv[0])
    name = (path.parent.name if path.name == "__main__.py" else path.name) or "python"
    return " ".join([name, *sys.argv[1:2]])


def _locked_message(folder: Path, owner_file: Path) -> str:
    try:
        owner = json.loads(owner_file.read_text(encoding="utf-8"))
        pid, command = int(owner["pid"]), str(owner["command"])
    except (OSError, ValueError, KeyError, TypeError):
        return (
            f"The library {folder} is in use by another process: close it there first, or choose "
            "another library."
        )
    if pid == os.getpid():
        return (
            f"The library {folder} is already open in this very process (pid {pid}): use the one "
            "that is open, or close it first."
        )
    return (
        f"The library {folder} is in use by process {pid} ({command}): ask through that one, close "
        "it, or choose another library."
    )
