"""How well supported claims are told from others, and what each part of the check contributes.

    python benchmarks/support.py                    all tables
    python benchmarks/support.py --fit              also fits the weights in rag/judge.py anew
    python benchmarks/support.py --weights FILE     with other weights of the evidence model

Claims of grounding_pairs_a are held against their whole source: the sentence nearest by rare words
is the evidence, the three nearest its surroundings. What was fitted is out of fold, five folds by
source, so that claims about one source are never on both sides. Readings are kept in
`runs/support`, so a second run is quick.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from evaluation_data import RUNS, data_folder
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from shown import shown
from support_pairs import SETS, ClaimPair, claim_pairs, near_copies, sign_rows

from eval.metrics.statistics import RESAMPLES
from eval.models import Figure, Interval
from rag.judge import LEAST_SHARED, SIGNS, probability
from rag.reader import EvidenceReader
from rag.support import LEAST_COVERAGE, coverage, objection

FOLDS = 5
# Inverse strength of the ridge penalty; the signs are few and of like size.
REGULARISATION = 1.0
EVEN = 0.5
MODEL = ("doubted",)
WORDS = tuple(sign for sign in SIGNS if sign not in MODEL)
# The share of true claims, reworded or only trimmed, that the check of answers should accept where
# no rule objects.
FAITHFUL = 0.95
Verdicts = NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description="The check of claims against their sources.")
    parser.add_argument("--weights", type=Path, default=None, help="of the evidence model")
    parser.add_argument("--fit", action="store_true", help="print weights fitted on all pairs")
    chosen = parser.parse_args()
    console = Console()
    pairs = claim_pairs(data_folder("grounding_pairs_a"))
    copies = near_copies(pairs)
    reader = EvidenceReader(weights=chosen.weights)
    with console.status("reading"):
        rows, logits = sign_rows([*pairs, *copies], reader, folder=RUNS / "support")
    rows, copy_rows = rows[: len(pairs)], rows[len(pairs) :]
    weights, bias = _fitted(rows, _labels(pairs))
    console.print(_ablation(pairs, rows, logits[: len(pairs)]))
    shipped = np.array([probability(row) for row in [*rows, *copy_rows]])
    fresh = _probabilities(np.concatenate([rows, copy_rows]), weights, bias)
    scores = _out_of_fold(pairs, rows)
    least = min(_least_probability(pairs, scores), _least_probability(copies, fresh[len(pairs) :]))
    console.print(_product(pairs, scores, least, title="claims of the set, out of fold"))
    console.print(_product(copies, fresh[len(pairs) :], least, title="near copies"))
    console.print(f"Shipped probabilities differ by {np.abs(shipped - fresh).max():.4f} at most.")
    if chosen.fit:
        console.print(f"WEIGHTS = ({', '.join(f'{weight:.3f}' for weight in weights)})")
        console.print(f"BIAS = {bias:.3f}")
        console.print(f"LEAST_PROBABILITY = {least:.3f}")


def _ablation(
    pairs: Sequence[ClaimPair], rows: NDArray[np.float64], logits: NDArray[np.float64]
) -> Table:
    table = Table(title="Balanced accuracy: supported against the rest (95 % interval by pair)")
    for heading in ("", *SETS, "both", "true accepted", "false accepted"):
        table.add_column(heading)
    verdicts: dict[str, Verdicts] = {
        "no name that is not in the source": ~np.array([pair.has_foreign_name for pair in pairs]),
        "rules, nearest sentence": np.array(
            [pair.rules_accept(sentence_only=True) for pair in pairs]
        ),
        "rules, three nearest": np.array(
            [pair.rules_accept(sentence_only=False) for pair in pairs]
        ),
    }
    for name, columns in (
        ("word signs", WORDS),
        *((f"all but {sign}", tuple(other for other in SIGNS if other != sign)) for sign in SIGNS),
        ("all signs", SIGNS),
    ):
        used = rows[:, [SIGNS.index(sign) for sign in columns]]
        verdicts[name] = _out_of_fold(pairs, used) >= EVEN
    verdicts["evidence model"] = _out_of_fold(pairs, logits[:, None]) >= EVEN
    labels = _labels(pairs)
    for name, accepted in verdicts.items():
        within = [np.array([pair.set == entry for pair in pairs]) for entry in SETS]
        figures = [balanced_accuracy(accepted[part], labels[part]) for part in within]
        figures.append(balanced_accuracy(accepted, labels))
        told = [shown(one, with_n=True) for one in figures]
        table.add_row(name, *told, *_shares(accepted, labels))
    return table


def _least_probability(pairs: Sequence[ClaimPair], scores: NDArray[np.float64]) -> float:
    """What nearly all true claims reach that no rule objects to."""
    return float(np.quantile(scores[_free(pairs) & _labels(pairs)], 1 - FAITHFUL))


def _product(
    pairs: Sequence[ClaimPair], scores: NDArray[np.float64], least: float, *, title: str
) -> Table:
    """Shares that the check of answers accepts: of all claims, and where no rule objects."""
    free, labels = _free(pairs), _labels(pairs)
    counts = (len(pairs), (free & labels).sum(), (free & ~labels).sum())
    table = Table(title="Accepted, {}: n={}, no rule objects to {} and {}".format(title, *counts))
    for heading in ("", "true", "false", "true, no objection", "false, no objection"):
        table.add_column(heading)
    shared = np.array([coverage(pair.held.claim, pair.held.evidence) for pair in pairs])
    verdicts = {"rules alone": free & (shared >= LEAST_COVERAGE), "no objection": free}
    for threshold in (least, 0.4, EVEN, 0.6):
        passed = free & (shared >= LEAST_SHARED) & (scores >= threshold)
        verdicts[f"probability at least {threshold:.3f}"] = passed
    for name, accepted in verdicts.items():
        table.add_row(name, *_shares(accepted, labels), *_shares(accepted[free], labels[free]))
    return table


def balanced_accuracy(accepted: Verdicts, labels: Verdicts) -> Figure:
    """The mean of the shares of true claims accepted and of false ones refused.

    The interval is a percentile bootstrap over pairs (Efron 1979).
    """
    drawn = np.random.default_rng(0).integers(0, len(labels), size=(RESAMPLES, len(labels)))
    accepted_drawn, labels_drawn = accepted[drawn], labels[drawn]
    true = (accepted_drawn & labels_drawn).sum(1) / labels_drawn.sum(1)
    false = (~accepted_drawn & ~labels_drawn).sum(1) / (~labels_drawn).sum(1)
    low, high = np.quantile((true + false) / 2, [0.025, 0.975])
    value = (accepted[labels].mean() + (~accepted[~labels]).mean()) / 2
    return Figure(value=float(value), interval=Interval(float(low), float(high)), n=len(labels))


def _out_of_fold(pairs: Sequence[ClaimPair], used: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability of every claim by weights that never saw its source."""
    folds = np.array([zlib.crc32(pair.source.encode()) % FOLDS for pair in pairs])
    labels, found = _labels(pairs), np.zeros(len(pairs))
    for fold in range(FOLDS):
        weights, bias = _fitted(used[folds != fold], labels[folds != fold])
        found[folds == fold] = _probabilities(used[folds == fold], weights, bias)
    return found


def _fitted(rows: NDArray[np.float64], labels: Verdicts) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a logistic regression in which true and false claims weigh the same."""
    from sklearn.linear_model import LogisticRegression

    # Of like size, so that the penalty bears on all signs alike.
    scale = np.maximum(rows.std(axis=0), 1e-9)
    model = LogisticRegression(C=REGULARISATION, class_weight="balanced", max_iter=5_000)
    model.fit(rows / scale, labels)
    return model.coef_[0] / scale, float(model.intercept_[0])


def _probabilities(
    rows: NDArray[np.float64], weights: NDArray[np.float64], bias: float
) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-(rows @ weights + bias))), dtype=np.float64)


def _free(pairs: Sequence[ClaimPair]) -> Verdicts:
    """The claims that no rule objects to, so that the model decides."""
    return np.array([objection(pair.held.claim, pair.held.evidence) is None for pair in pairs])


def _labels(pairs: Sequence[ClaimPair]) -> Verdicts:
    return np.array([pair.is_supported for pair in pairs])


def _shares(accepted: Verdicts, labels: Verdicts) -> tuple[str, str]:
    return f"{accepted[labels].mean():.2f}", f"{accepted[~labels].mean():.2f}"


if __name__ == "__main__":
    main()
