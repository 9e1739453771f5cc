"""What is closed gives its memory back: an assistant its models, a browser's tab its state."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from index.embed import SentenceTransformerEmbedder
from index.errors import LibraryClosed
from pincite.ui.page import serve
from pincite.ui.tabs import CLOSED_TABS, Tabs
from rag import open_assistant

from .served import free_port

# The two models take some hundred megabytes each time that they are loaded.
MODELS_KEPT = 250  # megabytes, of the five assistants behind the second
KEEP_CLOSED = textwrap.dedent(
    """
    import os, subprocess, sys
    from rag import open_assistant

    closed, sizes = [], []
    for number in range(7):
        assistant = open_assistant(f"{sys.argv[1]}/{number}")
        assistant.warm()
        assistant.close()
        closed.append(assistant)
        told = ["ps", "-o", "rss=", "-p", str(os.getpid())]
        sizes.append(int(subprocess.run(told, capture_output=True, check=True).stdout))
    print((sizes[-1] - sizes[1]) // 1024)
    """
)


def test_closed_assistants_keep_no_models(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KEEP_CLOSED, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert int(run.stdout) < MODELS_KEPT


def test_a_model_released_amid_the_texts_says_that_the_library_is_closed(tiny_model: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(tiny_model))
    released = threading.Event()

    def batch_by_batch(model: Any, texts: list[str]) -> Any:
        vectors = encode(model, texts)
        if not released.is_set():
            released.set()
            threading.Thread(target=embedder.release).start()
            wait_until(lambda: "_loaded_model" not in vars(embedder))
        return vectors

    encode = embedder._encode
    embedder._encode = batch_by_batch  # type: ignore[method-assign]
    with pytest.raises(LibraryClosed):
        embedder.embed(["one two three four five six seven eight " * 20] * 400)


@pytest.mark.parametrize("late", ["atexit.register(compute)", "Thread(target=compute).start()"])
def test_models_compute_while_the_interpreter_ends(late: str) -> None:
    program = (
        "import atexit, time\n"
        "from threading import Thread\n"
        "from index.processor import OneThread\n"
        "one = OneThread()\n"
        "def compute():\n"
        "    time.sleep(1)\n"  # the main thread has nothing more to do meanwhile
        "    print(one.compute(lambda: 'computed'))\n"
        "one.compute(lambda: None)\n"
        f"{late}\n"
    )
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert (run.stdout, run.stderr) == ("computed\n", "")


def test_closed_tabs_are_forgotten_and_open_ones_are_not(tmp_path: Path, tiny_model: Path) -> None:
    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant:
        port = free_port()
        page = serve(assistant, port=port)
        tabs = page.app.state_holder.session_data
        address = f"http://127.0.0.1:{port}"
        try:
            with (
                httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
                client.stream("GET", "/gradio_api/heartbeat/open"),
            ):
                load(client, "open")
                for number in range(CLOSED_TABS + 10):
                    with client.stream("GET", f"/gradio_api/heartbeat/closed{number}"):
                        load(client, f"closed{number}")
                wait_until(lambda: len(tabs) <= CLOSED_TABS + 1)
                assert "open" in tabs
                assert f"closed{CLOSED_TABS + 9}" in tabs  # which may have lost its connection
                assert "closed0" not in tabs
        finally:
            page.close(verbose=False)


def test_a_tab_that_lost_its_connection_and_is_used_is_an_open_one(
    tmp_path: Path, tiny_model: Path, monkeypatch
) -> None:
    monkeypatch.setattr(Tabs, "on_its_way", timedelta(seconds=2))
    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant:
        port = free_port()
        page = serve(assistant, port=port)
        tabs = page.app.state_holder
        try:
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False
            ) as client:
                with client.stream("GET", "/gradio_api/heartbeat/awake"):
                    load(client, "awake")
                wait_until(lambda: tabs.session_data["awake"].is_closed)
                wait_until(lambda: load(client, "awake") or not still_closed(tabs))
                for number in range(CLOSED_TABS + 10):
                    with client.stream("GET", f"/gradio_api/heartbeat/closed{number}"):
                        load(client, f"closed{number}")
                wait_until(lambda: len(tabs.session_data) <= CLOSED_TABS + 1)
                assert "awake" in tabs
        finally:
            page.close(verbose=False)


def still_closed(tabs: Tabs) -> bool:
    return bool(tabs.session_data["awake"].is_closed)


def load(client: httpx.Client, tab: str) -> None:
    """The event that gives a tab the visitor's conversation, as the scripts of the page send it."""
    events = client.get("/config").json()["dependencies"]
    (number,) = (event["id"] for event in events if event["api_name"] == "restore")
    body = {"data": [], "fn_index": number, "session_hash": tab}
    client.post("/gradio_api/run/predict", json=body).raise_for_status()


def wait_until(condition: Callable[[], bool]) -> None:
    ends = monotonic() + 30
    while not condition():
        assert monotonic() < ends
        sleep(0.1)
