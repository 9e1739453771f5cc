"""What to tell a person when set-up fails: one sentence for each way in which it is known to."""

from __future__ import annotations

import platform
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DISK_NEEDED = 4 * 10**9
"""Bytes for everything, with torch's processor-only build; the build with CUDA needs twice that."""


class SetupFailure(Exception):
    """Set-up cannot go on; the message says what to do."""


def require_disk() -> None:
    """Raises `SetupFailure` where less than `DISK_NEEDED` is free."""
    if shutil.disk_usage(ROOT).free < DISK_NEEDED:
        raise SetupFailure(disk_full())


def disk_full() -> str:
    free = shutil.disk_usage(ROOT).free / 10**9
    return (
        f"The disk is too full: {free:.1f} GB are free at {ROOT}, and set-up needs about 4 GB, or "
        "10 GB where the package index serves torch with CUDA (Linux). Free some space, also in "
        "the folder for temporary files, and run the same command again."
    )


def no_index() -> str:
    return (
        "No package index answered: check the network connection and the proxy, or name your own "
        "index (python3 -m pip config set global.index-url ADDRESS), and run the same command "
        "again. Steps that are done are kept."
    )


def no_build() -> str:
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return (
        f"The package index has no build of some package for this machine ({machine}). They exist "
        "for Python 3.11 to 3.14 on Linux (glibc 2.28 or newer; x86_64, aarch64) and on macOS 14 "
        "or newer (Apple silicon). If this is such a machine, ask whoever runs your package index; "
        "the lines below name the package."
    )


def wrong_hash() -> str:
    return (
        "A file that was downloaded is not the pinned one, and was not installed: run the same "
        "command again, and if that does not help, ask whoever runs your package index."
    )


def not_writable() -> str:
    return (
        f"A folder cannot be written: make {ROOT / '.venv'} your own, or delete it, and run the "
        "same command again."
    )


def no_venv_module(version: str) -> str:
    return (
        f"Python {version} came without its venv module: install it (Debian, Ubuntu: sudo apt "
        f"install python{version}-venv) and run the same command again."
    )


def unknown() -> str:
    return (
        "pip failed. Run the same command again; if it fails in the same place, delete .venv and "
        "try once more, and then report the lines below."
    )


_SIGNS = (
    (r"No space left|Errno 28\b|Errno 122|Disk quota", disk_full),
    (r"DO NOT MATCH THE HASHES", wrong_hash),
    (
        r"Retrying \(Retry\(|Failed to establish a new connection|NewConnectionError|ProxyError"
        r"|SSLError|CERTIFICATE_VERIFY_FAILED|Read timed out|name resolution|HTTP error 40[137]"
        r"|40[137] Client Error",
        no_index,
    ),
    (r"No matching distribution found|Could not find a version", no_build),
    (r"Permission denied|Errno 13\b", not_writable),
)


def explain(output: str) -> str:
    """The sentence for what pip wrote.

    >>> explain("ERROR: [Errno 28] No space left on device").split(":")[0]
    'The disk is too full'
    """
    for pattern, sentence in _SIGNS:
        if re.search(pattern, output):
            return sentence()
    return unknown()
