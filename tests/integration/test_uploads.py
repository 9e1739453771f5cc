"""Uploads of one name stay apart, and equal ones do not take each other's file away."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pincite.ui.adding import Adding, Addition, add
from pincite.ui.library import UPLOADS, staged
from rag import Assistant, open_assistant

from .served import server

FERRY = "The ferry to Aldermoor will run every hour from May, the company said.\n"
TOWER = "The tower was painted green in June, the mayor of Aldermoor said.\n"


@pytest.fixture
def assistant(tiny_model: Path, tmp_path: Path) -> Iterator[Assistant]:
    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as opened:
        yield opened


def uploaded(folder: Path, text: str, name: str = "article.txt") -> Path:
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def added(assistant: Assistant, *uploads: Path) -> Iterator[Adding]:
    return add(assistant, Addition(sources=uploads, uploaded=True))


def sources(assistant: Assistant) -> list[Path]:
    return [Path(source) for document in assistant.documents() for source in document.sources]


def test_two_files_of_one_name_in_one_drop_are_two_documents(
    assistant: Assistant, tmp_path: Path
) -> None:
    drop = [uploaded(tmp_path / "a", FERRY), uploaded(tmp_path / "b", TOWER)]
    *_, last = added(assistant, *drop)
    assert [(report.status, Path(report.path).name) for report in last.done] == [
        ("added", "article.txt"),
        ("added", "article.txt"),
    ]
    texts = {assistant.document(one.id).text.strip() for one in assistant.documents()}
    assert texts == {FERRY.strip(), TOWER.strip()}
    assert [source.name for source in sources(assistant)] == ["article.txt"] * 2
    assert not (assistant.library_path / UPLOADS).exists()


def test_the_same_file_twice_in_one_drop_is_one_document(
    assistant: Assistant, tmp_path: Path
) -> None:
    one, again = uploaded(tmp_path / "a", FERRY), uploaded(tmp_path / "b", FERRY)
    *_, last = added(assistant, one, one, again)
    assert last.trouble is None
    assert [report.status for report in last.done] == ["added", "unchanged"]
    assert len(sources(assistant)) == 1


def test_visitors_with_one_name_have_files_of_their_own(
    assistant: Assistant, tmp_path: Path
) -> None:
    one, other = uploaded(tmp_path / "a", FERRY), uploaded(tmp_path / "b", TOWER)
    with staged(assistant, one) as first:
        with staged(assistant, other) as second:
            assert first.read_text(encoding="utf-8") == FERRY
            assert second.read_text(encoding="utf-8") == TOWER
        assert first.exists()
        assert not second.exists()


def test_of_visitors_with_the_same_file_the_last_one_deletes_it(
    assistant: Assistant, tmp_path: Path
) -> None:
    one, other = uploaded(tmp_path / "a", FERRY), uploaded(tmp_path / "b", FERRY)
    with staged(assistant, one) as first:
        with staged(assistant, other) as second:
            assert first == second
        assert first.read_text(encoding="utf-8") == FERRY
    assert not other.exists()
    assert not (assistant.library_path / UPLOADS).exists()


def test_an_upload_that_cannot_be_stored_is_said(assistant: Assistant, tmp_path: Path) -> None:
    (assistant.library_path / UPLOADS).write_text("a file where the folder should be")
    *_, last = added(assistant, uploaded(tmp_path / "a", FERRY))
    assert last.done == ()
    assert last.trouble is not None
    assert "The upload a.txt could not be stored" in last.trouble or "could not be" in last.trouble
    assert len(last.left) == 1


def test_an_upload_that_another_visitor_took_stops_no_other(
    assistant: Assistant, tmp_path: Path
) -> None:
    gone, other = tmp_path / "gone.txt", uploaded(tmp_path / "b", FERRY * 2)
    *_, last = added(assistant, uploaded(tmp_path / "a", FERRY), gone, other)
    assert [report.status for report in last.done] == ["added", "failed", "added"]
    assert "not there any more" in (last.done[1].reason or "")
    assert (last.trouble, last.left) == (None, ())


def test_what_was_stopped_is_gone_on_with(assistant: Assistant, tmp_path: Path) -> None:
    uploads = [
        uploaded(tmp_path / f"{number}", f"{FERRY} It is number {number}.", f"{number}.txt")
        for number in range(6)
    ]
    addition = Addition(sources=tuple(uploads), uploaded=True)
    last = Adding()
    for last in add(assistant, addition):
        if len(last.done) == 2:
            addition.stop.set()
    done = len(last.done)
    assert 2 <= done < 6
    assert last.trouble is None
    assert last.left == tuple(uploads[done:])
    assert all(path.is_file() for path in last.left)
    assert not (assistant.library_path / UPLOADS).exists()
    assert len(assistant.documents()) == done

    *_, last = add(assistant, addition.rest(last))
    assert [report.status for report in last.done] == ["added"] * 6
    assert last.left == ()
    assert sorted(source.name for source in sources(assistant)) == [f"{n}.txt" for n in range(6)]
    assert not (assistant.library_path / UPLOADS).exists()


def test_an_archive_that_was_stopped_in_the_middle_can_be_gone_on_with(
    assistant: Assistant, tmp_path: Path
) -> None:
    archive = tmp_path / "reports.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for number in range(300):
            target.writestr(f"{number:03}.txt", f"On day {number} it rained again. " * 60)
    addition = Addition(sources=(archive,), uploaded=True)
    last = Adding()
    for last in add(assistant, addition):
        if last.progress is not None and last.progress.passages_done:
            addition.stop.set()
    done = len(assistant.documents())
    assert 0 < done < 300
    assert [report.status for report in last.done] == ["added"] * done
    assert last.left == (archive,)
    *_, last = add(assistant, addition.rest(last))
    assert len(assistant.documents()) == 300
    assert last.left == ()


def test_the_progress_of_an_upload_is_that_of_all_its_files(
    assistant: Assistant, tmp_path: Path
) -> None:
    drop = [uploaded(tmp_path / "a", FERRY * 50), uploaded(tmp_path / "b", TOWER * 90)]
    total = sum(path.stat().st_size for path in drop)
    steps = [step.progress for step in added(assistant, *drop) if step.progress is not None]
    assert {step.files_total for step in steps} == {2}
    assert [step.files_done for step in steps] == sorted(step.files_done for step in steps)
    done = [step.bytes_done for step in steps]
    assert done == sorted(done)
    assert (done[0], done[-1], steps[-1].bytes_total) == (0, total, total)
    passages = sum(document.passages for document in assistant.documents())
    assert steps[-1].passages_done == passages


def test_uploads_that_are_here_already_leave_the_sum(assistant: Assistant, tmp_path: Path) -> None:
    list(added(assistant, uploaded(tmp_path / "a", FERRY)))
    drop = [uploaded(tmp_path / "again", FERRY), uploaded(tmp_path / "b", TOWER)]
    steps = list(added(assistant, *drop))
    assert [report.status for report in steps[-1].done] == ["unchanged", "added"]
    told = [step.progress for step in steps if step.progress is not None]
    assert told[0].bytes_total == len(FERRY) + len(TOWER)
    assert (told[-1].bytes_done, told[-1].bytes_total) == (len(TOWER), len(TOWER))


def test_what_is_uploaded_together_has_a_limit_and_leaves_nothing_behind(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(temporary))
    monkeypatch.setattr("pincite.api.gate.PAGE_UPLOAD_LIMIT", 2 * 1024 * 1024)
    with server(tmp_path, tiny_model) as site, site.client() as client:
        files = [("files", (f"{number}.txt", b"x" * 1_000_000)) for number in range(3)]
        refused = client.post("/gradio_api/upload", files=files)
        assert refused.status_code == 413
        assert "larger together than 2 MB" in refused.text
        assert [path for path in temporary.rglob("*") if path.is_file()] == []
        assert client.post("/gradio_api/upload", files=files[:2]).status_code == 200
