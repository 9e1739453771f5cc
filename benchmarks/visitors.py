"""Many visitors of one server: errors, answers that reach the wrong one, waiting, memory.

    python benchmarks/visitors.py                    50 visitors for five minutes, over HTTP
    python benchmarks/visitors.py --page             the same on the page, 5 of them in Chromium
    python benchmarks/visitors.py --seconds 60       a first impression

A real server of the example articles, with the shipped models, in a process of its own. Each
visitor asks in words of its own, goes on from its own conversation and pauses like somebody who
reads. Over HTTP each is a program with a key. On the page each is a user who has signed in: most
speak to the server as the page's scripts do, some are browsers of which is read what can be seen.
Something is mixed up if an answer is not that of the question asked, if what reaches a visitor, or
is stored as its own, holds words of another one, or if its page shows other questions than its own.
"""

from __future__ import annotations

import argparse
import random
import threading
from collections.abc import Callable
from time import monotonic

import httpx
from asking import QUESTIONS, ask, others, own
from browser_visitors import visit_with_browsers
from page_visitor import PageVisitor, questions_in, standing
from rich.console import Console
from seen import Seen, tell
from serving import Place, Served, new_library, served

from rag import open_assistant

LONGEST_PAUSE = 20.0  # seconds of reading between an answer and the next question
TURNS = 4  # questions on the page until a visitor begins a new conversation

Visit = Callable[[Served, str, float, Seen], None]


def main() -> None:
    parser = argparse.ArgumentParser(description="Many visitors of one server.")
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--page", action="store_true", help="on the page instead of over HTTP")
    parser.add_argument("--browsers", type=int, default=5, help="of the visitors of the page")
    chosen = parser.parse_args()
    names = [f"v{number}" for number in range(chosen.visitors)]
    browsers = names[: chosen.browsers] if chosen.page else []
    seen = Seen()
    with new_library(names) as place:
        with served(place) as server:
            before, worked = server.memory, server.processor_seconds
            ends = monotonic() + chosen.seconds
            visit = on_the_page if chosen.page else over_http
            threads = [
                threading.Thread(target=visit, args=(server, name, ends, seen))
                for name in names[len(browsers) :]
            ]
            if browsers:
                threads.append(
                    threading.Thread(
                        target=visit_with_browsers, args=(server, browsers, ends, seen)
                    )
                )
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            memory, worked = (before, server.memory), server.processor_seconds - worked
        strangers(place, seen)
    tell(seen, Console(width=120, highlight=False), memory=memory, worked=worked)


def over_http(server: Served, name: str, ends: float, seen: Seen) -> None:
    """One visitor with a key, until the time is over."""
    chance, conversation = random.Random(name), "new"
    with server.program(name) as client:
        pause(chance, 0, LONGEST_PAUSE / 4)
        while monotonic() < ends:
            question = own(chance.choice(QUESTIONS), name)
            try:
                answered = ask(client, question, conversation)
            except (httpx.HTTPError, KeyError, ValueError) as error:
                seen.failed(name, error)
            else:
                conversation = answered.conversation
                seen.answered(answered.first, answered.whole)
                if answered.asked != question:
                    seen.mixed_up(name, f"asked {question!r}, answered {answered.asked!r}")
            pause(chance, 1, LONGEST_PAUSE)


def on_the_page(server: Served, name: str, ends: float, seen: Seen) -> None:
    """One visitor who signs in and asks a few questions in each tab, until the time is over."""
    chance = random.Random(name)
    pause(chance, 0, LONGEST_PAUSE / 4)
    while monotonic() < ends:
        asked: list[str] = []
        try:
            with server.signed_in(name) as client, PageVisitor(client) as tab:
                while monotonic() < ends and len(asked) < TURNS:
                    asked.append(own(chance.choice(QUESTIONS), name))
                    ask_on_page(tab, name, asked, seen)
                    pause(chance, 1, LONGEST_PAUSE)
        except (httpx.HTTPError, KeyError, ValueError) as error:
            seen.failed(name, error)
            pause(chance, 1, LONGEST_PAUSE)


def ask_on_page(tab: PageVisitor, name: str, asked: list[str], seen: Seen) -> None:
    """Asks the last of these questions in a tab that shows the others."""
    begun, first, whole = monotonic(), 0.0, 0.0
    for shown in tab.ask(asked[-1]):
        begins, ended = standing(shown, len(asked) - 1)
        if begins:
            first = first or monotonic() - begun
        if ended:
            whole = whole or monotonic() - begun
    if not whole:
        raise ValueError(f"no answer to {asked[-1]!r}")
    seen.answered(first, whole)
    if questions_in(tab.html("conversation")) != asked:
        seen.mixed_up(name, f"asked {asked}, shown {questions_in(tab.html('conversation'))}")
    if found := others(tab.everything(), name):
        seen.mixed_up(name, f"words of {sorted(found)}")


def pause(chance: random.Random, least: float, most: float) -> None:
    threading.Event().wait(chance.uniform(least, most))


def strangers(place: Place, seen: Seen) -> None:
    """Looks for stored questions that somebody else asked."""
    with open_assistant(place.library) as assistant:
        for name in place.keys:
            for owner in (name, f"key:{name}"):
                mine = assistant.conversations.of(owner)
                for conversation in mine.newest_first():
                    for stored in mine.answers(conversation.id):
                        if found := others(stored.answer.question.text, name):
                            seen.mixed_up(name, f"stored: words of {sorted(found)}")


if __name__ == "__main__":
    main()
