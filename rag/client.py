"""How requests reach a language model: bounded in time, keyed, and to nowhere else.

Imported only when a language model is used: it brings LlamaIndex and the OpenAI client.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address
from typing import TypeVar

import httpx
from llama_index.llms.openai_like import OpenAILike

from rag.embedded import EmbeddedServer, Running

# Bytes one response may have; an answer has a few hundred kilobytes at the most.
RESPONSE_LIMIT = 16 * 1024 * 1024
# Seconds to wait for a connection: a machine that is there accepts at once.
CONNECT_SECONDS = 10.0
# Stands in the address of the embedded model, whose port is known only when it runs.
EMBEDDED_URL = "http://embedded.invalid/v1"

_opened: ContextVar[list[httpx.Response] | None] = ContextVar("opened", default=None)

Message = TypeVar("Message", httpx.Request, httpx.Response)


class ChatModel(OpenAILike):  # type: ignore[misc]  # its package carries no types
    """An OpenAI-compatible chat model that can be closed. It never holds the key itself."""

    def close(self) -> None:
        """Close its connections and end the embedded model's process, if it is that."""
        if self._http_client is not None:
            self._http_client.close()


@contextmanager
def hanging_up() -> Iterator[None]:
    """Within it, what this thread asks a `ChatModel` is over at the end, read or not.

    The OpenAI client's stream refers to itself: one left unread keeps its connection, and the
    server its work, until the garbage collector comes by.
    """
    opened: list[httpx.Response] = []
    token = _opened.set(opened)
    try:
        yield
    finally:
        _opened.reset(token)
        for response in opened:
            response.close()


def endpoint_clients(
    *, base_url: str, key: str | None, seconds: float
) -> tuple[httpx.Client, httpx.AsyncClient]:
    """Clients, blocking and not, for a server somewhere.

    A proxy named by the environment is used except for loopback, and a redirect is an error:
    the questions go where the settings say. Raises `httpx.InvalidURL` for an impossible address.
    """
    direct = is_loopback(httpx.URL(base_url).host)
    sent, answered = _hooks(key=key, seconds=seconds)
    return (
        httpx.Client(
            trust_env=not direct,
            follow_redirects=False,
            event_hooks={"request": [sent], "response": [answered]},
        ),
        httpx.AsyncClient(
            trust_env=not direct,
            follow_redirects=False,
            event_hooks={
                "request": [_as_coroutine(sent)],
                "response": [_as_coroutine(answered)],
            },
        ),
    )


def embedded_clients(
    server: EmbeddedServer, *, seconds: float
) -> tuple[httpx.Client, httpx.AsyncClient]:
    """Clients, blocking and not, for the embedded model; closing the first ends its process."""
    transport = EmbeddedTransport(server)
    sent, answered = _hooks(key=None, seconds=seconds)
    return (
        httpx.Client(transport=transport, event_hooks={"request": [sent], "response": [answered]}),
        httpx.AsyncClient(
            transport=transport,
            event_hooks={
                "request": [_as_coroutine(sent)],
                "response": [_as_coroutine(answered)],
            },
        ),
    )


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this machine.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.5", "::1", "10.0.0.1", "a.example")]
    [True, True, True, False, False]
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


class EmbeddedTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends every request to the embedded model, starting it when the first one comes.

    If the process has died it is started anew and the request repeated, once.
    """

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._blocking = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        running = self._aim(request)
        try:
            return self._blocking.handle_request(request)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if not self._server.ended(running):
                raise
            self._aim(request)
            return self._blocking.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        running = await asyncio.to_thread(self._aim, request)
        try:
            return await _send_once(request)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if not await asyncio.to_thread(self._server.ended, running):
                raise
            await asyncio.to_thread(self._aim, request)
            return await _send_once(request)

    def close(self) -> None:
        self._blocking.close()
        self._server.close()

    def _aim(self, request: httpx.Request) -> Running:
        running = self._server.start()
        request.url = request.url.copy_with(scheme="http", host=running.host, port=running.port)
        request.headers["Host"] = f"{running.host}:{running.port}"
        request.headers["Authorization"] = f"Bearer {running.key}"
        return running


async def _send_once(request: httpx.Request) -> httpx.Response:
    # Kept connections belong to one event loop, and each call may come from another.
    request.headers["Connection"] = "close"
    return await httpx.AsyncHTTPTransport().handle_async_request(request)


class BoundedStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A response's body that ends with an error after too many seconds or bytes.

    A client's time limit covers only the gap between two packets: a server that sends a byte now
    and then would hold it for ever.
    """

    def __init__(
        self, stream: httpx.SyncByteStream | httpx.AsyncByteStream, *, seconds: float
    ) -> None:
        self._stream = stream
        self._deadline = time.monotonic() + seconds
        self._left = RESPONSE_LIMIT

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._stream, httpx.SyncByteStream)
        for block in self._stream:
            yield self._counted(block)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._stream, httpx.AsyncByteStream)
        async for block in self._stream:
            yield self._counted(block)

    def close(self) -> None:
        assert isinstance(self._stream, httpx.SyncByteStream)
        self._stream.close()

    async def aclose(self) -> None:
        assert isinstance(self._stream, httpx.AsyncByteStream)
        await self._stream.aclose()

    def _counted(self, block: bytes) -> bytes:
        self._left -= len(block)
        if self._left < 0:
            raise httpx.ReadError(f"the response is longer than {RESPONSE_LIMIT:,} bytes")
        if time.monotonic() > self._deadline:
            raise httpx.ReadTimeout("the response took too long as a whole")
        return block


def _hooks(
    *, key: str | None, seconds: float
) -> tuple[Callable[[httpx.Request], None], Callable[[httpx.Response], None]]:
    def sent(request: httpx.Request) -> None:
        # The OpenAI client adds what it finds in the environment and on the machine.
        for name in list(request.headers):
            if name.startswith(("x-stainless-", "openai-", "authorization")):
                del request.headers[name]
        if key:
            request.headers["Authorization"] = f"Bearer {key}"
        limits = request.extensions.get("timeout", {})
        limits["connect"] = min(CONNECT_SECONDS, seconds)

    def answered(response: httpx.Response) -> None:
        response.stream = BoundedStream(response.stream, seconds=seconds)
        opened = _opened.get()
        if opened is not None:
            opened.append(response)

    return sent, answered


def _as_coroutine(hook: Callable[[Message], None]) -> Callable[[Message], Awaitable[None]]:
    async def run(message: Message) -> None:
        hook(message)

    return run
