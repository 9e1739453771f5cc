"""Connections to addresses that were checked, and to no others, until a set moment.

A name is looked up once for each connection, every address it has is checked, and the connection is
made to one of these: a name that means another address a moment later gains nothing.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpcore

from index.children import Stopped
from index.errors import FetchFailed
from index.models import StopRequest
from index.reach import reach

ASKED_AFTER_SECONDS = 0.5

Resolve = Callable[[str, int], Iterable[str]]


def resolved(host: str, port: int) -> list[str]:
    """The host's IP addresses, as the system knows them. Raises `OSError`, or `UnicodeError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedConnections(httpcore.NetworkBackend):
    """How `httpcore` connects. All that is read and written ends at `until`, of `time.monotonic`.

    Raises `FetchFailed` for a name that is unknown or leads to where nothing may be fetched, and
    for a certificate that is not the name's.
    """

    resolve: Resolve
    allow_private: bool
    until: float
    should_stop: StopRequest

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        system = httpcore.SyncBackend()
        failure: Exception = httpcore.ConnectError()
        for address in self._checked(host, port):
            try:
                stream = system.connect_tcp(
                    address,
                    port,
                    timeout=_left(self.until, timeout),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _EndingStream(stream, until=self.until, should_stop=self.should_stop)
        raise failure

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            addresses = list(self.resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise FetchFailed(
                f"The name {host} is not known: check how it is spelt, and that this machine is "
                "connected."
            ) from error
        reaches = {reach(ip_address(address)) for address in addresses}
        if "never" in reaches:
            raise FetchFailed(
                f"{host} leads to an address that is no web site's (link-local, multicast or "
                "reserved): nothing is fetched from there."
            )
        if "private" in reaches and not self.allow_private:
            raise FetchFailed(
                f"{host} leads to this machine or into a private network: nothing is fetched from "
                "there unless the setting allow_private_addresses is true, and never for visitors "
                "of a page that others can reach."
            )
        return addresses


class _EndingStream(httpcore.NetworkStream):
    """A connection whose every step takes no longer than what is left of the time.

    While it waits for the other side it asks whether to stop.
    """

    def __init__(
        self, stream: httpcore.NetworkStream, *, until: float, should_stop: StopRequest
    ) -> None:
        self._stream = stream
        self._until = until
        self._should_stop = should_stop

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        last = time.monotonic() + _left(self._until, timeout)
        while True:
            if self._should_stop():
                raise Stopped
            left = last - time.monotonic()
            try:
                return self._stream.read(max_bytes, max(0.001, min(left, ASKED_AFTER_SECONDS)))
            except httpcore.ReadTimeout:
                if left <= ASKED_AFTER_SECONDS:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._until, timeout)
        try:
            secured = self._stream.start_tls(ssl_context, server_hostname, left)
        except httpcore.ConnectError as error:
            if not isinstance(error.__cause__, ssl.SSLError):
                raise
            reason = getattr(error.__cause__, "verify_message", None) or error.__cause__.reason
            raise FetchFailed(
                f"{server_hostname} cannot prove that it is {server_hostname} ({reason}): nothing "
                "was fetched."
            ) from error
        return _EndingStream(secured, until=self._until, should_stop=self._should_stop)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's own type
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float:
    """The seconds that one step may take. Raises `httpcore.ReadTimeout` when none are left."""
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)
