"""What can be typed and set is written down, and nothing is written down that is not."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import typer.main

import pincite
import rag
from index.errors import PinciteError
from index.sniff import READABLE
from pincite.cli import app
from pincite.cli.options import DEFAULT_LIBRARY
from rag.models import Answer, Citation, Claim, Event, Stage, Trace, Verdict
from rag.opening import DEFAULT_LIBRARY as ASSISTANTS_DEFAULT_LIBRARY
from rag.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
TERMINAL = (DOCS / "terminal.md").read_text(encoding="utf-8")
PYTHON = (DOCS / "python.md").read_text(encoding="utf-8")
SETTINGS = (DOCS / "settings.md").read_text(encoding="utf-8")
ROOT: Any = typer.main.get_command(app)


def _commands(group: Any, path: str = "pincite") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(_commands(ROOT))
EVERY_COMMAND = pytest.mark.parametrize("path", COMMANDS)


def _section(path: str) -> str:
    match = re.search(rf"^## {path}\n(.*?)(?=^## |\Z)", TERMINAL, re.DOTALL | re.MULTILINE)
    assert match is not None, f"docs/terminal.md has no section '## {path}'"
    return match[1]


def _options(command: Any) -> set[str]:
    named = {name for parameter in command.params for name in parameter.opts}
    return {name for name in named if name.startswith("--")}


def test_the_tree_has_the_promised_commands() -> None:
    promised = (
        "add list show tag remove ask chat conversations serve eval verify rebuild backup restore "
        "settings users keys".split()
    )
    assert {path.split()[1] for path in COMMANDS} == set(promised)


@EVERY_COMMAND
def test_every_option_is_documented_with_its_command(path: str) -> None:
    documented = set(re.findall(r"`(--[a-z-]+)", _section(path)))
    assert _options(COMMANDS[path]) <= documented


@EVERY_COMMAND
def test_no_option_is_documented_that_does_not_exist(path: str) -> None:
    rows = re.findall(r"^\| (`--[^|]*) \|", _section(path), re.MULTILINE)
    described = {name for row in rows for name in re.findall(r"`(--[a-z-]+)", row)}
    assert described <= _options(COMMANDS[path])


@EVERY_COMMAND
def test_every_command_is_in_the_list_of_commands(path: str) -> None:
    assert f"| [`{path}`](#{path.replace(' ', '-')}) |" in TERMINAL


@EVERY_COMMAND
def test_every_command_takes_a_library_and_explains_every_option(path: str) -> None:
    command = COMMANDS[path]
    # Runs are compared without the library that they asked.
    assert ("--library" in _options(command)) != path.endswith(("eval compare", "eval gate"))
    assert command.help
    assert all(parameter.help for parameter in command.params), path


@EVERY_COMMAND
def test_the_examples_of_every_command_can_be_parsed(path: str) -> None:
    command = COMMANDS[path]
    examples = re.findall(rf"^  .*?({path} .*|{path})$", command.epilog or "", re.MULTILINE)
    assert examples, f"{path} --help shows no example"
    for example in examples:
        for part in re.split(r" (?:\|\||[|>]) ", example):
            if part.startswith(path):
                arguments = shlex.split(part.removeprefix(path))
                command.make_context(path, arguments).close()


def test_the_options_of_the_root_are_documented() -> None:
    assert "`pincite --version`" in TERMINAL
    assert "`pincite --help` (or `-h`)" in TERMINAL


@pytest.mark.parametrize("name", [entry.name for entry in fields(Settings)])
def test_every_setting_is_documented_as_it_is(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \| (.*) \|$", SETTINGS, re.MULTILINE)
    default, values, meaning = row.split(" | ")
    (entry,) = (entry for entry in fields(Settings) if entry.name == name)
    spoken = str(entry.default).lower() if isinstance(entry.default, bool) else entry.default
    assert default == ("not set" if entry.default is None else f"`{spoken}`")
    assert meaning == entry.metadata["help"]
    hint = get_type_hints(Settings)[name]
    if get_origin(hint) is Literal:
        assert values == ", ".join(f"`{choice}`" for choice in get_args(hint))


def test_no_setting_is_documented_that_does_not_exist() -> None:
    table = SETTINGS.split("| setting |")[1].split("\n\n")[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert documented == {entry.name for entry in fields(Settings)}


def _errors(root: type[PinciteError] = PinciteError) -> Iterator[type[PinciteError]]:
    yield root
    for kind in root.__subclasses__():
        if kind.__module__ == PinciteError.__module__:
            yield from _errors(kind)


def _rows(heading: str) -> list[list[str]]:
    """The cells of the first table after a heading of docs/python.md, without its head."""
    section = PYTHON.split(f"\n{heading}\n", 1)[1]
    table = re.search(r"^\|.*?\n\|[-|]+\n(.*?)(?:\n\n|\Z)", section, re.DOTALL | re.MULTILINE)
    assert table is not None, heading
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table[1].splitlines()]


def _named(row: list[str]) -> str:
    return row[0].strip("*` ")


def test_every_error_is_documented_with_when_and_what_to_do() -> None:
    rows = _rows("## Errors")
    assert [_named(row) for row in rows] == [kind.__name__ for kind in _errors()]
    assert all(len(row) == 3 and all(row) for row in rows)


def test_the_bold_errors_are_the_kinds_of_those_beneath_them() -> None:
    kinds = {kind.__name__: kind for kind in _errors()}
    above = PinciteError
    for row in _rows("## Errors"):
        kind = kinds[_named(row)]
        assert issubclass(kind, above if "**" not in row[0] else PinciteError)
        assert ("**" in row[0]) == bool(kind.__subclasses__())
        above = kind if "**" in row[0] else above


@pytest.mark.parametrize("kind", [Answer, Claim, Citation, Trace], ids=lambda kind: kind.__name__)
def test_every_field_of_an_answer_is_documented(kind: Any) -> None:
    rows = _rows(f"### {kind.__name__}")
    assert [_named(row) for row in rows] == [entry.name for entry in fields(kind)]
    assert all(len(row) == 2 and row[1] for row in rows)


def test_every_event_is_documented_with_its_fields() -> None:
    rows = {_named(row): row for row in _rows("## Watch it being made, ask many, do not block")}
    assert list(rows) == [kind.__name__ for kind in get_args(Event)]
    for kind in get_args(Event):
        for entry in fields(kind):
            assert f"`{entry.name}`" in rows[kind.__name__][2]
    assert all(f"`{stage}`" in rows["StageStarted"][2] for stage in get_args(Stage))


@pytest.mark.parametrize("value", get_args(Verdict))
def test_every_verdict_is_documented(value: str) -> None:
    (row,) = (row for row in _rows("### Claim") if _named(row) == "verdict")
    assert f"`{value}`" in row[1]


def test_the_options_agree_with_what_they_stand_for() -> None:
    assert str(DEFAULT_LIBRARY) == ASSISTANTS_DEFAULT_LIBRARY


def test_pincite_offers_what_rag_offers() -> None:
    assert pincite.__all__ == rag.__all__
    assert all(getattr(pincite, name) is getattr(rag, name) for name in rag.__all__)


def test_every_format_that_is_read_is_described() -> None:
    table = (DOCS / "formats.md").read_text(encoding="utf-8").partition("\n## ")[0]
    listed = READABLE.removeprefix("Pincite reads ").removesuffix(" files.")
    formats = re.split(r", | and ", listed)
    assert len(formats) >= 14
    for name in formats:
        assert re.search(rf"^\|[^|]*\b{name}\b", table, re.MULTILINE), name


def test_every_picture_is_shown_and_every_picture_shown_is_there() -> None:
    shown = {
        (page.parent / name).resolve()
        for page in (DOCS.parent / "README.md", *DOCS.glob("*.md"))
        for name in re.findall(
            r'(?:\]\(|src=")([^)"]+\.(?:png|webp))', page.read_text(encoding="utf-8")
        )
    }
    assert shown == {path.resolve() for path in (DOCS / "images").rglob("*.*")}
