"""What was removed is nowhere in the library's folder: no words, no names, no vectors."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.build import ingest
from index.embed import Embedder, Matrix
from index.library import Library, open_library
from rag.assistant import Assistant
from rag.opening import open_assistant
from tests.made_files import pdf, word

# Invented, and each with an ending that stemming takes off: what is looked for is the stem.
IN_TEXT, IN_TITLE, IN_NAME, IN_TAG = "quetzalplotz", "vermilquand", "zwickelburg", "krempeltort"
SECRETS = (IN_TEXT, IN_TITLE, IN_NAME, IN_TAG)
ORDINARY = "Ferries stay in the harbour at night. The council meets on Mondays."


def secret_files(folder: Path) -> list[Path]:
    folder.mkdir()
    page = (
        f"<html><head><title>{IN_TITLE}ing in March</title></head><body><article>"
        f"<p>{IN_TEXT}ing began at noon, the council said on Monday.</p></article></body></html>"
    )
    contents = {
        f"{IN_NAME}ings.txt": f"{IN_TITLE}ings\n\n{IN_TEXT}ing began at noon.\n".encode(),
        f"{IN_NAME}s.html": page.encode(),
        f"{IN_NAME}.pdf": pdf(f"{IN_TEXT}ings began at noon."),
        f"{IN_NAME}ed.docx": word(f"{IN_TEXT}ed at noon."),
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in contents]


def add_others(library: Library, folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        text = f"{ORDINARY} Number {number} of the notes of {number} days."
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    ingest(library, [folder])


def files_with(folder: Path, secrets: tuple[str, ...]) -> list[tuple[str, str]]:
    """In which files which words occur, in whatever case, as UTF-8 or UTF-16."""
    return [
        (path.name, secret)
        for path in folder.rglob("*")
        if path.is_file()
        for data in [path.read_bytes().lower()]
        for secret in secrets
        if secret.encode() in data or secret.encode("utf-16-le") in data
    ]


def files_with_vector(folder: Path, vector: Matrix) -> list[str]:
    """Which files hold the first eight numbers of the vector, within rounding, at any byte."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(_holds(path.read_bytes()[start:], vector) for start in range(4))
    ]


def _holds(data: bytes, vector: Matrix) -> bool:
    numbers = np.frombuffer(data[: len(data) // 4 * 4], dtype=np.float32)
    if len(numbers) < 8:
        return False
    with np.errstate(invalid="ignore"):
        near = np.abs(numbers[:-7] - vector[0]) < 1e-5
        starts = np.flatnonzero(near)
        return any(np.allclose(numbers[at : at + 8], vector[:8], atol=1e-5) for at in starts)


@pytest.fixture
def library(tmp_path: Path, averaged_words: Embedder) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=averaged_words) as opened:
        yield opened


class TestTraces:
    # With the larger number Chroma has saved its graph, with the smaller one it has not.
    @pytest.mark.parametrize("others", [0, 5, 1_200])
    def test_neither_words_nor_vectors_are_left(
        self, others: int, library: Library, averaged_words: Embedder, tmp_path: Path
    ) -> None:
        add_others(library, tmp_path / "others", others)
        report = ingest(library, secret_files(tmp_path / "secret"), tags=[f"{IN_TAG}ed"])
        ids = [str(file.document_id) for file in report.files]
        vectors = library.passage_vectors([library.passages(one)[0].id for one in ids])
        library.search_dense(IN_TEXT, limit=3)
        found = {secret for _, secret in files_with(library.path, SECRETS)}
        assert found == set(SECRETS)
        assert all(files_with_vector(library.path, vector) for vector in vectors.values())

        library.remove(*ids)
        assert files_with(library.path, SECRETS) == []
        library.close()

        assert files_with(library.path, (*SECRETS, *vectors)) == []
        for vector in vectors.values():
            assert files_with_vector(library.path, vector) == []
        with open_library(library.path, embedder=averaged_words) as again:
            assert again.verify().problems == ()
            assert len(again.documents()) == others

    def test_a_process_that_ends_before_it_closes_leaves_the_rest_to_the_next(
        self, library: Library, averaged_words: Embedder, tmp_path: Path
    ) -> None:
        add_others(library, tmp_path / "others", 5)
        (file,) = ingest(library, secret_files(tmp_path / "secret")[:1]).files
        passage = library.passages(str(file.document_id))[0].id
        vector = library.passage_vectors([passage])[passage]
        library.remove(str(file.document_id))
        assert files_with_vector(library.path / "chroma", vector)
        library._wiped.clear()  # as if the process ended here
        library.close()
        assert files_with_vector(library.path / "chroma", vector)
        with open_library(library.path, embedder=averaged_words):
            assert not files_with_vector(library.path, vector)
        assert files_with(library.path, (passage,)) == []

    # With these, SQLite alone leaves copies of removed rows, where others were moved.
    @pytest.mark.parametrize("seed", [3])
    def test_no_copy_of_a_moved_row_is_left(
        self, seed: int, library: Library, tmp_path: Path
    ) -> None:
        chance = random.Random(seed)
        folder = tmp_path / "files"
        folder.mkdir()
        for number in range(150):
            parts = [
                " ".join([f"{IN_TEXT}{number:04}x", *("w" * chance.choice([5, 60, 200]))])
                for _ in range(chance.choice([1, 2, 8]))
            ]
            text = f"{IN_TITLE}{number:04}x\n\n" + ".\n\n".join(parts)
            (folder / f"{IN_NAME}{number:04}x.txt").write_text(text, encoding="utf-8")
        ingest(library, [folder])
        documents = list(library.documents())
        chance.shuffle(documents)
        for document in documents[:100]:
            library.remove(document.id)
        library.close()
        gone = {Path(document.sources[0]).stem[-5:] for document in documents[:100]}
        words = tuple(f"{kind}{end}" for end in gone for kind in (IN_TEXT, IN_TITLE, IN_NAME))
        assert len(words) == 300
        assert files_with(library.path, words) == []


class TestAssistant:
    @pytest.fixture
    def assistant(self, tmp_path: Path, tiny_model: Path) -> Iterator[Assistant]:
        with open_assistant(
            tmp_path / "library", embedding_model=str(tiny_model), removed_quotes="drop"
        ) as opened:
            yield opened

    def test_an_answer_that_was_stored_keeps_no_words(
        self, assistant: Assistant, tmp_path: Path
    ) -> None:
        (tmp_path / "notes").mkdir()
        for number in range(5):
            (tmp_path / "notes" / f"{number}.txt").write_text(f"{ORDINARY} {number}", "utf-8")
        secret = tmp_path / "notes" / "secret.txt"
        secret.write_text(f"The {IN_TEXT}ing of the harbour began at noon.", "utf-8")
        assistant.add(tmp_path / "notes")
        answer = assistant.ask("When did it begin in the harbour?")
        assistant.conversations.add(answer)
        assert (
            "conversations.sqlite3-wal",
            IN_TEXT,
        ) in files_with(assistant.library_path, (IN_TEXT,))
        assistant.remove(str(secret))
        assistant.close()
        assert files_with(assistant.library_path, (IN_TEXT,)) == []
