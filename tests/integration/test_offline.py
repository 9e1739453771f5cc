"""Adding and asking work with the network cut, and do not even try to use it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT / "examples" / "articles"
QUESTION = "what does North Korea want in return?"

# Runs inside a new network namespace: brings its loopback up, proves that nothing else is
# reachable, then becomes the command line given to it. 192.0.2.1 is reserved for documentation.
CUT_OFF = """
import errno, fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    up_and_running = 0x1 | 0x40
    fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", up_and_running))
with socket.socket() as outward:
    if outward.connect_ex(("192.0.2.1", 9)) != errno.ENETUNREACH:
        sys.exit("the network is not cut")
os.execv(sys.argv[1], sys.argv[1:])
"""

# Refuses, and writes down, every look-up of a name and every connection that is not to this
# machine itself; then runs the command line given to it in the same process.
GUARDED = """
import ipaddress, runpy, sys
attempts = open(sys.argv[1], "a", buffering=1)

def local(host):
    try:
        return not host or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

def guard(event, arguments):
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if not isinstance(address, tuple) or local(address[0]):
            return
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        address = arguments[0]
        if local(address.decode() if isinstance(address, bytes) else address):
            return
    else:
        return
    attempts.write(f"{event} {address}\\n")
    raise PermissionError(f"{event} {address}: this process may not use the network")

sys.addaudithook(guard)
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def pincite(*arguments: str | Path) -> list[str]:
    return [str(Path(sys.executable).with_name("pincite")), *map(str, arguments)]


def run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    settings = {name: text for name, text in os.environ.items() if not name.startswith("PINCITE_")}
    # The loader of the models is not told to stay offline: it has to by itself.
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"):
        settings.pop(name, None)
    settings["PINCITE_LLM_TIMEOUT"] = "600"  # a busy machine is not what is tested
    return subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, check=False
    )


def cut_off(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return run([*namespace(), sys.executable, "-c", CUT_OFF, *command], folder)


def namespace() -> list[str]:
    """The command that makes a network namespace here; skips the test where none may be made."""
    if shutil.which("unshare") is None:
        pytest.skip("no network namespace: this system has no unshare command (Linux only)")
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    pytest.skip("no network namespace: this user may not make one with unshare")


def guarded(
    command: Sequence[str], folder: Path
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    attempts = folder / "attempts.txt"
    attempts.unlink(missing_ok=True)
    done = run([sys.executable, "-c", GUARDED, str(attempts), *command], folder)
    return done, attempts.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the example articles, read with the network cut."""
    folder = tmp_path_factory.mktemp("offline")
    added = cut_off(pincite("add", ARTICLES, "--library", folder / "library"), folder)
    assert added.returncode == 0, added.stderr
    return folder / "library"


def answer_in(printed: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(printed)
    assert answer["abstained_because"] is None
    assert answer["claims"]
    assert answer["sources"]
    return answer


@pytest.mark.parametrize(
    ("writer", "question"),
    # The small model can lose itself in a question with many answers; quotes then take its place.
    [("quotes", QUESTION), ("embedded", "How many containers did the White House report?")],
)
def test_questions_are_answered_with_the_network_cut(
    library: Path, writer: str, question: str
) -> None:
    command = pincite("ask", question, "--json", "--writer", writer, "--library", library)
    asked = cut_off(command, library.parent)
    assert asked.returncode == 0, asked.stderr
    trace = answer_in(asked.stdout)["trace"]
    assert (trace["completion_tokens"] > 0) is (writer == "embedded")


def test_nothing_is_looked_up_or_connected_to(tmp_path: Path) -> None:
    for arguments in (("add", ARTICLES), ("ask", QUESTION, "--json")):
        done, attempts = guarded(pincite(*arguments), tmp_path)
        assert done.returncode == 0, done.stderr
        assert attempts == []
    answer_in(done.stdout)


def test_a_web_address_that_was_typed_is_all_that_is_looked_up(tmp_path: Path) -> None:
    command = pincite("add", ARTICLES, "https://news.invalid/ferry", "--json")
    done, attempts = guarded(command, tmp_path)
    assert done.returncode == 1, done.stderr
    statuses = [row["status"] for row in json.loads(done.stdout)["files"]]
    assert statuses == ["added"] * (len(statuses) - 1) + ["failed"]
    assert attempts == ["socket.getaddrinfo news.invalid"]


@pytest.mark.parametrize(
    ("code", "attempt"),
    [
        (
            "import socket; socket.socket().connect(('192.0.2.1', 9))",
            "socket.connect ('192.0.2.1', 9)",
        ),
        ("import socket; socket.getaddrinfo('example.test', 80)", "socket.getaddrinfo example"),
        (
            "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
            "socket.create_connection(server.getsockname())",
            None,
        ),
    ],
    ids=["address", "name", "loopback"],
)
def test_the_guard_sees_what_leaves_this_machine_and_only_that(
    tmp_path: Path, code: str, attempt: str | None
) -> None:
    program = tmp_path / "program.py"
    program.write_text(code, encoding="utf-8")
    done, attempts = guarded([str(program)], tmp_path)
    assert (done.returncode == 0) is (attempt is None)
    assert [line.startswith(attempt or "") for line in attempts] == ([True] if attempt else [])
