"""A process killed at any moment of an ingest leaves a library that opens and can be finished."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.build import ingest
from index.embed import Embedder
from index.library import open_library

DOCUMENTS = 150
TESTS = Path(__file__).parents[1]

# Says when it starts to write, so that the kill falls into the ingest and not into the imports.
PROGRAM = """
    import sys
    from pathlib import Path
    import chromadb
    from index.build import ingest
    from index.library import open_library
    library_path, model, files, tests = sys.argv[1:]
    sys.path.append(tests)
    from averaged_words import AveragedWords
    embedder = AveragedWords(Path(model))
    with open_library(Path(library_path), embedder=embedder) as library:
        print("writing", flush=True)
        ingest(library, [Path(files)])
        print("done", flush=True)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for number in range(DOCUMENTS):
        text = f"Report {number} from the valley.\n\n" + f"On day {number} it rained again. " * 60
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def seconds(
    files: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[float]:
    """How long the whole ingest takes here, from its first write."""
    library = tmp_path_factory.mktemp("whole") / "library"
    with started(library, tiny_model, files) as process:
        begun = time.monotonic()
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        yield time.monotonic() - begun


def started(library: Path, model: Path, files: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), *map(str, (library, model, files, TESTS))],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


@pytest.mark.parametrize("seed", range(8))
def test_a_killed_ingest_is_finished_by_the_next(
    seed: int,
    files: Path,
    seconds: float,
    tiny_model: Path,
    averaged_words: Embedder,
    tmp_path: Path,
) -> None:
    moment = seconds * random.Random(seed).random()
    with started(tmp_path / "library", tiny_model, files) as process:
        time.sleep(moment)
        process.kill()
    with open_library(tmp_path / "library", embedder=averaged_words) as library:
        survived = library.documents()
        assert library.verify().problems == ()
        if survived:
            assert library.search_dense("rain in the valley", limit=3)
            assert library.search_words("rain in the valley", limit=3)

        report = ingest(library, [files])

        assert report.count("unchanged") == len(survived)
        assert report.count("unchanged") + report.count("added") == DOCUMENTS
        assert len(library.documents()) == DOCUMENTS
        assert library.verify().problems == ()
