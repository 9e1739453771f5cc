"""`pincite conversations`, and what `ask` and `chat` store: real library, real commands."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pincite.cli import app
from rag.render import from_json

QUESTION = "How many coins does tea cost?"
NEUTRAL = {
    name: None
    for name in os.environ
    if name.startswith("PINCITE_") or name in {"FORCE_COLOR", "NO_COLOR", "COLUMNS"}
}


def pincite(*arguments: str | Path, stdin: str = "") -> Result:
    """Run a command in this process; never with an exception that escaped."""
    result = CliRunner(env=NEUTRAL).invoke(app, [str(one) for one in arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def payload(*arguments: str | Path) -> Any:
    result = pincite(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A library of two notes, named by the environment."""
    path = tmp_path / "library"
    for name in ("PINCITE_LIBRARY", "COLUMNS"):
        monkeypatch.delitem(NEUTRAL, name, raising=False)
    monkeypatch.setenv("PINCITE_LIBRARY", str(path))
    monkeypatch.setenv("COLUMNS", "300")  # so that no sentence is cut
    (tmp_path / "tea.txt").write_text("Tea costs three coins a cup in the harbour.", "utf-8")
    (tmp_path / "coffee.txt").write_text("Coffee is sold out until the ship returns.", "utf-8")
    assert pincite("add", tmp_path / "tea.txt", tmp_path / "coffee.txt").exit_code == 0
    return path


@pytest.fixture
def stored(library: Path) -> str:
    """The id of a conversation with one answer."""
    assert pincite("ask", QUESTION, "--conversation", "new").exit_code == 0
    (entry,) = payload("conversations", "list")["conversations"]
    return str(entry["id"])


def test_a_question_is_stored_only_if_asked_for(library: Path) -> None:
    assert pincite("ask", QUESTION).stderr == ""
    assert payload("conversations", "list") == {"conversations": []}
    assert "holds no conversation" in pincite("conversations", "list").stdout
    result = pincite("ask", QUESTION, "--conversation", "new", "--json")
    answer = from_json(json.loads(result.stdout))
    (entry,) = payload("conversations", "list")["conversations"]
    assert entry["title"] == QUESTION
    assert entry["count"] == 1
    assert result.stderr == (
        f"Note: Stored 1 answer in conversation {entry['id'][:8]}. Show it again: "
        f"pincite conversations show {entry['id'][:8]} --library {library}\n"
    )
    shown = payload("conversations", "show", "last")
    assert from_json(shown["answers"][0]["answer"]) == answer


def test_a_conversation_can_be_gone_on_with(stored: str) -> None:
    for name in (stored[:8], "last"):
        assert pincite("ask", "Is coffee sold?", "--conversation", name).exit_code == 0
    result = pincite("chat", "--conversation", "last", stdin=f"{QUESTION}\n")
    assert f"This goes on with conversation {stored[:8]}, “{QUESTION}”, 3 answers." in result.stdout
    (entry,) = payload("conversations", "list")["conversations"]
    assert (entry["id"], entry["count"]) == (stored, 4)


def test_a_chat_is_stored_and_says_how_to_see_it_again(library: Path) -> None:
    result = pincite("chat", stdin=f"{QUESTION}\n{'x' * 3000}\nIs coffee sold?\nexit\n")
    assert "The conversation is stored in the library; with --no-store it is not." in result.stdout
    (entry,) = payload("conversations", "list")["conversations"]
    assert entry["count"] == 2
    last = result.stdout.splitlines()[-1]
    assert last.startswith(f"Stored 2 answers in conversation {entry['id'][:8]}. Show it again: ")
    command = last.partition("again: pincite ")[2].split()
    assert pincite(*command).stdout.count(QUESTION) == 2  # as title and as question


