"""`pincite eval calibrate`: when to refuse, by the questions of a set, written for the library."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pincite.cli.asking_progress import asking_progress
from pincite.cli.console import output, print_json, print_notice
from pincite.cli.evaluation_options import LimitOption, SeedOption
from pincite.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption
from rag.render import printable
from rag.settings import ENVIRONMENT_PREFIX, SETTINGS_FILE
from rag.settings_file import write_settings

if TYPE_CHECKING:
    from eval.calibrate import Calibration, Rates
    from eval.models import Figure

CALIBRATE_EXAMPLES = """[bold]Examples[/bold]
  pincite eval calibrate questions.jsonl --library .pincite --dry-run
  pincite eval calibrate questions.jsonl --max-wrong-refusals 0.05"""

SETTING = "abstention_threshold"


def calibrate(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="SET", help="A folder with queries.jsonl, or such a file, about the library."
        ),
    ],
    *,
    max_wrong_refusals: Annotated[
        float | None,
        typer.Option(
            "--max-wrong-refusals",
            min=0.0,
            max=1.0,
            metavar="SHARE",
            help="Refuse as often as possible, but at most this share of the answerable "
            "questions; without it, both kinds of error weigh the same.",
        ),
    ] = None,
    limit: LimitOption = None,
    seed: SeedOption = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Show the threshold, write nothing.")
    ] = False,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Choose when to refuse by a set of questions, and write it into the library's settings."""
    from eval import calibrate as calibrating
    from pincite.cli.remote import alone

    stopped = "nothing is kept, no threshold is written"
    with alone(library), asking_progress(interrupted=stopped) as listener:
        found = calibrating.calibrate(
            target,
            library=library,
            max_wrong_refusals=max_wrong_refusals,
            limit=limit,
            seed=seed,
            on_progress=listener,
        )
    file = library.expanduser() / SETTINGS_FILE
    if not dry_run:
        write_settings(file, {SETTING: str(found.threshold)}, measured=_remark(found))
    if json:
        print_json({"calibration": found, "written": not dry_run})
    else:
        _print(found, "Nothing was written." if dry_run else f"Written to {file}.")
    if not dry_run and ENVIRONMENT_PREFIX + SETTING.upper() in os.environ:
        print_notice(f"{ENVIRONMENT_PREFIX}{SETTING.upper()} is set and counts before the file.")


def _remark(found: Calibration) -> str:
    return (
        f"{date.today().isoformat()}, {' '.join(printable(found.dataset).split())}, "
        f"{_share(found.expected.wrong_refusals)} refused, "
        f"{_share(found.expected.wrong_answers, 'unanswerable')} answered"
    )


def _share(one: Figure, kind: str = "answerable") -> str:
    return f"{one.value or 0.0:.1%} of {one.n:,} {kind}"


def _print(found: Calibration, written: str) -> None:
    console = output()
    console.print(f"{SETTING} = {found.threshold}", soft_wrap=True)
    console.print()
    console.print("Expected of new questions (each half at the threshold of the other):")
    _print_rates(found.expected)
    console.print(f"At the threshold until now, {found.current}:")
    _print_rates(found.now)
    console.print(
        f"The probability is {found.probability:.3f} on average, and {found.answerable:.3f} of "
        "these questions are answerable: it puts questions in order, and is no share.",
        soft_wrap=True,
    )
    if found.failed:
        console.print(f"{found.failed:,} questions failed and are left out.")
    console.print(written, soft_wrap=True)


def _print_rates(rates: Rates) -> None:
    for meaning, one in (
        ("answerable questions refused", rates.wrong_refusals),
        ("unanswerable questions answered", rates.wrong_answers),
    ):
        interval = f"[{one.interval.low:.3f}–{one.interval.high:.3f}]" if one.interval else ""
        output().print(f"  {meaning:32} {one.value:.3f} {interval} n = {one.n:,}")
