"""All of a library in one file, and back: documents, settings and conversations."""

from __future__ import annotations

import re
from pathlib import Path

from index.backup import back_up
from index.errors import SettingsError
from index.models import BackupReport, VerifyReport
from index.restore import restore
from rag.conversation_file import SCHEMA_VERSION
from rag.conversations import CONVERSATIONS_FILE
from rag.opening import library_path
from rag.settings import SECRETS, SETTINGS_FILE

# The name and password of an address.
_CREDENTIALS = re.compile(r"^(\w+://)[^/@]*@")


def back_up_library(file: str | Path, library: str | Path | None = None) -> BackupReport:
    """Write a library, named as for `open_assistant`, to a file that does not exist yet.

    The library may be in use meanwhile, here or in another process. Secrets in its settings are
    left out. Raises `UsageError`, `LibraryNotFound`, `LibraryDamaged`, `LibraryUnwritable` or
    `SettingsError`.
    """
    folder = library_path(library)
    settings = _without_secrets(folder / SETTINGS_FILE)
    return back_up(
        folder,
        Path(file),
        databases=[CONVERSATIONS_FILE],
        files={} if settings is None else {SETTINGS_FILE: settings},
    )


def restore_library(file: str | Path, library: str | Path | None = None) -> VerifyReport:
    """Make a library of a backup, in a folder that does not exist or is empty; nothing is embedded.

    The library stands there once it is whole. The report is that of `Assistant.verify`. Raises
    `UsageError`, `LibraryDamaged`, `LibraryLocked` or `LibraryUnwritable`.
    """
    return restore(
        Path(file),
        library_path(library),
        databases={CONVERSATIONS_FILE: SCHEMA_VERSION},
        files=[SETTINGS_FILE],
    )


def _without_secrets(path: Path) -> bytes | None:
    """What the settings file sets, without its comments and the secrets somebody wrote into it."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    if not path.is_file():
        return None
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    except (OSError, TOMLKitError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read as TOML ({error}): mend or delete it."
        ) from error
    kept = {name: value for name, value in document.items() if name not in SECRETS}
    if isinstance(address := kept.get("llm_base_url"), str):
        kept["llm_base_url"] = _CREDENTIALS.sub(r"\1", address)
    return tomlkit.dumps(kept).encode()
