"""`pincite eval judge`: what a language model thinks of the answers of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pincite.cli.asking_progress import asking_progress
from pincite.cli.console import output, print_hanging, print_json
from pincite.cli.evaluation_options import ParallelOption, RunArgument
from pincite.cli.failures import FAILED
from pincite.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption
from rag.render import printable
from rag.settings import SettingOptions

JUDGE_EXAMPLES = """[bold]Examples[/bold]
  pincite eval judge runs/today --parallel 4
  pincite eval judge runs/today --labels labels.csv
  pincite eval judge runs/today --writer embedded"""


def judge(
    run: RunArgument,
    *,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="What people say of the answers: a table or JSON Lines with the columns id and "
            "human (right or wrong); answer may hold the text that they read.",
        ),
    ] = None,
    parallel: ParallelOption = 1,
    writer: Annotated[
        Literal["endpoint", "embedded"] | None,
        typer.Option(
            "--writer",
            metavar="NAME",
            help="Who judges, instead of the setting writer: endpoint or embedded.",
        ),
    ] = None,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Have a language model judge the answers of a run; its reports then show its opinion.

    The model is that of the settings. No answer is judged twice, and no question is asked again.
    """
    from eval.judging import judge_run
    from eval.opinion_words import opinion_row, opinion_sentences

    options = SettingOptions() if writer is None else SettingOptions(writer=writer)
    with asking_progress(interrupted="the same command goes on from there") as listener:
        judged = judge_run(
            run,
            library=library.expanduser(),
            labels=labels,
            parallel=parallel,
            on_progress=listener,
            **options,
        ).judged
    assert judged is not None, "a run that was judged says so"
    if json:
        print_json(opinion_row(judged))
    else:
        for sentence in opinion_sentences(judged):
            print_hanging(output(), "", printable(sentence))
    if judged.failed:
        raise typer.Exit(FAILED)
