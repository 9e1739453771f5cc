"""How long a warm question takes, from search to evidence, over all of realtimeqa_2025h2.

    python benchmarks/latency.py [--questions 60] [--threads 1 2]

Every question is asked once, after the models are loaded, so none is in a cache. Wall-clock times
mean something on an idle machine only; the shares of the stages and the processor time beside them
are what to compare.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time

from evaluation_data import RUNS, data_folder
from rich.console import Console

from eval.corpus import open_corpus
from eval.datasets import load_dataset
from eval.metrics.statistics import percentile
from eval.models import Dataset
from rag.assistant import Assistant
from rag.models import Answer

SET = "realtimeqa_2025h2"
STAGES = ("search", "read", "evidence")
WARM_UPS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description="Time of a warm question.")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--questions", type=int, default=60, help="questions asked (default 60)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="one run for each")
    chosen = parser.parse_args()
    console = Console()
    dataset = load_dataset(data_folder(SET))
    for threads in chosen.threads:
        _measure(dataset, chosen.cache, threads, chosen.questions, console)


def _measure(dataset: Dataset, cache: Path, threads: int, questions: int, console: Console) -> None:
    with open_corpus(dataset, cache=cache, threads=threads) as (assistant, _, _):
        assistant.warm()
        asked = [query.question for query in dataset.queries]
        _ask(assistant, asked[-WARM_UPS:])
        wall, cpu, answers = _ask(assistant, asked[:questions])
        passages = sum(document.passages for document in assistant.documents())
    stages = [[answer.trace.milliseconds.get(name, 0.0) for answer in answers] for name in STAGES]
    to_evidence = [sum(times) for times in zip(*stages, strict=True)]
    console.print(
        f"{len(answers)} questions over {passages:,} passages, {threads} "
        f"thread{'s' if threads > 1 else ''}, {assistant.settings.passages} passages read"
    )
    for name, times in (
        *zip(STAGES, stages, strict=True),
        ("search to evidence", to_evidence),
        ("whole answer", wall),
        ("processor time", cpu),
    ):
        median, late = percentile(times, 0.5), percentile(times, 0.95)
        console.print(f"  {name:20} median {median:6.0f} ms   95 % within {late:6.0f} ms")


def _ask(
    assistant: Assistant, questions: Sequence[str]
) -> tuple[list[float], list[float], list[Answer]]:
    """Milliseconds on the wall and of the processor for each answer."""
    wall: list[float] = []
    cpu: list[float] = []
    answers: list[Answer] = []
    for question in questions:
        begun, used = perf_counter(), process_time()
        answers.append(assistant.ask(question))
        wall.append((perf_counter() - begun) * 1_000.0)
        cpu.append((process_time() - used) * 1_000.0)
    return wall, cpu, answers


if __name__ == "__main__":
    main()
