"""`pincite settings`: what is set, where it came from, and setting it for a library."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from index.errors import SettingsError, UsageError
from pincite.cli.console import output, print_hanging, print_json
from pincite.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption
from rag.render import printable
from rag.settings import (
    ENVIRONMENT_PREFIX,
    SECRETS,
    SETTINGS_FILE,
    Settings,
    load_settings,
)
from rag.settings_file import read_written, write_settings

SETTINGS_EXAMPLES = """[bold]Examples[/bold]
  pincite settings
  pincite settings passages 12
  pincite settings passages --unset"""

MASK = "********"


def settings(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One setting only.")] = None,
    value: Annotated[
        str | None, typer.Argument(metavar="VALUE", help="Set it to this for the library.")
    ] = None,
    *,
    unset: Annotated[
        bool,
        typer.Option("--unset", metavar="", help="Take the setting out of the library's file."),
    ] = False,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Show the settings and where each comes from, or set one for the library.

    A setting counts from the library's settings.toml, then from the environment (PINCITE_ and the
    name in capitals), then from an option of the command.
    """
    if name is not None:
        _check_name(name)
    if unset and (name is None or value is not None):
        raise UsageError("--unset takes the name of one setting and no value.")
    if name is not None and (value is not None or unset):
        write_settings(library.expanduser() / SETTINGS_FILE, {name: value})
    shown = _rows(library.expanduser(), only=name)
    if json:
        print_json({"settings": shown})
    else:
        _print_rows(shown)


def _check_name(name: str) -> None:
    known = [field.name for field in fields(Settings)]
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        advice = f"Did you mean {near[0]}?" if near else "See them all with: pincite settings"
        raise SettingsError(f"There is no setting {name!r}. {advice}")


def _rows(library: Path, *, only: str | None) -> list[dict[str, object]]:
    """Name, value, default, origin and meaning of settings; the value of a secret is masked."""
    chosen = load_settings(library, {})
    written = read_written(library / SETTINGS_FILE)
    rows: list[dict[str, object]] = []
    for field in fields(Settings):
        if only is not None and field.name != only:
            continue
        value = getattr(chosen, field.name)
        rows.append(
            {
                "name": field.name,
                "value": MASK if field.name in SECRETS and value else value,
                "default": None if field.default is MISSING else field.default,
                "origin": _origin(field.name, written),
                "help": field.metadata["help"],
            }
        )
    return rows


def _origin(name: str, written: Mapping[str, object]) -> str:
    if ENVIRONMENT_PREFIX + name.upper() in os.environ:
        return "environment"
    return SETTINGS_FILE if name in written else "default"


def _print_rows(rows: list[dict[str, object]]) -> None:
    console = output()
    for number, row in enumerate(rows):
        if number:
            console.print()
        line = Text(f"{row['name']}", style="bold cyan")
        line.append(" = ", style="not bold")
        line.append(_spoken(row["value"]), style="bold")
        if row["origin"] != "default":
            line.append(f"  ({row['origin']}; default {_spoken(row['default'])})", style="yellow")
        print_hanging(console, "", line)
        print_hanging(console, "    ", Text(str(row["help"]), style="dim"))


def _spoken(value: object) -> str:
    if value is None:
        return "not set"
    return str(value).lower() if isinstance(value, bool) else printable(str(value))
