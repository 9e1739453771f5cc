"""Fair shares for the visitors of a server: whose turn it is, and how much one may ask for."""

from __future__ import annotations

import asyncio
import math
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic

from index.errors import RateLimited

# Buckets kept: those of visitors who have not asked for long are full, and like new ones.
_BUCKETS = 10_000

# Who asks the questions of an evaluation run: the names of visitors are made of two words.
EVALUATION = "evaluation"


class Place:
    """A place in the row of a `FairQueue`, for who does something else while waiting."""

    def __init__(self, ticket: Future[None]) -> None:
        self._ticket = ticket

    def ready(self, seconds: float) -> bool:
        """Whether the turn has come, after up to `seconds` of waiting for it."""
        return bool(wait((self._ticket,), timeout=seconds).done)


class FairQueue:
    """Lets `at_once` pieces of work run at the same time; who waits is served in turn.

    A free place goes to the waiting visitor with the fewest pieces running, and among those to the
    one who was not served for longest. So whoever asks twenty questions at once delays others by
    one at most. At most `waiting_each` of one visitor wait, and `waiting` in all: more raise
    `RateLimited`. For threads and for coroutines, of any loop.
    """

    def __init__(self, *, at_once: int = 4, waiting_each: int = 20, waiting: int = 200) -> None:
        self._at_once = at_once
        self._waiting_each = waiting_each
        self._waiting = waiting
        self._guard = Lock()
        self._running: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[Future[None]]] = OrderedDict()

    @property
    def busy(self) -> bool:
        """Whether anything of a visitor runs or waits; a run of an evaluation is nobody's."""
        with self._guard:
            return any(name != EVALUATION for name in (*self._running, *self._queues))

    @contextmanager
    def place(self, visitor: str) -> Iterator[Place]:
        """A place in the row: its turn has come when `Place.ready` says so."""
        ticket = self._join(visitor)
        try:
            yield Place(ticket)
        finally:
            self._leave(visitor, ticket)

    @asynccontextmanager
    async def turn_async(self, visitor: str) -> AsyncIterator[None]:
        """Waits for a turn without holding a thread; whoever is cancelled meanwhile has left."""
        ticket = self._join(visitor)
        try:
            await asyncio.wrap_future(ticket)
            yield
        finally:
            self._leave(visitor, ticket)

    def _join(self, visitor: str) -> Future[None]:
        with self._guard:
            mine = self._queues.get(visitor, deque())
            if len(mine) >= self._waiting_each:
                raise RateLimited(
                    f"{len(mine)} of your requests are waiting already: wait for their answers, "
                    "then ask again.",
                    seconds=10,
                )
            if sum(map(len, self._queues.values())) >= self._waiting:
                raise RateLimited(
                    "Too many visitors are waiting for answers: try again in a while.", seconds=30
                )
            ticket: Future[None] = Future()
            self._queues.setdefault(visitor, mine).append(ticket)
            self._serve()
            return ticket

    def _leave(self, visitor: str, ticket: Future[None]) -> None:
        with self._guard:
            if visitor in self._queues and ticket in self._queues[visitor]:  # never served
                ticket.cancel()
                self._forget(visitor, ticket)
                return
            self._running[visitor] -= 1
            if not self._running[visitor]:
                del self._running[visitor]
            self._serve()

    def _serve(self) -> None:
        while self._queues and self._running.total() < self._at_once:
            visitor = min(self._queues, key=lambda name: self._running[name])
            ticket = self._queues[visitor][0]
            self._forget(visitor, ticket)
            # One that was cancelled is counted as well: who waited for it leaves in a moment.
            self._running[visitor] += 1
            if ticket.set_running_or_notify_cancel():
                ticket.set_result(None)

    def _forget(self, visitor: str, ticket: Future[None]) -> None:
        """Takes a ticket out of its queue; its visitor is last in the row from now on."""
        queue = self._queues.pop(visitor)
        with suppress(ValueError):
            queue.remove(ticket)
        if queue:
            self._queues[visitor] = queue


@dataclass(frozen=True, slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """Each visitor may do something `per_minute` times a minute, and `burst` times at once.

    A bucket of tokens for each visitor, refilled steadily. Seconds are those of `clock`.
    """

    def __init__(
        self, *, per_minute: float, burst: int, clock: Callable[[], float] = monotonic
    ) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._clock = clock
        self._guard = Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, visitor: str, *, what: str = "questions") -> None:
        """Counts one. Raises `RateLimited` when that is too soon; then nothing is counted."""
        with self._guard:
            now = self._clock()
            known = self._buckets.pop(visitor, _Bucket(tokens=self._burst, at=now))
            tokens = min(self._burst, known.tokens + (now - known.at) * self._per_second)
            allowed = tokens >= 1
            self._buckets[visitor] = _Bucket(tokens=tokens - allowed, at=now)
            if len(self._buckets) > _BUCKETS:
                self._buckets.popitem(last=False)
        if not allowed:
            seconds = math.ceil((1 - tokens) / self._per_second)
            raise RateLimited(
                f"These were too many {what} in a short time: try again in "
                f"{seconds} second{'' if seconds == 1 else 's'}.",
                seconds=seconds,
            )

    def give_back(self, visitor: str) -> None:
        """Takes back what was counted last."""
        with self._guard:
            known = self._buckets.get(visitor)
            if known is not None:
                tokens = min(self._burst, known.tokens + 1)
                self._buckets[visitor] = replace(known, tokens=tokens)
