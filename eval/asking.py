"""The questions of a stage are put one by one or several at once, none that was put before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from eval.journal import Journal
from eval.models import (
    Condition,
    EvaluationListener,
    EvaluationProgress,
    EvaluationStage,
    Observation,
    Query,
)

_STAGES: dict[Condition, EvaluationStage] = {
    "as asked": "asking",
    "evidence removed": "asking with the evidence removed",
}


def ask_each(
    queries: Sequence[Query],
    ask: Callable[[Query], Observation],
    *,
    condition: Condition,
    journal: Journal,
    parallel: int = 1,
    listener: EvaluationListener | None = None,
) -> list[Observation]:
    """What came of each question, in their order, whatever the order in which they were ready.

    Those that the journal keeps are taken from there; the others are written to it. `parallel` are
    asked at once. When the run is interrupted, those that are being asked are finished and kept.
    """
    found = {query.id: journal.kept.get((query.id, condition)) for query in queries}
    left = [query for query in queries if found[query.id] is None]
    done, total = len(queries) - len(left), len(queries)

    def tell() -> None:
        if listener is not None:
            listener(EvaluationProgress(stage=_STAGES[condition], done=done, total=total))

    def observed(query: Query) -> Observation:
        observation = ask(query)
        journal.keep(observation)
        return observation

    tell()
    if parallel == 1:
        for query in left:
            found[query.id] = observed(query)
            done += 1
            tell()
    else:
        with ThreadPoolExecutor(parallel) as pool:
            futures = {pool.submit(observed, query): query for query in left}
            try:
                for future in as_completed(futures):
                    found[futures[future].id] = future.result()
                    done += 1
                    tell()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    return [observation for observation in found.values() if observation is not None]
