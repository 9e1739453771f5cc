"""Damage from outside: what a person is told, what is mended, and that no document is lost."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from index.build import ingest
from index.embed import Embedder
from index.errors import LibraryDamaged, LibraryError
from index.library import CATALOG_FILE, Library, open_library
from index.models import ScoredPassage

TESTS = Path(__file__).parents[1]
DOCUMENTS = 12
WORDS = """
    bridge council day ferry flood garden harbour island judge king letter market night office
    paper queen rain school town union valley water winter year
""".split()
Answers = list[tuple[str, float]]

# Ends without closing anything, as a crash does: the write-ahead log stays as it is.
CRASHING = """
    import os, sys
    from pathlib import Path
    from index.build import ingest
    from index.library import open_library
    library_path, model, files, tests = sys.argv[1:]
    sys.path.append(tests)
    from averaged_words import AveragedWords
    library = open_library(Path(library_path), embedder=AveragedWords(Path(model)))
    ingest(library, [Path(files)])
    os._exit(1)
"""
# Prints what a search finds. Damage that ends the process must not end that of the tests.
SEARCHING = """
    import sys
    from pathlib import Path
    from index.library import open_library
    library_path, model, tests = sys.argv[1:]
    sys.path.append(tests)
    from averaged_words import AveragedWords
    with open_library(Path(library_path), embedder=AveragedWords(Path(model))) as library:
        for hit in library.search_dense("rain on day 3", limit=5):
            print(hit.passage.id)
        assert library.verify().sound
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    chance = random.Random(0)
    for number in range(DOCUMENTS):
        parts = [sentence(chance) for _ in range(40)]
        (folder / f"{number:03}.txt").write_text("\n\n".join(parts), encoding="utf-8")
    return folder


def sentence(chance: random.Random) -> str:
    return f"{' '.join(chance.choices(WORDS, k=12)).capitalize()}."


@pytest.fixture(scope="module")
def whole(files: Path, averaged_words: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed library of the files; copy it before changing it."""
    path = tmp_path_factory.mktemp("whole") / "library"
    with open_library(path, embedder=averaged_words) as library:
        ingest(library, [files])
    return path


@pytest.fixture(scope="module")
def crashed(files: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same library as its process left it by crashing."""
    path = tmp_path_factory.mktemp("crashed") / "library"
    assert run(CRASHING, path, tiny_model, files, TESTS).returncode == 1
    assert (path / f"{CATALOG_FILE}-wal").stat().st_size > 0
    return path


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "library")


