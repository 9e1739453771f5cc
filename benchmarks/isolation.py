"""What it costs to read documents in a process of their own: processor time a file, side by side.

    python benchmarks/isolation.py [--rounds 10]

Reads the example articles and 200 short generated texts, in this process and in the child, in
turns. The child's time is what the system counts for it once it has ended; what it takes to start
is told apart by a child that reads everything once.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from time import process_time

from evaluation_data import ROOT
from rich.console import Console

from index.models import RawDocument
from index.read import read_document
from index.reading_process import DocumentReading

File = tuple[bytes, str]
SHORT_TEXTS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description="Cost of reading in a child process.")
    parser.add_argument("--rounds", type=int, default=10, help="times each file is read")
    rounds = parser.parse_args().rounds
    articles = [
        (path.read_bytes(), path.name)
        for path in sorted((ROOT / "examples" / "articles").iterdir())
    ]
    sentence = "On day {} it rained again in the valley, and the ferry stayed in port. "
    texts = [
        (f"Report {day} from the valley.\n\n{sentence.format(day) * 30}".encode(), f"{day}.txt")
        for day in range(SHORT_TEXTS)
    ]
    console = Console()
    for name, files in (("example articles", articles), ("short texts", texts)):
        _read(read_document, files)  # imports are no part of it
        here = there = 0.0
        for _ in range(rounds):
            here += _own_seconds(partial(_read, read_document, files))
            there += _isolated_seconds(files, times=2) - _isolated_seconds(files, times=1)
        start = _isolated_seconds([], times=1)
        count = rounds * len(files)
        console.print(
            f"{name}, {len(files)} files: {1e3 * here / count:.2f} ms a file in this process, "
            f"{1e3 * there / count:.2f} in the child, ratio {there / here:.2f}, "
            f"difference {1e3 * (there - here) / count:+.2f} ms; start {1e3 * start:.0f} ms"
        )


def _read(read: Callable[[bytes, str], RawDocument], files: Sequence[File]) -> None:
    for data, name in files:
        read(data, name)


def _own_seconds(work: Callable[[], None]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def _isolated_seconds(files: Sequence[File], *, times: int) -> float:
    """Processor seconds of this process and of a child that reads the files so many times."""
    before = _seconds_of_children()

    def work() -> None:
        with closing(DocumentReading()) as reading:
            reading.read(b"It starts.", "first.txt")
            for _ in range(times):
                _read(reading.read, files)

    return _own_seconds(work) + _seconds_of_children() - before


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
