"""A data set is put to the assistant: questions -> outcomes -> scores -> report."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Unpack

from eval.baselines import BaselineName, plain_alternative
from eval.corpus import Names, open_corpus
from eval.datasets import load_dataset
from eval.metrics.statistics import RESAMPLES, percentile
from eval.models import (
    Dataset,
    EvaluationListener,
    EvaluationProgress,
    EvaluationStage,
    Latency,
    Manifest,
    Outcome,
    Query,
    Report,
)
from eval.observe import Observer
from eval.report import write_report
from eval.score import score
from eval.withhold import GoldIndex, can_be_withheld
from index.embed import number_format
from index.errors import UsageError
from rag.assistant import Assistant
from rag.settings import SECRETS, SettingOptions

LIBRARY_FOLDER = "library"


def run_evaluation(
    target: str | Path,
    *,
    library: str | Path | None = None,
    corpus: str | Path | None = None,
    out: str | Path | None = None,
    cache: str | Path | None = None,
    limit: int | None = None,
    retrieval_only: bool = False,
    evidence_removed: bool = False,
    baseline: BaselineName | None = None,
    seed: int = 0,
    on_progress: EvaluationListener | None = None,
    **settings: Unpack[SettingOptions],
) -> Report:
    """Ask the questions of a data set and score what comes back.

    `target` is a folder or a file as `load_dataset` reads it. Its documents become a library in
    `cache` (by default `library` in `out`, else a temporary folder), or an existing `library` is
    asked as it is. `limit` takes that many questions, spread evenly over the set.
    `retrieval_only` asks nothing, it only searches. `evidence_removed` asks the answerable
    questions once more, each with every passage withheld that gives a gold answer away.
    `baseline` puts the questions to a plain alternative instead, see `eval.baselines`.
    `out` receives the report's files. A question that fails is an outcome and stops nothing.

    Raises `DatasetError`, `UsageError` for a limit below 1 or a baseline that is asked without the
    evidence, and whatever `open_assistant` raises.
    """
    if limit is not None and limit < 1:
        raise UsageError(f"The limit is {limit}; give the number of questions to ask, at least 1.")
    if baseline and evidence_removed:
        raise UsageError(
            f"The plain alternative {baseline} never refuses, whatever is removed: ask it without "
            "--evidence-removed."
        )
    folder = Path(out) if out is not None else None
    dataset = load_dataset(Path(target), corpus=Path(corpus) if corpus is not None else None)
    opened = open_corpus(
        dataset,
        library=Path(library) if library is not None else None,
        cache=Path(cache) if cache is not None else folder and folder / LIBRARY_FOLDER,
        on_progress=on_progress,
        **settings,
    )
    with opened as (assistant, names, unread):
        assistant.warm()
        queries = spread(dataset.queries, limit)
        asked = plain_alternative(baseline, assistant) if baseline else assistant
        observer = Observer(asked, names, embedder=assistant.library.embedder)
        outcomes = list(_asked(queries, observer, retrieval_only, on_progress))
        notes = (*dataset.notes, *unread, *_missing(queries, names))
        if evidence_removed and not retrieval_only:
            removable = [query for query in queries if can_be_withheld(query)]
            outcomes += _asked_without(removable, assistant, observer, on_progress)
        manifest = _manifest(
            dataset,
            assistant,
            models=observer.models,
            baseline=baseline,
            seed=seed,
            limit=limit,
            notes=notes,
        )
    report = Report(
        manifest=manifest,
        scores=score(outcomes, seed=seed),
        latency=_latency(observer),
        outcomes=tuple(outcomes),
        folder=folder,
    )
    if folder is not None:
        write_report(report, folder)
    return report


def spread(queries: Sequence[Query], limit: int | None) -> Sequence[Query]:
    """`limit` questions at even distances: sets often keep the unanswerable ones at the end."""
    if limit is None or limit >= len(queries):
        return queries
    return [queries[number * len(queries) // limit] for number in range(limit)]


def _asked(
    queries: Sequence[Query],
    observer: Observer,
    retrieval_only: bool,  # noqa: FBT001  # internal, and named at its one call
    on_progress: EvaluationListener | None,
) -> Iterator[Outcome]:
    for query in _told(queries, "asking", on_progress):
        yield observer.observe(query, retrieval_only=retrieval_only)


def _asked_without(
    queries: Sequence[Query],
    assistant: Assistant,
    observer: Observer,
    on_progress: EvaluationListener | None,
) -> Iterator[Outcome]:
    """The outcomes of questions without their evidence, where there was any to remove."""
    documents = (document.id for document in assistant.documents())
    passages = (passage for one in documents for passage in assistant.passages(one))
    gold = GoldIndex(passages, queries)
    for query in _told(queries, "asking with the evidence removed", on_progress):
        if withheld := gold.withheld(query):
            yield observer.observe_without(query, withheld)


def _told(
    queries: Sequence[Query], stage: EvaluationStage, listener: EvaluationListener | None
) -> Iterator[Query]:
    tell: Callable[[EvaluationProgress], None] = listener or (lambda _: None)
    for done, query in enumerate(queries):
        tell(EvaluationProgress(stage=stage, done=done, total=len(queries)))
        yield query
    tell(EvaluationProgress(stage=stage, done=len(queries), total=len(queries)))


def _missing(queries: Sequence[Query], names: Names) -> tuple[str, ...]:
    wanted = {name for query in queries for name in query.relevant}
    missing = sorted(name for name in wanted if name not in names)
    if not missing:
        return ()
    return (
        f"{len(missing):,} of {len(wanted):,} relevant documents are not in the library and count "
        f"as not found, such as {missing[0]}.",
    )


def _latency(observer: Observer) -> dict[str, Latency]:
    return {
        name: Latency(p50=percentile(times, 0.5), p95=percentile(times, 0.95), n=len(times))
        for name, times in observer.milliseconds.items()
        if times
    }


def _manifest(
    dataset: Dataset,
    assistant: Assistant,
    *,
    models: Mapping[str, str],
    baseline: BaselineName | None,
    seed: int,
    limit: int | None,
    notes: tuple[str, ...],
) -> Manifest:
    settings = assistant.settings
    # "auto" would not say what was measured: that depends on the machine.
    precision = number_format(settings.embedding_model, settings.embedding_precision)
    settings = replace(settings, embedding_precision=precision)
    documents = sorted(document.id for document in assistant.documents())
    return Manifest(
        dataset=dataset.name,
        dataset_fingerprint=dataset.fingerprint,
        corpus_fingerprint=dataset.corpus_fingerprint,
        library_fingerprint=hashlib.sha256("\n".join(documents).encode()).hexdigest(),
        documents=len(documents),
        settings={name: v for name, v in asdict(settings).items() if name not in SECRETS},
        settings_fingerprint=settings.fingerprint,
        models={"embedding": settings.embedding_model, **models},
        version=version("pincite"),
        code=code_fingerprint(),
        python=platform.python_version(),
        seed=seed,
        resamples=RESAMPLES,
        limit=limit,
        baseline=baseline,
        notes=notes,
    )


def code_fingerprint() -> str:
    """Sixteen hexadecimal digits over the source of index, rag and eval, prompts included."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for package in ("index", "rag", "eval"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".md"}:
                digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
