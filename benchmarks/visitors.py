"""Many visitors of one server: errors, answers that reach the wrong one, waiting, memory.

    python benchmarks/visitors.py                              50 visitors for five minutes
    python benchmarks/visitors.py --visitors 10 --seconds 60   a first impression

A real server of the example articles with the shipped models; each visitor is a program with a
key of its own, asks questions of its own wording over the HTTP interface, goes on from its own
conversation, and pauses like somebody who reads. An answer is mixed up if it is not that of the
question asked, or if a visitor's stored conversation holds a question of somebody else.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from time import monotonic

import httpx
from rich.console import Console

from eval.metrics.statistics import percentile
from pincite.accounts import Accounts
from pincite.ui.page import serve
from rag import Assistant, open_assistant

ARTICLES = Path(__file__).parents[1] / "examples" / "articles"
QUESTIONS = (
    "What does North Korea want in return?",
    "Who denied the deal?",
    "How many shells were delivered to Russia?",
    "When did the satellite launch fail?",
    "Why did the ferries stop?",
)
LONGEST_PAUSE = 20.0  # seconds of reading between an answer and the next question


@dataclass(slots=True, kw_only=True)
class Seen:
    """What the visitors saw, all together; written under `guard`."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    first: list[float] = field(default_factory=list)  # seconds until a first statement or refusal
    whole: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description="Many visitors of one server.")
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    chosen = parser.parse_args()
    console = Console(width=120, highlight=False)
    with (
        tempfile.TemporaryDirectory(prefix="pincite-") as folder,
        open_assistant(Path(folder) / "library") as assistant,
    ):
        assistant.add(ARTICLES)
        accounts = Accounts(assistant.library_path)
        keys = {f"v{number}": accounts.add_key(f"v{number}") for number in range(chosen.visitors)}
        port = free_port()
        page = serve(assistant, port=port, questions_per_minute=600)
        try:
            assistant.warm()
            began = peak_memory()
            seen = visited(f"http://127.0.0.1:{port}", keys, seconds=chosen.seconds)
            seen.mixed += strangers(assistant, list(keys))
        finally:
            page.close(verbose=False)
    tell(seen, chosen.visitors, began, console)


def visited(address: str, keys: dict[str, str], *, seconds: float) -> Seen:
    """Sends all visitors at once, and waits until the last of them has its last answer."""
    seen, ends = Seen(), monotonic() + seconds
    threads = [
        threading.Thread(target=visit, args=(address, name, key, ends, seen))
        for name, key in keys.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def visit(address: str, name: str, key: str, ends: float, seen: Seen) -> None:
    """One visitor, until the time is over."""
    chance, conversation = random.Random(name), "new"
    headers = {"authorization": f"Bearer {key}", "accept": "text/event-stream"}
    with httpx.Client(base_url=address, headers=headers, timeout=300, trust_env=False) as client:
        threading.Event().wait(chance.uniform(0, LONGEST_PAUSE / 4))
        while monotonic() < ends:
            question = f"{chance.choice(QUESTIONS)[:-1]}, asks {name}?"
            try:
                conversation = ask(client, question, conversation, seen)
            except (httpx.HTTPError, KeyError, ValueError) as error:
                with seen.guard:
                    seen.errors.append(f"{name}: {error!r}")
            threading.Event().wait(chance.uniform(1, LONGEST_PAUSE))


def ask(client: httpx.Client, question: str, conversation: str, seen: Seen) -> str:
    """Asks and reads the events to the last; the conversation in which it was stored."""
    begun, first, kind = monotonic(), 0.0, ""
    body = {"question": question, "conversation": conversation}
    with client.stream("POST", "/api/v1/ask", json=body) as reply:
        reply.raise_for_status()
        for line in reply.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
                if kind in {"claim", "answer"}:
                    first = first or monotonic() - begun
            elif name == "data" and kind == "answer":
                asked = json.loads(value)["question"]["text"]
                with seen.guard:
                    seen.first.append(first)
                    seen.whole.append(monotonic() - begun)
                    if asked != question:
                        seen.mixed.append(f"asked {question!r}, answered {asked!r}")
            elif name == "data" and kind == "stored":
                conversation = str(json.loads(value)["conversation"])
            elif name == "data" and kind in {"error", "unstored"}:
                raise ValueError(value)
    return conversation


def strangers(assistant: Assistant, names: list[str]) -> list[str]:
    """Stored questions that somebody else asked."""
    found: list[str] = []
    for name in names:
        mine = assistant.conversations.of(f"key:{name}")
        for conversation in mine.newest_first():
            texts = [stored.answer.question.text for stored in mine.answers(conversation.id)]
            found += [text for text in texts if not text.endswith(f"asks {name}?")]
    return found


def tell(seen: Seen, visitors: int, began: float, console: Console) -> None:
    console.print(f"{visitors} visitors, {len(seen.whole):,} answers")
    console.print(f"errors {len(seen.errors)}, mixed up {len(seen.mixed)}")
    for line in [*seen.errors, *seen.mixed][:10]:
        console.print(f"  {line}", markup=False)
    for what, times in (("first statement", seen.first), ("whole answer", seen.whole)):
        if times:
            console.print(
                f"{what:16} median {percentile(times, 0.5):5.1f} s   "
                f"95 % within {percentile(times, 0.95):5.1f} s   n = {len(times)}"
            )
    console.print(f"peak memory {began / 1e6:,.0f} MB before, {peak_memory() / 1e6:,.0f} MB after")


def peak_memory() -> float:
    """Bytes this process ever held at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
