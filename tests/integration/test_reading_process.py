"""A file that hangs, explodes or crashes its reader is reported, and every other one is read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from index.build import ingest
from index.children import Stopped
from index.embed import Embedder
from index.errors import (
    BrokenDocument,
    DocumentError,
    EmptyDocument,
    OversizedDocument,
    ProtectedDocument,
)
from index.library import open_library
from index.read import read_document
from index.reading_process import DocumentReading

TESTS = Path(__file__).parents[1]
ARTICLES = TESTS.parent / "examples" / "articles"
SECONDS = 3.0
MEMORY = 600_000_000
RAIN = b"It rained in the valley, the mayor said."


@pytest.fixture(autouse=True)
def readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TESTS))


def misbehaving(reader: str = "by_name", seconds: float = SECONDS) -> DocumentReading:
    return DocumentReading(
        reader=f"readers_that_misbehave:{reader}", seconds=seconds, memory=MEMORY
    )


@pytest.fixture
def reading() -> Iterator[DocumentReading]:
    with closing(misbehaving()) as opened:
        yield opened


def gone_within(process_id: int, seconds: float) -> bool:
    """Whether the process ends in time; afterwards it has ended in any case."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    os.kill(process_id, signal.SIGKILL)
    return False


def test_it_reads_what_a_reader_in_this_process_reads() -> None:
    with closing(DocumentReading()) as reading:
        for path in sorted(ARTICLES.iterdir()):
            data = path.read_bytes()
            assert reading.read(data, path.name) == read_document(data, path.name)


def test_one_process_reads_many_files_and_ends_with_close(reading: DocumentReading) -> None:
    assert reading.process_id is None
    processes = set()
    for number in range(5):
        reading.read(RAIN, f"{number}.txt")
        processes.add(reading.process_id)
    (process_id,) = processes
    assert process_id is not None
    reading.close()
    assert gone_within(process_id, 0.5)
    reading.close()


@pytest.mark.parametrize("name", ["sleeps.txt", "spins.txt"])
def test_a_reader_that_hangs_is_ended_in_time(reading: DocumentReading, name: str) -> None:
    reading.read(RAIN, "before.txt")
    process_id = reading.process_id
    begun = time.monotonic()
    with pytest.raises(OversizedDocument, match=rf"{name} was still being read after 3 seconds"):
        reading.read(RAIN, name)
    assert SECONDS <= time.monotonic() - begun < SECONDS + 5
    assert process_id is not None
    assert gone_within(process_id, 0.5)
    assert "rained" in reading.read(RAIN, "after.txt").text


@pytest.mark.parametrize("name", ["sleeps.txt", "spins.txt"])
def test_a_reader_is_ended_when_it_is_to_stop(name: str) -> None:
    stop = Event()
    with closing(misbehaving(seconds=60.0)) as reading:
        reading.read(RAIN, "before.txt", should_stop=stop.is_set)
        process_id = reading.process_id
        Timer(0.5, stop.set).start()
        begun = time.monotonic()
        with pytest.raises(Stopped):
            reading.read(RAIN, name, should_stop=stop.is_set)
        assert 0.4 < time.monotonic() - begun < 5
        assert process_id is not None
        assert gone_within(process_id, 0.5)
        assert "rained" in reading.read(RAIN, "after.txt").text


@pytest.mark.parametrize("name", ["eats.txt", "hides.txt"])
def test_a_reader_that_eats_memory_is_refused_it(reading: DocumentReading, name: str) -> None:
    with pytest.raises(OversizedDocument, match=rf"{name} takes more than 600 MB of memory"):
        reading.read(RAIN, name)
    assert "rained" in reading.read(RAIN, "after.txt").text


@pytest.mark.parametrize(("name", "status"), [("crashes.txt", -signal.SIGSEGV), ("leaves.txt", 3)])
def test_a_reader_that_crashes_is_a_broken_document(
    reading: DocumentReading, name: str, status: int
) -> None:
    with pytest.raises(BrokenDocument, match=rf"{name} could not be read: .*status {status}\)"):
        reading.read(RAIN, name)
    assert "rained" in reading.read(RAIN, "after.txt").text


def test_what_a_reader_prints_and_makes_up_does_no_harm(reading: DocumentReading) -> None:
    assert "rained" in reading.read(RAIN, "prints.txt").text
    with pytest.raises(BrokenDocument, match=r"lies\.txt could not be read: .*no document"):
        reading.read(RAIN, "lies.txt")


def test_a_process_worn_out_by_others_costs_no_file() -> None:
    with closing(misbehaving("crash_unless_first")) as reading:
        assert all("rained" in reading.read(RAIN, f"{number}.txt").text for number in range(4))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b" \n", EmptyDocument),
        (b"%PDF-1.7 and nothing", BrokenDocument),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         ProtectedDocument),
    ],
)  # fmt: skip
def test_its_errors_are_those_of_the_reader(data: bytes, kind: type[DocumentError]) -> None:
    with closing(DocumentReading()) as reading:
        with pytest.raises(kind) as here:
            read_document(data, "a.bin")
        with pytest.raises(kind) as there:
            reading.read(data, "a.bin")
        assert str(there.value) == str(here.value)
        assert type(there.value) is type(here.value)


