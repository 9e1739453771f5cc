"""While a server has the library, commands of its owner have the server do the work."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pincite.accounts import Accounts
from pincite.server_note import NOTE_FILE, read_note

from .served import FERRY, PASSWORD, QUESTION, Server, server

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def site(tmp_path: Path, tiny_model: Path) -> Iterator[Server]:
    """With a user, so that nobody else is let in."""
    with server(tmp_path, tiny_model) as running:
        Accounts(running.assistant.library_path).add_user("anna", PASSWORD)
        yield running


def pincite(
    *arguments: str | Path, folder: Path, given: str = "", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if "PINCITE" not in name}
    return subprocess.run(
        [sys.executable, "-m", "pincite", *map(str, arguments)],
        env={**kept, "PYTHONPATH": str(REPOSITORY), **(environment or {})},
        input=given, cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def done(*arguments: str | Path, folder: Path, given: str = "") -> str:
    finished = pincite(*arguments, folder=folder, given=given)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def as_json(*arguments: str | Path, folder: Path, given: str = "") -> Any:
    return json.loads(done(*arguments, "--json", folder=folder, given=given))


def test_documents_are_added_listed_asked_and_removed(site: Server, tmp_path: Path) -> None:
    here = tmp_path / "elsewhere"  # the server works in another folder
    (here / "notes").mkdir(parents=True)
    (here / "notes" / "tower.txt").write_text("The tower was painted green in June.\n")
    (here / "notes" / "empty.txt").touch()
    library = ("--library", tmp_path / "library")
    report = as_json("add", "notes", "--tag", "towns", *library, folder=here)
    tower = next(row for row in report["files"] if row["status"] == "added")
    assert tower["path"] == str(here / "notes" / "tower.txt")
    assert len(report["files"]) == 2
    listed = as_json("list", "--source", "notes", *library, folder=here)["documents"]
    assert [one["id"] for one in listed] == [tower["document_id"]]
    asked = ("ask", "What colour was the tower painted?", "--tag", "towns", *library)
    assert "The tower was painted green in June." in done(*asked, folder=here)
    removed = as_json("remove", "notes/tower.txt", *library, folder=here)
    assert removed == {"removed": [tower["document_id"]]}
    assert len(site.assistant.documents()) == 2


def test_what_is_printed_is_what_would_be_without_a_server(
    tmp_path: Path, tiny_model: Path
) -> None:
    library = ("--library", tmp_path / "library")
    commands = [
        ("list",),
        ("list", "--tag", "nothing"),
        ("ask", QUESTION),
        ("remove", "ffffffff"),
        ("add", "nowhere.txt"),
    ]

    def outputs(model: Path) -> list[tuple[int, str, str]]:
        # The settings of the library that the server has open; commands here have their own.
        environment = {
            "PINCITE_EMBEDDING_MODEL": str(model),
            "PINCITE_ABSTENTION_THRESHOLD": "0.0",
        }
        ran = [
            pincite(*command, *library, folder=tmp_path, environment=environment)
            for command in commands
        ]
        # A path that is not there is named as the server was told it.
        here = f"{tmp_path}/"
        return [(one.returncode, one.stdout, one.stderr.replace(here, "")) for one in ran]

    with server(tmp_path, tiny_model):
        served = outputs(tiny_model)
    assert served == outputs(tiny_model)
    assert any(FERRY.strip()[:30] in stdout for _, stdout, _ in served)


def test_a_document_on_stdin_keeps_its_name(site: Server, tmp_path: Path) -> None:
    library = ("--library", tmp_path / "library")
    text = "The tower was painted green in June.\n"
    (row,) = as_json("add", "-", "--name", "t.txt", *library, folder=tmp_path, given=text)["files"]
    assert site.assistant.document(row["document_id"]).sources == ("t.txt",)
    assert as_json("remove", "t.txt", *library, folder=tmp_path)["removed"] == [row["document_id"]]


def test_a_document_of_the_same_path_elsewhere_is_left_alone(site: Server, tmp_path: Path) -> None:
    """`ferry.txt` is in the server's folder, and there is none where the command runs."""
    (tmp_path / "elsewhere").mkdir()
    gone = pincite(
        "remove", "ferry.txt", "--library", tmp_path / "library", folder=tmp_path / "elsewhere"
    )
    assert gone.returncode == 2
    assert "No document has the id or source 'ferry.txt'" in gone.stderr
    assert len(site.assistant.documents()) == 2


