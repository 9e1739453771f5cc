"""What was removed is nowhere on the disk, and can be put back exactly while it is held."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from index.embed import SentenceTransformerEmbedder
from index.errors import LibraryUnwritable
from index.library import Library
from index.models import Filters
from pincite.ui.library_handlers import LibraryHandlers
from pincite.ui.listing import Scope
from pincite.ui.undo import Undo
from rag import Assistant, open_assistant
from tests.integration.test_removal import files_with

SECRET = "quetzalplotz"
TEXT = f"The {SECRET} began at noon, the council said on Monday. It ended in the evening.\n"
MUCH = 1_000_000
OTHER = "Ferries stay in the harbour at night. The council meets on Mondays.\n"


@pytest.fixture
def assistant(tmp_path: Path, tiny_model: Path) -> Iterator[Assistant]:
    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as opened:
        yield opened


@pytest.fixture
def document_id(assistant: Assistant, tmp_path: Path) -> str:
    file, again = tmp_path / "noon.txt", tmp_path / "again.txt"
    for path in (file, again):
        path.write_text(TEXT)
    (tmp_path / "other.txt").write_text(OTHER)
    assistant.add(tmp_path / "other.txt")
    assistant.add(file, again, tags=["council"])
    return assistant.document(str(file)).id


def known(assistant: Assistant, document_id: str) -> tuple[object, ...]:
    return (
        assistant.document(document_id),
        assistant.documents(Filters(document_ids=(document_id,))),
        assistant.passages(document_id),
        assistant.original(document_id),
        [
            (hit.passage.id, round(hit.score, 9))
            for hit in assistant.search("When did it begin at noon?")
        ],
    )


def test_what_is_put_back_is_as_it_was_and_nothing_is_embedded(
    assistant: Assistant, document_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = known(assistant, document_id)
    assert len(assistant.document(document_id).sources) == 2
    removed, held = assistant.take_out(document_id, hold_bytes=MUCH)
    assert removed == (document_id,)
    assert [document.id for document in assistant.documents()] != [document_id]
    assert assistant.search("When did it begin at noon?")[0].passage.document_id != document_id

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr(SentenceTransformerEmbedder, "embed", refuse)
        assert assistant.put_back(*held) == (document_id,)
    assert known(assistant, document_id) == before
    assert assistant.verify().sound


def test_what_is_held_is_not_on_the_disk_and_is_gone_when_the_page_ends(
    tmp_path: Path, tiny_model: Path
) -> None:
    library = tmp_path / "library"
    (tmp_path / "noon.txt").write_text(TEXT)
    with open_assistant(library, embedding_model=str(tiny_model)) as assistant:
        assistant.add(tmp_path / "noon.txt")
        _, held = assistant.take_out(str(tmp_path / "noon.txt"), hold_bytes=MUCH)
        assert len(held) == 1
        assert assistant.documents() == ()
    assert files_with(library, (SECRET,)) == []
    with open_assistant(library, embedding_model=str(tiny_model)) as assistant:
        assert assistant.documents() == ()


def test_who_crashes_before_undoing_has_removed_it(tmp_path: Path, tiny_model: Path) -> None:
    library, file = tmp_path / "library", tmp_path / "noon.txt"
    file.write_text(TEXT)
    program = f"""
import os
from rag import open_assistant
assistant = open_assistant({str(library)!r}, embedding_model={str(tiny_model)!r})
assistant.add({str(file)!r})
_, held = assistant.take_out({str(file)!r}, hold_bytes={MUCH})
assert len(held) == 1
print("removed", flush=True)
os.kill(os.getpid(), 9)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=300
    )
    assert (ended.stdout, ended.returncode) == ("removed\n", -9), ended.stderr
    with open_assistant(library, embedding_model=str(tiny_model)) as assistant:
        assert assistant.documents() == ()
        assert assistant.verify().sound
    assert files_with(library, (SECRET,)) == []


