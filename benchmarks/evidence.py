"""How well evidence is found, and how well its absence is noticed.

    python benchmarks/evidence.py                    all tables
    python benchmarks/evidence.py --fit              also fits the weights in rag/evidence.py anew
    python benchmarks/evidence.py --weights FILE     with other weights of the evidence model

Questions of realtimeqa_2025h2, and those of eval/data, whose library is small, are put to the
whole corpus at default settings: as asked, with every passage withheld that gives a gold answer
away, and those that nothing there answers. What the sentences of each question are scored from is
kept in `runs/evidence` until the code changes, so a second run is quick.
Scores that were fitted are out of fold: five folds by question.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import evidence_cases
import numpy as np
from evaluation_data import RUNS, data_folder
from evidence_cases import Case, load_cases, read_cases, save_cases
from evidence_scores import (
    Scores,
    area,
    fitted,
    out_of_fold,
    ranking_figures,
    reliability,
    risk_curve,
    shipped,
)
from rich.console import Console
from rich.table import Table
from shown import shown

from eval.corpus import open_corpus
from eval.datasets import load_dataset
from eval.manifest import code_fingerprint
from rag.evidence import COLUMNS
from rag.finder import Finder
from rag.reader import EvidenceReader

HOME = "realtimeqa_2025h2"
CONDITIONS = ("as asked", "evidence removed", "unanswerable")
THRESHOLDS = (0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15)
OWN = RUNS.parent / "eval" / "data"
# Every part alone, and more and more together: names of columns.
ABLATIONS: dict[str, tuple[str, ...]] = {
    "search": ("found",),
    "sentences": ("sentence",),
    "sentences, answers marked": ("sentence", "marked"),
    "model and agreement": ("sentence", "marked", "agreement"),
    "model and search": ("sentence", "marked", "found"),
    "all but answers marked": ("sentence", "agreement", "found", "fragment", "outdated"),
    "all but fragments": ("sentence", "marked", "agreement", "found", "outdated"),
    "all but outdated": ("sentence", "marked", "agreement", "found", "fragment"),
    "all": COLUMNS,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Evidence and its absence.")
    parser.add_argument("--cache", type=Path, default=RUNS / "cache", help="where libraries stay")
    parser.add_argument("--limit", type=int, default=None, help="questions read")
    parser.add_argument("--weights", type=Path, default=None, help="of the evidence model")
    parser.add_argument("--passages", type=int, default=None, help="passages read a question")
    parser.add_argument("--fit", action="store_true", help="print weights fitted on all questions")
    chosen = parser.parse_args()
    console = Console()
    home = _cases(data_folder(HOME), chosen, console)
    own = _cases(OWN, chosen, console)
    console.print(_ranking_table(home, both=[*home, *own]))
    for name, cases in ((HOME, home), ("eval/data", own)):
        console.print(_refusal_table(name, cases, both=[*home, *own]))
        console.print(_threshold_table(name, cases, both=[*home, *own]))
    without = sum(case.condition != "as asked" for case in (*home, *own))
    console.print(f"{len(home) + len(own)} readings of questions; in {without} nothing answers.")
    _print_reliability([*home, *own], console)
    if chosen.fit:
        weights, bias = fitted([*home, *own], COLUMNS)
        console.print(f"WEIGHTS = ({', '.join(f'{weight:.3f}' for weight in weights)})")
        console.print(f"BIAS = {bias:.3f}")


def _cases(folder: Path, chosen: argparse.Namespace, console: Console) -> list[Case]:
    dataset = load_dataset(folder)
    settings = {} if chosen.passages is None else {"passages": chosen.passages}
    with open_corpus(dataset, cache=chosen.cache, **settings) as (assistant, _, _):
        reader = EvidenceReader(weights=chosen.weights)
        # A list of the modules that decide what is read would miss one.
        code = code_fingerprint() + inspect.getsource(evidence_cases)
        parts = (
            dataset.fingerprint[:12],
            reader.model_id.replace("@", "-"),
            assistant.settings.fingerprint,
            str(chosen.limit or "all"),
            sha256(code.encode()).hexdigest()[:8],
        )
        kept = RUNS / "evidence" / f"{'-'.join(parts)}.npz"
        if kept.is_file():
            return load_cases(kept)
        library = assistant._library  # the assistant answers; here its steps are measured
        finder = Finder(library, settings=assistant.settings, reader=reader)
        queries = dataset.queries[: chosen.limit]
        with console.status("reading") as status:
            cases = list(
                read_cases(
                    finder,
                    library,
                    queries,
                    on_case=lambda number: status.update(f"reading {number} of {len(queries)}"),
                )
            )
    save_cases(kept, cases)
    return cases


def _ranking_table(cases: Sequence[Case], *, both: Sequence[Case]) -> Table:
    table = Table(title=f"{HOME}, whole corpus: which passage and which sentence comes first")
    for heading in ("", "passage hit@1", "hit@3", "sentence hit@1", "hit@3"):
        table.add_column(heading)
    asked = [case for case in cases if case.condition == "as asked" and case.passage_holds.size]
    rows = {"search order": [-case.passages.astype(np.float64) for case in asked]}
    for name, columns in ABLATIONS.items():
        scores = out_of_fold(both, columns)
        rows[name] = [scores[id(case)] for case in asked]
    rows["as shipped (in sample)"] = [shipped(case) for case in asked]
    for name, scored in rows.items():
        table.add_row(name, *(shown(one, with_n=True) for one in ranking_figures(asked, scored)))
    return table


def _refusal_table(name: str, cases: Sequence[Case], *, both: Sequence[Case]) -> Table:
    table = Table(title=f"{name}: is there an answer at all? (best sentence's score)")
    for heading in (
        "",
        "AUC, evidence removed",
        "AUC, unanswerable",
        "wrong refusals at 90 % right",
    ):
        table.add_column(heading)
    for part, columns in ABLATIONS.items():
        scores = out_of_fold(both, columns)
        tops = {condition: _tops(cases, condition, scores) for condition in CONDITIONS}
        removed = area(tops["as asked"], tops["evidence removed"])
        unanswerable = area(tops["as asked"], tops["unanswerable"])
        wrong = risk_curve(tops["as asked"], tops["evidence removed"], right=0.9)
        table.add_row(
            part, shown(removed, with_n=True), shown(unanswerable, with_n=True), f"{wrong:.3f}"
        )
    return table


def _tops(cases: Sequence[Case], condition: str, scores: Scores) -> dict[str, float]:
    """The best sentence's logit of each question asked so."""
    return {
        case.query: float(scores[id(case)].max()) for case in cases if case.condition == condition
    }


def _threshold_table(name: str, cases: Sequence[Case], *, both: Sequence[Case]) -> Table:
    table = Table(title=f"{name}: share refused at each abstention_threshold, out of fold")
    scores = out_of_fold(both, COLUMNS)
    tops = {condition: list(_tops(cases, condition, scores).values()) for condition in CONDITIONS}
    table.add_column("")
    for condition, values in tops.items():
        table.add_column(f"{condition}, n={len(values)}")
    for threshold in THRESHOLDS:
        least = np.log(threshold / (1 - threshold))
        shares = (f"{np.mean(np.array(values) < least):.2f}" for values in tops.values())
        table.add_row(f"{threshold:g}", *shares)
    return table


def _print_reliability(cases: Sequence[Case], console: Console) -> None:
    console.print("Reliability of the probabilities, out of fold (sentences in ten equal parts):")
    for said, was, count in reliability(cases, out_of_fold(cases, COLUMNS)):
        console.print(f"  said {said:5.3f}  was {was:5.3f}  n={count:<6} {'█' * round(was * 40)}")


if __name__ == "__main__":
    main()
