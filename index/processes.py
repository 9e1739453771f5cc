"""How child processes end."""

from __future__ import annotations

import contextlib
import subprocess
from typing import Any


def end_process(process: subprocess.Popen[Any]) -> None:
    """Asks by closing its input, insists after a second, and leaves no zombie."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):  # it died with our words still in the pipe
            process.stdin.close()
    try:
        process.wait(1.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