@pytest.mark.usefixtures("library")
def test_a_follow_up_goes_on_from_what_is_stored() -> None:
    pincite("ask", "What does Velmora want in return?", "--conversation", "new")
    one = pincite("ask", "and Orlan?", "--conversation", "last")
    assert one.stdout.startswith("Understood as: What does Orlan want in return?\n")
    chat = pincite("chat", "--conversation", "last", stdin="why?\n/new\nand Orlan?\n")
    before, after = chat.stdout.split("A new conversation.\n")
    assert "Understood as: What does Orlan want in return, and why?\n" in before
    assert "Stored 1 answer in conversation" in before
    assert "Understood as" not in after
    counts = [entry["count"] for entry in payload("conversations", "list")["conversations"]]
    assert counts == [1, 3]


def test_a_chat_that_is_not_to_be_stored_leaves_nothing(library: Path) -> None:
    result = pincite("chat", "--no-store", stdin=f"{QUESTION}\n")
    assert "Nothing of this conversation is stored." in result.stdout
    assert "Stored" not in result.stdout
    assert not list(library.glob("conversations*"))
    assert pincite("chat", stdin="exit\n").exit_code == 0  # nor does one without a question
    assert not list(library.glob("conversations*"))


def test_show_says_which_sources_are_not_as_they_were(stored: str, tmp_path: Path) -> None:
    before = pincite("conversations", "show", "last").stdout
    assert "since" not in before
    (tmp_path / "tea.txt").write_text("Tea costs nine coins a cup by now.", "utf-8")
    assert pincite("add", tmp_path / "tea.txt").exit_code == 0
    changed = pincite("conversations", "show", "last").stdout
    assert "    This document was changed since\n" in changed
    assert pincite("remove", str(tmp_path / "tea.txt")).exit_code == 0
    removed = pincite("conversations", "show", "last").stdout
    assert "    This document was removed since\n" in removed
    assert "“Tea costs three coins a cup in the harbour.”" in removed
    states = payload("conversations", "show", stored)["answers"][0]["states"]
    assert "removed" in states["sources"] + states["nearest"]


def test_remove_says_which_conversations_keep_quotes(stored: str, tmp_path: Path) -> None:
    (tmp_path / "rain.txt").write_text("It rained all day.", "utf-8")
    assert pincite("add", tmp_path / "rain.txt").exit_code == 0
    assert "conversation" not in pincite("remove", tmp_path / "rain.txt").stderr
    told = pincite("remove", tmp_path / "tea.txt").stderr
    assert "1 stored conversation named what was removed" in told
    assert f"pincite conversations delete {stored[:8]}" in told


def test_dropped_quotes_are_gone_from_what_is_shown(stored: str, tmp_path: Path) -> None:
    assert pincite("settings", "removed_quotes", "drop").exit_code == 0
    removing = pincite("remove", str(tmp_path / "tea.txt"))
    assert removing.exit_code == 0
    assert "conversation" not in removing.stderr
    shown = pincite("conversations", "show", "last").stdout
    exported = pincite("conversations", "export", "last", "--format", "json").stdout
    for text in (shown, exported):
        assert "three coins" not in text
        assert "Left out, since the document was removed from the library." in text


def test_export_writes_markdown_or_json_and_overwrites_nothing(stored: str, tmp_path: Path) -> None:
    printed = pincite("conversations", "export", stored).stdout
    assert printed.startswith(f"# {QUESTION}\n\nStarted ")
    as_json = json.loads(pincite("conversations", "export", "last", "--format", "json").stdout)
    assert (as_json["schema"], as_json["id"]) == ("pincite.conversation/1", stored)
    assert [set(as_json)] == [set(payload("conversations", "show", "last"))]
    file = tmp_path / "tea.md"
    arguments = ("conversations", "export", stored, "--output", file)
    assert pincite(*arguments).stdout == f"Wrote 1 answer to {file}.\n"
    written = file.read_text("utf-8")
    assert written.startswith(f"# {QUESTION}\n\nStarted ")
    refused = pincite(*arguments, "--format", "json")
    assert refused.exit_code == 2
    assert f"There is a file {file} already" in refused.stderr
    assert file.read_text("utf-8") == written
    assert pincite(*arguments, "--format", "json", "--force").exit_code == 0
    assert json.loads(file.read_text("utf-8"))["id"] == stored


