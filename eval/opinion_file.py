"""A model's opinions in a file beside the run: whatever ends the judging, none is asked twice."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import TextIO

from eval.opinions import Opinion

OPINIONS = "opinions.jsonl"


class OpinionFile:
    """The opinions so far, by key; usable from several threads."""

    def __init__(self, file: TextIO, kept: dict[str, Opinion]) -> None:
        self._file = file
        self._lock = Lock()
        self.kept = kept

    def keep(self, opinion: Opinion) -> None:
        """Hands one more to the operating system: from then on a kill does not lose it."""
        with self._lock:
            self._file.write(json.dumps(asdict(opinion)) + "\n")
            self._file.flush()
            self.kept[opinion.key] = opinion


@contextmanager
def open_opinions(folder: Path) -> Iterator[OpinionFile]:
    """The opinions beside a run; lines that cannot be read are passed over, a cut one dropped."""
    path = folder / OPINIONS
    data = path.read_bytes() if path.is_file() else b""
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    kept = {one.key: one for line in whole.splitlines() if (one := _read(line))}
    with path.open("a", encoding="ascii", newline="\n") as file:
        yield OpinionFile(file, kept)


def _read(line: bytes) -> Opinion | None:
    from pydantic import TypeAdapter

    try:
        return TypeAdapter(Opinion).validate_json(line)
    except ValueError:
        return None
