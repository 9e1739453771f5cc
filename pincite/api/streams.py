"""Work in threads, told event by event to who listens, and left off when nobody does any more."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, suppress
from threading import Event, Thread
from typing import TypeVar

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import iterate_in_threadpool

from index.errors import PinciteError
from pincite.api.problems import problem

log = logging.getLogger(__name__)
T = TypeVar("T")
EVENT_STREAM = "text/event-stream"


def wants_events(request: Request) -> bool:
    """Whether the client asks for server-sent events."""
    return EVENT_STREAM in request.headers.get("accept", "")


async def stepping(request: Request, steps: Iterator[T]) -> AsyncGenerator[T]:
    """The steps, each made in a thread; no further one is made once the client has gone."""
    try:
        if await request.is_disconnected():  # while waiting for a turn
            return
        async for step in iterate_in_threadpool(steps):
            yield step
            if await request.is_disconnected():
                return
    finally:
        if isinstance(steps, Generator):
            steps.close()


async def telling(
    request: Request, work: Callable[[Callable[[T], None], Event], T]
) -> AsyncGenerator[T]:
    """What `work`, in a thread of its own, tells meanwhile, and then what it returns.

    It is given what to tell with, and an event that says that the client has gone.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[T | BaseException | None] = asyncio.Queue()
    gone = Event()

    def put(item: T | BaseException | None) -> None:
        with suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(told.put_nowait, item)

    def run() -> None:
        try:
            put(work(put, gone))
            put(None)
        except BaseException as error:  # noqa: BLE001  # raised again where it is waited for
            put(error)

    Thread(target=run, name="pincite-api", daemon=True).start()
    watch = asyncio.create_task(_set_when_gone(request, gone))
    try:
        while (item := await told.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        gone.set()
        watch.cancel()


async def _set_when_gone(request: Request, gone: Event) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(0.5)
    gone.set()


def event_stream(
    events: AsyncGenerator[tuple[str, object]], *, last: str | None = None
) -> StreamingResponse:
    """Server-sent events with an id that counts, a name, and data in JSON.

    What fails on the way becomes an event `error` with the problem. `last` is sent at the end as
    it is, as data without id and name.
    """

    async def lines() -> AsyncIterator[str]:
        number = 0
        async with aclosing(events):
            try:
                async for name, data in events:
                    number += 1
                    yield server_sent(data, name=name, number=number)
            except Exception as error:  # noqa: BLE001  # the status is sent: this is the last door
                yield server_sent(problem(error), name="error", number=number + 1)
                log_fault(error)
        if last is not None:
            yield f"data: {last}\n\n"

    return StreamingResponse(
        lines(),
        media_type=EVENT_STREAM,
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


def server_sent(data: object, *, name: str = "", number: int | None = None) -> str:
    """One event as it is sent; JSON text holds no line break."""
    head = f"id: {number}\nevent: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=True)}\n\n"


def log_fault(error: Exception) -> None:
    """Shows in the terminal what is no error of a person's."""
    if not isinstance(error, PinciteError):
        log.error("A stream failed", exc_info=error)
