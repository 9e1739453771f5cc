"""Passwords as they are stored: by scrypt, with a salt of their own."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode

from index.errors import UsageError

SHORTEST = 10
LONGEST = 1_000
# What OWASP names as the least for scrypt: 32 MiB of memory, three times over.
_COST, _BLOCK, _PARALLEL = 2**15, 8, 3
_MEMORY = 64 * 1024 * 1024
_LENGTH = 32


def hash_password(password: str) -> str:
    """A line that `fits` can compare with; two of one password differ.

    Raises `UsageError` for a password shorter than `SHORTEST` or longer than `LONGEST` characters.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"The password has {len(password):,} characters: give it {SHORTEST} to {LONGEST:,}, "
            "such as four words."
        )
    salt = secrets.token_bytes(16)
    parts = (salt, _derived(password, salt, _COST, _BLOCK, _PARALLEL))
    encoded = "$".join(b64encode(part).decode() for part in parts)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${encoded}"


def fits(password: str, stored: str) -> bool:
    """Whether it is the password of this line; takes as long for a wrong one."""
    _, cost, block, parallel, salt, expected = stored.split("$")
    found = _derived(password[:LONGEST], b64decode(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, b64decode(expected))


def _derived(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    # The same letters, however a keyboard puts them together.
    text = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(
        text, salt=salt, n=cost, r=block, p=parallel, maxmem=_MEMORY, dklen=_LENGTH
    )
