"""Pincite beside plain alternatives, on the same questions: one table, with n and significance.

    python benchmarks/quality.py                          every set that is there, every question
    python benchmarks/quality.py --limit 40               a first impression
    python benchmarks/quality.py --sets ramdocs_a         some sets only

A set that is absent is skipped and named. Libraries are kept in `runs/cache` and used again, the
runs themselves and the table, `quality.md`, are written to `runs/quality`. Of squad2_a the
questions about the articles that the evidence model never saw are asked, of all documents.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation_data import RUNS, data_folder, held_queries
from rich.console import Console

from eval.baselines import BaselineName
from eval.compare import LOWER_IS_BETTER, compare
from eval.datasets import load_dataset
from eval.metrics.comparisons import holm
from eval.metrics.statistics import figure
from eval.models import EvaluationListener, EvaluationProgress, Figure
from eval.run import run_evaluation
from eval.stored import StoredRun, read_run

FOUND = ("ndcg@10", "recall@10")
ANSWERED = (*FOUND, "contained", "f1")
REFUSED = (*ANSWERED, "right_refusals", "wrong_refusals")
# The figures of each set that its labels can tell.
SETS: Mapping[str, Sequence[str]] = {
    "realtimeqa_2025h2": REFUSED,
    "multihoprag_a": ("all_evidence@10", *REFUSED),
    "squad2_a": REFUSED,
    "scifact_a": FOUND,
    "ramdocs_a": (*ANSWERED, "wrong_refusals"),
    "timeqa_a": REFUSED,
}
OURS = "pincite"
SYSTEMS: Mapping[str, BaselineName | None] = {
    OURS: None,
    "bm25": "bm25",
    "dense": "dense",
    "llamaindex": "llamaindex",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a set is read from: its folder, or a file with some of its questions and a corpus."""

    target: Path
    corpus: Path | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description="Pincite beside plain alternatives.")
    parser.add_argument("--out", type=Path, default=RUNS / "quality", help="where runs go")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--limit", type=int, default=None, help="questions of each set")
    parser.add_argument("--sets", nargs="+", choices=tuple(SETS), default=tuple(SETS))
    chosen = parser.parse_args()
    console = Console(stderr=True)
    rows: list[str] = []
    for name in chosen.sets:
        try:
            source = _source(name, chosen.out)
        except SystemExit as absent:  # how a benchmark of one set alone ends
            console.print(f"Skipped. {absent}", soft_wrap=True, markup=False)
            continue
        for system, baseline in SYSTEMS.items():
            with console.status("") as status:
                run_evaluation(
                    source.target,
                    corpus=source.corpus,
                    out=chosen.out / name / system,
                    cache=chosen.cache,
                    limit=chosen.limit,
                    baseline=baseline,
                    on_progress=_teller(f"{name}, {system}", status.update),
                )
        rows += table_rows(name, chosen.out / name)
    if not rows:
        raise SystemExit("No set is there, so that nothing was measured.")
    page = "\n".join([*_head(), *rows, ""])
    (chosen.out / "quality.md").write_text(page, encoding="utf-8")
    print(page)


def _source(name: str, out: Path) -> Source:
    """Where the set is; ends the program, as `data_folder` does, where it is not."""
    folder = data_folder(name)
    if name != "squad2_a":
        return Source(target=folder)
    held = {query.id for query in held_queries(load_dataset(folder).queries)}
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    kept = out / name / "squad2_a_held.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    rows = [line for line in lines if json.loads(line)["id"] in held]
    kept.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return Source(target=kept, corpus=folder / "corpus.jsonl")


def _teller(what: str, update: Callable[[str], None]) -> EvaluationListener:
    def tell(progress: EvaluationProgress) -> None:
        update(f"{what}: {progress.stage}, {progress.done:,} of {progress.total:,}")

    return tell


def _head() -> list[str]:
    columns = ["set", "figure", "n", *SYSTEMS]
    return [f"| {' | '.join(columns)} |", f"|---|---|---:|{'---|' * len(SYSTEMS)}"]


def table_rows(name: str, folder: Path) -> Iterator[str]:
    """A row for each figure of the set: every system, and how surely ours differs from it.

    The p values of all alternatives and figures of the set are corrected together, after Holm.
    """
    runs = {system: read_run(folder / system) for system in SYSTEMS}
    changes = {
        (system, one.figure): one
        for system, run in runs.items()
        if system != OURS
        for one in compare(run, runs[OURS]).overall
        if one.figure in SETS[name] and one.differing
    }
    corrected = dict(zip(changes, holm([one.p for one in changes.values()]), strict=True))
    for shown in SETS[name]:
        measured = {system: _measured(run, shown) for system, run in runs.items()}
        cells = [
            _value(one) + _significance(corrected.get((system, shown)))
            for system, one in measured.items()
        ]
        meaning = f"{shown}, lower is better" if shown in LOWER_IS_BETTER else shown
        yield f"| {name} | {meaning} | {measured[OURS].n:,} | {' | '.join(cells)} |"


def _measured(run: StoredRun, name: str) -> Figure:
    values = [one.figures[name] for one in run.outcomes.values() if name in one.figures]
    return figure(values)


def _value(one: Figure) -> str:
    if one.value is None or one.interval is None:
        return "–"
    return f"{one.value:.3f} [{one.interval.low:.3f}–{one.interval.high:.3f}]"


def _significance(p: float | None) -> str:
    if p is None:
        return ""
    return ", p < .001" if p < 0.001 else f", p = {p:.3f}"


if __name__ == "__main__":
    main()
