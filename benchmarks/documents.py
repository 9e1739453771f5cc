"""How files as they are in the world are read: how many by format, why others are not, how fast.

    python benchmarks/documents.py                        every file of the set `documents`
    python benchmarks/documents.py --show 20              also the beginning of 20 texts and reasons
    python benchmarks/documents.py --folder ~/Documents   files of your own

Each file is read, cleaned and cut into passages as an ingest does it, without embedding. A crash is
an error that is no `DocumentError`; there must be none. Texts and names of files are printed, kept
nowhere.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import FrameType

from evaluation_data import data_folder
from rich.console import Console
from rich.table import Table

from index.chunk import chunk
from index.clean import clean
from index.errors import DocumentError
from index.load import load
from index.passages import PASSAGE_TOKENS
from index.read import read_bytes
from index.sentences import sentences
from index.walk import walk

SET = "documents"
LONGEST_SECONDS = 120
# A token of English is about three quarters of a word.
TOKENS_PER_WORD = 4 / 3
MEGABYTE = 1024 if sys.platform == "linux" else 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file: `status` is read, refused or crashed; memory in MB."""

    path: Path
    status: str
    kind: str
    text: str
    passages: int
    seconds: float
    grown: float

    @property
    def reason(self) -> str:
        """The sentence without what is this file's own, so that equal reasons are counted."""
        return re.sub(r"\d[\d,.]*", "#", self.text.replace(self.path.name, "FILE"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Reading of real files, format by format.")
    parser.add_argument("--folder", type=Path, default=None, help="other files than the set's")
    parser.add_argument("--show", type=int, default=0, help="texts and reasons to look at")
    chosen = parser.parse_args()
    console = Console(width=160)
    folder = chosen.folder or data_folder(SET)
    signal.signal(signal.SIGALRM, _too_long)
    files = [found.path for found in walk([folder], except_folder=folder / ".none")]
    outcomes = [_outcome(path) for path in files]
    console.print(_by_format(outcomes))
    console.print(_by_reason(outcomes))
    console.print(_extremes(outcomes))
    console.print(f"Peak memory of the process: {_peak():,.0f} MB")
    for status in ("read", "refused"):
        some = [outcome for outcome in outcomes if outcome.status == status]
        for outcome in random.Random(1).sample(some, min(chosen.show, len(some))):
            console.rule(f"{outcome.path.relative_to(folder)}: {outcome.kind}")
            console.print(outcome.text[:1200], markup=False, highlight=False)
    crashed = [outcome for outcome in outcomes if outcome.status == "crashed"]
    for outcome in crashed:
        console.print(f"CRASHED {outcome.path}: {outcome.text}", markup=False)
    raise SystemExit(1 if crashed else 0)


def _too_long(signal_number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"not done after {LONGEST_SECONDS} seconds ({signal_number}, {frame})")


def _outcome(path: Path) -> Outcome:
    before, begun = _peak(), perf_counter()
    signal.alarm(LONGEST_SECONDS)
    passages = 0
    try:
        raw = clean(load(read_bytes(path), path.name), path.name)
        spans = chunk(
            raw.text, sentences(raw.text, raw.language), count_tokens=_tokens, limit=PASSAGE_TOKENS
        )
        status, kind, text, passages = "read", raw.media_type, raw.text, len(spans)
    except DocumentError as error:
        status, kind, text = "refused", type(error).__name__, str(error)
    except Exception as error:  # noqa: BLE001  # what a reader must never do is what is counted
        status, kind, text = "crashed", type(error).__name__, repr(error)
    finally:
        signal.alarm(0)
    return Outcome(
        path=path,
        status=status,
        kind=kind,
        text=text,
        passages=passages,
        seconds=perf_counter() - begun,
        grown=_peak() - before,
    )


def _tokens(texts: Sequence[str]) -> list[int]:
    return [round(len(text.split()) * TOKENS_PER_WORD) for text in texts]


def _peak() -> float:
    """The largest memory this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def _by_format(outcomes: Sequence[Outcome]) -> Table:
    table = Table("suffix", "files", "read", "refused", "crashed", "characters", "passages")
    names = Counter(outcome.path.suffix.lower() or "none" for outcome in outcomes)
    for name, count in [*names.most_common(), ("all", len(outcomes))]:
        some = [each for each in outcomes if name in ("all", each.path.suffix.lower() or "none")]
        statuses = Counter(outcome.status for outcome in some)
        characters = sum(len(outcome.text) for outcome in some if outcome.status == "read")
        table.add_row(
            name,
            str(count),
            *(str(statuses[status]) for status in ("read", "refused", "crashed")),
            f"{characters:,}",
            f"{sum(outcome.passages for outcome in some):,}",
        )
    return table


def _by_reason(outcomes: Sequence[Outcome]) -> Table:
    table = Table("files", "refused because", "suffixes")
    refused = [outcome for outcome in outcomes if outcome.status == "refused"]
    for reason, count in Counter(outcome.reason for outcome in refused).most_common():
        suffixes = Counter(each.path.suffix for each in refused if each.reason == reason)
        table.add_row(str(count), reason, " ".join(f"{k} {n}" for k, n in suffixes.items()))
    return table


def _extremes(outcomes: Sequence[Outcome]) -> Table:
    """The slowest files, and those that needed more memory than all before them."""
    table = Table("file", "seconds", "memory grew by MB", "characters")
    slowest = sorted(outcomes, key=lambda each: -each.seconds)[:8]
    largest = [each for each in sorted(outcomes, key=lambda each: -each.grown)[:4] if each.grown]
    for each in dict.fromkeys([*slowest, *largest]):
        table.add_row(
            each.path.name, f"{each.seconds:.2f}", f"{each.grown:,.0f}", f"{len(each.text):,}"
        )
    return table


if __name__ == "__main__":
    main()
