"""A real server of the example articles in a process of its own, with visitors who may come in."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from time import monotonic, sleep

import httpx

from pincite.accounts import Accounts
from rag import open_assistant

ARTICLES = Path(__file__).parents[1] / "examples" / "articles"
PASSWORD = "four words of mine"  # of users that live as long as the benchmark
TOO_MANY = 429
PATIENCE = 300.0  # seconds until a server must have answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A library of the example articles; `keys` by name of visitor, who is a user as well."""

    library: Path
    keys: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server: where it is, and its process."""

    place: Place
    address: str
    process: int

    @property
    def memory(self) -> float:
        """Resident bytes of the server's process now."""
        return 1024.0 * int(self._told("rss"))

    @property
    def processor_seconds(self) -> float:
        """Seconds that all cores together have worked for the server so far."""
        days, _, rest = self._told("time").rpartition("-")
        parts = reversed([float(part) for part in rest.split(":")])
        units = zip(parts, (1, 60, 3_600), strict=False)
        return 86_400.0 * int(days or 0) + sum(part * unit for part, unit in units)

    def client(self) -> httpx.Client:
        """A client of its own, with a jar for cookies."""
        # The server ends connections that were idle for five seconds. Browsers then ask again.
        limits = httpx.Limits(keepalive_expiry=2)
        return httpx.Client(base_url=self.address, timeout=PATIENCE, limits=limits, trust_env=False)

    def program(self, name: str) -> httpx.Client:
        """A client with the key of this visitor."""
        client = self.client()
        client.headers["authorization"] = f"Bearer {self.place.keys[name]}"
        return client

    @contextmanager
    def signed_in(self, name: str) -> Iterator[httpx.Client]:
        """A client with the cookies of a browser in which this visitor has signed in.

        Raises `ValueError` where that is refused, except for too many tries from one address at
        once: then it waits, as the form asks people to.
        """
        with self.client() as client:
            given = {"name": name, "password": PASSWORD}
            while (reply := client.post("/sign-in", data=given)).status_code == TOO_MANY:
                sleep(1)
            if reply.status_code != 303:
                raise ValueError(f"{name} cannot sign in: status {reply.status_code}")
            yield client

    def _told(self, what: str) -> str:
        asked = ["ps", "-o", f"{what}=", "-p", str(self.process)]
        return subprocess.run(asked, capture_output=True, check=True, text=True).stdout.strip()


@contextmanager
def new_library(names: Sequence[str]) -> Iterator[Place]:
    """A library that lasts as long as the block, and these visitors of it."""
    with tempfile.TemporaryDirectory(prefix="pincite-") as folder:
        library = Path(folder) / "library"
        with open_assistant(library) as assistant:
            assistant.add(ARTICLES)
        accounts = Accounts(library)
        for name in names:
            accounts.add_user(name, PASSWORD)
        yield Place(library=library, keys={name: accounts.add_key(name) for name in names})


@contextmanager
def served(place: Place) -> Iterator[Served]:
    """Serves the library as `pincite serve` does, its models loaded."""
    port = free_port()
    command = [sys.executable, "-m", "pincite", "serve", "--library", str(place.library)]
    command += ["--port", str(port), "--questions-per-minute", "600"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    found = Served(place=place, address=f"http://127.0.0.1:{port}", process=process.pid)
    try:
        _wait_until_warm(found)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait_until_warm(found: Served) -> None:
    """Until it answers a question, which it does when its models are there."""
    ends = monotonic() + PATIENCE
    name = next(iter(found.place.keys))
    while True:
        try:
            with found.program(name) as client:
                client.post("/api/v1/ask", json={"question": "Who denied the deal?"})
            return
        except httpx.ConnectError:
            if monotonic() > ends:
                raise
            sleep(0.2)


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
