"""Every command does and prints beside a server what it does without one."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pincite.cli import app
from rag import open_assistant
from rag.conversations import CONVERSATIONS_FILE
from rag.settings import SETTINGS_FILE
from rag.settings_file import write_settings

from .misbehaving_server import MisbehavingServer
from .served import QUESTION, Server, add_notes, server

# Each with what is typed into it. They build on each other.
COMMANDS = (
    (("show", "ferry.txt"), ""),
    (("show", "ferry.txt", "--passages", "--json"), ""),
    (("show", "nowhere.txt"), ""),
    (("tag", "ferry.txt", "pier.txt", "--add", "boats"), ""),
    (("tag", "ferry.txt", "--add", "sea", "--remove", "boats", "--json"), ""),
    (("tag", "ferry.txt", "--add", " "), ""),
    (("tag", "pier.txt", "nowhere.txt", "--add", "lost"), ""),
    (("list",), ""),
    (("verify",), ""),
    (("verify", "--json"), ""),
    (("conversations", "list"), ""),
    (("conversations", "show", "last"), ""),
    (("ask", QUESTION, "--writer", "quotes", "--passages", "1"), ""),
    (("ask", QUESTION, "--writer", "endpoint"), ""),
    (("ask", QUESTION, "--conversation", "new"), ""),
    (("ask", "and why?", "--conversation", "last", "--json"), ""),
    (("ask", QUESTION, "--conversation", "ffff"), ""),
    (("chat",), f"{QUESTION}\nand why?\n?\n/new\nWho opened the pier?\nexit\n"),
    (("chat", "--conversation", "last", "--tag", "boats"), "and when?\n"),
    (("chat", "--no-store", "--passages", "2"), f"{QUESTION}\nand why?\n"),
    (("conversations", "list", "--json"), ""),
    (("conversations", "show", "last"), ""),
    (("conversations", "show", "last", "--json"), ""),
    (("conversations", "show", ""), ""),
    (("conversations", "show", "a/b?c"), ""),
    (("conversations", "export", "last"), ""),
    (("conversations", "export", "last", "--format", "html"), ""),
    (("conversations", "rename", "last", "The new pier"), ""),
    (("conversations", "rename", "last", " "), ""),
    (("conversations", "rename", "last", "Piers", "--json"), ""),
    (("remove", "pier.txt"), ""),
    (("conversations", "show", "last"), ""),
    (("conversations", "delete", "last"), "n\n"),
    (("conversations", "delete", "last"), "y\n"),
    (("conversations", "list"), ""),
)  # fmt: skip


@pytest.fixture
def pincite(tiny_model: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a command in this process on the library of a folder, with the server's settings."""
    chosen = {
        "PINCITE_EMBEDDING_MODEL": str(tiny_model),
        "PINCITE_ABSTENTION_THRESHOLD": "0.0",
        "COLUMNS": "100",
    }
    kept = {name: None for name in os.environ if name.startswith("PINCITE_")}

    def run(folder: Path, *arguments: str, given: str = "") -> Result:
        monkeypatch.chdir(folder)
        options = [*arguments, "--library", "library"]
        return CliRunner(env={**kept, **chosen}).invoke(app, options, input=given)

    return run


def without_what_differs(text: str, folder: Path) -> str:
    """The text without ids of conversations, times and the place of the library."""
    for pattern, name in (
        (r"\b[0-9a-f]{32}\b|(?<=conversation )[0-9a-f]{8}|(?<=show )[0-9a-f]{8}", "ID"),
        (r"^[0-9a-f]{8}(?=  )|(?<=Deleted )[0-9a-f]{8}|(?<=Renamed )[0-9a-f]{8}", "ID"),
        (r"(?<=delete )[0-9a-f]{8}", "ID"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.+Z]*", "TIME"),
        (r'"milliseconds": \{[^}]*\}', "MILLISECONDS"),
    ):
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    escaped = str(folder).replace("_", r"\_")  # as Markdown has it
    return text.replace(escaped, "HERE").replace(str(folder), "HERE")


def printed(pincite, folder: Path) -> Iterator[tuple[tuple[str, ...], int, str, str]]:
    for command, given in COMMANDS:
        ran = pincite(folder, *command, given=given)
        said = [without_what_differs(text, folder) for text in (ran.stdout, ran.stderr)]
        yield command, ran.exit_code, said[0], said[1]


