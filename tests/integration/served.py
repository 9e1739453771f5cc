"""A real server around a real library, and clients that come to it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pincite.ui.page import serve
from rag import Assistant, open_assistant

FERRY = "The ferry to Aldermoor will run every hour from May, the company said.\n"
PIER = "The mayor, Ann Lindqvist, opened the new pier in June.\n"
QUESTION = "How often will the ferry to Aldermoor run?"
PASSWORD = "four words of mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A library being served at `address`."""

    assistant: Assistant
    address: str

    def client(self, **options: Any) -> httpx.Client:
        """A client of its own, with a jar for cookies."""
        return httpx.Client(base_url=self.address, timeout=120, trust_env=False, **options)

    @contextmanager
    def signed_in(self, name: str) -> Iterator[httpx.Client]:
        """A browser of this user, who has the password of all users here."""
        with self.client() as client:
            answer = client.post("/sign-in", data={"name": name, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            yield client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def add_notes(assistant: Assistant, folder: Path) -> None:
    """Adds two short documents, which lie in `folder` then."""
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    (folder / "pier.txt").write_text(PIER, encoding="utf-8")
    assistant.add(folder / "ferry.txt", folder / "pier.txt")


@contextmanager
def server(
    folder: Path, model: Path, *, host: str = "127.0.0.1", **options: Any
) -> Iterator[Server]:
    """Serves a library with two short documents, asked with a model without any sense."""
    settings: dict[str, Any] = {"embedding_model": str(model), "abstention_threshold": 0.0}
    with open_assistant(folder / "library", **settings) as assistant:
        add_notes(assistant, folder)
        port = free_port()
        page = serve(assistant, host=host, port=port, **options)
        try:
            yield Server(assistant=assistant, address=f"http://127.0.0.1:{port}")
        finally:
            page.close(verbose=False)
