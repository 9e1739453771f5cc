"""How a process of ours ends: with its exit code, whatever its threads are doing."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn


def end(code: int) -> NoReturn:
    """Ends the process with this exit code, at once; whatever is to be closed must be closed.

    The interpreter's own way out is not taken: up to Python 3.13 it unwinds a thread that comes
    back from native code meanwhile, such as a model that reads for a question, and C++ answers
    that with "terminate called" and an abort.
    """
    with suppress(ValueError):  # not in the main thread: nobody's Ctrl-C gets here
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read it has closed it
            stream.flush()
    os._exit(code)