def test_it_loads_neither_models_nor_indexes() -> None:
    with closing(misbehaving("list_modules")) as reading:
        page = b"<html><body><article><p>" + RAIN * 20 + b"</p></article></body></html>"
        modules = reading.read(page, "page.html").text.split("\n")
    assert "trafilatura" in modules
    assert not {"torch", "chromadb", "gradio", "transformers", "rag"} & set(modules)


def test_killed_in_mid_file_it_is_replaced(reading: DocumentReading) -> None:
    def kill_soon(process_id: int) -> None:
        time.sleep(0.3)
        os.kill(process_id, signal.SIGKILL)

    reading.read(RAIN, "before.txt")
    assert reading.process_id is not None
    killer = Thread(target=kill_soon, args=[reading.process_id])
    killer.start()
    # It sleeps in the process that takes its place as well.
    with pytest.raises(OversizedDocument):
        reading.read(RAIN, "sleeps.txt")
    killer.join()
    assert "rained" in reading.read(RAIN, "after.txt").text
    assert reading.process_id is not None
    os.kill(reading.process_id, signal.SIGKILL)
    assert "rained" in reading.read(RAIN, "killed-while-idle.txt").text


def test_several_threads_read_at_once_and_one_process_stays(reading: DocumentReading) -> None:
    names = [f"{number}.txt" for number in range(24)] + ["sleeps.txt", "crashes.txt"]

    def read(name: str) -> str:
        try:
            return reading.read(f"This is {name}.".encode(), name).text
        except DocumentError as error:
            return type(error).__name__

    with ThreadPoolExecutor(max_workers=4) as pool:
        found = list(pool.map(read, names))
    assert found == [f"This is {name}." for name in names[:24]] + [
        "OversizedDocument",
        "BrokenDocument",
    ]
    assert reading.process_id is not None


@pytest.mark.parametrize("name", ["before.txt", "sleeps.txt"])
@pytest.mark.parametrize("end", ["killed", "left"])
def test_it_ends_with_its_parent(name: str, end: str) -> None:
    program = f"""
import sys, threading, time
from index.reading_process import DocumentReading
reading = DocumentReading(reader="readers_that_misbehave:by_name")
reading.read(b"It rained.", "before.txt")
print(reading.process_id, flush=True)
threading.Thread(target=reading.read, args=[b"It rained.", {name!r}], daemon=True).start()
time.sleep(0.3)
print("reading", flush=True)
sys.stdin.read()
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdin is not None
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == "reading\n"
        os.kill(child, 0)
        if end == "killed":
            parent.kill()
        else:
            parent.stdin.close()
    assert gone_within(child, 5.0)


def test_a_reader_that_hangs_without_its_parent_ends_on_its_own() -> None:
    """The parent is killed in the middle of a call that lets no other thread of the child run."""
    program = f"""
import sys
from index.reading_process import DocumentReading
reading = DocumentReading(reader="readers_that_misbehave:by_name", seconds={SECONDS})
reading.read(b"It rained.", "before.txt")
print(reading.process_id, flush=True)
reading.read(b"It rained.", "spins.txt")
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.5)
        parent.kill()
    assert gone_within(child, SECONDS + 10)


def test_an_interpreter_that_does_not_start_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refuses = tmp_path / "python"
    refuses.write_text("#!/bin/sh\nexit 7\n")
    refuses.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(refuses))
    with pytest.raises(DocumentError, match=r"did not start \(status 7\)"):
        DocumentReading().read(RAIN, "a.txt")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    with pytest.raises(DocumentError, match="did not start"):
        DocumentReading().read(RAIN, "a.txt")


def test_an_ingest_goes_on_after_the_worst_files(tmp_path: Path, tiny_embedder: Embedder) -> None:
    (tmp_path / "files").mkdir()
    for name in ("a", "crashes", "eats", "m", "sleeps", "z"):
        (tmp_path / "files" / f"{name}.txt").write_bytes(RAIN + name.encode())
    with open_library(tmp_path / "library", embedder=tiny_embedder) as library:
        library.reading.close()
        library.reading = misbehaving()
        report = ingest(library, [tmp_path / "files"])
        assert [file.status for file in report.files] == [
            "added", "failed", "failed", "added", "failed", "added",
        ]  # fmt: skip
        assert all(file.reason for file in report.files if file.status == "failed")
        assert library.verify().sound
        process_id = library.reading.process_id
    assert process_id is not None
    assert gone_within(process_id, 0.5)
