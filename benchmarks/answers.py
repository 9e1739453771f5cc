"""Answers and refusals where the right passages are known: squad2_a, timeqa_a and ramdocs_a.

    python benchmarks/answers.py                      all three sets
    python benchmarks/answers.py --only timeqa_a      one of them

The questions of squad2_a are those of the articles the evidence model never saw, each asked of its
one paragraph: half of them look answerable and are not. Those of timeqa_a and ramdocs_a are asked
of all documents of the set. ramdocs_a wants every right answer, of which there may be several, and
none of the wrong ones its documents were salted with. What was answered is kept in
`runs/answers`, one JSON object for a line, to be read.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from evaluation_data import RUNS, data_folder, held_queries
from rich.console import Console
from rich.table import Table

from eval.corpus import Names, open_corpus
from eval.datasets import load_dataset
from eval.metrics.answers import contained_share, holds, normalise
from eval.metrics.statistics import figure
from eval.models import Figure, Outcome, Query
from eval.observe import Observer
from eval.score import MEANINGS, measure
from index.models import Filters

SHOWN = (
    "contained",
    "contained_if_answered",
    "f1",
    "gold_cited",
    "right_refusals",
    "wrong_refusals",
    "errors",
)
# The figures of ramdocs_a, over answerable questions; a refusal gives no answer, right or wrong.
SALTED = {
    "some_right": "answers that hold a right answer",
    "all_right": "answers that hold every right answer",
    "no_wrong": "answers that hold no wrong one, over questions that have one",
    "all_right_no_wrong": "answers that hold every right answer and no wrong one",
    "right_share": "share of the right answers that an answer of at most 60 words holds",
    "words": "words of an answer, over questions that were not refused",
}
Measure = Callable[[Outcome], Mapping[str, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Answers where the right passages are known.")
    parser.add_argument("--only", choices=("squad2_a", "timeqa_a", "ramdocs_a"), default=None)
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--out", type=Path, default=RUNS / "answers", help="where answers go")
    chosen = parser.parse_args()
    console = Console()
    for name in [chosen.only] if chosen.only else ["squad2_a", "timeqa_a", "ramdocs_a"]:
        folder = data_folder(name)
        with console.status(name):
            outcomes = _outcomes(name, folder, cache=chosen.cache)
        _keep(outcomes, chosen.out / f"{name}.jsonl")
        console.print(_table(name, outcomes, _figures(outcomes, measure), MEANINGS, SHOWN))
        if name == "ramdocs_a":
            salted = _figures(outcomes, Salted(folder))
            console.print(_table(name, outcomes, salted, SALTED, tuple(SALTED)))


def _outcomes(name: str, folder: Path, *, cache: Path) -> list[Outcome]:
    dataset = load_dataset(folder)
    with open_corpus(dataset, cache=cache) as (assistant, names, _):
        observer = Observer(assistant, names)
        assistant.warm()
        if name != "squad2_a":
            return [observer.observe_answer(query) for query in dataset.queries]
        return [
            observer.observe_answer(query, filters=_only(query, names))
            for query in held_queries(dataset.queries)
        ]


def _only(query: Query, names: Names) -> Filters:
    return Filters(document_ids=tuple(names.by_name[name] for name in query.relevant))


class Salted:
    """What an answer holds of the right answers and of the wrong ones, which no `Query` knows.

    A wrong answer that is right too, by the labels, counts as right.
    """

    def __init__(self, folder: Path) -> None:
        rows = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        self._rows = {row["id"]: row for row in map(json.loads, rows)}

    def __call__(self, outcome: Outcome) -> dict[str, float]:
        row = self._rows[outcome.query.id]
        right = {normalise(answer) for answer in row["answers"]}
        wrong = {normalise(answer) for answer in row["wrong_answers"]} - right
        held = {answer for answer in right | wrong if holds(outcome.text, answer)}
        none_wrong = not held & wrong
        values = {
            "some_right": float(bool(held & right)),
            "all_right": float(right <= held),
            "all_right_no_wrong": float(right <= held and none_wrong),
            "right_share": contained_share(outcome.text, tuple(right)),
        }
        if wrong:
            values["no_wrong"] = float(none_wrong)
        if not outcome.abstained:
            values["words"] = float(len(outcome.text.split()))
        return values


def _figures(outcomes: Sequence[Outcome], measured: Measure) -> dict[str, Figure]:
    rows = [measured(outcome) for outcome in outcomes]
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: figure([row[name] for row in rows if name in row]) for name in names}


def _table(
    name: str,
    outcomes: Sequence[Outcome],
    figures: Mapping[str, Figure],
    meanings: Mapping[str, str],
    shown: Sequence[str],
) -> Table:
    table = Table(title=f"{name}: {len(outcomes):,} questions", title_justify="left")
    table.add_column("figure", no_wrap=True)
    for heading in ("value", "95 %", "n"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("meaning", style="dim")
    for key in shown:
        one = figures.get(key)
        if one is None or one.value is None or one.interval is None:
            continue
        low, high = one.interval
        table.add_row(
            key, f"{one.value:.3f}", f"{low:.3f} – {high:.3f}", f"{one.n:,}", meanings[key]
        )
    return table


def _keep(outcomes: Sequence[Outcome], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(one), ensure_ascii=False, default=str) for one in outcomes)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
