"""`pincite eval`: measure the assistant on a set of questions."""

from __future__ import annotations

from contextlib import nullcontext

import typer

from pincite.cli.asking_progress import asking_progress
from pincite.cli.calibrating import CALIBRATE_EXAMPLES, calibrate
from pincite.cli.comparing import COMPARE_EXAMPLES, GATE_EXAMPLES, compare, gate
from pincite.cli.console import output, print_json
from pincite.cli.drafting import MAKE_EXAMPLES, make
from pincite.cli.evaluation_options import (
    AskedLibraryOption,
    BaselineOption,
    CorpusOption,
    EvidenceRemovedOption,
    LimitOption,
    OutOption,
    ParallelOption,
    RetrievalOnlyOption,
    SeedOption,
    TargetArgument,
)
from pincite.cli.failures import FAILED, CommandTree, Subcommand
from pincite.cli.judging import JUDGE_EXAMPLES, judge
from pincite.cli.options import JsonOption, WriterOption
from rag.settings import SettingOptions

EVAL_EXAMPLES = """[bold]Examples[/bold]
  pincite eval run eval/data --corpus examples/articles --out runs/today
  pincite eval run questions.jsonl --library .pincite --limit 50
  pincite eval run eval/data --baseline bm25 --out runs/bm25"""

evaluation = typer.Typer(
    cls=CommandTree, help="Measure the assistant on a set of questions.", epilog=EVAL_EXAMPLES
)


@evaluation.callback(invoke_without_command=True)
def evaluate(context: typer.Context) -> None:
    """Measure the assistant on a set of questions."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@evaluation.command(cls=Subcommand, epilog=EVAL_EXAMPLES)
def run(
    target: TargetArgument,
    *,
    corpus: CorpusOption = None,
    library: AskedLibraryOption = None,
    out: OutOption = None,
    limit: LimitOption = None,
    retrieval_only: RetrievalOnlyOption = False,
    evidence_removed: EvidenceRemovedOption = False,
    baseline: BaselineOption = None,
    seed: SeedOption = 0,
    parallel: ParallelOption = 1,
    writer: WriterOption = None,
    json: JsonOption = False,
) -> None:
    """Ask every question of a set, score the answers, and say how sure the figures are."""
    from eval.run import run_evaluation
    from pincite.cli.remote import alone

    options = SettingOptions() if writer is None else SettingOptions(writer=writer)
    goes_on = (
        "the same command goes on from there"
        if out is not None
        else "nothing is kept; with --out DIR the same command would go on from there"
    )
    with (
        nullcontext() if library is None else alone(library),
        asking_progress(interrupted=goes_on) as listener,
    ):
        report = run_evaluation(
            target,
            library=library,
            corpus=corpus,
            out=out,
            limit=limit,
            retrieval_only=retrieval_only,
            evidence_removed=evidence_removed,
            baseline=baseline,
            seed=seed,
            parallel=parallel,
            on_progress=listener,
            **options,
        )
    from eval.report import render_table, report_row

    if json:
        print_json(report_row(report))
    else:
        output(markup=True).print(render_table(report))
        if out is not None:
            output().print(f"The whole report: {out / 'report.html'}", soft_wrap=True)
    if report.scores.counts["errors"]:
        raise typer.Exit(FAILED)


evaluation.command(cls=Subcommand, epilog=MAKE_EXAMPLES)(make)
evaluation.command(cls=Subcommand, epilog=COMPARE_EXAMPLES)(compare)
evaluation.command(cls=Subcommand, epilog=GATE_EXAMPLES)(gate)
evaluation.command(cls=Subcommand, epilog=JUDGE_EXAMPLES)(judge)
evaluation.command(cls=Subcommand, epilog=CALIBRATE_EXAMPLES)(calibrate)