def test_what_is_printed_is_what_would_be_without_a_server(
    pincite, tmp_path: Path, tiny_model: Path
) -> None:
    served, alone = tmp_path / "served", tmp_path / "alone"
    served.mkdir()
    alone.mkdir()
    with server(served, tiny_model) as site:
        beside = list(printed(pincite, served))
        kept = [entry.title for entry in site.assistant.conversations.newest_first()]
    with open_assistant(alone / "library", embedding_model=str(tiny_model)) as assistant:
        add_notes(assistant, alone)
    for one, other in zip(beside, printed(pincite, alone), strict=True):
        assert one == other
    assert kept == [QUESTION, QUESTION]
    codes = [code for _, code, *_ in beside]
    assert {code: codes.count(code) for code in set(codes)} == {0: 25, 1: 1, 2: 9}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("site"), tiny_model) as running:
        yield running


@pytest.mark.parametrize(
    "command",
    [
        ("rebuild",),
        ("eval", "make", "--out", "drafts.csv"),
        ("eval", "run", "questions.jsonl"),
        ("eval", "calibrate", "questions.jsonl"),
    ],
)
def test_what_needs_the_library_for_itself_says_what_to_do(
    pincite, command: tuple[str, ...], site: Server
) -> None:
    folder = site.assistant.library_path.parent
    rows = [
        {"id": f"{number}", "question": f"Who opened pier {number}?", "answerable": number > 9,
         "answers": ["Ann Lindqvist"] if number > 9 else []}
        for number in range(20)
    ]  # fmt: skip
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ran = pincite(folder, *command)
    assert ran.exit_code == 1, ran.output
    assert f"serves the library at {site.address}, and this command needs it for itself" in (
        ran.stderr
    )
    assert f"`kill {os.getpid()}`" in ran.stderr


def test_the_servers_endpoint_can_be_chosen_from_a_shell_that_does_not_know_it(
    pincite, site: Server
) -> None:
    folder = site.assistant.library_path.parent
    words = ("The ferry to Aldermoor ", "will run every hour ", "from May [1].")
    with MisbehavingServer("saying", words=words) as model:
        write_settings(folder / "library" / SETTINGS_FILE, {"llm_base_url": model.base_url})
        site.assistant.reload_settings()
        write_settings(folder / "library" / SETTINGS_FILE, {"llm_base_url": None})
        ran = pincite(folder, "ask", QUESTION, "--writer", "endpoint", "--json")
        assert ran.exit_code == 0, ran.output
        assert len(model.requests) == 1
    site.assistant.reload_settings()


def test_a_long_chat_that_is_not_stored_goes_on(pincite, site: Server) -> None:
    """What is sent back with a question is no more than what counts: the server takes no more."""
    folder = site.assistant.library_path.parent
    ran = pincite(folder, "chat", "--no-store", given=f"{QUESTION}\n" * 5 + "and why?\n")
    assert "Understood as: Why will the ferry to Aldermoor run?" in ran.stdout, ran.output
    assert site.assistant.conversations.newest_first() == ()


def test_a_backup_is_written_beside_a_server(pincite, site: Server) -> None:
    folder = site.assistant.library_path.parent
    assert pincite(folder, "backup", "library.pincite").exit_code == 0
    assert (folder / "library.pincite").is_file()


def test_an_answer_that_cannot_be_read_is_shown_as_it_would_be_without_a_server(
    pincite, site: Server
) -> None:
    folder = site.assistant.library_path.parent
    pincite(folder, "ask", QUESTION, "--conversation", "new")
    with closing(sqlite3.connect(folder / "library" / CONVERSATIONS_FILE)) as file, file:
        file.execute("UPDATE answers SET answer = replace(answer, 'answer/1', 'answer/9')")
    ran = pincite(folder, "conversations", "show", "last")
    assert "Cannot be shown. This stored answer has the schema 'pincite.answer/9'" in ran.stdout
    assert ran.stdout.count(QUESTION) == 2  # the title, and what was asked
    pincite(folder, "conversations", "delete", "last", "--yes")
