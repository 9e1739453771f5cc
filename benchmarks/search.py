"""How well questions find their documents and passages, and what each part of the search adds.

    python benchmarks/search.py                       four sets, every question
    python benchmarks/search.py --limit 100           a first impression
    python benchmarks/search.py --read                also reads, as answers do: far slower
    python benchmarks/search.py --fit                 also prints weights for rag/light.py
    python benchmarks/search.py --features            also leaves out one feature at a time

Light rankings are measured out of fold: five folds by question, one set of weights for all four
sets, or of the one set asked for. The last rows are the product as it ships. Libraries are kept
in `runs/cache`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from evaluation_data import RUNS, data_folder
from light_weights import Group, Rows, fit, out_of_fold
from rich.console import Console
from rich.table import Table
from search_cases import READ, SETS, SHIPPED, SLOTS, Asked, Light, Ranking, ask

from eval.metrics import retrieval
from eval.metrics.statistics import figure
from index.models import Passage
from rag.light import FEATURES, Candidate
from rag.retrieve import POOL, arranged

Measure = Callable[[Asked, Ranking], float | None]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--limit", type=int, default=None, help="questions of each set")
    parser.add_argument("--read", action="store_true", help="also rank by the evidence model")
    parser.add_argument("--only", choices=SETS, default=None, help="one set only")
    parser.add_argument("--fit", action="store_true", help="print the weights fitted on all sets")
    parser.add_argument("--features", action="store_true", help="leave out one feature at a time")
    chosen = parser.parse_args()
    console = Console(width=200)
    folders = {name: data_folder(name) for name in ([chosen.only] if chosen.only else SETS)}
    sets: dict[str, list[Asked]] = {}
    for name, folder in folders.items():
        with console.status(name):
            sets[name] = ask(
                name, folder, cache=chosen.cache, limit=chosen.limit, reads=chosen.read
            )
    rankings = {name: dict(_searched(asked)) for name, asked in sets.items()}
    for label, ranked in _light(sets).items():
        for name, found in ranked.items():
            rankings[name][label] = found
    for name, asked in sets.items():
        for label in (SHIPPED, READ):
            if label in asked[0].rankings:
                rankings[name][label] = [one.rankings[label] for one in asked]
        console.print(table(name, asked, rankings[name]))
    if chosen.features:
        print_features(sets, console)
    if chosen.fit:
        weights = fit([[one.parts.group for one in asked] for asked in sets.values()])
        for feature, weight in zip(FEATURES, weights, strict=True):
            console.print(f"{feature:20} {weight:+.3f}")


def _searched(asked: Sequence[Asked]) -> Mapping[str, list[Ranking]]:
    names = [name for name in asked[0].rankings if name not in (SHIPPED, READ)]
    return {name: [one.rankings[name] for one in asked] for name in names}


def _light(sets: Mapping[str, list[Asked]]) -> dict[str, dict[str, list[Ranking]]]:
    """Rankings out of fold: the light ranker alone, with parts, and with copies put behind."""
    whole = out_of_fold([[one.whole.group for one in asked] for asked in sets.values()])
    parts = out_of_fold([[one.parts.group for one in asked] for asked in sets.values()])
    found: dict[str, dict[str, list[Ranking]]] = {"light": {}, "light + parts": {}, "all": {}}
    for number, (name, asked) in enumerate(sets.items()):
        found["light"][name] = [
            _passages(_by_score(one.whole, scores))
            for one, scores in zip(asked, whole[number], strict=True)
        ]
        ordered = [
            _by_score(one.parts, scores) for one, scores in zip(asked, parts[number], strict=True)
        ]
        found["light + parts"][name] = [_passages(ranked) for ranked in ordered]
        found["all"][name] = [
            _passages(
                ranked[at] for at in arranged(ranked, slots=SLOTS, per_document=one.per_document)
            )
            for one, ranked in zip(asked, ordered, strict=True)
        ]
    return found


def _by_score(light: Light, scores: Rows) -> list[Candidate]:
    pairs = zip(np.round(scores, 9).tolist(), light.candidates, strict=True)
    ordered = sorted(pairs, key=lambda pair: (-pair[0], pair[1].passage.id))
    return [candidate for _, candidate in ordered]


def _passages(candidates: Iterable[Candidate]) -> list[Passage]:
    return [candidate.passage for candidate in candidates]


def print_features(sets: Mapping[str, list[Asked]], console: Console) -> None:
    """The light ranker with parts, out of fold, without one feature at a time."""
    for left_out in (None, *range(len(FEATURES))):
        kept = [at for at in range(len(FEATURES)) if at != left_out]
        groups = [
            [
                Group(rows=one.parts.group.rows[:, kept], labels=one.parts.group.labels)
                for one in asked
            ]
            for asked in sets.values()
        ]
        scores = out_of_fold(groups)
        line = []
        for (name, asked), own in zip(sets.items(), scores, strict=True):
            ranked = [
                _passages(_by_score(one.parts, each)) for one, each in zip(asked, own, strict=True)
            ]
            line += [f"{label} {value:.3f}" for label, value in _means(name, asked, ranked).items()]
        console.print(f"{'-' if left_out is None else FEATURES[left_out]:20}", *line)


def measures(name: str) -> dict[str, Measure]:
    """What is measured on a set, by the figure's name; "of all" is recall among all candidates."""

    def document(metric: Callable[..., float], k: int) -> Measure:
        return lambda one, found: metric(one.documents(found), one.query.relevant, k=k)

    def answered(k: int) -> Measure:
        return lambda one, found: float(any(one.answers(passage) for passage in found[:k]))

    if name == "realtimeqa_2025h2":
        return {
            "nDCG@10": document(retrieval.ndcg, 10),
            "recall@10": document(retrieval.recall, 10),
            "of all": document(retrieval.recall, POOL),
        } | {f"answer in {k}": answered(k) for k in (1, 3, SLOTS)}
    if name == "multihoprag_a":
        return {
            "all evidence@10": document(retrieval.all_evidence, 10),
            "nDCG@10": document(retrieval.ndcg, 10),
            "recall@10": document(retrieval.recall, 10),
            "of all": document(retrieval.recall, POOL),
        }
    if name == "scifact_a":
        return {
            "nDCG@10": document(retrieval.ndcg, 10),
            "recall@10": document(retrieval.recall, 10),
            "of all": document(retrieval.recall, POOL),
        }
    first = document(retrieval.hit, 1)
    return {
        "gold first": first,
        "gold first, answerable": lambda one, found: (
            first(one, found) if one.query.answerable else None
        ),
        "nDCG@10": document(retrieval.ndcg, 10),
    }


