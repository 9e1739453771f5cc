"""`pincite eval compare` and `gate`: whether a run is better than another, and good enough."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from pincite.cli.console import output, print_hanging, print_json, print_notice
from pincite.cli.evaluation_options import RunArgument, SeedOption
from pincite.cli.failures import FAILED
from pincite.cli.options import JsonOption
from rag.render import printable

COMPARE_EXAMPLES = """[bold]Examples[/bold]
  pincite eval compare runs/last-week runs/today
  pincite eval compare runs/last-week runs/today --changed 50
  pincite eval compare runs/last-week runs/today --json > comparison.json"""

GATE_EXAMPLES = """[bold]Examples[/bold]
  pincite eval gate runs/today --min contained=0.7 --max wrong_refusals=0.05
  pincite eval gate runs/today --max-drop ndcg@10=0.01 --against runs/main --junit gate.xml"""


def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The run to compare with.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The run that may be better.")],
    *,
    changed: Annotated[
        int,
        typer.Option("--changed", min=0, metavar="N", help="Questions answered otherwise to show."),
    ] = 5,
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Compare two runs question by question: what became better or worse, and how surely."""
    from eval import compare as comparing
    from eval.comparison_report import comparison_row, render_comparison
    from eval.stored import read_run

    found = comparing.compare(read_run(before), read_run(after), seed=seed)
    if json:
        print_json(comparison_row(found))
    else:
        output(markup=True).print(render_comparison(found, changed=changed))


def gate(
    run: RunArgument,
    *,
    least: Annotated[
        list[str] | None,
        typer.Option("--min", metavar="FIGURE=N", help="The figure must be at least N."),
    ] = None,
    most: Annotated[
        list[str] | None,
        typer.Option("--max", metavar="FIGURE=N", help="The figure must be at most N."),
    ] = None,
    max_drop: Annotated[
        list[str] | None,
        typer.Option(
            "--max-drop",
            metavar="FIGURE=N",
            help="The figure may be worse by at most N than in the run --against.",
        ),
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="RUN", help="The run to compare with.")
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Write the verdicts as JUnit XML too."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say whether a run is good enough; the exit code is 1 if it is not.

    Every option may be repeated; the figures are those of `pincite eval run`.
    """
    from eval.gate import judge, read_demand, to_junit
    from eval.stored import read_run
    from index.errors import UsageError

    given = {"min": least, "max": most, "max-drop": max_drop}
    demands = [read_demand(option, text) for option, texts in given.items() for text in texts or ()]
    if not demands:
        raise UsageError("Nothing is demanded: give --min, --max or --max-drop FIGURE=N.")
    measured, base = read_run(run), read_run(against) if against is not None else None
    if base and base.manifest["dataset_fingerprint"] != measured.manifest["dataset_fingerprint"]:
        print_notice(f"{run} and {against} asked different sets of questions.")
    verdicts = judge(measured, demands, against=base)
    if junit is not None:
        _write(junit, to_junit(verdicts, name="pincite eval gate"))
    if json:
        print_json({"passed": all(one.met for one in verdicts), "verdicts": verdicts})
    else:
        for one in verdicts:
            mark = Text("passed  ", "green") if one.met else Text("failed  ", "bold red")
            print_hanging(output(), mark, printable(one.reason))
    if not all(one.met for one in verdicts):
        raise typer.Exit(FAILED)


def _write(path: Path, text: str) -> None:
    from index.errors import UsageError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}): name a file in a folder that exists."
        ) from error
