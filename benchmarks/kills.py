"""What is left of an ingest that is killed at random moments and started again until it is done.

    python benchmarks/kills.py                 200 kills
    python benchmarks/kills.py --kills 20      a first impression

Each round fills a library from a folder that has copies in it; then a third of the files are
changed, some become copies and some change places, and the library takes up the folder again. Both
are killed with signal 9 at a moment drawn from as long as they take when left alone, from before
the library is opened until it is closed, and started again, until one of them lives to the end.
After every kill a copy of the library is opened, searched and verified; the library itself stays
as the kill left it. What is there at the end is compared with the bytes of the files and with a
library that no one disturbed. Exits with 1 if anything is lost, doubled or different.

The texts are invented and so are the vectors: an embedding model would only add to the time.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import NamedTuple, Self

from generated import HashedWords
from kills_library import COPIES, FILES, content, doubled, files_there, unfound, write_files
from rich.console import Console

from index.build import ingest
from index.errors import PinciteError
from index.library import Library, open_library

EMBEDDER = HashedWords(dimension=64)
# When a kill fell, by the files that the ingest had told to be done.
MOMENTS = ("before any file", "amid the files", "after the last file")


def main() -> None:
    parser = argparse.ArgumentParser(description="Ingests that are killed at random moments.")
    parser.add_argument("--kills", type=int, default=200, help="kills wanted (default 200)")
    parser.add_argument("--seed", type=int, default=0, help="draws the moments (default 0)")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        work()
        return
    console = Console()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pincite-kills-") as name, Workers() as workers:
        trial = Trial(Path(name), workers, random.Random(chosen.seed))
        with console.status("undisturbed"):
            trial.prepare()
        with console.status("killing"):
            trial.run(kills=chosen.kills)
    raise SystemExit(trial.report(console, seconds=time.monotonic() - begun))


def work() -> None:
    """One ingest, in a process of its own: told what to do once everything is imported."""
    import chromadb  # noqa: F401

    print("ready", flush=True)
    order = json.loads(sys.stdin.readline())
    with open_library(Path(order["library"]), embedder=EMBEDDER) as library:
        ingest(
            library,
            [Path(order["files"])],
            on_progress=lambda progress: print(progress.files_done, flush=True),
        )
    print("done", flush=True)


class Ending(NamedTuple):
    """How an ingest ended: how many files it had told to be done, and after how many seconds."""

    lived: bool
    told: int
    seconds: float


class Workers:
    """Processes that ingest; the next one imports what it needs while the last one works."""

    def __init__(self) -> None:
        self._next = self._started()

    def ingest(self, library: Path, files: Path, *, kill_after: float | None) -> Ending:
        """Ends on its own or `kill_after` seconds from when it may begin."""
        worker, self._next = self._next, self._started()
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        worker.stdin.write(json.dumps({"library": str(library), "files": str(files)}) + "\n")
        worker.stdin.flush()
        begun = time.monotonic()
        if kill_after is not None:
            timer = Timer(kill_after, worker.kill)
            timer.start()
        lines = worker.stdout.read().split()
        seconds = time.monotonic() - begun
        if kill_after is not None:
            timer.cancel()
        code = worker.wait()
        lived = lines[-1:] == ["done"]
        assert lived or code < 0, "an ingest failed on its own"
        told = max((int(line) for line in lines if line != "done"), default=0)
        return Ending(lived, told, seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._next.kill()
        self._next.wait()

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, __file__, "--worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


@dataclass(slots=True)
class Trial:
    """The kills so far and what was found after them."""

    place: Path
    workers: Workers
    chance: random.Random
    # By version of the files: what an undisturbed library holds, and the seconds it takes.
    whole: list[dict[str, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    fell: Counter[str] = field(default_factory=Counter)
    opened: int = 0
    sound: int = 0
    ingests: int = 0
    identical: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def files(self) -> Path:
        return self.place / "files"

    def prepare(self) -> None:
        """Lets both ingests run undisturbed."""
        library = self.place / "undisturbed"
        for version in (1, 2):
            write_files(self.files, version)
            ending = self.workers.ingest(library, self.files, kill_after=None)
            self.seconds.append(ending.seconds)
            with open_library(library, embedder=EMBEDDER) as opened:
                assert opened.verify().sound
                self.whole.append(content(opened))

    def run(self, *, kills: int) -> None:
        """Rounds until there were so many kills; the last round is finished."""
        library = self.place / "library"
        while self.fell.total() < kills:
            for version, expected in enumerate(self.whole, start=1):
                write_files(self.files, version)
                self._ingest(library, version, kills=kills)
                self.ingests += 1
                with open_library(library, embedder=EMBEDDER) as opened:
                    self._compare(opened, expected)
            shutil.rmtree(library)

    def _ingest(self, library: Path, version: int, *, kills: int) -> None:
        """Kills the ingest until it lives to its end by chance."""
        there: set[str] = set()
        before = self.fell.total()
        while True:
            wanted = self.fell.total() < kills
            moment = self.seconds[version - 1] * self.chance.random() if wanted else None
            ending = self.workers.ingest(library, self.files, kill_after=moment)
            if ending.lived:
                if self.fell.total() == before:  # the machine may be faster or slower by now
                    self.seconds[version - 1] = ending.seconds
                return
            self.fell[self._moment(ending.told)] += 1
            there = self._examine(library, ending.told, there)

    def _moment(self, told: int) -> str:
        if told == FILES + COPIES:
            return MOMENTS[2]
        return MOMENTS[1] if told else MOMENTS[0]

    def _examine(self, library: Path, told: int, earlier: set[str]) -> set[str]:
        """Looks at a copy of what a kill left; returns the files whose documents are there."""
        copy = self.place / f"copy-{self.fell.total()}"
        if library.exists():
            shutil.copytree(library, copy)
        here = f"after kill {self.fell.total()}"
        try:
            with open_library(copy, embedder=EMBEDDER) as opened:
                self.opened += 1
                right = files_there(opened, self.files)
                if len(right) < told or earlier - right:
                    self.faults.append(f"lost {here}: {told} told, {len(right)} there")
                self.faults += [f"{fault} {here}" for fault in [*doubled(opened), *unfound(opened)]]
                problems = opened.verify().problems
                self.sound += not problems
                self.faults += [f"unsound {here}: {problem}" for problem in problems]
        except PinciteError as error:
            self.faults.append(f"not opened {here}: {error}")
            return earlier
        finally:
            shutil.rmtree(copy, ignore_errors=True)
        return right

    def _compare(self, opened: Library, expected: dict[str, str]) -> None:
        here = f"at the end of ingest {self.ingests}"
        missing = sum(1 for _ in self.files.iterdir()) - len(files_there(opened, self.files))
        self.faults += [f"lost {here}"] * missing
        self.faults += [f"{fault} {here}" for fault in doubled(opened)]
        self.faults += [f"unsound {here}: {problem}" for problem in opened.verify().problems]
        found = content(opened)
        different = [name for name in expected if found[name] != expected[name]]
        self.faults += [f"different {here}: {name}" for name in different]
        self.identical += not different

    def report(self, console: Console, *, seconds: float) -> int:
        """Prints the counts; 0 if nothing was lost, doubled, unsound or different."""
        kills = self.fell.total()
        console.print(f"kills                     {kills:>5}")
        for moment in MOMENTS:
            console.print(f"  {moment:<23} {self.fell[moment]:>5}")
        console.print(f"libraries opened          {self.opened:>5}  of {kills}")
        console.print(f"libraries sound           {self.sound:>5}  of {kills}")
        for kind in ("lost", "doubled", "unfound"):
            count = sum(fault.startswith(kind) for fault in self.faults)
            console.print(f"documents {kind:<15} {count:>5}")
        console.print(
            f"content identical         {self.identical:>5}  of {self.ingests} finished ingests of "
            f"{FILES + COPIES} files"
        )
        console.print(f"seconds a kill            {seconds / max(1, kills):>5.1f}")
        for fault in self.faults[:10]:
            console.print(f"  {fault}", markup=False)
        return 1 if self.faults else 0


if __name__ == "__main__":
    main()
