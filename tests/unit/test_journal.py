"""The journal of a run: what is kept of it, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.journal import JOURNAL, open_journal
from eval.models import Observation, Outcome, Query

MANIFEST = {"code": "abc", "limit": None, "notes": ()}


def observation(name: str) -> Observation:
    query = Query(id=name, question="Who?")
    return Observation(outcome=Outcome(query=query), milliseconds={"ask": 0.1 + 0.2})


def begin(folder: Path, *names: str) -> None:
    with open_journal(folder, manifest=MANIFEST) as journal:
        for name in names:
            journal.keep(observation(name))


def kept(folder: Path, **changes: object) -> list[str]:
    with open_journal(folder, manifest=MANIFEST | changes) as journal:
        return [name for name, _ in journal.kept]


def test_what_was_kept_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    begin(tmp_path / "new", "a")
    begin(tmp_path / "new", "b")

    assert kept(tmp_path / "new") == ["a", "b"]
    with open_journal(tmp_path / "new", manifest=MANIFEST) as journal:
        assert journal.kept["b", "as asked"] == observation("b")
        assert journal.differing == ()


@pytest.mark.parametrize(
    "tail", ['{"outcome": {"query"', '{"outcome": 1}\n', "\n", "\0\0\0\0", "\0\n", "[]\n", "\xff\n"]
)
def test_what_stands_behind_a_broken_line_is_dropped(tail: str, tmp_path: Path) -> None:
    begin(tmp_path, "a", "b")
    whole = (tmp_path / JOURNAL).read_bytes()
    (tmp_path / JOURNAL).write_bytes(whole + tail.encode("latin-1") + whole.split(b"\n")[1] + b"\n")

    assert kept(tmp_path) == ["a", "b"]
    assert (tmp_path / JOURNAL).read_bytes() == whole
    begin(tmp_path, "c")
    assert kept(tmp_path) == ["a", "b", "c"]


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_journal_cut_at_any_byte_keeps_its_whole_lines(cut: int, tmp_path: Path) -> None:
    begin(tmp_path, "a", "b")
    whole = (tmp_path / JOURNAL).read_bytes()
    length = len(whole) * cut // 40
    (tmp_path / JOURNAL).write_bytes(whole[:length])

    lines = whole[:length].count(b"\n")
    assert kept(tmp_path) == ["a", "b"][: max(0, lines - 1)]
    begin(tmp_path, "c")
    assert kept(tmp_path)[-1] == "c"


@pytest.mark.parametrize(
    ("changes", "differing"),
    [({"code": "xyz"}, ("code",)), ({"limit": 5, "more": 1}, ("limit", "more"))],
)
def test_a_journal_of_another_run_is_named_and_dropped(
    changes: dict[str, object], differing: tuple[str, ...], tmp_path: Path
) -> None:
    begin(tmp_path, "a")

    with open_journal(tmp_path, manifest=MANIFEST | changes) as journal:
        assert journal.differing == differing
        assert journal.kept == {}
    assert kept(tmp_path, **changes) == []


@pytest.mark.parametrize("first", ["{}", "[]", "1", "nonsense", '{"schema": "pincite.journal/0"}'])
def test_a_journal_of_another_version_is_dropped(first: str, tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text(f"{first}\n", encoding="utf-8")

    with open_journal(tmp_path, manifest=MANIFEST) as journal:
        assert journal.differing == ("version",)


def test_without_a_folder_nothing_is_kept() -> None:
    with open_journal(None, manifest=MANIFEST) as journal:
        journal.keep(observation("a"))
        assert journal.kept == {}
