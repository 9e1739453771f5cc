"""A real HTTP server that speaks just enough of the OpenAI chat protocol to break it on purpose."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

WORDS = ("The ministry ", "denied the deal ", "[1].")
# Longer than the first delay of a client that is told nothing.
RETRY_AFTER = "0.7"


class MisbehavingServer:
    """Answers every chat request in one way, its `behaviour`; a context manager.

    `words` are the pieces it says, where its behaviour is `saying`. `requests` holds the headers
    and the decoded body of each request, in order; `moments` the seconds of a clock at which each
    came.
    """

    def __init__(self, behaviour: str, *, words: tuple[str, ...] = WORDS) -> None:
        self.behaviour = behaviour
        self.words = words
        self.requests: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.moments: list[float] = []
        self.closing = threading.Event()
        self.hung_up = threading.Event()
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (Behaviours,), {"owner": self})
        )
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

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


class Behaviours(BaseHTTPRequestHandler):
    """One method for each behaviour; `owner` is the server whose behaviour counts."""

    owner: MisbehavingServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.owner.requests.append((dict(self.headers), body))
        self.owner.moments.append(time.monotonic())
        try:
            getattr(self, f"answer_{self.owner.behaviour}")()
        except OSError:
            self.owner.hung_up.set()

    def log_message(self, *arguments: object) -> None:
        pass

    # What an honest server does.
    def answer_well(self) -> None:
        self.stream(WORDS)

    def answer_saying(self) -> None:
        self.stream(self.owner.words)

    def answer_in_turn(self) -> None:
        self.stream((self.owner.words[(len(self.owner.requests) - 1) % len(self.owner.words)],))

    def answer_saying_and_cut_off(self) -> None:
        self.stream(self.owner.words, reason="length")

    def answer_every_other_time(self) -> None:
        if len(self.owner.requests) % 2:
            self.stream(self.owner.words)
        else:
            self.refuse(500, "out of memory")

    def answer_after_a_moment(self) -> None:
        time.sleep(0.2)
        self.stream(self.owner.words)

    def answer_without_usage(self) -> None:
        self.begin()
        self.send(chunk(WORDS[0]), chunk(WORDS[1]), chunk(WORDS[2], reason="stop"))
        self.send("data: [DONE]\n\n")

    def answer_with_invented_markers(self) -> None:
        self.stream(("Pyongyang wants oil [7]. ", "Seoul doubts it 【2】."))

    def answer_thinking(self) -> None:
        self.stream(("<th", "ink>the sources say", " much</th", "ink>\n\nIt was denied [1]."))

    def answer_cut_off(self) -> None:
        self.stream(("It was denied [1]. ", "Analysts expect that the"), reason="length")

    def answer_cut_off_at_once(self) -> None:
        self.stream(("Analysts expect ", "that the"), reason="length")

    def answer_ending_early(self) -> None:
        self.begin()
        self.send(chunk("It was denied [1]. "), chunk("Analysts expect that the"), "")

    def answer_after_a_rate_limit(self) -> None:
        if len(self.owner.requests) < 3:
            self.refuse(429, "slow down", {"Retry-After": RETRY_AFTER})
        else:
            self.stream(WORDS)

    def answer_after_loading(self) -> None:
        if len(self.owner.requests) < 2:
            self.refuse(503, "Loading model")
        else:
            self.stream(WORDS)

    # Refusals.
    def answer_wrong_key(self) -> None:
        self.refuse(401, f"Incorrect API key provided: {self.headers['Authorization']}")

    def answer_unknown_model(self) -> None:
        self.refuse(404, "The model does not exist")

    def answer_rate_limit(self) -> None:
        self.refuse(429, "quota used up", {"Retry-After": RETRY_AFTER})

    def answer_long_rate_limit(self) -> None:
        self.refuse(429, "come back tomorrow", {"Retry-After": "86400"})

    def answer_impatient_rate_limit(self) -> None:
        self.refuse(429, "slow down", {"Retry-After": "0"})

    def answer_too_long(self) -> None:
        self.refuse(400, "request exceeds the available context size")

    def answer_internal_error(self) -> None:
        self.refuse(500, "out of memory")

    def answer_redirect(self) -> None:
        self.send_response(307)
        self.send_header("Location", "http://127.0.0.1:9/v1/chat/completions")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_error_page(self) -> None:
        self.reply(502, b"<html><body>Bad gateway</body></html>", "text/html")

    # Rubbish.
    def answer_garbage_json(self) -> None:
        self.begin()
        self.send("data: {not json at all\n\n", "data: [DONE]\n\n")

    def answer_garbage_bytes(self) -> None:
        self.reply(200, bytes(range(256)) * 40, "text/event-stream")

    def answer_web_page(self) -> None:
        self.reply(200, b"<html><body>Welcome!</body></html>", "text/html")

    def answer_wrong_shape(self) -> None:
        self.begin()
        self.send('data: {"choices": "three", "usage": [1]}\n\n', "data: [DONE]\n\n")

    def answer_other_shape(self) -> None:
        self.begin()
        self.send('data: {"choices": [{"delta": 5}]}\n\n', "data: [1, 2]\n\n")

    def answer_error_event(self) -> None:
        self.begin()
        self.send(chunk("The "), 'data: {"error": {"message": "the GPU caught fire"}}\n\n')

    def answer_nothing(self) -> None:
        self.stream(())

    def answer_blank(self) -> None:
        self.stream((" ", "\n\n", " "))

    def answer_only_thoughts(self) -> None:
        self.stream(("<think>", "let me see", " and see"), reason="length")

    # Time.
    def answer_slowly(self) -> None:
        self.begin()
        for _ in self.until_closing(0.1):
            self.send(chunk("word "))

    def answer_never(self) -> None:
        for _ in self.until_closing(0.05):
            pass

    def answer_pings(self) -> None:
        self.begin()
        for _ in self.until_closing(0.1):
            self.send(": still here\n\n")

    def answer_trickled_headers(self) -> None:
        for _ in self.until_closing(0.1):
            self.wfile.write(b"H")
            self.wfile.flush()

    def answer_endlessly(self) -> None:
        self.begin()
        while not self.owner.closing.is_set():
            self.send(chunk("It was denied [1]. "))

    def answer_endless_line(self) -> None:
        self.begin()
        while not self.owner.closing.is_set():
            self.send("x" * 65_536)

    # Connections.
    def answer_hang_up(self) -> None:
        self.close_connection = True

    def answer_die_midway(self) -> None:
        self.begin()
        self.send(chunk("The ministry "))
        self.wfile.write(b"400\r\ndata: {")
        self.close_connection = True

    def stream(self, pieces: tuple[str, ...], *, reason: str = "stop") -> None:
        self.begin()
        self.send(*(chunk(piece) for piece in pieces), chunk("", reason=reason))
        usage = {"prompt_tokens": 80, "completion_tokens": 9, "total_tokens": 89}
        self.send(f"data: {json.dumps({**FRAME, 'choices': [], 'usage': usage})}\n\n")
        self.send("data: [DONE]\n\n", "")

    def begin(self) -> None:
        self.protocol_version = "HTTP/1.1"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send(self, *events: str) -> None:
        """Each event as one chunk of the body; an empty one ends it."""
        for event in events:
            data = event.encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

    def refuse(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        error = {"error": {"message": message, "code": status}}
        self.reply(status, json.dumps(error).encode(), "application/json", headers)

    def reply(
        self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def until_closing(self, pause: float) -> Iterator[None]:
        limit = time.monotonic() + 30
        while not self.owner.closing.wait(pause) and time.monotonic() < limit:
            yield


FRAME = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def chunk(text: str, *, reason: str | None = None) -> str:
    """One event of a streamed answer."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    return f"data: {json.dumps({**FRAME, 'choices': [choice]})}\n\n"