def _values(measure: Measure, asked: Sequence[Asked], ranked: Sequence[Ranking]) -> list[float]:
    values = [measure(one, found) for one, found in zip(asked, ranked, strict=True)]
    return [value for value in values if value is not None]


def _means(name: str, asked: Sequence[Asked], ranked: Sequence[Ranking]) -> dict[str, float]:
    return {
        label: float(np.mean(_values(measure, asked, ranked)))
        for label, measure in measures(name).items()
    }


def table(name: str, asked: list[Asked], rankings: Mapping[str, Sequence[Ranking]]) -> Table:
    """A row for each way of searching: mean, bootstrap interval and n of every figure."""
    milliseconds = np.asarray([one.seconds for one in asked]) * 1000
    shown = Table(
        title=f"{name}: {len(asked):,} questions; shipped, warm: {np.median(milliseconds):.0f} "
        f"CPU-ms a question (p95 {np.quantile(milliseconds, 0.95):.0f})"
    )
    shown.add_column("ranking")
    for label in measures(name):
        shown.add_column(label, justify="right")
    for label, ranked in rankings.items():
        cells = []
        for measure in measures(name).values():
            found = figure(_values(measure, asked, ranked))
            assert found.value is not None
            assert found.interval is not None
            low, high = found.interval
            cells.append(f"{found.value:.3f} [{low:.3f}, {high:.3f}] n={found.n:,}")
        shown.add_row(label, *cells)
    return shown


if __name__ == "__main__":
    main()
