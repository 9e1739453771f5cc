"""A process that is ended while questions are answered ends quietly, with its own exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from index.lock import LibraryLock
from rag import open_assistant

from .misbehaving_server import MisbehavingServer
from .served import QUESTION, add_notes, free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    folder = tmp_path_factory.mktemp("ending")
    with open_assistant(folder / "library", embedding_model=str(tiny_model)) as assistant:
        add_notes(assistant, folder)
    return folder / "library"


@pytest.fixture
def surroundings(tiny_model: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "PINCITE" not in name}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "PINCITE_EMBEDDING_MODEL": str(tiny_model),
        "PINCITE_ABSTENTION_THRESHOLD": "0.0",
    }


@contextmanager
def running(environment: dict[str, str], *arguments: str | Path) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, "-m", "pincite", *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_threads_in_native_code_do_not_abort_the_end(surroundings: dict[str, str]) -> None:
    """With the interpreter's own end, `terminate called without an active exception`."""
    program = (
        "import sys, threading, torch\n"
        "from pincite.cli import main\n"
        "def work():\n"
        "    numbers = torch.ones(300, 300, requires_grad=True)\n"
        "    while True:\n"
        "        (numbers @ numbers).sum().backward()\n"
        "for _ in range(8):\n"
        "    threading.Thread(target=work, daemon=True).start()\n"
        "sys.argv = ['pincite', '--version']\n"
        "main()\n"
    )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=surroundings, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("pincite ")


@pytest.mark.parametrize("command", ["ask", "chat"])
def test_control_c_while_a_model_writes_ends_quietly(
    surroundings: dict[str, str], command: str, library: Path
) -> None:
    with MisbehavingServer("never") as server:
        environment = {**surroundings, "PINCITE_LLM_BASE_URL": server.base_url}
        arguments = ["ask", QUESTION] if command == "ask" else ["chat", "--no-store"]
        with running(environment, *arguments, "--library", library) as process:
            if command == "chat":
                assert process.stdin is not None
                process.stdin.write(f"{QUESTION}\n".encode())
                process.stdin.flush()
            while not server.requests:
                assert process.poll() is None
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=30)
        assert (process.returncode, stderr) == (130, b"")
    LibraryLock(library).release()  # nobody has it any more


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_ends_quietly_while_it_answers(
    surroundings: dict[str, str], number: signal.Signals, library: Path
) -> None:
    port = free_port()
    with (
        running(surroundings, "serve", "--port", str(port), "--library", library) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client,
        ThreadPoolExecutor(3) as visitors,
    ):
        assert process.stdout is not None
        assert b"Pincite is open" in process.stdout.readline()
        for question in (QUESTION, "Who opened the new pier?", "When will the ferry run?"):
            visitors.submit(client.post, "/api/v1/ask", json={"question": question})
        time.sleep(1.0)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
        assert (process.returncode, stdout, stderr) == (0, b"Closed.\n", b"")
    LibraryLock(library).release()


def test_what_was_printed_is_not_lost_where_nobody_reads_on(
    surroundings: dict[str, str], library: Path
) -> None:
    script = f"{sys.executable} -m pincite list --library {library} | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        env=surroundings, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stdout.startswith("Id")
    assert done.stderr == ""
