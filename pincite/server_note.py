"""Where the server of a library listens, and the secret by which commands of its owner know it."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import LibraryUnwritable
from index.lock import OWNER_FILE

NOTE_FILE = "server.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerNote:
    """The address of a server on this machine, its process, and the token that it takes.

    Whoever can read the note could read the library as well: the token gives all that the files do.
    """

    pid: int
    host: str
    port: int
    token: str

    @property
    def address(self) -> str:
        """Where to reach it, such as `http://127.0.0.1:7860`."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def new_note(*, host: str, port: int) -> ServerNote:
    """What this process would write about its server."""
    return ServerNote(pid=os.getpid(), host=host, port=port, token=secrets.token_urlsafe(32))


def leave_note(library: Path, note: ServerNote) -> None:
    """Writes it for the owner of `library` alone. Raises `LibraryUnwritable`."""
    path = library / NOTE_FILE
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(note), file)
    except OSError as error:
        raise LibraryUnwritable(
            f"{path} cannot be written ({error.strerror}): check that the folder can be written "
            "and that the disk has room."
        ) from error


def take_note_away(library: Path, note: ServerNote) -> None:
    """Removes the note, if it is this one."""
    if read_note(library) == note:
        with suppress(OSError):
            (library / NOTE_FILE).unlink()


def read_note(library: Path) -> ServerNote | None:
    """The note, if the process that wrote it holds the library's lock still."""
    try:
        note = ServerNote(**json.loads((library / NOTE_FILE).read_text(encoding="utf-8")))
        owner = json.loads((library / OWNER_FILE).read_text(encoding="utf-8"))
        return note if note.pid == owner["pid"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
