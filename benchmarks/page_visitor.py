"""A visitor of the page without a browser: speaks to the server as the page's own scripts do."""

from __future__ import annotations

import html
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import httpx
from gradio_client.utils import apply_diff  # type: ignore[import-untyped]

_CONFIG = "window.gradio_config = "
_API = "/gradio_api"
_QUESTION = re.compile(r'<h2 class="question[^>]*>(.*?)</h2>')
_BEGUN = re.compile(r'class="(?:claim |refusal")')


def questions_in(conversation: str) -> list[str]:
    """The questions that a conversation's markup shows."""
    return [html.unescape(found) for found in _QUESTION.findall(conversation)]


def standing(conversation: str, place: int) -> tuple[bool, bool]:
    """Whether the exchange at `place` shows a statement or a refusal, and whether it is complete.

    Raises `ValueError` if it shows trouble instead.
    """
    _, _, exchange = conversation.partition(f'data-exchange="{place}" aria-busy="')
    if 'class="notice trouble"' in exchange:
        raise ValueError(exchange[:2_000])
    return bool(_BEGUN.search(exchange)), exchange.startswith("false")


class PageVisitor:
    """The page, open in what stands for a browser's tab: its components and their events.

    `client` is the browser, with its cookies. `html(name)` is what the component of that element
    id shows. Use it as a context manager: the server learns when the tab is closed.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._session = secrets.token_hex(6)
        self._open = ExitStack()
        text = client.get("/").raise_for_status().text
        begins = text.index(_CONFIG) + len(_CONFIG)
        config, _ = json.JSONDecoder().raw_decode(text, begins)
        components = {one["id"]: one["props"] for one in config["components"]}
        self._ids = {props.get("elem_id"): number for number, props in components.items()}
        self._values = {number: props.get("value") for number, props in components.items()}
        self._states = {one["id"] for one in config["components"] if one["type"] == "state"}
        self._events = [
            event
            for event in config["dependencies"]
            if event["backend_fn"] and set(event["inputs"] + event["outputs"]) <= set(components)
        ]

    def __enter__(self) -> Self:
        beat = self._client.stream("GET", f"{_API}/heartbeat/{self._session}")
        self._open.enter_context(beat)
        self._fire_all(on=(0, "load"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def html(self, name: str) -> str:
        """What a component shows now."""
        return str(self._values[self._ids[name]] or "")

    def everything(self) -> str:
        """What all components show."""
        return "\n".join(str(value) for value in self._values.values())

    def ask(self, question: str) -> Iterator[str]:
        """Types a question and presses Enter; the conversation after each step of the answer.

        What follows an answer, such as suggestions, has happened after the last one.
        """
        box = self._ids["question"]
        self._values[box] = question
        for _ in self._fire(next(self._listening((box, "submit"))), trigger=box):
            yield self.html("conversation")

    def _fire_all(self, *, on: tuple[int, str]) -> None:
        for event in list(self._listening(on)):
            for _ in self._fire(event, trigger=on[0]):
                pass

    def _listening(self, target: tuple[int, str]) -> Iterator[dict[str, Any]]:
        return (event for event in self._events if list(target) in event["targets"])

    def _fire(self, event: dict[str, Any], *, trigger: int) -> Iterator[None]:
        """Has an event happen, and those that follow it; yields whenever components change."""
        body = {
            "data": [None if one in self._states else self._values[one] for one in event["inputs"]],
            "event_data": None,
            "fn_index": event["id"],
            "trigger_id": trigger,
            "session_hash": self._session,
        }
        if event["queue"]:
            for data in self._queued(body):
                self._show(event, data)
                yield
        else:
            reply = self._client.post(f"{_API}/run/predict", json=body).raise_for_status()
            self._show(event, reply.json()["data"])
            yield
        for follower in self._events:
            if follower["trigger_after"] == event["id"]:
                yield from self._fire(follower, trigger=trigger)

    def _queued(self, body: dict[str, Any]) -> Iterator[list[Any]]:
        """The values of the outputs, each time that they come; raises `ValueError` if they do not.

        All but the first values of an event that comes several times are differences.
        """
        joined = self._client.post(f"{_API}/queue/join", json=body).raise_for_status()
        number, values = joined.json()["event_id"], None
        asked = {"session_hash": self._session}
        with self._client.stream("GET", f"{_API}/queue/data", params=asked) as reply:
            for line in reply.raise_for_status().iter_lines():
                message = json.loads(line.removeprefix("data: ")) if line else {}
                kind = message.get("msg")
                if kind in {"unexpected_error", "server_stopped"} or not message.get(
                    "success", True
                ):
                    raise ValueError(line[:500])
                if message.get("event_id") != number:
                    continue
                if kind == "process_generating":
                    data = message["output"]["data"]
                    values = data if values is None else list(map(apply_diff, values, data))
                    yield values
                elif kind == "process_completed":
                    yield message["output"]["data"]

    def _show(self, event: dict[str, Any], data: list[Any]) -> None:
        for number, value in zip(event["outputs"], data, strict=True):
            if not isinstance(value, dict) or value.get("__type__") != "update":
                self._values[number] = value
            elif "value" in value:
                self._values[number] = value["value"]
