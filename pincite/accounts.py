"""Who may use a library's server: users with passwords, and keys for programs, in one file.

Passwords and keys are stored as hashes only, in `access.json` of the library, which nobody else on
this machine can read. It is no part of a backup.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock

from filelock import FileLock

from index.errors import LibraryDamaged, LibraryUnwritable, UsageError
from pincite.passwords import fits, hash_password

ACCESS_FILE = "access.json"
KEY_PREFIX = "pincite_"
_VERSION = 1
_NAME = re.compile(r"[\w][\w.@-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who signs in; `password` is a hash of `pincite.passwords`. The time is in UTC."""

    name: str
    password: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A program's key: `digest` is its SHA-256, which suffices for 256 random bits."""

    name: str
    digest: str
    added_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All users and keys, in the order in which they were added."""

    users: tuple[User, ...] = ()
    keys: tuple[Key, ...] = ()


class Accounts:
    """The users and keys of the library in `folder`. Usable from several threads and processes.

    What another process changes counts at once. Raises `LibraryDamaged` when the file cannot be
    read as what it is, and `LibraryUnwritable`.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ACCESS_FILE
        self._loaded = lru_cache(maxsize=1)(self._load)
        self._hashing = Lock()
        self._nobody = ""  # made when first needed: it takes a while

    @property
    def access(self) -> Access:
        """The users and keys as they are now."""
        try:
            state = self._path.stat()
        except FileNotFoundError:
            return Access()
        except OSError as error:
            raise self._unreadable(error) from error
        return self._loaded((state.st_mtime_ns, state.st_size, state.st_ino))

    def user(self, name: str) -> User | None:
        """The user of this name, whatever its case."""
        return next((one for one in self.access.users if one.name == _folded(name)), None)

    def add_user(self, name: str, password: str) -> User:
        """Raises `UsageError` if the name is taken or none, or the password is too short."""
        user = User(name=_checked(name), password=hash_password(password), added_at=_now())
        with self._changing() as access:
            if any(one.name == user.name for one in access.users):
                raise UsageError(
                    f"There is a user {user.name} already: to change the password, remove the user "
                    "and add it again; its conversations stay."
                )
            self._write(replace(access, users=(*access.users, user)))
        return user

    def remove_user(self, name: str) -> None:
        """Who is signed in by this name is so no more. Raises `UsageError` if there is none."""
        with self._changing() as access:
            left = tuple(one for one in access.users if one.name != _folded(name))
            if len(left) == len(access.users):
                raise UsageError(f"There is no user {name!r}: `pincite users list` has them all.")
            self._write(replace(access, users=left))

    def add_key(self, name: str) -> str:
        """A new key, which nobody can be told again. Raises `UsageError` if the name is taken."""
        text = KEY_PREFIX + secrets.token_urlsafe(32)
        key = Key(name=_checked(name), digest=_digest(text), added_at=_now())
        with self._changing() as access:
            if any(one.name == key.name for one in access.keys):
                raise UsageError(f"There is a key {key.name} already: choose another name.")
            self._write(replace(access, keys=(*access.keys, key)))
        return text

    def remove_key(self, name: str) -> None:
        """The key opens nothing any more. Raises `UsageError` if there is none."""
        with self._changing() as access:
            left = tuple(one for one in access.keys if one.name != _folded(name))
            if len(left) == len(access.keys):
                raise UsageError(f"There is no key {name!r}: `pincite keys list` has them all.")
            self._write(replace(access, keys=left))

    def signed_in(self, name: str, password: str) -> User | None:
        """The user, if that is the password. As slow for a name that nobody has."""
        user = self.user(name)
        with self._hashing:  # each takes 32 MiB
            if user is None:
                self._nobody = self._nobody or hash_password(secrets.token_hex())
                fits(password, self._nobody)
                return None
            return user if fits(password, user.password) else None

    def key_of(self, text: str) -> Key | None:
        """The key that this is, if it is one."""
        digest = _digest(text)
        return next((one for one in self.access.keys if one.digest == digest), None)

    def _load(self, state: tuple[int, int, int]) -> Access:
        del state  # what the content is remembered by
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            if data["version"] > _VERSION:
                raise LibraryDamaged(
                    f"{self._path} was written by a newer Pincite: update Pincite."
                )
            return Access(
                users=tuple(User(**one) for one in data["users"]),
                keys=tuple(Key(**one) for one in data["keys"]),
            )
        except OSError as error:
            raise self._unreadable(error) from error
        except (ValueError, KeyError, TypeError) as error:
            raise LibraryDamaged(
                f"The users and keys in {self._path} cannot be read: delete the file and add them "
                "again. Until then nobody is let in."
            ) from error

    @contextmanager
    def _changing(self) -> Iterator[Access]:
        with FileLock(self._path.with_suffix(".lock"), timeout=10, mode=0o600):
            yield self.access

    def _write(self, access: Access) -> None:
        """In one step: a server reads the file at any time."""
        new = self._path.with_suffix(".new")
        try:
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump({"version": _VERSION, **asdict(access)}, file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            raise LibraryUnwritable(
                f"{self._path} cannot be written ({error.strerror}): check that the folder can be "
                "written and that the disk has room."
            ) from error

    def _unreadable(self, error: OSError) -> LibraryUnwritable:
        return LibraryUnwritable(
            f"{self._path} cannot be read ({error.strerror}): make it readable for you."
        )


def _checked(name: str) -> str:
    folded = _folded(name)
    if not _NAME.fullmatch(folded):
        raise UsageError(
            f"{name!r} is no name: use up to 64 letters, digits and the signs . _ @ and -, "
            "beginning with a letter or digit."
        )
    return folded


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
