"""Removed documents are held for a while, so that their removal can be undone."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence

from index.removal import HeldDocument

SECONDS = 60
# What more documents than this take together is not held: one machine serves many visitors.
BYTES_LIMIT = 300_000_000


class Undo:
    """What was removed within the last `seconds`, by a key that only the remover's page knows.

    It is in memory alone, and leaves it when the time is over or the program ends.
    """

    def __init__(self, *, seconds: float = SECONDS, limit: int = BYTES_LIMIT) -> None:
        self._seconds = seconds
        self._limit = limit
        self._lock = threading.Lock()
        self._held: dict[str, tuple[HeldDocument, ...]] = {}

    @property
    def room(self) -> int:
        """How many more bytes can be held."""
        with self._lock:
            return self._limit - sum(each.size for some in self._held.values() for each in some)

    def keep(self, held: Sequence[HeldDocument]) -> str | None:
        """The key under which `held` can be taken again; `None` if it is nothing."""
        if not held:
            return None
        key = secrets.token_hex(8)
        with self._lock:
            self._held[key] = tuple(held)
        timer = threading.Timer(self._seconds, self.take, [key])
        timer.daemon = True
        timer.start()
        return key

    def take(self, key: str) -> tuple[HeldDocument, ...]:
        """What is held under the key, which is then forgotten; nothing when it is too late."""
        with self._lock:
            return self._held.pop(key, ())
