"""What an ingest does with files of every kind, and what it says about each."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.build import ingest
from index.embed import Embedder
from index.errors import LibraryUnwritable, SourceNotFound
from index.library import Library, open_library
from index.load import SIZE_LIMIT
from index.models import DocumentBytes, IngestProgress, IngestReport
from index.reembed import SLICE

NOBODY = 65534
ARTICLES = Path(__file__).parents[2] / "examples" / "articles"


@pytest.fixture
def library(tmp_path: Path, tiny_embedder: Embedder) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=tiny_embedder) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "files"
    path.mkdir()
    return path


@pytest.fixture
def unprivileged(library: Library, folder: Path) -> Iterator[Path]:
    """A folder of a user to whom permissions apply: root, to whom they do not, becomes nobody."""
    # All that an ingest imports is imported before, because nobody may not read every folder.
    ingest(library, [write(folder / "first.txt", "Loads every module.")])
    library.search_dense("rain", limit=1)
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        path = Path(name).resolve()
        if root:
            os.chown(path, NOBODY, NOBODY)
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
        try:
            yield path
        finally:
            if root:
                os.seteuid(0)
                os.setegid(0)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def statuses(report: IngestReport) -> dict[str, str]:
    return {Path(file.path).name: file.status for file in report.files}


def sentence_count(library: Library) -> int:
    return sum(summary.passages for summary in library.documents())


class TestStatuses:
    def test_the_example_articles_are_all_added(self, library: Library) -> None:
        report = ingest(library, [ARTICLES])
        assert [Path(file.path).name for file in report.files] == sorted(
            path.name for path in ARTICLES.iterdir()
        )
        assert {file.status for file in report.files} == {"added"}
        assert report.passages == sentence_count(library)
        assert not report.failed
        assert library.verify().sound

    def test_the_same_files_again_are_unchanged_and_embed_nothing(
        self, library: Library, folder: Path
    ) -> None:
        write(folder / "a.txt", "It rained.")
        first = ingest(library, [folder])
        before = library.documents(), library.fingerprint
        again = ingest(library, [folder])
        assert statuses(again) == {"a.txt": "unchanged"}
        assert again.files[0].document_id == first.files[0].document_id
        assert again.passages == 0
        assert (library.documents(), library.fingerprint) == before

    def test_other_bytes_at_the_same_source_replace_the_document(
        self, library: Library, folder: Path
    ) -> None:
        path = write(folder / "a.txt", "It rained on Monday.")
        old = ingest(library, [folder]).files[0].document_id
        write(path, "It snowed on Monday.")
        report = ingest(library, [folder])
        assert statuses(report) == {"a.txt": "replaced"}
        (summary,) = library.documents()
        assert summary.id == report.files[0].document_id != old
        assert summary.sources == (str(path),)
        assert library.search_words("rained", limit=5) == []
        assert len(library.search_words("snowed", limit=5)) == 1
        assert {hit.passage.document_id for hit in library.search_dense("rain", limit=9)} == {
            summary.id
        }
        assert library.verify().sound

    def test_the_same_bytes_elsewhere_are_a_duplicate_with_two_sources(
        self, library: Library, folder: Path
    ) -> None:
        first = write(folder / "a.txt", "It rained.")
        second = write(folder / "b.txt", "It rained.")
        report = ingest(library, [folder])
        assert statuses(report) == {"a.txt": "added", "b.txt": "duplicate"}
        assert str(first) in (report.files[1].reason or "")
        (summary,) = library.documents()
        assert summary.sources == (str(first), str(second))
        assert statuses(ingest(library, [folder])) == {"a.txt": "unchanged", "b.txt": "unchanged"}
        for source in (first, second):
            assert library.document(str(source)).id == summary.id

    def test_a_document_with_another_source_survives_a_replacement(
        self, library: Library, folder: Path
    ) -> None:
        write(folder / "a.txt", "It rained.")
        write(folder / "b.txt", "It rained.")
        ingest(library, [folder])
        write(folder / "a.txt", "It snowed.")
        assert statuses(ingest(library, [folder])) == {"a.txt": "replaced", "b.txt": "unchanged"}
        sources = {Path(summary.sources[0]).name for summary in library.documents()}
        assert sources == {"a.txt", "b.txt"}
        assert all(len(summary.sources) == 1 for summary in library.documents())
        assert library.verify().sound

    def test_a_file_that_becomes_a_copy_of_another_gives_up_its_document(
        self, library: Library, folder: Path
    ) -> None:
        write(folder / "a.txt", "It rained.")
        write(folder / "b.txt", "It snowed.")
        ingest(library, [folder])
        write(folder / "b.txt", "It rained.")
        assert statuses(ingest(library, [folder])) == {"a.txt": "unchanged", "b.txt": "duplicate"}
        (summary,) = library.documents()
        assert len(summary.sources) == 2
        assert library.verify().sound

    def test_two_files_that_swap_their_contents_keep_both_documents(
        self, library: Library, folder: Path
    ) -> None:
        write(folder / "a.txt", "It rained.")
        write(folder / "b.txt", "It snowed.")
        ingest(library, [folder])
        write(folder / "a.txt", "It snowed.")
        write(folder / "b.txt", "It rained.")
        ingest(library, [folder])
        assert "rained" in library.document(str(folder / "b.txt")).text
        assert "snowed" in library.document(str(folder / "a.txt")).text
        assert len(library.documents()) == 2
        assert library.verify().sound

    def test_text_that_moved_to_a_changed_file_is_not_embedded_again(
        self, library: Library, folder: Path
    ) -> None:
        text = "Title line\n\n" + "It rained on and on in the long valley. " * 60
        path = write(folder / "a.txt", text)
        ingest(library, [folder])
        before = set(library.catalog.vectors(all_keys(library)))
        write(path, text + "\n\nAnd then it stopped.")
        ingest(library, [folder])
        after = set(library.catalog.vectors(all_keys(library)))
        assert before & after
        assert library.verify().sound

    def test_text_that_moves_to_another_file_of_the_same_ingest_keeps_its_vectors(
        self, library: Library, folder: Path
    ) -> None:
        text = "# The valley\n\nIt rained on and on in the long valley.\n"
        write(folder / "a.md", text)
        ingest(library, [folder])
        write(folder / "a.md", "# The hill\n\nThe sun shone on the hill.\n")
        write(folder / "b.md", text + "\n")
        assert statuses(ingest(library, [folder])) == {"a.md": "replaced", "b.md": "added"}
        assert library.verify().sound

    def test_a_removal_in_the_middle_of_an_ingest_takes_no_vector_from_it(
        self, library: Library, folder: Path
    ) -> None:
        text = "# The valley\n\nIt rained on and on in the long valley.\n"
        old = write(folder / "old.md", text)
        ingest(library, [old])
        new = [write(folder / "1.md", "The sun shone."), write(folder / "2.md", text + "\n")]

        def remove_once(progress: IngestProgress) -> None:
            if progress.files_done == 1 and len(library.documents()) == 2:
                with ThreadPoolExecutor(1) as threads:
                    threads.submit(library.remove, str(old)).result()

        report = ingest(library, new, on_progress=remove_once)
        assert statuses(report) == {"1.md": "added", "2.md": "added"}
        assert {summary.sources[0] for summary in library.documents()} == set(map(str, new))
        assert library.verify().sound


def all_keys(library: Library) -> list[str]:
    with library.catalog.reading() as connection:
        return [row["key"] for row in connection.execute("SELECT key FROM vectors")]


class TestBadFiles:
    def test_one_bad_file_never_stops_the_others(self, library: Library, folder: Path) -> None:
        write(folder / "a.txt", "It rained.")
        write(folder / "empty.txt", "")
        write(folder / "blank.md", " \n\t\n ")
        (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnot really\n%%EOF")
        (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
        (folder / "program.txt").write_bytes(bytes(range(256)) * 50)
        write(folder / "z.txt", "It snowed.")
        report = ingest(library, [folder])
        found = statuses(report)
        assert found["a.txt"] == found["z.txt"] == "added"
        assert found["empty.txt"] == found["blank.md"] == "skipped"
        assert found["picture.png"] == found["program.txt"] == "skipped"
        assert found["broken.pdf"] == "failed"
        for file in report.files:
            assert (file.reason is None) == (file.status == "added")
            assert (file.document_id is None) == (file.status != "added")
        assert report.failed
        assert report.count("skipped") == 4
        assert len(library.documents()) == 2

    def test_a_file_that_went_bad_keeps_its_last_good_version(
        self, library: Library, folder: Path
    ) -> None:
        path = write(folder / "a.txt", "It rained.")
        ingest(library, [folder])
        path.write_bytes(b"")
        assert statuses(ingest(library, [folder])) == {"a.txt": "skipped"}
        assert len(library.documents()) == 1

    def test_a_file_beyond_the_size_limit_fails_unread(
        self, library: Library, folder: Path
    ) -> None:
        with (folder / "large.txt").open("wb") as stream:
            stream.truncate(SIZE_LIMIT + 1)  # sparse: takes no room on the disk
        report = ingest(library, [folder])
        assert statuses(report) == {"large.txt": "failed"}
        assert "more than the limit of" in (report.files[0].reason or "")

    def test_unreadable_files_and_folders_fail_with_a_reason(
        self, unprivileged: Path, library: Library, tiny_embedder: Embedder
    ) -> None:
        started, files = library.reading, unprivileged / "files"
        write(files / "a.txt", "It rained.")
        write(files / "secret.txt", "Hidden.").chmod(0)
        write(files / "shut" / "b.txt", "Behind a door.")
        (files / "shut").chmod(0)
        with open_library(unprivileged / "library", embedder=tiny_embedder) as opened:
            opened.reading = started  # nobody may not start an interpreter everywhere
            report = ingest(opened, [files])
            (files / "shut").chmod(0o700)
            assert statuses(report) == {
                "a.txt": "added",
                "secret.txt": "failed",
                "shut": "failed",
            }
            assert "Permission denied" in (report.files[1].reason or "")
            assert "Permission denied" in (report.files[2].reason or "")

    def test_a_folder_that_may_not_be_written_is_unwritable(
        self, unprivileged: Path, tiny_embedder: Embedder
    ) -> None:
        unprivileged.chmod(0o500)
        with pytest.raises(LibraryUnwritable, match=r"cannot be made \(Permission denied\)"):
            open_library(unprivileged / "library", embedder=tiny_embedder)
        unprivileged.chmod(0o700)
        (unprivileged / "library").mkdir(mode=0o500)
        with pytest.raises(LibraryUnwritable, match="cannot be"):
            open_library(unprivileged / "library", embedder=tiny_embedder)


class TestWalk:
    def test_folders_are_walked_in_order_and_hidden_ones_passed_over(
        self, library: Library, folder: Path
    ) -> None:
        for name in ("b/2.txt", "b/1.txt", "a.txt", "c.txt", ".hidden.txt", ".git/x.txt"):
            write(folder / name, f"This is {name}.")
        report = ingest(library, [folder])
        assert [str(Path(file.path).relative_to(folder)) for file in report.files] == [
            "a.txt",
            "b/1.txt",
            "b/2.txt",
            "c.txt",
        ]

    def test_a_hidden_file_named_itself_is_added(self, library: Library, folder: Path) -> None:
        path = write(folder / ".hidden.txt", "It rained.")
        assert statuses(ingest(library, [path])) == {".hidden.txt": "added"}

    def test_a_file_named_twice_has_one_row(self, library: Library, folder: Path) -> None:
        path = write(folder / "a.txt", "It rained.")
        assert statuses(ingest(library, [folder, path, folder / "." / "a.txt"])) == {
            "a.txt": "added"
        }

    def test_links_are_followed_and_circles_end(self, library: Library, folder: Path) -> None:
        outside = write(folder.parent / "outside.txt", "It snowed.")
        write(folder / "a.txt", "It rained.")
        (folder / "again").symlink_to(folder)
        (folder / "link.txt").symlink_to(outside)
        (folder / "nowhere.txt").symlink_to(folder / "missing")
        (folder / "self").symlink_to(folder / "self")
        report = ingest(library, [folder])
        assert [file.path for file in report.files] == [str(folder / "a.txt"), str(outside)]

    def test_pipes_are_passed_over(self, library: Library, folder: Path) -> None:
        os.mkfifo(folder / "pipe")
        assert ingest(library, [folder]).files == ()
        with pytest.raises(SourceNotFound, match="neither a file nor a folder"):
            ingest(library, [folder / "pipe"])

    def test_the_library_itself_is_never_added(self, library: Library, folder: Path) -> None:
        write(folder / "a.txt", "It rained.")
        assert statuses(ingest(library, [folder.parent])) == {"a.txt": "added"}
        assert ingest(library, [library.path]).files == ()

    def test_an_empty_folder_is_an_empty_report(self, library: Library, folder: Path) -> None:
        assert ingest(library, [folder]).files == ()

    def test_a_missing_path_stops_before_anything_is_written(
        self, library: Library, folder: Path
    ) -> None:
        write(folder / "a.txt", "It rained.")
        with pytest.raises(SourceNotFound, match=r"missing\.txt does not exist"):
            ingest(library, [folder, folder / "missing.txt"])
        assert library.documents() == ()

    def test_names_that_begin_with_a_tilde_are_names(
        self, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(folder / "~$report.txt", "It rained.")
        monkeypatch.chdir(folder)
        assert statuses(ingest(library, [Path("~$report.txt")])) == {"~$report.txt": "added"}
        assert library.document("~$report.txt").text == "It rained."
        with pytest.raises(SourceNotFound, match=r"~nobody-of-that-name/a\.txt does not exist"):
            ingest(library, [Path("~nobody-of-that-name/a.txt")])

    def test_a_path_with_a_nul_byte_is_not_found(self, library: Library) -> None:
        with pytest.raises(SourceNotFound, match=r"'a\\x00b' cannot be read"):
            ingest(library, [Path("a\0b")])


class TestTags:
    def test_tags_are_kept_and_added_to_known_documents(
        self, library: Library, folder: Path
    ) -> None:
        write(folder / "a.txt", "It rained.")
        ingest(library, [folder], tags=["weather", "weather"])
        assert library.documents()[0].tags == ("weather",)
        report = ingest(library, [folder], tags=["rain", "weather"])
        assert statuses(report) == {"a.txt": "unchanged"}
        assert library.documents()[0].tags == ("weather", "rain")

    def test_a_replaced_document_keeps_the_tags_of_its_source(
        self, library: Library, folder: Path
    ) -> None:
        path = write(folder / "a.txt", "It rained.")
        ingest(library, [folder], tags=["weather"])
        write(path, "It snowed.")
        ingest(library, [folder], tags=["snow"])
        assert library.documents()[0].tags == ("weather", "snow")


class TestProgress:
    def test_progress_grows_and_ends_complete(self, library: Library, folder: Path) -> None:
        for number in range(12):
            write(folder / f"{number:02}.txt", f"Day {number}. " * 90)
        write(folder / "empty.txt", "")
        events: list[IngestProgress] = []
        report = ingest(library, [folder], on_progress=events.append)
        assert {event.files_total for event in events} == {13}
        done = [(event.files_done, event.passages_done) for event in events]
        assert done == sorted(done)
        assert done[0] == (0, 0)
        assert done[-1] == (13, report.passages)
        assert {event.current for event in events} >= {file.path for file in report.files}

    def test_bytes_are_those_that_take_time(self, library: Library, folder: Path) -> None:
        known = write(folder / "a.txt", "It rained. " * 500)
        ingest(library, [folder])
        write(folder / "copy.txt", known.read_text(encoding="utf-8"))
        new = write(folder / "new.txt", "It snowed. " * 300)
        note = DocumentBytes(name="note", data=b"The sun shone.")
        events: list[IngestProgress] = []
        ingest(library, [folder, note], on_progress=events.append)
        done = [event.bytes_done for event in events]
        assert done == sorted(done)
        everything = sum(path.stat().st_size for path in folder.iterdir()) + len(note.data)
        assert (done[0], events[0].bytes_total) == (0, everything)
        left = new.stat().st_size + len(note.data)
        assert (done[-1], events[-1].bytes_total) == (left, left)

    def test_a_long_document_progresses_while_it_is_embedded(
        self, library: Library, folder: Path
    ) -> None:
        days = (f"Day {number} brought {number * 7} millimetres of rain." for number in range(9000))
        write(folder / "long.txt", "\n\n".join(days))
        events: list[IngestProgress] = []
        report = ingest(library, [folder], on_progress=events.append)
        assert report.passages > 3 * SLICE
        embedding = [event for event in events if event.files_done == 0 and event.passages_done]
        shares = [event.bytes_done / event.bytes_total for event in embedding]
        assert shares[0] < 0.5 < shares[-1]
        assert len(embedding) >= report.passages // SLICE

    def test_what_was_stopped_is_finished_by_the_next(
        self, library: Library, folder: Path, tmp_path: Path, tiny_embedder: Embedder
    ) -> None:
        for number in range(30):
            write(folder / f"{number:02}.txt", f"Day {number} brought rain. " * 200)
        seen: list[IngestProgress] = []
        report = ingest(
            library,
            [folder],
            on_progress=seen.append,
            should_stop=lambda: seen[-1].files_done >= 10,
        )
        assert report.stopped
        assert set(statuses(report).values()) == {"added"}
        assert len(report.files) == len(library.documents()) < 30
        assert len(report.files) + report.left == 30
        assert library.verify().sound
        again = ingest(library, [folder])
        assert not again.stopped
        assert again.count("unchanged") == len(report.files)
        assert again.count("added") == report.left
        with open_library(tmp_path / "undisturbed", embedder=tiny_embedder) as other:
            ingest(other, [folder])
            assert library.fingerprint == other.fingerprint
        assert library.verify().sound

    def test_a_stop_leaves_a_long_document_out(self, library: Library, folder: Path) -> None:
        days = (f"Day {number} brought {number * 7} millimetres of rain." for number in range(9000))
        write(folder / "b.txt", "\n\n".join(days))
        write(folder / "a.txt", "The sun shone.")
        seen: list[IngestProgress] = []
        report = ingest(
            library,
            [folder],
            on_progress=seen.append,
            should_stop=lambda: seen[-1].passages_done > 0,
        )
        assert statuses(report) == {"a.txt": "added"}
        assert report.left == 1
        assert len(library.documents()) == 1
        assert library.verify().sound

    def test_a_stop_asked_for_at_once_adds_nothing(self, library: Library, folder: Path) -> None:
        write(folder / "a.txt", "It rained.")
        report = ingest(library, [folder], should_stop=lambda: True)
        assert (report.files, report.left, library.documents()) == ((), 1, ())

    def test_a_stop_that_comes_last_leaves_nothing(self, library: Library, folder: Path) -> None:
        write(folder / "a.txt", "It rained.")
        seen: list[IngestProgress] = []
        report = ingest(
            library, [folder], on_progress=seen.append, should_stop=lambda: len(seen) > 2
        )
        assert statuses(report) == {"a.txt": "added"}
        assert not report.stopped

    def test_an_interrupted_ingest_leaves_a_sound_library_and_can_be_finished(
        self, library: Library, folder: Path
    ) -> None:
        for number in range(30):
            write(folder / f"{number:02}.txt", f"Day {number} brought rain. " * 200)

        def interrupt(progress: IngestProgress) -> None:
            if progress.files_done >= 10:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ingest(library, [folder], on_progress=interrupt)
        assert 10 <= len(library.documents()) < 30
        assert library.verify().sound
        assert library.search_dense("rain", limit=3)
        report = ingest(library, [folder])
        assert report.count("unchanged") >= 10
        assert report.count("unchanged") + report.count("added") == 30
        assert len(library.documents()) == 30
        assert library.verify().sound


class TestSpace:
    def test_more_than_the_disk_holds_is_refused_with_the_figures(self, library: Library) -> None:
        with pytest.raises(LibraryUnwritable, match=r"MB left, and about .* MB are needed"):
            library.require_space(10**18)
        library.require_space(1)
