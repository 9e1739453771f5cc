"""`pincite backup` and `pincite restore`: a library into one file, and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pincite.cli.console import output, print_hanging, print_json, print_notice, working
from pincite.cli.failures import FAILED
from pincite.cli.holdings import counted
from pincite.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption
from rag.render import printable

BACKUP_EXAMPLES = """[bold]Examples[/bold]
  pincite backup reports-2026-11-21.pincite
  pincite backup /mnt/backups/reports.pincite --library reports"""

RESTORE_EXAMPLES = """[bold]Examples[/bold]
  pincite restore reports-2026-11-21.pincite --library reports-again"""


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file to write, which must not exist yet.")
    ],
    *,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Write the library to one file: documents, originals, conversations and settings.

    It may be in use meanwhile. Secrets are left out of the settings.
    """
    from rag.backup import back_up_library

    with working("writing the backup"):
        report = back_up_library(file, library)
    if json:
        print_json(asdict(report))
    else:
        output().print(
            f"Wrote {counted(report.documents, 'document')}, "
            f"{counted(report.passages, 'passage')} to {file} ({report.bytes / 1e6:,.1f} MB)."
        )
    if report.missing:
        print_notice(
            f"{counted(len(report.missing), 'original')} could not be found and is not in it: "
            "`pincite verify` names what is missing."
        )
        raise typer.Exit(FAILED)


def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A file that `pincite backup` wrote.")
    ],
    *,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Make a library of a backup, in a folder that does not exist yet or is empty.

    Nothing is embedded again. The library is checked before it stands there.
    """
    from rag.backup import restore_library

    with working("restoring and checking the library"):
        report = restore_library(file, library)
    if json:
        print_json({"sound": report.sound} | asdict(report))
    else:
        for problem in report.problems:
            print_hanging(output(), "• ", printable(problem))
        output().print(
            f"Restored {counted(report.documents, 'document')}, "
            f"{counted(report.passages, 'passage')} to {library}"
            + (", and checked them." if report.sound else ", with the problems above.")
        )
    if not report.sound:
        raise typer.Exit(FAILED)
