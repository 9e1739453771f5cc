"""A variable that is nearly a setting's is named, and nobody else's is."""

from __future__ import annotations

from dataclasses import fields

import pytest
from typer.testing import CliRunner

from pincite.cli import app
from pincite.environment import mistyped
from rag.settings import Settings


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PINCITE_WRITTER", "PINCITE_WRITER"),
        ("PINCITE_writer", "PINCITE_WRITER"),
        ("PINCITE_PASSAGE", "PINCITE_PASSAGES"),
        ("PINCITE_BASE_URL", "PINCITE_LLM_BASE_URL"),
        ("PINCITE_LLM_URL", "PINCITE_LLM_BASE_URL"),
        ("PINCITE_API_KEY", "PINCITE_LLM_API_KEY"),
        ("PINCITE_MODEL", "PINCITE_LLM_MODEL"),
        ("PINCITE_LIBARY", "PINCITE_LIBRARY"),
    ],
)
def test_the_nearest_right_name_is_told(name: str, meant: str) -> None:
    assert list(mistyped({name: "secret", "PATH": "/bin"})) == [
        f"{name} is no setting and is ignored. Did you mean {meant}?"
    ]


def test_what_is_read_and_what_is_somebodys_own_is_not_spoken_of() -> None:
    """`PINCITE_KEY` and `PINCITE_DATA` are names that our own documentation tells to set."""
    names = [f"PINCITE_{field.name.upper()}" for field in fields(Settings)]
    others = ["PINCITE_LIBRARY", "PINCITE_TRACEBACK", "PINCITE_KEY", "PINCITE_DATA", "WRITTER"]
    assert list(mistyped(dict.fromkeys([*names, *others], "x"))) == []


def test_the_terminal_says_it_once_and_not_among_results() -> None:
    ran = CliRunner(env={"PINCITE_WRITTER": "quotes"}).invoke(app, ["settings", "writer", "--json"])
    assert ran.exit_code == 0
    assert ran.stderr.count("Did you mean PINCITE_WRITER?") == 1
    assert "PINCITE_WRITTER" not in ran.stdout
