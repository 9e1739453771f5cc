"""The answers of a stored run are put to a judge, each once; the reports say what it thinks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Unpack

from eval.cost import price
from eval.judge import Judge
from eval.labels import read_labels
from eval.models import EvaluationListener, EvaluationProgress, Outcome, Report
from eval.opinion_file import OpinionFile, open_opinions
from eval.opinions import Opinion, summarise, to_judge
from eval.report import write_report_files
from eval.report_words import money
from eval.stored import read_report, run_folder
from index.errors import ModelError, UsageError
from rag.llm import close, connect
from rag.settings import SettingOptions, Settings, load_settings

# A server that fails so often in a row is down, or refuses everything.
_PATIENCE = 5


def judge_run(
    run: str | Path,
    *,
    library: str | Path | None = None,
    labels: str | Path | None = None,
    parallel: int = 1,
    on_progress: EvaluationListener | None = None,
    **settings: Unpack[SettingOptions],
) -> Report:
    """Have the language model of the settings judge a run's answers, and the reports say so.

    The settings are those of `library`, if one is named, of the environment and the arguments.
    Judged are answers to questions whose answer is known. Every opinion is kept beside the run
    under all that the model was asked, and it is not asked the same again; a failure is not kept.
    `labels` is a file with what people said of the answers (see `eval.labels.read_labels`).
    `parallel` answers are judged at once.

    Raises `UsageError` without a run or a language model, `DatasetError` for labels that cannot be
    read, and the model's `ModelError` where it has no opinion to give at all.
    """
    if parallel < 1:
        raise UsageError(f"parallel is {parallel}; give a number of answers, at least 1.")
    folder = run_folder(Path(run))
    report = read_report(Path(run))
    known = read_labels(Path(labels)) if labels is not None else None
    chosen = load_settings(Path(library) if library is not None else None, settings)
    with _judge(chosen) as judge, open_opinions(folder) as file:
        answers = to_judge(report.outcomes)
        failure = _ask_each(answers, judge, file, parallel=parallel, listener=on_progress)
        found = {one.query.id: file.kept.get(judge.key(one)) for one in answers}
    opinions = {name: one for name, one in found.items() if one is not None}
    if failure and not opinions:
        raise failure
    judged = summarise(
        report,
        opinions,
        model=judge.name,
        labels=known,
        paid=_paid(opinions.values(), chosen),
        is_own=report.manifest.models.get("writer") == judge.model,
    )
    report = replace(report, judged=judged)
    write_report_files(report, folder)
    return report


@contextmanager
def _judge(settings: Settings) -> Iterator[Judge]:
    if settings.resolved_writer == "quotes":
        raise UsageError(
            "Judging needs a language model: set llm_base_url and llm_model to an endpoint's, or "
            "let the small embedded one try, with --writer embedded."
        )
    llm = connect(settings)
    try:
        yield Judge(llm, settings=settings)
    finally:
        close(llm)


def _ask_each(
    answers: Sequence[Outcome],
    judge: Judge,
    file: OpinionFile,
    *,
    parallel: int,
    listener: EvaluationListener | None,
) -> ModelError | None:
    """Put to the judge what it has not judged yet; its last failure, if any.

    Failures are passed over until so many come in a row that asking on is of no use.
    """
    # Two questions may be alike, and their answers.
    left = {key: one for one in answers if (key := judge.key(one)) not in file.kept}
    failure, failures, done = None, 0, 0

    def tell(done: int, notice: str | None = None) -> None:
        if listener is not None:
            progress = EvaluationProgress(
                stage="judging", done=done, total=len(left), notice=notice
            )
            listener(progress)

    def ask(outcome: Outcome) -> ModelError | None:
        try:
            file.keep(judge.opinion(outcome))
        except ModelError as error:
            return error
        return None

    tell(0)
    with closing(_each(ask, left.values(), parallel=parallel)) as results:
        for done, error in enumerate(results, start=1):
            failure, failures = (error, failures + 1) if error else (failure, 0)
            tell(done)
            if failures == _PATIENCE:
                break
    if failure:
        tell(done, f"Not every answer has an opinion. {failure}")
    return failure


def _each(
    ask: Callable[[Outcome], ModelError | None], outcomes: Iterable[Outcome], *, parallel: int
) -> Generator[ModelError | None, None, None]:
    """What came of each, as it is ready; closed early, those that wait are not asked."""
    if parallel == 1:
        yield from map(ask, outcomes)
        return
    with ThreadPoolExecutor(parallel) as pool:
        futures = [pool.submit(ask, one) for one in outcomes]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _paid(opinions: Iterable[Opinion], settings: Settings) -> str | None:
    """What the opinions cost; `None` without prices, or where a server did not tell the tokens."""
    prices = [
        price(one.prompt_tokens, one.completion_tokens, settings=asdict(settings))
        if one.prompt_tokens
        else None
        for one in opinions
    ]
    known = [one for one in prices if one is not None]
    if not known or len(known) < len(prices):
        return None
    return f"{money(sum(known))} {settings.llm_currency}"
