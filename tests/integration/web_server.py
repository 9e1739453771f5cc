"""A real web server on loopback whose every path answers in a way of its own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

Answer = Callable[["Asked"], None]


class WebServer:
    """Serves `answers` by path; a context manager.

    `asked` holds the path and the headers of every request, in order; `hung_up` is set when
    somebody stopped reading an answer. It speaks TLS with a `certificate`, a PEM file with its key.
    """

    def __init__(self, answers: Mapping[str, Answer], *, certificate: Path | None = None) -> None:
        self.answers = dict(answers)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()
        self.hung_up = threading.Event()
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Bound", (Asked,), {"owner": self})
        )
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # TLS given up
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def at(self, path: str, *, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Asked(BaseHTTPRequestHandler):
    """One request; `owner` is the server that got it."""

    owner: WebServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.owner.asked.append((self.path, dict(self.headers)))
        self.close_connection = True
        try:
            self.owner.answers.get(self.path, answer(status=404))(self)
        except OSError:
            self.owner.hung_up.set()

    def log_message(self, *arguments: object) -> None:
        pass

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()


def answer(
    body: bytes = b"", *, kind: str = "text/html", status: int = 200, **headers: str
) -> Answer:
    """An honest answer; headers as keywords, `_` for `-`."""

    def say(asked: Asked) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked.begin(status, {"Content-Type": kind, "Content-Length": str(len(body)), **named})
        asked.wfile.write(body)

    return say


def redirect(target: str, *, status: int = 302) -> Answer:
    return answer(status=status, Location=target)


def endlessly(piece: bytes, *, pause: float = 0.0, begin: bool = True, **headers: str) -> Answer:
    """The same bytes over and over; before any status line unless it should `begin` with one."""

    def say(asked: Asked) -> None:
        if begin:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            asked.begin(200, {"Content-Type": "text/plain", **named})
        while not asked.owner.closing.wait(pause):
            asked.wfile.write(piece)
            asked.wfile.flush()

    return say
