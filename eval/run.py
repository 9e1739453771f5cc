"""A data set is put to the assistant: questions -> outcomes -> scores -> report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Unpack

from eval.asking import ask_each
from eval.baselines import BaselineName, plain_alternative
from eval.corpus import Names, open_corpus
from eval.datasets import load_dataset
from eval.journal import JOURNAL, Journal, open_journal
from eval.manifest import make_manifest
from eval.metrics.statistics import percentile
from eval.models import (
    EvaluationListener,
    EvaluationProgress,
    Latency,
    Manifest,
    Observation,
    Query,
    Report,
)
from eval.observe import Observer
from eval.report import write_report
from eval.score import score
from eval.stored import REPORT
from eval.withhold import GoldIndex, can_be_withheld
from index.errors import UsageError
from rag.assistant import Assistant
from rag.settings import SettingOptions

LIBRARY_FOLDER = "library"
_LIBRARY_CHANGED = (
    "Documents were added to the library or removed from it while the questions were asked: the "
    "figures speak of no one state of it."
)


def run_evaluation(
    target: str | Path,
    *,
    library: str | Path | Assistant | None = None,
    corpus: str | Path | None = None,
    out: str | Path | None = None,
    cache: str | Path | None = None,
    limit: int | None = None,
    retrieval_only: bool = False,
    evidence_removed: bool = False,
    baseline: BaselineName | None = None,
    seed: int = 0,
    parallel: int = 1,
    on_progress: EvaluationListener | None = None,
    **settings: Unpack[SettingOptions],
) -> Report:
    """Ask the questions of a data set and score what comes back.

    `target` is a folder or a file as `load_dataset` reads it. Its documents become a library in
    `cache` (by default `library` in `out`, else a temporary folder), or an existing `library` is
    asked as it is, open in an assistant or not. `limit` takes that many questions, spread evenly
    over the set.
    `retrieval_only` asks nothing, it only searches. `evidence_removed` asks the answerable
    questions once more, each with every passage withheld that gives a gold answer away.
    `baseline` puts the questions to a plain alternative instead, see `eval.baselines`.
    `parallel` questions are asked at once; what comes of them is the same, only times are not.
    A question that fails is an outcome and stops nothing.

    `out` receives the report's files. Until they are there, a journal in it holds what was asked:
    the same call goes on from it, however the run was ended; one with another manifest begins anew.

    Raises `DatasetError`, `UsageError` for a limit or a number of questions at once below 1 or a
    baseline that is asked without the evidence, and whatever `open_assistant` raises.
    """
    _check(limit=limit, parallel=parallel)
    _check_baseline(baseline, evidence_removed=evidence_removed)
    folder = Path(out) if out is not None else None
    dataset = load_dataset(Path(target), corpus=Path(corpus) if corpus is not None else None)
    opened = open_corpus(
        dataset,
        library=Path(library) if isinstance(library, str) else library,
        cache=Path(cache) if cache is not None else folder and folder / LIBRARY_FOLDER,
        on_progress=on_progress,
        **settings,
    )
    with opened as (assistant, names, unread):
        queries = spread(dataset.queries, limit)
        manifest = make_manifest(
            dataset,
            assistant,
            seed=seed,
            limit=limit,
            retrieval_only=retrieval_only,
            evidence_removed=evidence_removed,
            baseline=baseline,
            parallel=parallel,
        )
        assistant.warm()
        asked = plain_alternative(baseline, assistant) if baseline else assistant
        observer = Observer(asked, names, embedder=assistant.library.embedder)
        library_before = assistant.library.fingerprint
        with open_journal(folder, manifest=asdict(manifest)) as journal:
            _tell(journal, folder, queries, on_progress)
            observations = _observed(
                queries, assistant, observer, manifest, journal=journal, on_progress=on_progress
            )
        notes = (*dataset.notes, *unread, *_missing(queries, names))
        if assistant.library.fingerprint != library_before:
            notes += (_LIBRARY_CHANGED,)
    report = _report(observations, replace(manifest, notes=notes), folder=folder)
    if folder is not None:
        write_report(report, folder)
        (folder / JOURNAL).unlink()
    return report


def _report(
    observations: Sequence[Observation], manifest: Manifest, *, folder: Path | None
) -> Report:
    """The scores of what was observed; its models are named beside those of the manifest."""
    outcomes = tuple(one.outcome for one in observations)
    named = {role: name for one in observations for role, name in one.models.items()}
    return Report(
        manifest=replace(manifest, models={**manifest.models, **named}),
        scores=score(outcomes, seed=manifest.seed),
        latency=_latency(observations),
        outcomes=outcomes,
        folder=folder,
    )


def _check(**numbers: int | None) -> None:
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise UsageError(f"{name} is {number}; give a number of questions, at least 1.")


def _check_baseline(baseline: BaselineName | None, *, evidence_removed: bool) -> None:
    if baseline and evidence_removed:
        raise UsageError(
            f"The plain alternative {baseline} never refuses, whatever is removed: ask it without "
            "--evidence-removed."
        )


def spread(queries: Sequence[Query], limit: int | None) -> Sequence[Query]:
    """`limit` questions at even distances: sets often keep the unanswerable ones at the end."""
    if limit is None or limit >= len(queries):
        return queries
    return [queries[number * len(queries) // limit] for number in range(limit)]


def _observed(
    queries: Sequence[Query],
    assistant: Assistant,
    observer: Observer,
    manifest: Manifest,
    *,
    journal: Journal,
    on_progress: EvaluationListener | None,
) -> list[Observation]:
    """What came of the questions, and of those that can be asked again without their evidence."""
    observations = ask_each(
        queries,
        partial(observer.observe, retrieval_only=manifest.retrieval_only),
        condition="as asked",
        journal=journal,
        parallel=manifest.parallel,
        listener=on_progress,
    )
    if manifest.retrieval_only or not manifest.evidence_removed:
        return observations
    documents = (document.id for document in assistant.documents())
    passages = (passage for one in documents for passage in assistant.passages(one))
    removable = [query for query in queries if can_be_withheld(query)]
    gold = GoldIndex(passages, removable)
    withheld = {query.id: gold.withheld(query) for query in removable}
    return observations + ask_each(
        [query for query in removable if withheld[query.id]],
        lambda query: observer.observe_without(query, withheld[query.id]),
        condition="evidence removed",
        journal=journal,
        parallel=manifest.parallel,
        listener=on_progress,
    )


def _tell(
    journal: Journal,
    folder: Path | None,
    queries: Sequence[Query],
    listener: EvaluationListener | None,
) -> None:
    """What is found in the run's folder and what becomes of it, said before anything is asked."""
    if listener is None or folder is None:
        return
    said = []
    if journal.kept:
        said.append(
            f"{len(journal.kept):,} answers of the run that was ended early are taken over."
        )
    if journal.differing:
        said.append(
            f"{folder} holds the beginning of another run ({', '.join(journal.differing)}): it is "
            "dropped, and every question is asked."
        )
    if (folder / REPORT).is_file():
        said.append(f"{folder} holds a finished run: this one will take its place.")
    for sentence in said:
        listener(EvaluationProgress(stage="asking", done=0, total=len(queries), notice=sentence))


def _missing(queries: Sequence[Query], names: Names) -> tuple[str, ...]:
    wanted = {name for query in queries for name in query.relevant}
    missing = sorted(name for name in wanted if name not in names)
    if not missing:
        return ()
    return (
        f"{len(missing):,} of {len(wanted):,} relevant documents are not in the library and count "
        f"as not found, such as {missing[0]}.",
    )


def _latency(observations: Sequence[Observation]) -> dict[str, Latency]:
    """Search and whole answers first, then the stages of answers in the order they were met."""
    measured: dict[str, list[float]] = {"search": [], "ask": []}
    for one in observations:
        for name, spent in one.milliseconds.items():
            measured.setdefault(name, []).append(spent)
    return {
        name: Latency(p50=percentile(times, 0.5), p95=percentile(times, 0.95), n=len(times))
        for name, times in measured.items()
        if times
    }
