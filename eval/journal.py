"""What a run has asked so far, in a file that a kill at any moment leaves usable."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TextIO

from eval.models import Condition, Observation

if TYPE_CHECKING:
    from pydantic import TypeAdapter

JOURNAL = "outcomes.partial.jsonl"
SCHEMA = "pincite.journal/1"
_Key = tuple[str, Condition]


class Journal:
    """The observations of a run, each written down as it is made; usable from several threads.

    `kept` are those of an earlier run that was ended early. `differing` names the fields of the
    manifest in which the run that left a journal here was another: nothing of it is kept.
    """

    def __init__(
        self,
        file: TextIO | None,
        *,
        kept: Mapping[_Key, Observation],
        differing: tuple[str, ...] = (),
    ) -> None:
        self._file = file
        self._lock = Lock()
        self.kept = kept
        self.differing = differing

    def keep(self, observation: Observation) -> None:
        """Hands one more to the operating system: from then on a kill does not lose it."""
        if self._file is None:
            return
        line = to_line(observation)
        with self._lock:
            self._file.write(line)
            self._file.flush()


@contextmanager
def open_journal(folder: Path | None, *, manifest: Mapping[str, object]) -> Iterator[Journal]:
    """The journal in a run's folder; without a folder, one that keeps nothing.

    It goes on from a journal with the same manifest, takes the place of one with another, and
    drops what stands behind the first line that cannot be read.
    """
    if folder is None:
        yield Journal(None, kept={})
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / JOURNAL
    head = json.dumps({"schema": SCHEMA, "manifest": manifest}) + "\n"
    lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
    differing = _differing(lines[0], json.loads(head)) if lines else ()
    kept: dict[_Key, Observation] = {}
    if not lines or differing:
        path.write_bytes(head.encode())
    else:
        os.truncate(path, len(lines[0]) + 1 + _read(lines[1:], into=kept))
    with path.open("a", encoding="ascii", newline="\n") as file:
        yield Journal(file, kept=kept, differing=differing)


def to_line(observation: Observation) -> str:
    """An observation as a line of ASCII, which holds every string and every number exactly."""
    row = asdict(observation)
    asked_on = observation.outcome.query.asked_on
    row["outcome"]["query"]["asked_on"] = asked_on.isoformat() if asked_on else None
    return json.dumps(row) + "\n"


def from_line(line: str | bytes) -> Observation:
    """The observation that `to_line` wrote. Raises `ValueError` for anything else."""
    return _adapter().validate_python(json.loads(line))


def _differing(first: bytes, wanted: dict[str, Any]) -> tuple[str, ...]:
    try:
        found = json.loads(first)
        if found["schema"] != wanted["schema"]:
            return ("version",)
        before, now = dict(found["manifest"]), wanted["manifest"]
    except (ValueError, KeyError, TypeError):
        return ("version",)
    return tuple(name for name in {**now, **before} if before.get(name) != now.get(name))


def _read(lines: list[bytes], *, into: dict[_Key, Observation]) -> int:
    """Fills `into` from the lines up to the first that cannot be read; how many bytes they have."""
    length = 0
    for line in lines:
        try:
            observation = from_line(line)
        except ValueError:
            break
        outcome = observation.outcome
        into[outcome.query.id, outcome.condition] = observation
        length += len(line) + 1
    return length


@cache
def _adapter() -> TypeAdapter[Observation]:
    from pydantic import TypeAdapter

    return TypeAdapter(Observation)
