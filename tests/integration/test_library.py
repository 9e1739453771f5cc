"""A library opened, searched, changed, verified and repaired."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.build import ingest
from index.embed import Embedder
from index.errors import (
    LibraryClosed,
    LibraryDamaged,
    LibraryNotFound,
    LibraryUnwritable,
    ModelMismatch,
    UnknownDocument,
)
from index.library import Library, open_library
from index.models import Filters

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A closed library of the example articles; copy it before changing it."""
    path = tmp_path_factory.mktemp("built") / "library"
    with open_library(path, embedder=embedder) as library:
        ingest(library, [ARTICLES], tags=["example"])
    return path


@pytest.fixture
def library(built: Path, tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    with open_library(shutil.copytree(built, tmp_path / "lib"), embedder=embedder) as opened:
        yield opened


@pytest.fixture
def plain(tmp_path: Path, tiny_embedder: Embedder) -> Iterator[Library]:
    """An empty library with the tiny model."""
    with open_library(tmp_path / "plain", embedder=tiny_embedder) as opened:
        yield opened


def write_articles(folder: Path, count: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        text = (
            f"Report {number} on rain in {folder.name}.\n\n" + f"It rained on day {number}. " * 40
        )
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return folder


def id_of(library: Library, name: str) -> str:
    return next(
        summary.id
        for summary in library.documents()
        if any(Path(source).name.startswith(name) for source in summary.sources)
    )


class TestSearch:
    def test_meaning_finds_the_article(self, library: Library) -> None:
        hits = library.search_dense("a strike of boat crews", limit=3)
        assert hits[0].passage.document_id == id_of(library, "saltmarsh-herald")
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert all(-1.001 <= hit.score <= 1.001 for hit in hits)

    def test_dense_scores_are_cosines(self, library: Library) -> None:
        hit = library.search_dense("ferry strike", limit=1)[0]
        title = library.document(hit.passage.document_id).title
        question, passage = library.embedder.embed(["ferry strike", f"{title}\n{hit.passage.text}"])
        assert hit.score == pytest.approx(float(question @ passage), abs=5e-3)

    def test_words_find_the_article(self, library: Library) -> None:
        hits = library.search_words("Which submarine is it?", limit=50)
        assert all("submarine" in hit.passage.text.lower() for hit in hits[:1])
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert hits[0].score > 0

    def test_word_endings_and_accents_do_not_matter(self, plain: Library, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("The café négotiated treaties.", encoding="utf-8")
        ingest(plain, [tmp_path / "a.txt"])
        for query in ("CAFE", "café", "negotiate", "treaty", "treaties"):
            assert len(plain.search_words(query, limit=5)) == 1, query

    def test_passages_of_equal_score_come_in_the_order_of_their_ids(
        self, plain: Library, tmp_path: Path
    ) -> None:
        for number in range(8):
            # The same words in the same places, so only the bytes differ.
            (tmp_path / f"{number}.txt").write_text(f"Rain fell in {number}", encoding="utf-8")
        ingest(plain, [tmp_path / f"{number}.txt" for number in range(8)])
        hits = plain.search_words("rain", limit=8)
        assert len({hit.score for hit in hits}) == 1
        assert [hit.passage.id for hit in hits] == sorted(hit.passage.id for hit in hits)

    @pytest.mark.parametrize(
        "query",
        [
            '"',
            "rain AND",
            "NEAR(rain, 2",
            "title : rain",
            "rain*",
            "(",
            "^rain",
            "a" * 5_000,
            "\x00",
        ],
    )
    def test_no_query_is_a_syntax_error(self, library: Library, query: str) -> None:
        assert len(library.search_words(query, limit=5)) <= 5

    def test_a_query_without_words_finds_no_words(self, library: Library) -> None:
        assert library.search_words("?! …", limit=5) == []

    def test_stop_words_are_searched_for_only_when_alone(self, library: Library) -> None:
        assert library.search_words("who was he", limit=5)
        ferries = {hit.passage.id for hit in library.search_words("ferries", limit=50)}
        asked = {hit.passage.id for hit in library.search_words("who are the ferries", limit=50)}
        assert asked == ferries

    def test_a_search_in_an_empty_library_finds_nothing(self, plain: Library) -> None:
        assert plain.search_dense("rain", limit=5) == []
        assert plain.search_words("rain", limit=5) == []

    def test_limits_hold(self, library: Library) -> None:
        for search in (library.search_dense, library.search_words):
            assert len(search("North Korea", limit=2)) == 2
            assert search("North Korea", limit=0) == []

    def test_a_large_limit_finds_everything(self, plain: Library, tmp_path: Path) -> None:
        ingest(plain, [write_articles(tmp_path / "many", 120)])
        count = sum(summary.passages for summary in plain.documents())
        assert count > 120
        assert len(plain.search_dense("rain", limit=500)) == min(500, count)


class TestFilters:
    @pytest.fixture(params=["compared with every one", "by Chroma"])
    def way(self, request: pytest.FixtureRequest, library: Library) -> str:
        library.exact_below = 2_000 if request.param == "compared with every one" else 0
        return str(request.param)

    def found(self, library: Library, filters: Filters) -> set[str]:
        dense = library.search_dense("North Korea", limit=100, filters=filters)
        words = library.search_words("Korea harbour ferry council", limit=100, filters=filters)
        ids = {hit.passage.document_id for hit in dense}
        assert {hit.passage.document_id for hit in words} <= ids
        return ids

    def test_documents(self, library: Library, way: str) -> None:
        wanted = {summary.id for summary in library.documents()[:2]}
        assert self.found(library, Filters(document_ids=tuple(wanted))) == wanted

    def test_outlets(self, library: Library, way: str) -> None:
        outlets = {summary.outlet for summary in library.documents() if summary.outlet}
        assert outlets
        for outlet in outlets:
            expected = {row.id for row in library.documents() if row.outlet == outlet}
            assert self.found(library, Filters(outlets=(outlet,))) == expected

    def test_dates_are_inclusive_and_undated_documents_never_pass(
        self, library: Library, way: str
    ) -> None:
        days = sorted(row.published_at for row in library.documents() if row.published_at)
        assert len(days) < len(library.documents())
        first, last = days[0], days[-1]
        dated = {row.id for row in library.documents() if row.published_at}
        assert self.found(library, Filters(published_from=first, published_until=last)) == dated
        on_last = {row.id for row in library.documents() if row.published_at == last}
        assert self.found(library, Filters(published_from=last)) == on_last
        on_first = {row.id for row in library.documents() if row.published_at == first}
        assert self.found(library, Filters(published_until=first)) == on_first

    def test_tags_and_languages(self, library: Library, way: str) -> None:
        everything = {row.id for row in library.documents()}
        assert self.found(library, Filters(tags=("other", "example"))) == everything
        assert self.found(library, Filters(tags=("exam",))) == set()
        for language in {row.language for row in library.documents() if row.language}:
            expected = {row.id for row in library.documents() if row.language == language}
            assert self.found(library, Filters(languages=(language,))) == expected

    def test_what_matches_nothing_finds_nothing(self, library: Library, way: str) -> None:
        assert self.found(library, Filters(document_ids=("f" * 32,))) == set()
        assert self.found(library, Filters(published_from=date(2999, 1, 1))) == set()

    def test_both_ways_find_the_same(self, library: Library) -> None:
        filters = Filters(tags=("example",))
        exact = library.search_dense("talks with Russia", limit=10, filters=filters)
        library.exact_below = 0
        chroma = library.search_dense("talks with Russia", limit=10, filters=filters)
        assert [hit.passage for hit in exact] == [hit.passage for hit in chroma]
        assert np.allclose([hit.score for hit in exact], [hit.score for hit in chroma], atol=1e-5)


class TestDocuments:
    def test_passages_are_the_text_at_their_offsets(self, library: Library) -> None:
        for summary in library.documents():
            document = library.document(summary.id)
            passages = library.passages(summary.id)
            assert len(passages) == summary.passages > 0
            assert len(document.text) == summary.characters
            for passage in passages:
                assert document.text[passage.start : passage.end] == passage.text
                assert passage.page == document.page_at(passage.start)

    def test_no_passage_is_longer_than_the_model_reads(self, library: Library) -> None:
        for summary in library.documents():
            texts = [passage.text for passage in library.passages(summary.id)]
            assert max(library.embedder.count_tokens(texts)) <= 202

    def test_a_document_is_found_by_id_prefix_and_source(self, library: Library) -> None:
        summary = library.documents()[0]
        source = Path(summary.sources[0])
        for reference in (summary.id, summary.id.upper(), summary.id[:12], str(source)):
            assert library.document(reference).id == summary.id
        assert library.document(str(source.parent / "." / source.name)).id == summary.id

    def test_an_unknown_or_ambiguous_reference_says_so(self, library: Library) -> None:
        unknown = ["", "no-such-document", "0" * 32, "/no/such/file.txt", "%", "_"]
        for reference in (*unknown, "~$report.docx", "~nobody-of-that-name/a.txt", "a\0b"):
            with pytest.raises(UnknownDocument, match="No document"):
                library.document(reference)
        initials = [summary.id[0] for summary in library.documents()]
        twice = next(initial for initial in initials if initials.count(initial) > 1)
        with pytest.raises(UnknownDocument, match="give more of its digits"):
            library.document(twice)

    def test_the_original_is_kept_byte_for_byte(self, library: Library) -> None:
        for summary in library.documents():
            assert library.original(summary.id) == Path(summary.sources[0]).read_bytes()

    def test_listing_loads_neither_torch_nor_chroma(self, built: Path, tmp_path: Path) -> None:
        program = """
            import sys
            from pathlib import Path
            from index.embed import SentenceTransformerEmbedder
            from index.library import open_library
            embedder = SentenceTransformerEmbedder("all-MiniLM-L6-v2")
            with open_library(Path(sys.argv[1]), embedder=embedder, create=False) as library:
                assert library.documents()
                assert library.search_words("ferry", limit=1)
            assert not {"torch", "chromadb"} & set(sys.modules)
        """
        copy = shutil.copytree(built, tmp_path / "copy")
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), str(copy)], check=False
        )
        assert done.returncode == 0


