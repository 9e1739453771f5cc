"""Whose turn it is, and how much one visitor may ask for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import cast

import pytest

from index.errors import RateLimited
from pincite.fair import EVALUATION, FairQueue, RateLimit
from pincite.ui.chat import Exchange, _exchanges
from rag import Assistant
from rag.models import DraftText, Event


@contextmanager
def turn(queue: FairQueue, visitor: str) -> Iterator[None]:
    with queue.place(visitor) as place:
        while not place.ready(1):
            pass
        yield


class Workers:
    """Threads that want a turn, in the order in which they are started."""

    def __init__(self, queue: FairQueue) -> None:
        self.queue = queue
        self.served: list[str] = []
        self.threads: list[threading.Thread] = []

    def start(self, visitor: str) -> None:
        waiting = self.waiting()

        def work() -> None:
            with turn(self.queue, visitor):
                self.served.append(visitor)

        self.threads.append(threading.Thread(target=work, daemon=True))
        self.threads[-1].start()
        while self.waiting() == waiting:  # in this order
            pass

    def waiting(self) -> int:
        return sum(map(len, list(self.queue._queues.values())))

    def finish(self) -> list[str]:
        for thread in self.threads:
            thread.join(timeout=10)
            assert not thread.is_alive()
        return self.served


def test_who_asks_twenty_times_delays_another_by_one_at_most() -> None:
    queue = FairQueue(at_once=1)
    workers = Workers(queue)
    with turn(queue, "busy"):
        for _ in range(20):
            workers.start("busy")
        workers.start("other")
        workers.start("other")
    served = workers.finish()
    assert served[:4] == ["busy", "other", "busy", "other"]
    assert served.count("busy") == 20


def test_a_free_place_goes_to_who_has_the_fewest_at_work() -> None:
    queue = FairQueue(at_once=3)
    workers = Workers(queue)
    with ExitStack() as busy, ExitStack() as other:
        busy.enter_context(turn(queue, "busy"))
        busy.enter_context(turn(queue, "busy"))
        other.enter_context(turn(queue, "other"))
        workers.start("busy")
        workers.start("third")
        other.close()
        workers.threads[1].join(timeout=10)
        assert workers.served[0] == "third"
    assert sorted(workers.finish()) == ["busy", "third"]


def test_no_more_than_at_once_are_at_work() -> None:
    queue = FairQueue(at_once=2)
    at_work, most, guard = 0, 0, threading.Lock()

    def work(visitor: str) -> None:
        nonlocal at_work, most
        with turn(queue, visitor):
            with guard:
                at_work += 1
                most = max(most, at_work)
            threading.Event().wait(0.01)
            with guard:
                at_work -= 1

    threads = [threading.Thread(target=work, args=(f"v{number % 5}",)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert most == 2
    assert not queue._running
    assert not queue._queues


def test_one_visitor_has_a_bounded_row_and_so_have_all() -> None:
    queue = FairQueue(at_once=1, waiting_each=2, waiting=3)
    workers = Workers(queue)
    with turn(queue, "a"):
        workers.start("a")
        workers.start("a")
        with pytest.raises(RateLimited, match="2 of your requests are waiting"), turn(queue, "a"):
            pass
        workers.start("b")
        with pytest.raises(RateLimited, match="Too many visitors") as caught, turn(queue, "c"):
            pass
        assert caught.value.seconds > 0
    assert len(workers.finish()) == 3


def test_who_gives_up_waiting_keeps_nobody_waiting(run_async) -> None:
    queue = FairQueue(at_once=1)

    async def scene() -> list[str]:
        served = []

        async def ask(visitor: str) -> None:
            async with queue.turn_async(visitor):
                served.append(visitor)

        async with queue.turn_async("first"):
            given_up = asyncio.create_task(ask("impatient"))
            patient = asyncio.create_task(ask("patient"))
            await asyncio.sleep(0.05)
            given_up.cancel()
            await asyncio.sleep(0.05)
        await asyncio.wait_for(patient, timeout=5)
        return served

    assert run_async(scene()) == ["patient"]
    with turn(queue, "next"):  # a lost place would block here
        pass
    assert not queue._running


def test_who_stops_a_question_that_waits_has_left_the_row() -> None:
    queue = FairQueue(at_once=1)
    exchange, asked = Exchange(question="Who?"), list[str]()

    def events() -> Iterator[Event]:
        asked.append("begun")
        yield DraftText(text="Ines")

    def asking() -> Iterator[Exchange]:
        return _exchanges(cast("Assistant", None), exchange, events(), turn=queue.place("page"))

    with turn(queue, "busy"):
        stopped = asking()
        assert [next(stopped), next(stopped)] == [exchange, exchange]
        assert queue._queues
        cast("Generator[Exchange]", stopped).close()
        assert not queue._queues
        patient = asking()
        assert next(patient) is exchange
    assert not asked
    assert [later.draft for later in patient if later is not exchange] == ["Ines"]
    assert not queue._running


def test_a_question_that_waits_goes_on_when_its_turn_comes() -> None:
    queue = FairQueue(at_once=1)
    come = threading.Event()

    def wait_for_it() -> None:
        with queue.place("patient") as place:
            assert not place.ready(0)
            if place.ready(10):
                come.set()

    waiting = threading.Thread(target=wait_for_it, daemon=True)
    with turn(queue, "busy"):
        waiting.start()
        while not queue._queues:
            pass
        assert not come.wait(0.05)
    assert come.wait(5)
    waiting.join(timeout=5)
    assert not queue._running


def test_it_is_busy_while_anything_runs_or_waits() -> None:
    queue = FairQueue(at_once=1)
    assert not queue.busy
    with turn(queue, "anna"):
        assert queue.busy
        with queue.place("ben") as place:
            assert not place.ready(0)
    assert not queue.busy
    with turn(queue, EVALUATION):  # which is nobody that could wait for it
        assert not queue.busy


def test_work_that_fails_gives_its_place_back() -> None:
    queue = FairQueue(at_once=1)
    with pytest.raises(ValueError, match="no"), turn(queue, "a"):
        raise ValueError("no")
    with turn(queue, "a"):
        pass


class TestRateLimit:
    def test_a_burst_is_allowed_and_then_as_many_as_a_minute_brings(self) -> None:
        now = 0.0
        limit = RateLimit(per_minute=60, burst=3, clock=lambda: now)
        for _ in range(3):
            limit.take("anna")
        with pytest.raises(RateLimited, match=r"too many questions .* again in 1 second\.") as told:
            limit.take("anna")
        assert told.value.seconds == 1
        limit.take("ben")
        now = 0.9
        with pytest.raises(RateLimited):
            limit.take("anna")
        now = 1.1
        limit.take("anna")
        with pytest.raises(RateLimited):
            limit.take("anna")
        now = 1_000.0
        for _ in range(3):
            limit.take("anna")
        with pytest.raises(RateLimited):
            limit.take("anna")

    def test_a_refusal_costs_nothing(self) -> None:
        now = 0.0
        limit = RateLimit(per_minute=6, burst=1, clock=lambda: now)
        limit.take("anna")
        for _ in range(50):
            with pytest.raises(RateLimited, match="10 seconds"):
                limit.take("anna")
        now = 10.0
        limit.take("anna")

    def test_what_is_given_back_can_be_taken_again(self) -> None:
        limit = RateLimit(per_minute=1, burst=1, clock=lambda: 0.0)
        limit.give_back("anna")  # nothing was taken
        for _ in range(3):
            limit.take("anna")
            limit.give_back("anna")
        limit.take("anna")
        with pytest.raises(RateLimited):
            limit.take("anna")

    def test_visitors_who_come_and_go_are_forgotten(self) -> None:
        limit = RateLimit(per_minute=1, burst=1)
        for number in range(10_500):
            limit.take(str(number))
        assert len(limit._buckets) == 10_000
