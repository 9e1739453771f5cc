"""The threshold for refusing, chosen on a labelled set for the library that will use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Unpack

from eval.corpus import open_corpus
from eval.datasets import load_dataset
from eval.metrics.statistics import figure
from eval.metrics.thresholds import (
    Errors,
    Labelled,
    cross_fitted,
    errors,
    least_errors,
    most_refused,
)
from eval.models import Dataset, EvaluationListener, EvaluationProgress, Figure, Query
from eval.observe import Observer
from eval.run import spread
from index.errors import UsageError
from rag.compound import separate_parts
from rag.opening import library_path
from rag.question import understand
from rag.settings import SettingOptions, load_settings

# Fewer questions of a kind say nothing about a rate of errors.
LEAST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The answerable questions refused and the unanswerable ones answered, each as a share."""

    wrong_refusals: Figure
    wrong_answers: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A threshold and what it costs.

    `expected` are its error rates out of fold: on each half of the questions at the threshold that
    the other half chooses. `now` are the rates of the library's own threshold, `current`. `failed`
    questions have no probability and are left out. `probability` is the mean of the others, and
    `answerable` their share that is answerable: far apart, the probability is an order only.
    """

    dataset: str
    threshold: float
    expected: Rates
    current: float
    now: Rates
    failed: int
    probability: float
    answerable: float


def calibrate(
    target: str | Path,
    *,
    library: str | Path,
    max_wrong_refusals: float | None = None,
    limit: int | None = None,
    seed: int = 0,
    on_progress: EvaluationListener | None = None,
    **settings: Unpack[SettingOptions],
) -> Calibration:
    """Choose the abstention threshold for a library by the questions of a data set.

    The threshold makes the sum of both error rates least, or refuses as often as it may without
    refusing more than the share `max_wrong_refusals` of the answerable questions. Nothing is
    written, neither answers nor the setting. `limit` and `seed` as for `run_evaluation`.

    Raises `UsageError` where the set has too few answerable or unanswerable questions, and what
    `run_evaluation` raises.
    """
    if max_wrong_refusals is not None and not 0.0 <= max_wrong_refusals <= 1.0:
        raise UsageError(
            f"At most {max_wrong_refusals} wrong refusals is no share: give a number from 0 to 1."
        )
    dataset = load_dataset(Path(target))
    queries = [one for one in spread(dataset.queries, limit) if one.answerable is not None]
    _require_both(queries, dataset.name)
    asking = partial(_probabilities, dataset, Path(library), on_progress, settings)
    # Parts of a compound question are judged one by one, then the whole if all were refused: a
    # threshold of 1 shows what the whole is given, one of 0 what the parts are.
    whole = asking(queries, 1.0)
    compound = [one for one in queries if one.id in whole and _is_compound(one)]
    parts = asking(compound, 0.0) if compound else {}
    questions = [
        Labelled(max(whole[one.id], parts.get(one.id, 0.0)), one.answerable is True)
        for one in queries
        if one.id in whole
    ]
    choose = (
        partial(most_refused, most=max_wrong_refusals)
        if max_wrong_refusals is not None
        else least_errors
    )
    current = load_settings(library_path(library), settings).abstention_threshold
    return Calibration(
        dataset=dataset.name,
        threshold=choose(questions),
        expected=_as_rates(cross_fitted(questions, choose, seed=seed), seed=seed),
        current=current,
        now=_as_rates(errors(questions, current), seed=seed),
        failed=len(queries) - len(questions),
        probability=_mean([one.probability for one in questions]),
        answerable=_mean([float(one.answerable) for one in questions]),
    )


def _probabilities(
    dataset: Dataset,
    library: Path,
    on_progress: EvaluationListener | None,
    settings: SettingOptions,
    queries: Sequence[Query],
    threshold: float,
) -> Mapping[str, float]:
    """By id of the question the probability that its evidence answers; none where it failed."""
    options = settings | SettingOptions(abstention_threshold=threshold, writer="quotes")
    found: dict[str, float] = {}
    with open_corpus(dataset, library=library, **options) as (assistant, names, _):
        assistant.warm()
        observer = Observer(assistant, names)
        for done, query in enumerate(queries, start=1):
            probability = observer.observe_answer(query).probability
            if probability is not None:
                found[query.id] = probability
            if on_progress is not None:
                on_progress(EvaluationProgress(stage="asking", done=done, total=len(queries)))
    return found


def _is_compound(query: Query) -> bool:
    return bool(separate_parts(understand(query.question, asked_on=query.asked_on)))


def _require_both(queries: Sequence[Query], name: str) -> None:
    answerable = sum(one.answerable is True for one in queries)
    if min(answerable, len(queries) - answerable) < LEAST:
        raise UsageError(
            f"{name} has {answerable:,} answerable and {len(queries) - answerable:,} unanswerable "
            f"questions to ask: a threshold needs at least {LEAST} of each."
        )


def _mean(values: Sequence[float]) -> float:
    """The mean; 0 where every question failed."""
    return sum(values) / max(1, len(values))


def _as_rates(found: Errors, *, seed: int) -> Rates:
    return Rates(
        wrong_refusals=figure(found.refused, seed=seed),
        wrong_answers=figure(found.answered, seed=seed),
    )
