"""Questions of visitors, worded so that each is known by its text, and how a program asks them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from time import monotonic

import httpx

QUESTIONS = (
    "What does North Korea want in return?",
    "Who denied the deal?",
    "How many shells were delivered to Russia?",
    "When did the satellite launch fail?",
    "Why did the ferries stop?",
)
_NAMED = re.compile(r"\basks (v\d+)\?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer: seconds until its first statement or refusal, and until all of it was there."""

    first: float
    whole: float
    asked: str
    conversation: str


def own(question: str, name: str) -> str:
    """The question in this visitor's own words."""
    return f"{question[:-1]}, asks {name}?"


def others(text: str, name: str) -> set[str]:
    """The other visitors whose words a text holds."""
    return set(_NAMED.findall(text)) - {name}


def ask(client: httpx.Client, question: str, conversation: str) -> Answered:
    """Asks over the HTTP interface and reads the events to the last.

    Raises `httpx.HTTPError`, or `ValueError` for an answer that failed or was not stored.
    """
    begun, first, whole, kind, asked = monotonic(), 0.0, 0.0, "", ""
    body = {"question": question, "conversation": conversation}
    headers = {"accept": "text/event-stream"}
    with client.stream("POST", "/api/v1/ask", json=body, headers=headers) as reply:
        reply.raise_for_status()
        for line in reply.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
                if kind in {"claim", "answer"}:
                    first = first or monotonic() - begun
            elif name == "data" and kind == "answer":
                whole, asked = monotonic() - begun, json.loads(value)["question"]["text"]
            elif name == "data" and kind == "stored":
                conversation = str(json.loads(value)["conversation"])
            elif name == "data" and kind in {"error", "unstored"}:
                raise ValueError(value)
    if not asked:
        raise ValueError(f"no answer to {question!r}")
    return Answered(first=first, whole=whole, asked=asked, conversation=conversation)
