"""Every example of docs/api.md, run against a server as the page says to start it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pincite.accounts import Accounts
from pincite.ui.page import serve
from rag import open_assistant
from rag.render import json_schema

from .served import free_port

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The example articles being served, with a key; how to run an example."""
    folder = tmp_path_factory.mktemp("examples")
    with open_assistant(folder / "library") as assistant:
        assistant.add(REPOSITORY / "examples" / "articles")
        key = Accounts(assistant.library_path).add_key("my-program")
        port = free_port()
        page = serve(assistant, port=port)
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        try:
            yield {
                "cwd": folder,
                "env": {**kept, "PINCITE_KEY": key},
                "address": f"http://127.0.0.1:{port}",
            }
        finally:
            page.close(verbose=False)


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found
    return found


def run(example: dict[str, Any], *command: str) -> str:
    done = subprocess.run(
        command, cwd=example["cwd"], env=example["env"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shell(example: dict[str, Any], number: int) -> str:
    script = blocks("bash")[number].replace(ADDRESS, example["address"])
    return run(example, "bash", "-euo", "pipefail", "-c", script)


def test_the_server_says_that_it_is_well(example: dict[str, Any]) -> None:
    assert json.loads(shell(example, 0))["status"] == "ok"


def test_a_question_is_answered_as_the_schema_says(example: dict[str, Any]) -> None:
    answer = json.loads(shell(example, 1))
    jsonschema.validate(answer, json_schema())
    assert "submarine" in answer["text"]
    schema = json.loads((REPOSITORY / "docs" / "answer.schema.json").read_text())
    jsonschema.validate(answer, schema)


def test_a_follow_up_goes_on_with_the_conversation(example: dict[str, Any]) -> None:
    answer = json.loads(shell(example, 2))
    assert answer["question"]["text"] == "and when?"
    assert "denied the arms deal" in answer["question"]["standalone"]


def test_events_come_while_it_is_made(example: dict[str, Any]) -> None:
    lines = shell(example, 3).splitlines()
    assert lines[:2] == ["id: 1", "event: stage"]
    assert "event: answer" in lines


def test_a_file_is_added_listed_and_found(example: dict[str, Any]) -> None:
    report, listed, found = (json.loads(line) for line in _values(shell(example, 4)))
    assert [row["status"] for row in report["files"]] == ["added"]
    assert [one["title"] for one in listed["documents"]] == ["Ferry"]
    assert any("ferry to Aldermoor" in hit["passage"]["text"] for hit in found["hits"])


def test_a_stored_conversation_is_renamed_and_read_again(example: dict[str, Any]) -> None:
    renamed, read = (json.loads(line) for line in _values(shell(example, 5)))
    assert renamed["conversation"]["title"] == read["title"] == "The meeting"
    assert read["answers"][0]["question"] == "Where did the leaders meet?"


def test_openais_client_asks_and_goes_on(example: dict[str, Any]) -> None:
    (program,) = blocks("python")
    told = run(example, sys.executable, "-c", program.replace(ADDRESS, example["address"]))
    assert "submarine" in told
    assert "### Sources" in told
    assert re.search(r"^1 .+ \d+ \d+$", told, re.MULTILINE)
    assert "Understood as: " in told


def test_no_example_is_left_out() -> None:
    assert len(blocks("bash")) == 6
    assert len(blocks("python")) == 1


def _values(text: str) -> list[str]:
    """The JSON objects that stand one after another without a line break."""
    decoder, values = json.JSONDecoder(), []
    while text:
        _, end = decoder.raw_decode(text)
        values.append(text[:end])
        text = text[end:].lstrip()
    return values
