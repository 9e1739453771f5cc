"""The process that files are read in, so that one that hangs or explodes ends nothing else.

Started by `index.children` as a script. The order comes in as one line of JSON: `path` (where
modules are found), `task` (the function that works, as `module:name`), `seconds` and `memory`
(bytes). Then comes each file: a line with `request` and `size`, and its bytes; one line goes out
for it, with `made`, or with `error` and `message`. JSON, because what reads a hostile file
is not to be trusted with more. It ends when its standard input does, which is when its parent ends,
however that comes about.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

# How much longer than its parent allows a file may keep this process, should the parent be gone.
GRACE_SECONDS = 5.0
# Made beforehand: when it is needed there is no memory to make it in.
_OUT_OF_MEMORY = b'{"error": "MemoryError", "message": ""}\n'


def main() -> None:
    replies = os.fdopen(os.dup(1), "wb")
    # Native code may print; that must not mix with the replies.
    os.dup2(2, 1)
    order = json.loads(sys.stdin.buffer.readline())
    sys.path[:] = order["path"]
    module, _, name = order["task"].partition(":")
    task = getattr(importlib.import_module(module), name)
    _limit_memory(order["memory"])
    files: SimpleQueue[tuple[object, bytes]] = SimpleQueue()
    Thread(target=_listen, args=(sys.stdin.buffer, files), daemon=True).start()
    _send(replies, b'{"ready": true}\n')
    while True:
        request, data = files.get()
        # The system's own clock: a native reader may never let a thread of Python's run again.
        signal.setitimer(signal.ITIMER_REAL, order["seconds"] + GRACE_SECONDS)
        _send(replies, _reply(task, data, request))
        signal.setitimer(signal.ITIMER_REAL, 0.0)


def _listen(orders: IO[bytes], files: SimpleQueue[tuple[object, bytes]]) -> None:
    """Takes in files while another is read; the end of input, at any moment, ends the process."""
    while line := orders.readline():
        header = json.loads(line)
        files.put((header["request"], orders.read(header["size"])))
    os._exit(0)


def _reply(task: Callable[[bytes, Any], Any], data: bytes, request: object) -> bytes:
    try:
        return json.dumps({"made": asdict(task(data, request))}, default=str).encode() + b"\n"
    except Exception as error:  # noqa: BLE001  # the parent puts any reason into an error of its own
        if _is_memory(error):
            return _OUT_OF_MEMORY
        reply = {"error": type(error).__name__, "message": str(error)}
        return json.dumps(reply).encode() + b"\n"


def _is_memory(error: BaseException | None) -> bool:
    """Whether memory ran out, however readers have translated that."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _send(replies: IO[bytes], line: bytes) -> None:
    replies.write(line)
    replies.flush()


def _limit_memory(size: int) -> None:
    """Where the system cannot do that, the limit of time stands alone."""
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    main()
