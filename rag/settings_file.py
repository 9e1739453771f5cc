"""A library's `settings.toml` is written, whatever else a person has put in it kept."""

from __future__ import annotations

import stat
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from index.errors import LibraryUnwritable, SettingsError
from rag.settings import ENVIRONMENT_PREFIX, SECRETS, load_settings, parse_setting

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

# Held while a file is read, changed and written; longer by who may have to take that back.
CHANGING = threading.RLock()
_MEASURED = "# measured: "


def read_written(path: Path) -> Mapping[str, object]:
    """The settings in the file by name; none if there is no file."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def read_measured(path: Path, name: str) -> str | None:
    """What is known of a setting's value, as `write_settings` put it behind it."""
    document = _parsed(path)
    if name not in document:
        return None
    comment = document.item(name).trivia.comment
    return comment.removeprefix(_MEASURED) if comment.startswith(_MEASURED) else None


def write_settings(path: Path, values: Mapping[str, str | None], *, measured: str = "") -> None:
    """Set settings in the file, or unset those that are `None`; all of them or none.

    `measured` is what is known of these values, one line, and stands behind each until it changes.
    Raises `SettingsError` if file and environment would not do for a library, and
    `LibraryUnwritable`.
    """
    for name in SECRETS.intersection(name for name, value in values.items() if value is not None):
        raise SettingsError(
            f"{name} is a secret and is not kept in a file: set the environment variable "
            f"{ENVIRONMENT_PREFIX}{name.upper()} instead."
        )
    with CHANGING:
        _change(path, values, measured)


def _change(path: Path, values: Mapping[str, str | None], measured: str) -> None:
    import tomlkit

    document = _parsed(path)
    for name, value in values.items():
        if value is None:
            document.pop(name, None)
        else:
            _set(document, name, parse_setting(name, value, "argument"), measured)
    load_settings(None, document.unwrap())
    _replace(path, tomlkit.dumps(document))


def _set(document: TOMLDocument, name: str, value: object, measured: str) -> None:
    document[name] = value
    written = document.item(name)  # indexing gives true and false without their comments
    if written.trivia.comment.startswith(_MEASURED):
        written.trivia.comment_ws, written.trivia.comment = "", ""
    if measured:
        written.comment(f"{_MEASURED.removeprefix('# ')}{measured}")


def _parsed(path: Path) -> TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(path.read_text(encoding="utf-8") if path.is_file() else "")
    except OSError as error:
        raise _unwritable(path, error) from error
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML ({error}): mend or delete it.") from error


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all; who may read it stays, and so does a link to it."""
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(target.stat().st_mode) if target.is_file() else None
        draft = target.with_name(f"{target.name}.{uuid4().hex}.new")
        try:
            # The file may hold a key: no draft of it is open to more than it is.
            draft.touch(0o666 if mode is None else 0o600, exist_ok=False)
            draft.write_text(text, encoding="utf-8")
            if mode is not None:
                draft.chmod(mode)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> LibraryUnwritable:
    return LibraryUnwritable(
        f"The settings cannot be written to {path} ({error.strerror}): choose another directory "
        "with --library, or make this one writable."
    )
