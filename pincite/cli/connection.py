"""The way to a server of this machine: requests out, answers and errors of our own back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from index.errors import LibraryLocked
from pincite.cli.wire import as_error, check
from pincite.server_note import ServerNote

_ROOT = "/api/v1"


class Connection:
    """Asks the server that left `note`, with the rights of the library's owner.

    Raises the errors that the server tells of, and `LibraryLocked` when it cannot be reached.
    """

    def __init__(self, note: ServerNote) -> None:
        import httpx

        self._note = note
        self._http = httpx.Client(
            base_url=f"{note.address}{_ROOT}",
            headers={"authorization": f"Bearer {note.token}"},
            timeout=httpx.Timeout(30, read=None),
            trust_env=False,  # no proxy comes between two programs of one machine
        )

    def close(self) -> None:
        """Ends the connection; the server goes on."""
        self._http.close()

    def sent(self, method: str, path: str, **content: Any) -> dict[str, Any]:  # noqa: ANN401
        """What a request is answered with; `content` as httpx takes it."""
        with self._reaching():
            response = self._http.request(method, path, **content)
        check(response)
        data: dict[str, Any] = response.json()
        return data

    def events(self, path: str, **content: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
        """The names and data of the events that a POST request is answered with."""
        headers = {"accept": "text/event-stream"}
        with (
            self._reaching(),
            self._http.stream("POST", path, headers=headers, **content) as response,
        ):
            if response.is_error:
                response.read()
            check(response)
            name = ""
            for line in response.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data" and name == "error":
                    raise as_error(json.loads(value))
                elif field == "data":
                    yield name, json.loads(value)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except httpx.TransportError as error:
            raise LibraryLocked(
                f"The library is served by process {self._note.pid}, which does not answer at "
                f"{self._note.address} ({error}): close it, or try again."
            ) from error
