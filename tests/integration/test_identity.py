"""What becomes of a document whose file is renamed, copied, changed or deleted, or told again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from index.build import ingest
from index.embed import Embedder
from index.errors import SourceNotFound, UnknownDocument, UsageError
from index.library import CATALOG_FILE, Library, open_library
from index.models import DocumentBytes, Filters, IngestProgress
from pincite.cli import app

RAIN = "It rained in the valley on Monday, the mayor said."
SNOW = "It snowed in the valley on Friday, the mayor said."
AGENCY = (
    "The ferry crews of Saltmarsh went on strike on Monday morning over pay, and the harbour was "
    "closed until noon. Passengers waited for hours on the quay while the company and the union "
    "talked in the town hall about hours, wages and the new boats that are to come in spring."
)
ADDED = " Nobody was hurt, the harbour master told this newspaper in the evening."
OTHER = (
    "An altogether different report on the hills of the north, where the snow lay deep and the "
    "sheep were brought down to the farms before the storm came in from the sea, shut the roads "
    "for three days and took the roof of the school, which had been mended only in the summer."
)


@pytest.fixture
def library(tmp_path: Path, tiny_embedder: Embedder) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=tiny_embedder) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "articles"
    path.mkdir()
    return path


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)


def add(library: Library, folder: Path, *, tags: tuple[str, ...] = ()) -> dict[str, str]:
    """What became of each file of the folder."""
    return {
        str(Path(file.path).relative_to(folder)): file.status
        for file in ingest(library, [folder], tags=tags).files
    }


def held(library: Library, folder: Path) -> dict[str, list[str]]:
    """The files that each text of the library is said to come from."""
    return {
        library.document(summary.id).text: [
            str(Path(source).relative_to(folder)) for source in summary.sources
        ]
        for summary in library.documents()
    }


class TestFilesThatChange:
    def test_a_renamed_file_is_the_same_document_at_another_place(
        self, library: Library, folder: Path
    ) -> None:
        write(folder, rain=RAIN)
        add(library, folder, tags=("weather",))
        (folder / "rain.txt").rename(folder / "wet.txt")
        report = ingest(library, [folder])
        assert [(file.status, file.reason) for file in report.files] == [
            ("moved", f"It was at {folder / 'rain.txt'}.")
        ]
        assert held(library, folder) == {RAIN: ["wet.txt"]}
        assert library.documents()[0].tags == ("weather",)
        assert add(library, folder) == {"wet.txt": "unchanged"}

    def test_a_copy_is_one_document_with_two_places(self, library: Library, folder: Path) -> None:
        write(folder, a=RAIN, b=RAIN)
        assert add(library, folder) == {"a.txt": "added", "b.txt": "duplicate"}
        assert held(library, folder) == {RAIN: ["a.txt", "b.txt"]}

    def test_a_file_with_the_name_of_another_takes_its_place(
        self, library: Library, folder: Path
    ) -> None:
        """a becomes b, and a new a is written: two documents, each where it is now."""
        write(folder, a=RAIN)
        add(library, folder)
        (folder / "a.txt").rename(folder / "b.txt")
        write(folder, a=SNOW)
        add(library, folder)
        assert held(library, folder) == {SNOW: ["a.txt"], RAIN: ["b.txt"]}
        assert library.verify().sound

    def test_a_changed_file_keeps_its_tags_and_can_change_back(
        self, library: Library, folder: Path
    ) -> None:
        write(folder, a=RAIN)
        add(library, folder, tags=("weather",))
        for text in (SNOW, RAIN):
            write(folder, a=text)
            assert add(library, folder) == {"a.txt": "replaced"}
            assert held(library, folder) == {text: ["a.txt"]}
            assert library.documents()[0].tags == ("weather",)
        assert library.verify().sound

    def test_what_was_removed_can_be_added_again(self, library: Library, folder: Path) -> None:
        write(folder, a=RAIN)
        add(library, folder)
        library.remove(str(folder / "a.txt"))
        assert library.documents() == ()
        assert add(library, folder) == {"a.txt": "added"}
        assert [hit.passage.text for hit in library.search_words("rained", limit=3)] == [RAIN]

    def test_a_deleted_file_stays_until_its_document_is_removed(
        self, library: Library, folder: Path
    ) -> None:
        write(folder, a=RAIN, b=SNOW)
        add(library, folder)
        (folder / "a.txt").unlink()
        assert add(library, folder) == {"b.txt": "unchanged"}
        gone = library.gone(folder)
        assert [library.document(summary.id).text for summary in gone] == [RAIN]
        library.remove(*(summary.id for summary in gone))
        assert held(library, folder) == {SNOW: ["b.txt"]}

    def test_a_document_that_is_elsewhere_too_is_not_gone(
        self, library: Library, folder: Path
    ) -> None:
        write(folder, a=RAIN)
        add(library, folder)
        ingest(library, [DocumentBytes(name="from a pipe", data=RAIN.encode())])
        (folder / "a.txt").unlink()
        assert library.gone(folder) == ()

    def test_a_disk_that_is_not_mounted_leaves_an_empty_folder(
        self, library: Library, folder: Path
    ) -> None:
        disk = folder / "disk"
        disk.mkdir()
        write(disk, a=RAIN)
        add(library, folder)
        (disk / "a.txt").unlink()
        assert library.gone(folder) == ()
        assert library.gone(disk) == ()
        write(folder, copy=RAIN)
        assert add(library, folder) == {"copy.txt": "duplicate"}

    def test_what_was_uploaded_is_never_gone(self, library: Library, tmp_path: Path) -> None:
        """The library has the only copy of it."""
        place = library.path / "uploads" / "abc" / "rain.txt"
        place.parent.mkdir(parents=True)
        place.write_text(RAIN)
        library_of_uploads = ingest(library, [place])
        assert [file.status for file in library_of_uploads.files] == ["added"]
        place.unlink()
        (tmp_path / "other.txt").write_text(SNOW)
        assert library.gone(tmp_path) == ()
        assert library.gone(library.path) == ()

    def test_a_folder_that_may_not_be_read_tells_nothing(
        self, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder, a=RAIN, b=SNOW)
        add(library, folder)
        (folder / "a.txt").unlink()

        def refuse(path: object) -> None:
            raise PermissionError(13, "no", str(path))

        monkeypatch.setattr("os.scandir", refuse)
        assert library.gone(folder) == ()

    def test_what_is_read_again_takes_no_place_back(self, library: Library, folder: Path) -> None:
        """a and b were one document, read by an older cleaner; a has changed since."""
        write(folder, a=RAIN, b=RAIN)
        add(library, folder)
        with library.catalog.writing() as connection:
            connection.execute("UPDATE documents SET cleaner_version = 0")
        write(folder, a=SNOW)
        assert add(library, folder) == {"a.txt": "replaced", "b.txt": "replaced"}
        assert held(library, folder) == {SNOW: ["a.txt"], RAIN: ["b.txt"]}
        assert library.verify().sound

    def test_tags_given_while_a_document_is_embedded_stay(
        self, library: Library, folder: Path
    ) -> None:
        write(folder, a=RAIN)
        add(library, folder)
        write(folder, a=SNOW)
        known = library.documents()[0].id

        def tag_meanwhile(event: IngestProgress) -> None:
            if event.current is None and library.documents()[0].id == known:
                library.tag(known, add=["late"])

        ingest(library, [folder], tags=["run"], on_progress=tag_meanwhile)
        (row,) = library.documents()
        assert (row.id != known, set(row.tags)) == (True, {"late", "run"})

    def test_adding_again_mends_a_lost_or_altered_original(
        self, library: Library, folder: Path
    ) -> None:
        write(folder, a=RAIN)
        add(library, folder)
        (original,) = (library.path / "originals").iterdir()
        for break_it in (original.unlink, lambda: original.write_text("rubbish")):
            break_it()
            assert not library.verify().sound
            assert add(library, folder) == {"a.txt": "unchanged"}
            assert library.verify().sound

    def test_a_document_without_a_source_gets_one(self, library: Library, folder: Path) -> None:
        write(folder, a=RAIN)
        add(library, folder)
        with library.catalog.writing() as connection:
            connection.execute("DELETE FROM sources")
        assert not library.verify().sound
        assert add(library, folder) == {"a.txt": "duplicate"}
        assert library.verify().sound

    def test_a_folder_that_is_not_there_tells_nothing(self, library: Library, folder: Path) -> None:
        """Its disk may not be mounted: whoever trusted that would lose everything on it."""
        write(folder, a=RAIN)
        add(library, folder)
        (folder / "a.txt").unlink()
        folder.rmdir()
        with pytest.raises(SourceNotFound, match="mounted"):
            library.gone(folder)

    def test_a_file_whose_name_is_no_text_is_not_called_gone(
        self, library: Library, folder: Path
    ) -> None:
        (folder / "caf\udce9.txt").write_text(RAIN)
        add(library, folder)
        assert library.gone(folder) == ()


class TestTags:
    def test_tags_are_given_and_taken(self, library: Library, folder: Path) -> None:
        write(folder, a=RAIN, b=SNOW)
        add(library, folder, tags=("Weather",))
        first, second = (summary.id for summary in library.documents())
        library.tag(first, second, add=["weather", "valley  news"], remove=["WEATHER"])
        library.tag(first, remove=["Valley News"])
        assert [summary.tags for summary in library.documents()] == [
            ("weather",),
            ("weather", "valley news"),
        ]

    def test_nothing_changes_where_one_is_wrong(self, library: Library, folder: Path) -> None:
        write(folder, a=RAIN)
        add(library, folder)
        known = library.documents()[0].id
        with pytest.raises(UnknownDocument):
            library.tag(known, "nothing", add=["x"])
        for tag in ("  ", "x" * 101):
            with pytest.raises(UsageError, match="tag"):
                library.tag(known, add=["fine", tag])
        with pytest.raises(UsageError, match="tag"):
            ingest(library, [folder], tags=[""])
        assert library.documents()[0].tags == ()


class TestFilters:
    @pytest.fixture
    def mixed(self, library: Library, folder: Path) -> Library:
        (folder / "old").mkdir()
        write(folder, a=RAIN)
        (folder / "old" / "b.html").write_text(
            '<html lang="de-AT"><head><title>Schnee</title><meta name="author" content="Ä. Öhm">'
            '<meta property="og:site_name" content="Der Talbote">'
            '<meta property="article:published_time" content="2024-05-01T08:00:00Z"></head>'
            "<body><article><h1>Schnee</h1><p>Im Tal lag am Freitag Schnee, sagte die Frau. "
            "Die Schule blieb deshalb bis zum Mittag geschlossen, und der Bus fuhr nicht.</p>"
            "</article></body></html>"
        )
        ingest(library, [folder / "a.txt"], tags=["Täler"])
        ingest(library, [folder / "old"])
        return library

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (Filters(), ["a.txt", "b.html"]),
            (Filters(outlets=("DER talbote", "Another")), ["b.html"]),
            (Filters(authors=("ä. öhm",)), ["b.html"]),
            (Filters(languages=("DE",)), ["b.html"]),
            (Filters(tags=("TÄLER",)), ["a.txt"]),
            (Filters(tags=("täler",), languages=("de",)), []),
            (Filters(sources=("{folder}",)), ["a.txt", "b.html"]),
            (Filters(sources=("{folder}/old",)), ["b.html"]),
            (Filters(sources=("{folder}/old/",)), ["b.html"]),
            (Filters(sources=("{folder}/ol",)), []),
            (Filters(sources=("{folder}/*.*",)), ["a.txt"]),
            (Filters(sources=("{folder}/**/*.*",)), ["a.txt", "b.html"]),
            (Filters(sources=("*.html", "nothing")), ["b.html"]),
            (Filters(sources=("?.txt",)), ["a.txt"]),
            (Filters(sources=("*l*.txt",)), []),
            (Filters(sources=("[z-a].txt",)), []),
            (Filters(sources=("{folder}/**",)), ["a.txt", "b.html"]),
            (Filters(sources=("",)), []),
        ],
    )
    def test_what_passes_is_listed_searched_and_counted_alike(
        self, mixed: Library, folder: Path, filters: Filters, expected: list[str]
    ) -> None:
        sources = tuple(source.format(folder=folder) for source in filters.sources)
        chosen = Filters(
            sources=sources,
            outlets=filters.outlets,
            authors=filters.authors,
            languages=filters.languages,
            tags=filters.tags,
        )
        rows = mixed.documents(chosen)
        assert [Path(row.sources[0]).name for row in rows] == expected
        ids = {row.id for row in rows}
        hits = mixed.search_dense("snow", limit=9, filters=chosen)
        assert {hit.passage.document_id for hit in hits} == ids
        found = mixed.search_words("Monday Freitag", limit=9, filters=chosen)
        assert {hit.passage.document_id for hit in found} == ids

    def test_a_source_is_meant_from_here(
        self, mixed: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(folder)
        for source in ("old", "./old/b.html", "old/*.html"):
            assert len(mixed.documents(Filters(sources=(source,)))) == 1


class TestStories:
    def stories(self, library: Library) -> dict[str, set[str]]:
        """The names of the files that tell it, by the one that told it first."""
        names = {row.id: Path(row.sources[0]).stem for row in library.documents()}
        found: dict[str, set[str]] = {}
        for row in library.documents():
            if row.story is not None:
                found.setdefault(names[row.story], set()).add(names[row.id])
        return found

    def test_a_reprint_is_linked_and_another_report_is_not(
        self, library: Library, folder: Path
    ) -> None:
        write(folder, a=AGENCY, b="(Wire) " + AGENCY + ADDED, c=OTHER)
        add(library, folder)
        assert self.stories(library) == {"a": {"a", "b"}}

    def test_short_texts_are_alike_without_telling_the_same(
        self, library: Library, folder: Path
    ) -> None:
        write(folder, a=RAIN, b=RAIN.replace("Monday", "Tuesday"))
        add(library, folder)
        assert self.stories(library) == {}

    def test_the_first_may_go_and_the_last_one_is_no_story(
        self, library: Library, folder: Path
    ) -> None:
        write(folder, a=AGENCY, b=AGENCY + ADDED, c="Today. " + AGENCY)
        add(library, folder)
        assert self.stories(library) == {"a": {"a", "b", "c"}}
        library.remove(str(folder / "a.txt"))
        assert self.stories(library) == {"b": {"b", "c"}}
        library.remove(str(folder / "b.txt"))
        assert self.stories(library) == {}

    def test_a_letter_to_many_is_one_story_whichever_of_them_go(self, library: Library) -> None:
        letters = [
            DocumentBytes(name=f"{number:02}", data=f"Dear reader {number}. {AGENCY}".encode())
            for number in range(40)
        ]
        ingest(library, letters)
        assert {len(told) for told in self.stories(library).values()} == {40}
        library.remove(*(row.id for row in library.documents()[:20]))
        assert {len(told) for told in self.stories(library).values()} == {20}

    def test_a_changed_file_leaves_its_story(self, library: Library, folder: Path) -> None:
        write(folder, a=AGENCY, b=AGENCY + ADDED)
        add(library, folder)
        write(folder, b=OTHER)
        add(library, folder)
        assert self.stories(library) == {}
        write(folder, b="Late edition. " + AGENCY)
        add(library, folder)
        assert self.stories(library) == {"a": {"a", "b"}}

    def test_the_order_of_adding_does_not_matter(
        self, tmp_path: Path, folder: Path, tiny_embedder: Embedder
    ) -> None:
        """The middle one is like both others, which are not like one another."""
        half = len(OTHER) // 2
        texts = {"a": AGENCY, "b": AGENCY + OTHER[:half], "c": AGENCY[150:] + OTHER[:half]}
        write(folder, **texts)
        found = set()
        for order in ("abc", "acb", "bac", "bca", "cab", "cba"):
            with open_library(tmp_path / order, embedder=tiny_embedder) as library:
                for name in order:
                    ingest(library, [folder / f"{name}.txt"])
                found.add(frozenset(frozenset(each) for each in self.stories(library).values()))
        assert found == {frozenset({frozenset("abc")})}

    def test_a_library_of_before_is_compared_when_it_is_opened(
        self, tmp_path: Path, folder: Path, tiny_embedder: Embedder
    ) -> None:
        write(folder, a=AGENCY, b=AGENCY + ADDED, c=OTHER)
        path = tmp_path / "older"
        with open_library(path, embedder=tiny_embedder) as library:
            add(library, folder)
        connection = sqlite3.connect(path / CATALOG_FILE)
        for table in ("sketches", "shingles", "retellings"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 2")
        connection.close()
        with open_library(path, embedder=tiny_embedder) as library:
            assert self.stories(library) == {"a": {"a", "b"}}
            assert library.verify().sound

    def test_nothing_is_left_of_a_removed_document(
        self, library: Library, folder: Path, tmp_path: Path
    ) -> None:
        write(folder, a=AGENCY, b=AGENCY + ADDED)
        add(library, folder)
        library.remove(*(row.id for row in library.documents()))
        with sqlite3.connect(tmp_path / "library" / CATALOG_FILE) as connection:
            for table in ("sketches", "shingles", "retellings"):
                query = f"SELECT count(*) FROM {table}"
                assert connection.execute(query).fetchone() == (0,)
        connection.close()


def pincite(*arguments: str | Path) -> Result:
    """A command run in this process."""
    result = CliRunner(env={"COLUMNS": "120"}).invoke(app, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def said(*arguments: str | Path) -> str:
    """What a command prints, on one line."""
    return " ".join(pincite(*arguments).output.split())


def test_the_terminal_tags_filters_and_forgets_what_is_gone(tmp_path: Path, folder: Path) -> None:
    write(folder, rain=RAIN, strike=AGENCY, reprint=AGENCY + ADDED)
    at = ("--library", tmp_path / "library")
    pincite("add", folder, *at)
    listed = said("list", *at)
    assert "Same story: " in listed
    assert "Same story" in said("show", folder / "strike.txt", *at)
    assert "Rain: #valley" in said("tag", folder / "rain.txt", "--add", "valley", *at)
    assert "1 document," in said("list", "--tag", "Valley", *at)
    unknown = said("list", "--tag", "hills", *at)
    assert "No document has the tag hills: there is valley." in unknown
    assert "there is valley" in said("ask", "what did the mayor say?", "--tag", "hills", *at)
    assert "No such document" in said("list", "--gone", folder, *at)
    assert "Nothing to remove" in said("remove", "--gone", folder, *at)
    (folder / "rain.txt").unlink()
    assert "give --yes" in said("remove", "--gone", folder, *at)
    assert "3 documents" in said("list", *at)
    assert "Rain" in said("list", "--gone", folder, *at)
    assert "Removed" in said("remove", "--gone", folder, "--yes", *at)
    assert "2 documents" in said("list", *at)
    for arguments in (("remove",), ("tag", folder / "strike.txt"), ("list", "--gone", "")):
        result = pincite(*arguments, *at)
        assert result.exit_code == 2
        assert "name" in result.output
    assert "filter is empty" in said("list", "--source", "", *at)
    assert "No document came from" in said("list", "--source", "caf\udce9.txt", *at)