class TestRemoval:
    RARE = "Quetzalplotzl"

    def add_rare(self, library: Library, folder: Path) -> str:
        folder.mkdir()
        (folder / "rare.txt").write_text(f"{self.RARE} left.\n\nThe end.\n", encoding="utf-8")
        ingest(library, [folder / "rare.txt"])
        return id_of(library, "rare")

    def files_with_the_word(self, library: Library) -> list[str]:
        needles = [form.encode() for form in (self.RARE, self.RARE.lower())]
        return [
            str(path)
            for path in library.path.rglob("*")
            if path.is_file() and any(needle in path.read_bytes() for needle in needles)
        ]

    def test_a_removed_document_is_gone_everywhere(self, plain: Library, tmp_path: Path) -> None:
        ingest(plain, [write_articles(tmp_path / "others", 5)])
        removed = self.add_rare(plain, tmp_path / "rare")
        passages = {passage.id for passage in plain.passages(removed)}
        assert self.files_with_the_word(plain)
        assert plain.search_words(self.RARE, limit=5)
        assert passages < plain.vectors.passage_ids()

        plain.remove(removed)

        assert self.files_with_the_word(plain) == []
        assert plain.search_words(self.RARE, limit=5) == []
        assert not passages & plain.vectors.passage_ids()
        assert removed not in {hit.passage.document_id for hit in plain.search_dense("x", limit=99)}
        with pytest.raises(UnknownDocument):
            plain.document(removed)
        assert plain.verify().problems == ()
        assert len(plain.documents()) == 5

    def test_a_replaced_version_is_gone_everywhere(self, plain: Library, tmp_path: Path) -> None:
        self.add_rare(plain, tmp_path / "rare")
        (tmp_path / "rare" / "rare.txt").write_text("Nobody left.", encoding="utf-8")
        ingest(plain, [tmp_path / "rare"])
        assert self.files_with_the_word(plain) == []
        assert plain.verify().problems == ()

    def test_what_was_removed_can_be_added_again(self, plain: Library, tmp_path: Path) -> None:
        removed = self.add_rare(plain, tmp_path / "rare")
        plain.remove(str(tmp_path / "rare" / "rare.txt"))
        assert plain.documents() == ()
        report = ingest(plain, [tmp_path / "rare"])
        assert [file.status for file in report.files] == ["added"]
        assert plain.documents()[0].id == removed
        assert plain.search_words(self.RARE, limit=5)

    def test_a_removal_that_was_killed_is_finished_at_the_next_opening(
        self, plain: Library, tiny_embedder: Embedder, tmp_path: Path
    ) -> None:
        removed = self.add_rare(plain, tmp_path / "rare")
        plain.catalog.erase(removed)  # and no further
        plain.close()
        assert self.files_with_the_word(plain)
        with open_library(plain.path, embedder=tiny_embedder) as again:
            assert self.files_with_the_word(again) == []
            assert again.verify().sound

    def test_what_was_added_again_after_a_killed_removal_stays(
        self, plain: Library, tiny_embedder: Embedder, tmp_path: Path
    ) -> None:
        removed = self.add_rare(plain, tmp_path / "rare")
        plain.catalog.erase(removed)
        ingest(plain, [tmp_path / "rare"])
        plain.close()
        with open_library(plain.path, embedder=tiny_embedder) as again:
            assert self.RARE.encode() in again.original(removed)
            assert again.verify().sound

    def test_documents_removed_together_are_all_gone(self, plain: Library, tmp_path: Path) -> None:
        ingest(plain, [write_articles(tmp_path / "others", 3)])
        removed = self.add_rare(plain, tmp_path / "rare")
        other = plain.documents()[0].id
        plain.remove(other, removed)
        assert not {other, removed} & {summary.id for summary in plain.documents()}
        assert len(plain.documents()) == 2
        assert self.files_with_the_word(plain) == []
        assert plain.verify().problems == ()

    def test_if_one_is_not_there_none_is_removed(self, plain: Library, tmp_path: Path) -> None:
        removed = self.add_rare(plain, tmp_path / "rare")
        with pytest.raises(UnknownDocument):
            plain.remove(removed, "no-such-document")
        assert plain.document(removed).id == removed

    def test_removing_what_is_not_there_is_an_error(self, plain: Library) -> None:
        with pytest.raises(UnknownDocument):
            plain.remove("no-such-document")


