"""The weights of the light ranker, fitted so that candidates that answer come before the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FOLDS = 5
# Questions that one set gives to a fit, so that a large set takes no longer than it needs.
QUESTIONS = 300
PENALTY = 0.005

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A question's candidates: features, shape (n, features); 1 answers, 0 not, -1 left out."""

    rows: Rows
    labels: NDArray[np.int64]


def out_of_fold(sets: Sequence[Sequence[Group]], *, seed: int = 0) -> list[list[Rows]]:
    """Each question's scores by weights that were fitted without it, over all sets together."""
    random = np.random.default_rng(seed)
    folds = [random.permutation(len(groups)) % FOLDS for groups in sets]
    scores: list[list[Rows]] = [[np.zeros(len(group.labels)) for group in one] for one in sets]
    for fold in range(FOLDS):
        pairs = [list(zip(one, place, strict=True)) for one, place in zip(sets, folds, strict=True)]
        weights = fit([[group for group, own in one if own != fold] for one in pairs], seed=seed)
        for number, one in enumerate(pairs):
            for at, (group, own) in enumerate(one):
                if own == fold:
                    scores[number][at] = group.rows @ weights
    return scores


def fit(sets: Sequence[Sequence[Group]], *, seed: int = 0) -> Rows:
    """One weight a feature; every set counts alike, and within it every question.

    The loss of a question is the mean over its positives of -log of the positive's share in a
    softmax over itself and the negatives, with a quadratic penalty on standardised weights.
    """
    from scipy.optimize import minimize

    random = np.random.default_rng(seed)
    drawn: list[tuple[float, Group]] = []
    for groups in sets:
        usable = [group for group in groups if (group.labels == 1).any()]
        usable = [group for group in usable if (group.labels == 0).any()]
        kept = [usable[at] for at in random.permutation(len(usable))[:QUESTIONS]]
        drawn += [(1.0 / len(kept), group) for group in kept]
    every = np.concatenate([group.rows for _, group in drawn])
    # A feature that never varies keeps its weight of 0.
    scale = np.where(every.std(axis=0) > 0, every.std(axis=0), 1.0)
    share = sum(weight for weight, _ in drawn)
    scaled = [(weight / share, group.rows / scale, group.labels) for weight, group in drawn]

    def loss(weights: Rows) -> tuple[float, Rows]:
        value, slope = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for share, rows, labels in scaled:
            one, gradient = _question_loss(rows @ weights, rows, labels)
            value += share * one
            slope = slope + share * gradient
        return value, slope

    found = minimize(loss, np.zeros(every.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / scale, dtype=np.float64)


def _question_loss(scores: Rows, rows: Rows, labels: NDArray[np.int64]) -> tuple[float, Rows]:
    positive, negative = labels == 1, labels == 0
    raised = np.exp(scores - scores.max())
    against = raised[negative].sum()
    share = raised[positive] / (raised[positive] + against)
    pull = ((1 - share)[:, None] * rows[positive]).sum(axis=0)
    push = (1 / (raised[positive] + against)).sum() * (raised[negative] @ rows[negative])
    count = int(positive.sum())
    return float(-np.log(share).sum() / count), (push - pull) / count
