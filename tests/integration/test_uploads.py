"""Uploads of one name stay apart, and equal ones do not take each other's file away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pincite.ui.library import UPLOADS, add_uploads, staged
from rag import Assistant, open_assistant

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


def sources(assistant: Assistant) -> list[Path]:
    return [Path(source) for document in assistant.documents() for source in document.sources]


def test_two_files_of_one_name_in_one_drop_are_two_documents(
    assistant: Assistant, tmp_path: Path
) -> None:
    drop = [uploaded(tmp_path / "a", FERRY), uploaded(tmp_path / "b", TOWER)]
    *_, last = add_uploads(assistant, drop)
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
    *_, last = add_uploads(assistant, [one, one, again])
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


def test_an_upload_that_cannot_be_stored_is_said_and_what_was_added_stays(
    assistant: Assistant, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.txt"
    *_, last = add_uploads(assistant, [uploaded(tmp_path / "a", FERRY), gone])
    assert [report.status for report in last.done] == ["added"]
    assert last.trouble is not None
    assert "The upload gone.txt could not be stored" in last.trouble
    assert len(assistant.documents()) == 1