def damage_delete(folder: Path) -> None:
    shutil.rmtree(folder)


def database(folder: Path) -> Path:
    return next(folder.glob("*/chroma.sqlite3"))


def damage_database(folder: Path) -> None:
    database(folder).write_bytes(b"not a database" * 1_000)


def damage_cut(folder: Path) -> None:
    data = database(folder).read_bytes()
    database(folder).write_bytes(data[: len(data) // 2])


def damage_into_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(b"a file where a folder was")


class TestRepair:
    def test_a_sound_library_is_sound(self, library: Library) -> None:
        report = library.verify()
        assert report.sound
        assert report.documents == len(list(ARTICLES.iterdir()))
        assert report.passages == sum(summary.passages for summary in library.documents())

    @staticmethod
    def answers(library: Library) -> list[tuple[str, float]]:
        hits = library.search_dense("What does Pyongyang want?", limit=10)
        hits += library.search_words("What does Pyongyang want?", limit=10)
        return [(hit.passage.id, round(hit.score, 5)) for hit in hits]

    def test_rebuild_changes_no_answer(self, library: Library) -> None:
        before, fingerprint = self.answers(library), library.fingerprint
        library.rebuild()
        assert self.answers(library) == before
        assert library.fingerprint == fingerprint
        assert library.verify().sound

    @pytest.mark.parametrize(
        "damage", [damage_delete, damage_database, damage_cut, damage_into_file]
    )
    def test_a_damaged_vector_index_is_made_again_when_the_library_is_opened(
        self, library: Library, embedder: Embedder, damage: Callable[[Path], None]
    ) -> None:
        before = self.answers(library)
        library.close()
        damage(library.path / "chroma")
        with open_library(library.path, embedder=embedder) as again:
            assert self.answers(again) == before
            assert again.verify().sound

    def test_rows_missing_from_the_vector_index_are_noticed_at_opening(
        self, library: Library, embedder: Embedder
    ) -> None:
        import chromadb

        before = self.answers(library)
        library.close()
        client = chromadb.PersistentClient(str(database(library.path / "chroma").parent))
        collection = client.get_collection("passages", embedding_function=None)
        collection.delete(ids=collection.get(limit=1)["ids"])
        client.close()
        with open_library(library.path, embedder=embedder) as again:
            assert self.answers(again) == before

    def test_verify_names_what_is_wrong(self, library: Library, embedder: Embedder) -> None:
        first, second, third = (summary.id for summary in library.documents()[:3])
        library.close()
        (library.path / "originals" / first).unlink()
        (library.path / "originals" / second).write_bytes(b"altered")
        connection = sqlite3.connect(library.path / "catalog.sqlite3")
        connection.execute("UPDATE passages SET start = start + 1 WHERE document_id = ?", [third])
        connection.execute("UPDATE passages SET text = 'other words' WHERE ordinal = 0")
        connection.commit()
        connection.close()
        with open_library(library.path, embedder=embedder) as again:
            problems = again.verify().problems
        assert any(f"original of document {first} cannot be read" in text for text in problems)
        assert any(f"{second} has been altered" in text for text in problems)
        assert any(f"is not the text of {third}" in text for text in problems)
        assert any("word index differs" in text for text in problems)

    def test_rebuild_mends_the_word_index(self, library: Library) -> None:
        with library.catalog.writing() as connection:
            connection.execute("INSERT INTO words(words) VALUES ('delete-all')")
        assert not library.verify().sound
        library.rebuild()
        assert library.verify().sound
        assert library.search_words("ferry", limit=1)

    def test_what_an_interrupted_ingest_left_is_swept_at_opening(
        self, library: Library, embedder: Embedder
    ) -> None:
        known = library.documents()[0].id
        original = library.original(known)
        library.close()
        (library.path / "originals" / f"{known}.part").write_bytes(b"half")
        (library.path / "originals" / f"{'0' * 32}.part").write_bytes(b"half")
        with open_library(library.path, embedder=embedder) as again:
            assert again.verify().sound
            assert again.original(known) == original
            assert not list((again.path / "originals").glob("*.part"))

    def test_an_original_whose_document_was_stored_before_a_crash_is_finished_at_opening(
        self, library: Library, embedder: Embedder
    ) -> None:
        known = library.documents()[0].id
        original = library.original(known)
        library.close()
        path = library.path / "originals" / known
        path.rename(f"{path}.part")
        with open_library(library.path, embedder=embedder) as again:
            assert again.original(known) == original
            assert again.verify().sound

    def test_an_older_catalog_that_is_restored_loses_no_original(
        self, plain: Library, tiny_embedder: Embedder, tmp_path: Path
    ) -> None:
        folder = write_articles(tmp_path / "some", 2)
        ingest(plain, [folder / "000.txt"])
        plain.close()
        backup = (plain.path / "catalog.sqlite3").read_bytes()
        with open_library(plain.path, embedder=tiny_embedder) as library:
            later = ingest(library, [folder]).files[1].document_id
        (plain.path / "catalog.sqlite3").write_bytes(backup)
        with open_library(plain.path, embedder=tiny_embedder) as library:
            assert (library.path / "originals" / str(later)).is_file()
            (problem,) = library.verify().problems
            assert problem == (
                f"1 originals belong to no document: {later}. Restore the catalog that has them "
                "from a backup, or move them away."
            )
            ingest(library, [folder])
            assert library.verify().sound

    def test_a_lost_catalog_loses_no_original(
        self, plain: Library, tiny_embedder: Embedder, tmp_path: Path
    ) -> None:
        folder = write_articles(tmp_path / "some", 3)
        ingest(plain, [folder])
        plain.close()
        for path in plain.path.glob("catalog.sqlite3*"):
            path.unlink()
        with open_library(plain.path, embedder=tiny_embedder) as library:
            assert library.documents() == ()
            kept = {path.read_bytes() for path in (library.path / "originals").iterdir()}
        assert kept == {path.read_bytes() for path in folder.iterdir()}

    def test_a_catalog_of_version_1_is_brought_up_to_date(
        self, library: Library, embedder: Embedder
    ) -> None:
        before = library.documents()
        library.close()
        connection = sqlite3.connect(library.path / "catalog.sqlite3")
        for table in ("erased", "sketches", "shingles", "retellings"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 1")
        connection.close()
        with open_library(library.path, embedder=embedder) as again:
            assert again.documents() == before
            again.remove(before[0].id)
            assert again.verify().sound

    def test_a_catalog_that_is_no_database_is_damaged(
        self, library: Library, embedder: Embedder
    ) -> None:
        library.close()
        (library.path / "catalog.sqlite3").write_bytes(b"rubbish" * 10_000)
        for leftover in library.path.glob("catalog.sqlite3-*"):
            leftover.unlink()
        with pytest.raises(LibraryDamaged, match=r"catalog\.sqlite3 is damaged.*originals"):
            open_library(library.path, embedder=embedder)

    def test_a_catalog_of_a_newer_version_is_refused(
        self, library: Library, embedder: Embedder
    ) -> None:
        library.close()
        connection = sqlite3.connect(library.path / "catalog.sqlite3")
        connection.execute("PRAGMA user_version = 999")
        connection.close()
        with pytest.raises(LibraryDamaged, match="newer Pincite"):
            open_library(library.path, embedder=embedder)


class TestOpening:
    def test_a_missing_library_is_not_made_unasked(
        self, tmp_path: Path, tiny_embedder: Embedder
    ) -> None:
        with pytest.raises(LibraryNotFound, match="There is no library at"):
            open_library(tmp_path / "none", embedder=tiny_embedder, create=False)
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_cannot_be_made_is_unwritable(
        self, tmp_path: Path, tiny_embedder: Embedder
    ) -> None:
        (tmp_path / "file").write_bytes(b"")
        for path in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "a\0b"):
            with pytest.raises(LibraryUnwritable, match="cannot be made"):
                open_library(path, embedder=tiny_embedder)

    def test_another_model_is_refused_by_name(
        self, library: Library, tiny_embedder: Embedder, embedder: Embedder
    ) -> None:
        library.close()
        with pytest.raises(
            ModelMismatch, match=r"with all-MiniLM-L6-v2 \(384.*tiny@.*\(32\).*pincite rebuild"
        ):
            open_library(library.path, embedder=tiny_embedder)
        with open_library(library.path, embedder=embedder) as again:  # and the lock was given back
            assert again.verify().sound

    def test_rebuild_with_another_model_embeds_everything_again(
        self, plain: Library, other_tiny_embedder: Embedder, tmp_path: Path
    ) -> None:
        ingest(plain, [write_articles(tmp_path / "some", 5)])
        before, fingerprint = plain.documents(), plain.fingerprint
        plain.close()
        path, embedder = plain.path, other_tiny_embedder
        write_articles(tmp_path / "more", 1)
        with open_library(path, embedder=embedder, allow_model_change=True) as library:
            for use in (
                lambda: ingest(library, [tmp_path / "more"]),
                lambda: library.search_dense("rain", limit=1),
                lambda: library.search_words("rain", limit=1),
                lambda: library.remove(before[0].id),
            ):
                with pytest.raises(ModelMismatch, match="pincite rebuild"):
                    use()
            assert library.documents() == before
            library.rebuild()
            assert library.verify().sound
            assert library.documents() == before
            assert library.fingerprint != fingerprint
            hits = library.search_dense("It rained on day 3.", limit=3)
            assert len(hits) == 3
        with open_library(path, embedder=embedder) as library:
            report = ingest(library, [tmp_path / "some"])
            assert {file.status for file in report.files} == {"unchanged"}

    def test_a_closed_library_says_so(self, plain: Library) -> None:
        plain.close()
        plain.close()
        for use in (
            plain.documents,
            plain.rebuild,
            lambda: plain.search_words("rain", limit=1),
            lambda: plain.search_dense("rain", limit=1),
            lambda: plain.document("x"),
        ):
            with pytest.raises(LibraryClosed, match="has been closed"):
                use()

    def test_the_fingerprint_follows_the_content(self, plain: Library, tmp_path: Path) -> None:
        folder = write_articles(tmp_path / "some", 2)
        seen = [plain.fingerprint]
        ingest(plain, [folder / "000.txt"])
        seen.append(plain.fingerprint)
        ingest(plain, [folder / "001.txt"])
        seen.append(plain.fingerprint)
        assert len(set(seen)) == 3
        plain.remove(str(folder / "001.txt"))
        assert plain.fingerprint == seen[1]


def test_threads_search_while_another_adds_and_removes(plain: Library, tmp_path: Path) -> None:
    ingest(plain, [write_articles(tmp_path / "first", 10)])
    ids = {summary.id for summary in plain.documents()}
    later = write_articles(tmp_path / "second", 40)

    def search(number: int) -> None:
        for hit in plain.search_dense(f"day {number}", limit=5):
            assert hit.passage.text
        for hit in plain.search_words(f"day {number}", limit=5):
            document = plain.document(hit.passage.document_id)
            assert document.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert ids <= {summary.id for summary in plain.documents()}

    def change() -> None:
        (later / "000.txt").write_text("Something else.", encoding="utf-8")
        ingest(plain, [later])
        plain.remove(str(later / "000.txt"))

    with ThreadPoolExecutor(6) as threads:
        changing = threads.submit(change)
        for finished in [threads.submit(search, number) for number in range(200)]:
            finished.result()
        changing.result()
    assert plain.verify().sound
    assert len(plain.documents()) == 49
