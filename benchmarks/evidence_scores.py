"""Scores of sentences fitted out of fold, and the figures they lead to."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from evidence_cases import Case
from numpy.typing import NDArray

from eval.metrics.statistics import RESAMPLES, figure
from eval.models import Figure, Interval
from rag.evidence import COLUMNS, logits

FOLDS = 5
# Inverse strength of the ridge penalty; the columns are few and of like size.
REGULARISATION = 1.0
Scores = Mapping[int, NDArray[np.float64]]


def fitted(cases: Sequence[Case], columns: Sequence[str]) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a logistic regression: does this sentence hold a gold answer?"""
    from sklearn.linear_model import LogisticRegression

    places = [COLUMNS.index(name) for name in columns]
    rows = np.concatenate([case.rows[:, places] for case in cases])
    labels = np.concatenate([_labels(case) for case in cases])
    model = LogisticRegression(C=REGULARISATION, max_iter=5_000).fit(rows, labels)
    return model.coef_[0], float(model.intercept_[0])


def out_of_fold(cases: Sequence[Case], columns: Sequence[str]) -> Scores:
    """Logits of every case's sentences by a model that never saw its question, by `id(case)`."""
    places = [COLUMNS.index(name) for name in columns]
    found: dict[int, NDArray[np.float64]] = {}
    for fold in range(FOLDS):
        kept = [case for case in cases if _fold(case) != fold]
        weights, bias = fitted(kept, columns)
        for case in cases:
            if _fold(case) == fold:
                found[id(case)] = case.rows[:, places] @ weights + bias
    return found


def shipped(case: Case) -> NDArray[np.float64]:
    """Logits with the weights in rag/evidence.py."""
    return logits(case.rows)


def ranking_figures(
    cases: Sequence[Case], scores: Sequence[NDArray[np.float64]]
) -> Iterator[Figure]:
    """Passage hit@1 and hit@3, sentence hit@1 and hit@3; a passage counts by its best sentence."""
    found: list[list[float]] = [[], [], [], []]
    for case, values in zip(cases, scores, strict=True):
        order = np.argsort(-values, kind="stable")
        passages = list(dict.fromkeys(case.passages[order].tolist()))
        golden = set(case.passages[case.passage_holds].tolist())
        for place, depth in enumerate((1, 3)):
            found[place].append(float(not golden.isdisjoint(passages[:depth])))
            found[2 + place].append(float(case.holds_gold[order][:depth].any()))
    return map(figure, found)


def area(positive: Mapping[str, float], negative: Mapping[str, float]) -> Figure:
    """The area under the ROC curve: how often an answerable question scores above another.

    The interval is a bootstrap over questions; a question and its own version without evidence are
    drawn together.
    """
    names = sorted({*positive, *negative})
    high = np.array([positive.get(name, np.nan) for name in names])
    low = np.array([negative.get(name, np.nan) for name in names])
    drawn = np.random.default_rng(0).integers(0, len(names), size=(RESAMPLES, len(names)))
    areas = [_area(high[rows], low[rows]) for rows in drawn]
    begin, end = np.quantile(areas, [0.025, 0.975])
    return Figure(
        value=_area(high, low),
        interval=Interval(float(begin), float(end)),
        n=len(positive) + len(negative),
    )


def risk_curve(
    positive: Mapping[str, float], negative: Mapping[str, float], *, right: float
) -> float:
    """The share of answerable questions refused when `right` of the others are refused."""
    threshold = np.quantile(list(negative.values()), right)
    return float(np.mean(np.array(list(positive.values())) < threshold))


def reliability(cases: Sequence[Case], scores: Scores) -> Iterator[tuple[float, float, int]]:
    """Mean probability, share that hold the answer, and number, in ten parts of equal size."""
    values = np.concatenate([scores[id(case)] for case in cases])
    labels = np.concatenate([_labels(case) for case in cases])
    probabilities = 1.0 / (1.0 + np.exp(-values))
    order = np.argsort(probabilities)
    top = order[-max(10, len(order) // 10) :]  # nine tenths of all sentences are near 0
    for part in np.array_split(top, 10):
        yield float(probabilities[part].mean()), float(labels[part].mean()), len(part)


def _labels(case: Case) -> NDArray[np.bool_]:
    """Which sentences answer: none of a question that the passages read do not answer."""
    if case.condition == "as asked":
        return case.holds_gold
    return np.zeros(len(case.rows), dtype=np.bool_)


def _fold(case: Case) -> int:
    return zlib.crc32(case.query.encode()) % FOLDS


def _area(high: NDArray[np.float64], low: NDArray[np.float64]) -> float:
    high, low = np.sort(high[~np.isnan(high)]), np.sort(low[~np.isnan(low)])
    below = np.searchsorted(low, high, side="left")
    equal = np.searchsorted(low, high, side="right") - below
    return float((below + equal / 2).sum() / (len(high) * len(low)))
