"""What an evaluation costs beside the answers themselves: processor time and memory of a run.

    python benchmarks/harness.py [--questions 1000]

A whole `run_evaluation` with the writer `quotes`, report included, over questions spread over
multihoprag_a, whose library is made beforehand in another process. Answering is what the assistant
spends on `ask`. The search for the ranking that is scored and the loading of models are work of the
assistant too and told apart; all else is the harness: reading the set, looking up quotes, comparing
answers, writing the journal, scoring, bootstrap and report. The interval is a percentile bootstrap
over questions, what is done once for all of them kept as it is.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import ParamSpec, TypeVar
from unittest.mock import patch

import numpy as np
from evaluation_data import RUNS, data_folder
from rich.console import Console

from eval import corpus
from eval.corpus import open_corpus
from eval.datasets import load_dataset
from eval.metrics.statistics import RESAMPLES
from eval.models import EvaluationProgress
from eval.run import run_evaluation
from rag.assistant import Assistant

SET = "multihoprag_a"
# `ru_maxrss` counts bytes on macOS and kibibytes elsewhere.
MEGABYTE = 1e6 if sys.platform == "darwin" else 1e6 / 1024
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


class Meter:
    """Seconds of the processor that parts of a run take, and what each question adds to them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.answering: list[float] = []
        self.beside: list[float] = []
        self.memory_before = 0.0
        self._mark = (0.0, 0.0, 0.0)

    def timed(self, part: str, call: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
        """The call, its time counted as that of a part; parts must not lie within one another."""

        @wraps(call)
        def measured(*given: _Given.args, **options: _Given.kwargs) -> _Made:
            begun = process_time()
            try:
                return call(*given, **options)
            finally:
                self.seconds[part] += process_time() - begun

        return measured

    def listen(self, event: EvaluationProgress) -> None:
        """Told after each question, and before the first."""
        now = (process_time(), self.seconds["ask"], self.seconds["search"])
        if event.done:
            spent, asked, searched = (
                one - other for one, other in zip(now, self._mark, strict=True)
            )
            self.answering.append(asked)
            self.beside.append(spent - asked - searched)
        else:
            self.memory_before = _peak_memory()
        self._mark = now


def main() -> None:
    parser = argparse.ArgumentParser(description="Cost of the harness of an evaluation.")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--questions", type=int, default=1_000, help="asked (default 1,000)")
    chosen = parser.parse_args()
    folder = data_folder(SET)
    making = get_context("spawn").Process(target=_make_library, args=(folder, chosen.cache))
    making.start()
    making.join()
    meter, begun, used = Meter(), perf_counter(), process_time()
    with _measured(meter), TemporaryDirectory(prefix="pincite-harness-") as out:
        report = run_evaluation(
            folder,
            out=out,
            cache=chosen.cache,
            limit=chosen.questions,
            writer="quotes",
            on_progress=meter.listen,
        )
    wall, used = perf_counter() - begun, process_time() - used
    _print(meter, used=used, wall=wall, failed=report.scores.counts["errors"])


def _make_library(folder: Path, cache: Path) -> None:
    with open_corpus(load_dataset(folder), cache=cache):
        pass


@contextmanager
def _measured(meter: Meter) -> Iterator[None]:
    with ExitStack() as stack:
        for owner, name, part in (
            (corpus, "open_assistant", "load"),
            (Assistant, "warm", "load"),
            (Assistant, "search", "search"),
            (Assistant, "ask", "ask"),
        ):
            timed = meter.timed(part, getattr(owner, name))
            stack.enter_context(patch.object(owner, name, timed))
        yield


def _peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def _print(meter: Meter, *, used: float, wall: float, failed: int) -> None:
    console, parts = Console(), meter.seconds
    answering, beside = np.asarray(meter.answering), np.asarray(meter.beside)
    harness = used - sum(parts.values())
    once = harness - beside.sum()
    drawn = np.random.default_rng(0).integers(0, len(beside), size=(RESAMPLES, len(beside)))
    shares = (once + beside[drawn].sum(axis=1)) / answering[drawn].sum(axis=1)
    low, high = np.quantile(shares, [0.025, 0.975])
    console.print(f"{len(beside):,} questions of {SET}, {failed:,} failed")
    console.print(f"  {'whole run':26} {used:7.1f} s of the processor, {wall:7.1f} s on the wall")
    for name, part in (("answering", "ask"), ("search for the ranking", "search")):
        console.print(f"  {name:26} {parts[part]:7.1f} s")
    console.print(f"  {'loading models and library':26} {parts['load']:7.1f} s")
    console.print(f"  {'harness':26} {harness:7.1f} s, {once:.1f} s of it once for all questions")
    console.print(
        f"harness against answering: {harness / parts['ask']:.3f} [{low:.3f}–{high:.3f}] "
        f"n={len(beside):,}"
    )
    console.print(
        f"peak memory {_peak_memory():,.0f} MB; {meter.memory_before:,.0f} MB before the first "
        "question"
    )


if __name__ == "__main__":
    main()