def test_what_is_put_back_survives_closing(tmp_path: Path, tiny_model: Path) -> None:
    library = tmp_path / "library"
    (tmp_path / "noon.txt").write_text(TEXT)
    with open_assistant(library, embedding_model=str(tiny_model)) as assistant:
        assistant.add(tmp_path / "noon.txt")
        before = known(assistant, str(tmp_path / "noon.txt"))
        _, held = assistant.take_out(str(tmp_path / "noon.txt"), hold_bytes=MUCH)
        assistant.put_back(*held)
    with open_assistant(library, embedding_model=str(tiny_model)) as assistant:
        assert known(assistant, str(tmp_path / "noon.txt")) == before
        assert assistant.verify().sound


def test_another_version_that_took_the_place_stays(
    assistant: Assistant, document_id: str, tmp_path: Path
) -> None:
    (tmp_path / "again.txt").unlink()
    _, held = assistant.take_out(document_id, hold_bytes=MUCH)
    (tmp_path / "noon.txt").write_text(OTHER.replace("night", "noon"))
    assistant.add(tmp_path / "noon.txt")
    newer = assistant.document(str(tmp_path / "noon.txt"))
    assert assistant.put_back(*held) == (document_id,)
    assert assistant.document(document_id).sources == (str(tmp_path / "again.txt"),)
    assert assistant.document(newer.id).sources == (str(tmp_path / "noon.txt"),)


def test_where_every_place_is_taken_nothing_comes_back(
    assistant: Assistant, tmp_path: Path
) -> None:
    path = tmp_path / "noon.txt"
    path.write_text(TEXT)
    assistant.add(path)
    _, held = assistant.take_out(str(path), hold_bytes=MUCH)
    path.write_text(OTHER)
    assistant.add(path)
    before = assistant.documents()
    assert assistant.put_back(*held) == ()
    assert assistant.documents() == before


def test_what_is_too_much_to_hold_or_has_no_original_is_removed_all_the_same(
    assistant: Assistant, document_id: str, tmp_path: Path
) -> None:
    assert assistant.take_out(document_id, hold_bytes=100) == ((document_id,), ())
    other = assistant.document(str(tmp_path / "other.txt")).id
    (assistant.library_path / "originals" / other).unlink()
    assert assistant.take_out(other, hold_bytes=MUCH) == ((other,), ())
    assert assistant.documents() == ()


def test_after_its_time_nothing_is_held(assistant: Assistant, document_id: str) -> None:
    _, held = assistant.take_out(document_id, hold_bytes=MUCH)
    undo = Undo(seconds=0.2, limit=MUCH)
    assert undo.keep(()) is None
    key = undo.keep(held)
    assert key is not None
    assert undo.room < MUCH
    assert undo.take("another") == ()
    deadline = time.monotonic() + 30
    while undo.room < MUCH and time.monotonic() < deadline:
        time.sleep(0.05)
    assert undo.take(key) == ()
    key = undo.keep(held)
    assert key is not None
    assert undo.take(key) == held
    assert undo.take(key) == ()


def test_what_the_page_could_not_put_back_can_be_put_back_later(
    assistant: Assistant, document_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = LibraryHandlers(assistant, public_only=True)
    other = assistant.document(str(tmp_path / "other.txt")).id
    chosen = gr.EventData(None, {"documents": [document_id, other]})
    said = str(handlers.remove(Scope(), chosen)[0])

    def undone(said: str) -> str:
        key = re.findall('data-undo="([^"]+)"', said)
        return str(handlers.undo(Scope(), gr.EventData(None, {"key": key[0]}))[0])

    spaces = iter([True])

    def fill_up(self: Library, size: int) -> None:
        if not next(spaces, False):
            raise LibraryUnwritable("The disk is full: make room.")

    with monkeypatch.context() as patched:
        patched.setattr(Library, "require_space", fill_up)
        for _ in range(2):
            said = undone(said)
            assert "The disk is full: make room." in said
            assert [row.id for row in assistant.documents()] == [document_id]
    said = undone(said)
    assert "1 document put back." in said
    assert "data-undo" not in said
    assert {row.id for row in assistant.documents()} == {document_id, other}
    assert assistant.verify().sound


def test_the_room_a_library_takes_is_that_of_its_files(
    assistant: Assistant, document_id: str
) -> None:
    storage = assistant.storage()
    files = [path for path in assistant.library_path.rglob("*") if path.is_file()]
    assert storage.total == sum(path.stat().st_size for path in files)
    assert storage.originals == len(TEXT) + len(OTHER)
    assert storage.catalog > 0
    assert storage.free > 0