def test_documents_whose_files_are_gone_are_found_from_here(site: Server, tmp_path: Path) -> None:
    (tmp_path / "ferry.txt").unlink()
    library = ("--library", tmp_path / "library")
    (one,) = as_json("list", "--gone", ".", *library, folder=tmp_path)["documents"]
    assert one["title"] == "Ferry"
    assert as_json("remove", "--gone", ".", "--yes", *library, folder=tmp_path) == {
        "removed": [one["id"]]
    }


def test_the_note_is_its_owners_and_goes_with_the_server(tmp_path: Path, tiny_model: Path) -> None:
    with server(tmp_path, tiny_model) as site:
        library = site.assistant.library_path
        assert stat.S_IMODE((library / NOTE_FILE).stat().st_mode) == 0o600
        note = read_note(library)
        assert note is not None
        with site.client(headers={"authorization": f"Bearer {note.token}x"}) as client:
            Accounts(library).add_user("anna", PASSWORD)
            assert client.get("/api/v1/documents").status_code == 401
    assert not (library / NOTE_FILE).exists()


def test_a_note_left_behind_by_a_crash_is_not_believed(tmp_path: Path, tiny_model: Path) -> None:
    from rag import open_assistant

    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant:
        note = {"pid": os.getpid() + 1, "host": "127.0.0.1", "port": 9, "token": "x"}
        (assistant.library_path / NOTE_FILE).write_text(json.dumps(note))
        ran = pincite("list", "--library", tmp_path / "library", folder=tmp_path)
    assert ran.returncode == 1
    assert f"is in use by process {os.getpid()} " in ran.stderr


class TestUsersAndKeys:
    def test_a_user_is_added_from_a_script_listed_and_removed(
        self, site: Server, tmp_path: Path
    ) -> None:
        library = ("--library", tmp_path / "library")
        added = done("users", "add", "Ben", *library, folder=tmp_path, given=f"{PASSWORD}\n")
        assert added == "Added the user ben.\n"
        with site.signed_in("ben") as client:
            assert client.get("/config").status_code == 200
        names = as_json("users", "list", *library, folder=tmp_path)["users"]
        assert [one["name"] for one in names] == ["anna", "ben"]
        assert "password" not in names[0]
        removed = pincite("users", "remove", "ben", *library, folder=tmp_path)
        assert removed.stdout == "Removed the user ben.\n"
        assert "Their stored conversations stay" in removed.stderr
        short = pincite("users", "add", "carl", *library, folder=tmp_path, given="short\n")
        assert short.returncode == 2
        assert "The password has 5 characters" in short.stderr

    def test_a_key_is_printed_once_and_opens_the_interface(
        self, site: Server, tmp_path: Path
    ) -> None:
        library = ("--library", tmp_path / "library")
        made = pincite("keys", "add", "reports", *library, folder=tmp_path)
        key = made.stdout.strip()
        assert key.startswith("pincite_")
        assert key not in made.stderr
        with site.client(headers={"authorization": f"Bearer {key}"}) as client:
            assert client.get("/api/v1/documents").status_code == 200
            listed = done("keys", "list", *library, folder=tmp_path)
            assert listed.startswith("reports  since 20")
            assert key not in listed
            done("keys", "remove", "reports", *library, folder=tmp_path)
            assert client.get("/api/v1/documents").status_code == 401

    def test_there_must_be_a_library(self, tmp_path: Path) -> None:
        ran = pincite("users", "add", "anna", folder=tmp_path, given=f"{PASSWORD}\n")
        assert ran.returncode == 1
        assert "There is no library at" in ran.stderr
        assert not (tmp_path / ".pincite").exists()
