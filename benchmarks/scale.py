"""What a large library costs: opening, searching, the disk, removing one document, memory.

    python benchmarks/scale.py                      100,000 passages
    python benchmarks/scale.py --passages 10000     a first impression
    python benchmarks/scale.py --memory             only the memory of an ingest

The library is filled by an ordinary ingest of invented articles, about ten passages each, and kept
for the next run; their vectors are made up from their words (`generated.HashedWords`), so that it
takes minutes. Searching is all of `Assistant.search` but the reading of what was found. The memory
of an ingest is measured with the real embedding model, in processes of their own.

Wall-clock times mean something on an idle machine only; the processor's time is beside them.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeAlias

from evaluation_data import RUNS
from generated import HashedWords, question, write_articles
from rich.console import Console

from eval.metrics.statistics import percentile
from index.build import ingest
from index.embed import SentenceTransformerEmbedder
from index.library import CATALOG_FILE, Library, open_library
from index.weights import EMBEDDING_MODEL
from rag.question import understand
from rag.retrieve import retrieve
from rag.settings import Settings

WORDS = 1_150
PASSAGES_OF_AN_ARTICLE = 10.6
QUERIES = 200
REMOVED = 20
FEW, TIMES_MORE = 100, 10
WORDS_OF_A_SHORT = 330  # three passages, so that a few articles fill a batch too

Times: TypeAlias = list[tuple[float, float]]  # milliseconds on the wall, and of the processor


def main() -> None:
    parser = argparse.ArgumentParser(description="What a large library costs.")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--passages", type=int, default=100_000, help="about (default 100,000)")
    parser.add_argument("--memory", action="store_true", help="only the memory of an ingest")
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    console = Console()
    if chosen.peak is not None:
        print(peak_memory(chosen.peak))
        return
    if not chosen.memory:
        measure_library(chosen.cache / f"scale-{chosen.passages}", chosen.passages, console)
    measure_memory(console)


def measure_library(folder: Path, passages: int, console: Console) -> None:
    files, path = folder / "files", folder / "library"
    articles = round(passages / PASSAGES_OF_AN_ARTICLE)
    if not files.is_dir():
        write_articles(files, articles, words=WORDS)
    fill(files, path, console)
    opening: Times = []
    with timed(opening):
        library = open_library(path, embedder=HashedWords())
    with library:
        count = library.passage_count
        console.print(f"{count:,} passages in {len(library.documents()):,} documents")
        tell("open", opening, console)
        measure_searches(library, console)
        for name in (CATALOG_FILE, "chroma", "originals"):
            console.print(
                f"  {'disk, ' + name:30} {size(path / name) / count:7,.0f} bytes a passage"
            )
        measure_unchanged(library, files, console)
        measure_removal(library, console)
        closing: Times = []
        with timed(closing):
            library.close()
        tell("close after removing", closing, console)


def fill(files: Path, path: Path, console: Console) -> None:
    """Adds the articles that are not there: all of them at first, later what was removed."""
    taken: Times = []
    with (
        console.status("adding"),
        open_library(path, embedder=HashedWords()) as library,
        timed(taken),
    ):
        added = ingest(library, [files]).passages
    (_, cpu) = taken[0]
    if added:
        console.print(f"added {added:,} passages, {cpu / added:.2f} ms of the processor each")


def measure_searches(library: Library, console: Console) -> None:
    chance = random.Random(0)
    summaries = library.documents()
    asked = [
        question(summary.id, library.document(summary.id).text)
        for summary in chance.sample(summaries, min(QUERIES + 1, len(summaries)))
    ]
    settings = Settings()

    def whole(query: str) -> object:
        return retrieve(
            library,
            understand(query),
            candidates=settings.candidates,
            limit=settings.passages,
            slots=settings.passages,
        )

    ways: dict[str, Callable[[str], object]] = {
        "by meaning": lambda query: library.search_dense(query, limit=settings.candidates),
        "by words": lambda query: library.search_words(query, limit=settings.candidates),
        "both, ordered": whole,
    }
    first: Times = []
    with timed(first):
        whole(asked[0])
    tell("first search", first, console)
    for name, search in ways.items():
        times: Times = []
        for query in asked[1:]:
            with timed(times):
                search(query)
        tell(f"search {name}", times, console)


def measure_unchanged(library: Library, files: Path, console: Console) -> None:
    folder = sorted(files.iterdir())[0]
    count = sum(1 for _ in folder.iterdir())
    times: Times = []
    for _ in range(5):
        with timed(times):
            report = ingest(library, [folder])
        assert report.count("unchanged") == count
    tell(f"add {count:,} unchanged files", times, console)


def measure_removal(library: Library, console: Console) -> None:
    one, together = Times(), Times()
    chosen = [summary.id for summary in random.Random(1).sample(library.documents(), 2 * REMOVED)]
    for document_id in chosen[:REMOVED]:
        with timed(one):
            library.remove(document_id)
    tell("remove a document", one, console)
    with timed(together):
        library.remove(*chosen[REMOVED:])
    tell(f"remove {REMOVED} at once", together, console)


def measure_memory(console: Console) -> None:
    few, many = (
        int(
            subprocess.run(
                [sys.executable, __file__, "--peak", str(articles)],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout
        )
        for articles in (FEW, FEW * TIMES_MORE)
    )
    console.print(
        f"peak memory of adding {FEW:,} articles {few / 1e6:,.0f} MB, {FEW * TIMES_MORE:,} "
        f"articles {many / 1e6:,.0f} MB: {many / few:.2f} times as much",
        soft_wrap=True,
    )


def peak_memory(articles: int) -> int:
    """Bytes that this process held at most, once it has added so many short articles."""
    with tempfile.TemporaryDirectory() as name:
        files = Path(name, "files")
        write_articles(files, articles, words=WORDS_OF_A_SHORT)
        embedder = SentenceTransformerEmbedder(EMBEDDING_MODEL)
        with open_library(Path(name, "library"), embedder=embedder) as library:
            assert ingest(library, [files]).count("added") == articles
    unit = 1 if sys.platform == "darwin" else 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


@contextmanager
def timed(times: Times) -> Iterator[None]:
    begun, used = perf_counter(), process_time()
    yield
    times.append(((perf_counter() - begun) * 1_000.0, (process_time() - used) * 1_000.0))


def tell(name: str, times: Times, console: Console) -> None:
    wall, cpu = [one for one, _ in times], [one for _, one in times]
    line = f"  {name:30} median {percentile(wall, 0.5):7,.1f} ms"
    if len(times) > 1:
        line += f"   95 % within {percentile(wall, 0.95):7,.1f} ms"
    line += f"   processor {percentile(cpu, 0.5):7,.1f} ms   n = {len(times)}"
    console.print(line, soft_wrap=True)


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


if __name__ == "__main__":
    main()
