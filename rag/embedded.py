"""The embedded language model: SmolLM2 in a child process, reached over loopback."""

from __future__ import annotations

import json
import queue
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from index.errors import ModelError
from index.processes import end_process
from index.processor import usable_cores
from index.weights import language_model_weights

MODEL_NAME = "SmolLM2-135M-Instruct"
CONTEXT_LIMIT = 8192
_CHILD = Path(__file__).with_name("embedded_child.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A started server: where it listens on loopback, its key (never shown) and its process."""

    host: str
    port: int
    key: str
    process: subprocess.Popen[str]

    def __repr__(self) -> str:
        return f"Running(host={self.host!r}, port={self.port}, pid={self.process.pid})"

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


class EmbeddedServer:
    """Owns the child process: started on first use, shared by all threads, replaced if it died.

    `threads` 0 takes the usable cores; `context_tokens` is cut to what the model can read. A
    context manager; whatever becomes of this process, the child ends with it.
    """

    def __init__(
        self,
        *,
        threads: int = 0,
        context_tokens: int = 4096,
        start_seconds: float = 60.0,
        weights: Path | None = None,
    ) -> None:
        self.threads = threads or usable_cores()
        self._context_tokens = min(context_tokens, CONTEXT_LIMIT)
        self._start_seconds = start_seconds
        self._weights = weights
        self._lock = threading.Lock()
        self._running: Running | None = None
        self._end: weakref.finalize[Any, EmbeddedServer] | None = None
        self._closed = False

    def start(self) -> Running:
        """The running server, started if it is not or no longer running.

        Raises `ModelError` if it does not start in time, `WeightsMissing` or `WeightsAltered` for
        its weights.
        """
        with self._lock:
            if self._closed:
                raise ModelError("The embedded language model was used after it was closed.")
            if self._running is None or not self._running.alive:
                self._stop()
                self._running = self._launch(self._weights or language_model_weights())
            return self._running

    @property
    def process_id(self) -> int | None:
        """The child's process id; `None` while there is none."""
        running = self._running
        return running.process.pid if running is not None and running.alive else None

    def ended(self, running: Running, *, within: float = 1.0) -> bool:
        """Whether that child has ended, or does so within these seconds: a death takes a moment."""
        try:
            running.process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True

    def close(self) -> None:
        """End the child; closing twice does nothing."""
        with self._lock:
            self._closed = True
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _stop(self) -> None:
        if self._end is not None:
            self._end()
        self._running = self._end = None

    def _launch(self, weights: Path) -> Running:
        deadline = time.monotonic() + self._start_seconds
        key = secrets.token_urlsafe(32)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
            process = subprocess.Popen(  # noqa: S603  # our own interpreter and script
                # -P: a folder named like one of our libraries must not be imported instead.
                [sys.executable, "-P", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                # Ctrl-C in a terminal is for us; the child ends when its input does.
                start_new_session=True,
            )
            self._end = weakref.finalize(self, end_process, process)
            order = {
                "model": str(weights),
                "name": MODEL_NAME,
                "key": key,
                "threads": self.threads,
                "context_tokens": self._context_tokens,
            }
            try:
                reply = _exchange(process, order, deadline)
                host, port = reply["address"].removeprefix("http://").rsplit(":", 1)
                running = Running(host=host, port=int(port), key=key, process=process)
                _wait_until_healthy(running, deadline)
            except (OSError, ValueError, subprocess.TimeoutExpired) as error:
                self._stop()
                raise _did_not_start(error, log) from error
        return running


def _exchange(
    process: subprocess.Popen[str], order: dict[str, object], deadline: float
) -> dict[str, str]:
    """Sends the order and reads the one line that comes back.

    Raises `OSError` or `ValueError` for a child that ended or refused, `TimeoutError` for silence.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    lines: queue.Queue[str] = queue.Queue()
    stdout = process.stdout
    # A pipe cannot be read with a time limit on every system; a thread that waits can.
    threading.Thread(target=lambda: lines.put(stdout.readline()), daemon=True).start()
    try:
        line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise TimeoutError("it did not say where it listens in time") from None
    if not line:
        raise ValueError(f"its process ended with status {process.wait(1.0)}")
    reply = json.loads(line)
    if "address" not in reply:
        raise ValueError(reply.get("error", "it said nothing of use"))
    return dict(reply)


def _wait_until_healthy(running: Running, deadline: float) -> None:
    import httpx

    with httpx.Client(trust_env=False, timeout=5.0) as client:
        while running.alive and time.monotonic() < deadline:
            try:
                if client.get(f"http://{running.host}:{running.port}/health").is_success:
                    return
            except httpx.TransportError:
                pass  # not listening yet
            time.sleep(0.05)
    raise TimeoutError("it did not become healthy in time")


def _did_not_start(error: Exception, log: IO[str]) -> ModelError:
    log.seek(0)
    last = log.read()[-400:].strip().splitlines()[-1:]
    detail = f" Its last words: {last[0]!r}." if last else ""
    return ModelError(
        f"The embedded language model did not start: {error}.{detail} "
        "Set writer to quotes, or to endpoint with llm_base_url."
    )
