"""One process owns a library at a time, and the others are told which."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from index.embed import Embedder
from index.errors import LibraryLocked
from index.library import open_library
from index.lock import LibraryLock

HOLDER = """
    import sys
    from pathlib import Path
    from index.lock import LibraryLock
    lock = LibraryLock(Path(sys.argv[1]))
    print("held", flush=True)
    sys.stdin.read()
    lock.release()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the library's lock until its input ends."""
    path.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_library_of_another_process_is_refused_with_its_pid_and_command(
    tmp_path: Path, tiny_embedder: Embedder
) -> None:
    path = tmp_path / "library"
    with (
        holder(path) as process,
        pytest.raises(LibraryLocked, match=rf"in use by process {process.pid} \(-c .*\)"),
    ):
        open_library(path, embedder=tiny_embedder)
    assert not (path / "catalog.sqlite3").exists()  # nothing was touched


def test_another_process_is_locked_out_of_ours(tmp_path: Path, tiny_embedder: Embedder) -> None:
    with open_library(tmp_path / "library", embedder=tiny_embedder) as library:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(HOLDER), str(library.path)],
            check=False,
            capture_output=True,
            text=True,
            input="",
        )
        assert done.returncode != 0
        assert f"LibraryLocked: The library {library.path}" in done.stderr
        assert f"in use by process {os.getpid()}" in done.stderr


def test_the_lock_ends_with_its_process_even_when_it_is_killed(
    tmp_path: Path, tiny_embedder: Embedder
) -> None:
    path = tmp_path / "library"
    with holder(path) as process:
        process.kill()
        process.wait()
    assert json.loads((path / "owner.json").read_text(encoding="utf-8"))["pid"] == process.pid
    with open_library(path, embedder=tiny_embedder):
        owner = json.loads((path / "owner.json").read_text(encoding="utf-8"))
        assert owner["pid"] == os.getpid()


def test_a_process_that_gives_the_library_up_lets_others_in(
    tmp_path: Path, tiny_embedder: Embedder
) -> None:
    path = tmp_path / "library"
    with holder(path) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0
    open_library(path, embedder=tiny_embedder).close()


def test_opening_twice_in_one_process_says_so(tmp_path: Path, tiny_embedder: Embedder) -> None:
    with (
        open_library(tmp_path / "library", embedder=tiny_embedder) as library,
        pytest.raises(LibraryLocked, match="already open in this very process"),
    ):
        open_library(library.path, embedder=tiny_embedder)
    open_library(library.path, embedder=tiny_embedder).close()


@pytest.mark.parametrize("note", ["", "{", "[]", '{"pid": "x", "command": 1}', "null"])
def test_an_unreadable_note_of_the_owner_still_gives_a_sentence(tmp_path: Path, note: str) -> None:
    lock = LibraryLock(tmp_path)
    (tmp_path / "owner.json").write_text(note, encoding="utf-8")
    with pytest.raises(LibraryLocked, match="in use by another process"):
        LibraryLock(tmp_path)
    lock.release()


def test_a_library_may_be_closed_from_another_thread(
    tmp_path: Path, tiny_embedder: Embedder
) -> None:
    library = open_library(tmp_path / "library", embedder=tiny_embedder)
    closing = Thread(target=library.close)
    closing.start()
    closing.join()
    with open_library(tmp_path / "library", embedder=tiny_embedder) as again:
        assert again.documents() == ()


def test_two_names_of_one_library_are_one_lock(tmp_path: Path, tiny_embedder: Embedder) -> None:
    (tmp_path / "other-name").symlink_to(tmp_path / "library", target_is_directory=True)
    with (
        holder(tmp_path / "library") as process,
        pytest.raises(LibraryLocked, match=rf"in use by process {process.pid}"),
    ):
        open_library(tmp_path / "other-name", embedder=tiny_embedder)


def test_a_copy_of_a_library_in_use_is_locked_by_nobody(
    tmp_path: Path, tiny_embedder: Embedder
) -> None:
    path = tmp_path / "library"
    open_library(path, embedder=tiny_embedder).close()
    with holder(path) as process:
        copy = shutil.copytree(path, tmp_path / "copy")
        assert json.loads((copy / "owner.json").read_text("utf-8"))["pid"] == process.pid
        with open_library(copy, embedder=tiny_embedder) as library:
            assert library.verify().sound
