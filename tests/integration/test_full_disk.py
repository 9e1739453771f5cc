"""A disk that is really full: a small file system of its own, where one can be mounted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.build import ingest
from index.embed import Embedder
from index.errors import LibraryUnwritable
from index.library import Library, open_library
from rag.opening import open_assistant

MEGABYTES = 44  # an ingest leaves 32 free


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(place)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(400):
        text = f"Report {number} from the valley.\n\n" + f"On day {number} it rained again. " * 900
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return folder


def fill(disk: Path) -> Path:
    """Leaves no byte on the disk; deleting the file gives them back."""
    path = disk / "ballast"
    with path.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            pass
    assert os.statvfs(disk).f_bavail == 0
    return path


def contents(library: Library) -> dict[str, bytes]:
    return {document.id: library.original(document.id) for document in library.documents()}


def test_adding_stops_with_a_sentence_and_loses_nothing(
    disk: Path, files: Path, averaged_words: Embedder
) -> None:
    path = disk / "library"
    with open_library(path, embedder=averaged_words) as library:
        with pytest.raises(LibraryUnwritable, match=r"MB are needed: free some space"):
            ingest(library, [files])
        added = contents(library)
        assert 0 < len(added) < 400
        assert library.search_dense("rain", limit=3)
    with open_library(path, embedder=averaged_words) as library:
        assert contents(library) == added
        assert library.search_dense("rain", limit=3)
        assert library.verify().problems == ()


def test_on_a_disk_without_a_byte_everything_is_a_sentence_and_nothing_lost(
    disk: Path, files: Path, averaged_words: Embedder
) -> None:
    path = disk / "library"
    with open_library(path, embedder=averaged_words) as library:
        ingest(library, sorted(files.iterdir())[:20])
        before = contents(library)
        ballast = fill(disk)
        assert library.search_words("rain", limit=3)
        assert library.search_dense("rain", limit=3)
        with pytest.raises(LibraryUnwritable, match="free some space"):
            ingest(library, [files])
        with pytest.raises(LibraryUnwritable, match="free some space"):
            library.rebuild()
        assert library.search_dense("rain", limit=3)
        assert contents(library) == before
    ballast.unlink()
    with open_library(path, embedder=averaged_words) as library:
        assert contents(library) == before
        assert library.verify().problems == ()


def test_removing_on_a_full_disk_is_finished_when_there_is_room(
    disk: Path, files: Path, averaged_words: Embedder
) -> None:
    path = disk / "library"
    with open_library(path, embedder=averaged_words) as library:
        ingest(library, sorted(files.iterdir())[:20])
        first, *others = contents(library)
        ballast = fill(disk)
        try:
            library.remove(first)
        except LibraryUnwritable as error:
            assert "free some space" in str(error)  # noqa: PT017  # it may also find room
        assert set(contents(library)) >= set(others)
    ballast.unlink()
    with open_library(path, embedder=averaged_words) as library:
        if first in contents(library):
            library.remove(first)
        assert set(contents(library)) == set(others)
        assert library.verify().problems == ()
    assert not (path / "originals" / first).exists()


def test_an_answer_that_cannot_be_stored_is_a_sentence(
    disk: Path, files: Path, tiny_model: Path
) -> None:
    with open_assistant(disk / "library", embedding_model=str(tiny_model)) as assistant:
        assistant.add(files / "001.txt")
        answer = assistant.ask("When did it rain?")
        fill(disk)
        with pytest.raises(LibraryUnwritable, match=r"stored conversations .* free some space"):
            assistant.conversations.add(answer)
        assert assistant.ask("When did it rain?").claims == answer.claims
