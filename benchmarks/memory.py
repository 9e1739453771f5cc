"""Whether a server's memory stays flat over many conversations.

    python benchmarks/memory.py                         1,000 conversations, some 20 minutes
    python benchmarks/memory.py --conversations 200     a first impression

A real server of the example articles in a process of its own. Fifty visitors take turns, four at a
time, each conversation one of two or three questions: every other one over the HTTP interface, the
others on the page, signed in anew and in a tab that is closed at the end. Resident memory is read
whenever all four have come to an end; its slope over the second half is that of least squares, with
a bootstrap interval.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from asking import QUESTIONS, ask, own
from page_visitor import PageVisitor
from rich.console import Console
from serving import Served, new_library, served

from eval.metrics.statistics import RESAMPLES
from rag.conversations import CONVERSATIONS_FILE

VISITORS = 50
AT_ONCE = 4
BETWEEN = 20  # conversations from one reading of the memory to the next


def main() -> None:
    parser = argparse.ArgumentParser(description="A server's memory over many conversations.")
    parser.add_argument("--conversations", type=int, default=1_000)
    chosen = parser.parse_args()
    console = Console(width=120, highlight=False)
    names = [f"v{number}" for number in range(VISITORS)]
    readings: list[tuple[int, float]] = []
    questions = 0
    with new_library(names) as place:
        with served(place) as server, ThreadPoolExecutor(AT_ONCE) as pool:
            for begin in range(0, chosen.conversations, BETWEEN):
                numbers = range(begin, min(begin + BETWEEN, chosen.conversations))
                questions += sum(pool.map(lambda number: converse(server, number), numbers))
                readings.append((numbers[-1] + 1, server.memory / 1e6))
                if readings[-1][0] % 100 == 0:
                    console.print(f"{readings[-1][0]:6,} conversations {readings[-1][1]:8,.0f} MB")
            seconds = server.processor_seconds
        stored = (place.library / CONVERSATIONS_FILE).stat().st_size / 1e6
    tell(readings, console)
    console.print(
        f"{questions:,} questions, {seconds:,.0f} s of the processor; stored: {stored:.1f} MB"
    )


def converse(server: Served, number: int) -> int:
    """Two or three questions by one visitor; how many there were."""
    chance, name = random.Random(number), f"v{number % VISITORS}"
    questions = [
        own(question, name) for question in chance.sample(QUESTIONS, chance.choice((2, 3)))
    ]
    if number % 2:
        with server.program(name) as client:
            conversation = "new"
            for question in questions:
                conversation = ask(client, question, conversation).conversation
    else:
        with server.signed_in(name) as client, PageVisitor(client) as tab:
            for question in questions:
                for _ in tab.ask(question):
                    pass
    return len(questions)


def tell(readings: Sequence[tuple[int, float]], console: Console) -> None:
    later = np.array(readings[len(readings) // 2 :])
    if len(later) < 3:
        return
    drawn = np.random.default_rng(0).integers(0, len(later), size=(RESAMPLES, len(later)))
    found = [slope(later[rows]) for rows in drawn if len(set(rows)) > 1]
    low, high = np.quantile(found, [0.025, 0.975])
    console.print(
        f"from {later[0, 0]:,.0f} on: {slope(later):+.1f} MB a hundred conversations "
        f"[{low:+.1f} to {high:+.1f}], n = {len(later)} readings"
    )


def slope(readings: np.ndarray) -> float:
    """MB a hundred conversations, of the line with the least squares."""
    return float(100 * np.polyfit(readings[:, 0], readings[:, 1], 1)[0])


if __name__ == "__main__":
    main()