def run(program: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def answers(library: Library) -> Answers:
    def rows(hits: list[ScoredPassage]) -> Answers:
        return [(hit.passage.id, round(hit.score, 5)) for hit in hits]

    return rows(library.search_dense("rain on day 3", limit=5)) + rows(
        library.search_words("rain on day 3", limit=5)
    )


def kept_bytes(folder: Path) -> set[bytes]:
    return {path.read_bytes() for path in folder.iterdir()}


def use_fully(path: Path, embedder: Embedder) -> None:
    """Everything that reads the library; raises only what is meant to be read by a person."""
    with open_library(path, embedder=embedder) as library:
        for summary in library.documents():
            document = library.document(summary.id)
            for passage in library.passages(summary.id):
                assert document.text[passage.start : passage.end] == passage.text
        answers(library)
        assert library.verify().sound


def cut(path: Path, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(path.stat().st_size))


def fill_with_noise(path: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(path.stat().st_size))


def delete(path: Path, chance: random.Random) -> None:
    path.unlink()


def overwrite_a_page(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    start = chance.randrange(1, max(2, len(data) // 4096)) * 4096
    data[start : start + 4096] = chance.randbytes(len(data[start : start + 4096]))
    path.write_bytes(data)


def flip_bits(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(max(1, len(data) // 500)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def empty(path: Path, chance: random.Random) -> None:
    path.write_bytes(b"")


def become_text(path: Path, chance: random.Random) -> None:
    path.write_text("These are minutes of a meeting, and no database.\n" * 500, encoding="utf-8")


def become_another_database(path: Path, chance: random.Random) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes(text TEXT)")
        connection.execute("PRAGMA user_version = 2")


Damage = Callable[[Path, random.Random], None]


class TestWriteAheadLog:
    """After a crash, with the log cut, gone or overwritten as by a failing disk."""

    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize("damage", [cut, fill_with_noise, delete, flip_bits])
    def test_what_was_added_can_be_added_again(
        self,
        damage: Damage,
        seed: int,
        crashed: Path,
        files: Path,
        averaged_words: Embedder,
        tmp_path: Path,
    ) -> None:
        path = shutil.copytree(crashed, tmp_path / "library")
        damage(path / f"{CATALOG_FILE}-wal", random.Random(seed))
        with open_library(path, embedder=averaged_words) as library:
            report = ingest(library, [files])
            assert report.count("added") + report.count("unchanged") == DOCUMENTS
            assert library.verify().problems == ()
            assert answers(library)
        assert kept_bytes(files) == kept_bytes(path / "originals")


class TestCatalog:
    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize(
        "damage", [cut, fill_with_noise, overwrite_a_page, become_text, become_another_database]
    )
    def test_a_damaged_catalog_is_said_and_loses_no_original(
        self, damage: Damage, seed: int, copy: Path, files: Path, averaged_words: Embedder
    ) -> None:
        damage(copy / CATALOG_FILE, random.Random(seed))
        with pytest.raises((LibraryError, AssertionError)) as raised:
            use_fully(copy, averaged_words)
        if isinstance(raised.value, LibraryError):
            assert isinstance(raised.value, LibraryDamaged)
            said = str(raised.value)
            assert str(copy / CATALOG_FILE) in said
            assert "restore it from a backup" in said or "pincite rebuild" in said
        assert kept_bytes(files) == kept_bytes(copy / "originals")

    def test_verify_says_that_a_page_is_damaged(self, copy: Path, averaged_words: Embedder) -> None:
        with closing(sqlite3.connect(copy / CATALOG_FILE)) as connection:
            (root,) = connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'passages_by_document'"
            ).fetchone()
        data = bytearray((copy / CATALOG_FILE).read_bytes())
        data[(root - 1) * 4096 + 200 : root * 4096] = random.Random(0).randbytes(4096 - 200)
        (copy / CATALOG_FILE).write_bytes(data)
        with (
            open_library(copy, embedder=averaged_words) as library,
            pytest.raises(LibraryDamaged, match=r"catalog\.sqlite3 is damaged .* from a backup"),
        ):
            library.verify()

    def test_a_damaged_word_index_is_mended_by_rebuild(
        self, copy: Path, averaged_words: Embedder
    ) -> None:
        with open_library(copy, embedder=averaged_words) as library:
            before = answers(library)
        with closing(sqlite3.connect(copy / CATALOG_FILE)) as connection, connection:
            connection.execute(
                "UPDATE words_data SET block = randomblob(length(block)) WHERE id > 100"
            )
        with open_library(copy, embedder=averaged_words) as library:
            with pytest.raises(LibraryDamaged, match=r"word index in .* `pincite rebuild`"):
                answers(library)
            assert any("word index differs" in problem for problem in library.verify().problems)
            library.rebuild()
            assert answers(library) == before
            assert library.verify().sound

    def test_a_word_index_of_a_newer_sqlite_is_made_again(
        self, copy: Path, averaged_words: Embedder
    ) -> None:
        with open_library(copy, embedder=averaged_words) as library:
            before = answers(library)
        with closing(sqlite3.connect(copy / CATALOG_FILE)) as connection, connection:
            connection.execute("UPDATE words_config SET v = 5 WHERE k = 'version'")
            connection.execute("INSERT OR REPLACE INTO words_config VALUES ('secure-delete', 1)")
        with open_library(copy, embedder=averaged_words) as library:
            assert answers(library) == before
            assert library.verify().sound


def graph_files() -> list[str]:
    return [
        "data_level0.bin",
        "header.bin",
        "index_metadata.pickle",
        "length.bin",
        "link_lists.bin",
    ]


class TestVectorIndex:
    """Chroma saves its graph after 1,000 changes; smaller libraries have none on the disk."""

    @pytest.fixture(scope="class")
    @staticmethod
    def saved(
        averaged_words: Embedder, tmp_path_factory: pytest.TempPathFactory
    ) -> tuple[Path, list[str]]:
        """A closed library with a graph, and what it answers."""
        folder = tmp_path_factory.mktemp("saved")
        (folder / "files").mkdir()
        chance = random.Random(0)
        for number in range(1_100):
            (folder / "files" / f"{number}.txt").write_text(sentence(chance), encoding="utf-8")
        with open_library(folder / "library", embedder=averaged_words) as library:
            ingest(library, [folder / "files"])
            found = library.search_dense("rain on day 3", limit=5)
        return folder / "library", [hit.passage.id for hit in found]

    @pytest.mark.parametrize("damage", [delete, cut, fill_with_noise, flip_bits, empty])
    @pytest.mark.parametrize("name", ["chroma.sqlite3", *graph_files()])
    def test_every_damaged_file_is_noticed_and_the_index_made_again(
        self,
        name: str,
        damage: Damage,
        saved: tuple[Path, list[str]],
        tiny_model: Path,
        tmp_path: Path,
    ) -> None:
        library, expected = saved
        copy = shutil.copytree(library, tmp_path / "library")
        (damaged,) = (copy / "chroma").rglob(name)
        damage(damaged, random.Random(1))
        done = run(SEARCHING, copy, tiny_model, TESTS)
        assert done.returncode == 0, done.stderr
        assert set(done.stdout.split()) == set(expected)
        assert not damaged.exists()

    def test_a_folder_of_another_library_is_noticed(
        self, copy: Path, averaged_words: Embedder, tmp_path: Path
    ) -> None:
        """As many passages, under the same name, of other texts."""
        (tmp_path / "other").mkdir()
        with open_library(copy, embedder=averaged_words) as library:
            before, count = answers(library), library.passage_count
        for number in range(count):
            (tmp_path / "other" / f"{number}.txt").write_text(f"A fair in town {number}.")
        with open_library(tmp_path / "other-library", embedder=averaged_words) as other:
            ingest(other, [tmp_path / "other"])
            assert other.passage_count == count
        (ours,) = (copy / "chroma").iterdir()
        shutil.rmtree(ours)
        (theirs,) = (tmp_path / "other-library" / "chroma").iterdir()
        shutil.copytree(theirs, ours)
        with open_library(copy, embedder=averaged_words) as library:
            assert answers(library) == before
            assert library.verify().sound

    def test_a_graph_saved_before_a_crash_and_never_noted_is_not_loaded(
        self, saved: tuple[Path, list[str]], averaged_words: Embedder, tmp_path: Path
    ) -> None:
        library, expected = saved
        copy = shutil.copytree(library, tmp_path / "library")
        with open_library(copy, embedder=averaged_words) as opened:
            opened.catalog.set_meta({"vector_index_graph": "of an earlier time"})
        (before,) = (copy / "chroma").iterdir()
        with open_library(copy, embedder=averaged_words) as opened:
            hits = opened.search_dense("rain on day 3", limit=5)
            assert {hit.passage.id for hit in hits} == set(expected)
        assert not before.exists()

    def test_opening_and_searching_spoils_no_seal(
        self, saved: tuple[Path, list[str]], tiny_model: Path, tmp_path: Path
    ) -> None:
        """Who is killed after asking need not wait for a new index the next time."""
        library, _ = saved
        copy = shutil.copytree(library, tmp_path / "library")
        (before,) = (copy / "chroma").iterdir()
        asking = SEARCHING.replace("assert library", "import os; os._exit(9); assert library")
        assert run(asking, copy, tiny_model, TESTS).returncode == 9
        assert run(SEARCHING, copy, tiny_model, TESTS).returncode == 0
        assert before.exists()


def scale_a_vector(connection: sqlite3.Connection) -> None:
    key, vector = connection.execute("SELECT key, vector FROM vectors LIMIT 1").fetchone()
    half = (np.frombuffer(vector, dtype=np.float32) / 2).tobytes()
    connection.execute("UPDATE vectors SET vector = ? WHERE key = ?", [half, key])


def exchange_a_vector(connection: sqlite3.Connection) -> None:
    """One that opening does not look at."""
    noise = np.random.default_rng(0).standard_normal(32).astype(np.float32)
    noise /= np.linalg.norm(noise)
    connection.execute(
        "UPDATE vectors SET vector = ? WHERE key = "
        "(SELECT vector_key FROM passages WHERE vector_key NOT IN "
        "(SELECT vector_key FROM passages ORDER BY id LIMIT 8) LIMIT 1)",
        [noise.tobytes()],
    )


DISAGREEMENTS: dict[str, tuple[str | Callable[[sqlite3.Connection], None], str]] = {
    "a word too many": (
        "INSERT INTO words(rowid, title, text) VALUES (999999, 'fog', 'fog')",
        "word index differs",
    ),
    "a word too few": (
        "INSERT INTO words(words, rowid, title, text) "
        "SELECT 'delete', number, title, text FROM passage_words LIMIT 1",
        "word index differs",
    ),
    "a passage out of bounds": (
        'UPDATE passages SET start = 900000, "end" = 900009 WHERE number = 1',
        "is not the text of",
    ),
    "a source of no document": (
        "INSERT INTO sources VALUES ('/nowhere/a.txt', 'nobody')",
        "1 sources belong to no document: /nowhere/a.txt",
    ),
    "a document without source": (
        "DELETE FROM sources WHERE rowid = 1",
        "1 documents have no source",
    ),
    "a passage of no document": (
        "UPDATE passages SET document_id = 'nobody' WHERE number = 1",
        "1 passages belong to no document",
    ),
    "a vector of no passage": (
        "INSERT INTO vectors VALUES ('unused', 'some model', x'00')",
        "1 vectors belong to no passage: unused",
    ),
    "a passage without vector": (
        "DELETE FROM vectors WHERE key = (SELECT vector_key FROM passages WHERE number = 1)",
        "has no vector of length one",
    ),
    "a vector of another length": (scale_a_vector, "has no vector of length one"),
    "another vector": (exchange_a_vector, "passages have other vectors in the vector index"),
}


class TestVerify:
    @pytest.mark.parametrize("kind", DISAGREEMENTS)
    def test_every_disagreement_is_named(
        self, kind: str, copy: Path, averaged_words: Embedder
    ) -> None:
        change, named = DISAGREEMENTS[kind]
        with closing(sqlite3.connect(copy / CATALOG_FILE)) as connection, connection:
            if isinstance(change, str):
                connection.execute(change)
            else:
                change(connection)
        with open_library(copy, embedder=averaged_words) as library:
            problems = library.verify().problems
            assert any(named in problem for problem in problems), problems

    @pytest.mark.parametrize(
        "kind",
        [
            "a word too many",
            "a word too few",
            "a source of no document",
            "a passage of no document",
            "a vector of no passage",
            "another vector",
        ],
    )
    def test_rebuild_mends_what_can_be_made_again(
        self, kind: str, copy: Path, averaged_words: Embedder
    ) -> None:
        change, _ = DISAGREEMENTS[kind]
        with closing(sqlite3.connect(copy / CATALOG_FILE)) as connection, connection:
            if isinstance(change, str):
                connection.execute(change)
            else:
                change(connection)
        with open_library(copy, embedder=averaged_words) as library:
            assert not library.verify().sound
            library.rebuild()
            assert library.verify().problems == ()


class TestCopies:
    def test_a_library_copied_while_it_is_filled_opens_and_is_mended(
        self, files: Path, averaged_words: Embedder, tmp_path: Path
    ) -> None:
        path, copies = tmp_path / "library", list[Path]()

        def copy_now() -> None:
            copies.append(tmp_path / f"copy-{len(copies)}")
            with suppress(shutil.Error):  # a file that went while it was copied
                shutil.copytree(path, copies[-1])

        with open_library(path, embedder=averaged_words) as library:
            ingest(library, [files], on_progress=lambda progress: copy_now())
            copy_now()
        assert len(copies) > DOCUMENTS
        for copy in copies[:: len(copies) // 6]:
            with open_library(copy, embedder=averaged_words) as library:
                report = ingest(library, [files])
                assert report.count("added") + report.count("unchanged") == DOCUMENTS
                assert answers(library)
                assert library.verify().problems == ()