def test_rename_and_list_for_people(stored: str) -> None:
    assert pincite("conversations", "rename", "last", "Prices", "of", "tea").stdout == (
        f"Renamed {stored[:8]} Prices of tea\n"
    )
    listed = pincite("conversations", "list").stdout
    row = rf"^{stored[:8]}  \d{{4}}-\d\d-\d\d \d\d:\d\d +1  Prices of tea$"
    assert re.search(row, listed.replace(" \n", "\n"), re.MULTILINE), listed
    assert listed.endswith("1 conversation\n")
    renamed = payload("conversations", "rename", stored, "Tea")["conversation"]
    assert (renamed["title"], renamed["count"]) == ("Tea", 1)


@pytest.mark.parametrize("reply", ["\n", "n\n", "maybe\n"])
def test_delete_asks_and_takes_no_for_an_answer(stored: str, reply: str) -> None:
    result = pincite("conversations", "delete", stored, stdin=reply)
    assert f"Delete “{QUESTION}” with 1 answer for good? [y/N]" in result.stderr
    assert "Nothing was deleted." in result.stderr
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(payload("conversations", "list")["conversations"]) == 1


def test_delete_erases_after_a_yes_or_unasked(stored: str) -> None:
    assert pincite("conversations", "delete", "last").exit_code == 2  # nobody says yes or no
    result = pincite("conversations", "delete", "last", stdin="y\n")
    assert result.stdout == f"Deleted {stored[:8]} {QUESTION}\n"
    assert pincite("ask", QUESTION, "--conversation", "new").exit_code == 0
    (entry,) = payload("conversations", "list")["conversations"]
    assert payload("conversations", "delete", "last", "--yes") == {"deleted": entry["id"]}
    assert payload("conversations", "list") == {"conversations": []}


@pytest.mark.parametrize(
    ("arguments", "kind", "sentence"),
    [
        (["conversations", "show", "zzz"], "UnknownConversation", "No stored conversation has"),
        (["conversations", "show"], "MissingParameter", "Missing argument 'ID'"),
        (["conversations", "rename", "last", " "], "UsageError", "The title is empty"),
        (["conversations", "delete", "last"], "UsageError", "give --yes"),
        (["conversations", "export", "zzz"], "UnknownConversation", "list the conversations"),
        (["conversations", "export", "last", "--format", "pdf"], "BadParameter", "'pdf' is not"),
        (["conversations", "export", "last", "--output", "no/such/a"], "UsageError", "name a file"),
        (["ask", QUESTION, "--conversation", "zzz"], "UnknownConversation", "zzz"),
        (["chat", "--conversation", "zzz"], "UnknownConversation", "zzz"),
        (["chat", "--conversation", "last", "--no-store"], "UsageError", "give one of the two"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_an_error_is_one_sentence(
    stored: str, arguments: list[str], kind: str, sentence: str
) -> None:
    result = pincite(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    if arguments[0] == "chat" or arguments[1] == "export":
        return  # these have no --json
    as_json = pincite(*arguments, "--json")
    assert json.loads(as_json.stdout)["error"]["type"] == kind


def test_the_last_of_none_is_an_error_that_says_how_to_store_one(library: Path) -> None:
    for arguments in (["conversations", "show", "last"], ["ask", "x", "--conversation", "last"]):
        result = pincite(*arguments)
        assert result.exit_code == 2
        assert "No conversation is stored yet: `pincite chat` stores one" in result.stderr


def test_the_group_alone_shows_its_commands() -> None:
    result = pincite("conversations")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in ("list", "show", "export", "delete", "rename"))
