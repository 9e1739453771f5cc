"""The command `pincite`: one tree of commands. Nothing heavy is imported until one runs."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from pincite.cli.access import keys, users
from pincite.cli.adding import ADD_EXAMPLES, add
from pincite.cli.asking import ASK_EXAMPLES, CHAT_EXAMPLES, ask, chat
from pincite.cli.configuring import SETTINGS_EXAMPLES, settings
from pincite.cli.console import print_notice
from pincite.cli.conversing import conversations
from pincite.cli.evaluating import evaluation
from pincite.cli.failures import FAILED, CommandTree, Subcommand
from pincite.cli.holdings import (
    REBUILD_EXAMPLES,
    REMOVE_EXAMPLES,
    SHOW_EXAMPLES,
    VERIFY_EXAMPLES,
    rebuild,
    remove,
    show,
    verify,
)
from pincite.cli.listing import LIST_EXAMPLES, list_documents
from pincite.cli.saving import BACKUP_EXAMPLES, RESTORE_EXAMPLES, backup, restore
from pincite.cli.serving import SERVE_EXAMPLES, serve
from pincite.cli.tagging import TAG_EXAMPLES, tag
from pincite.ending import end
from pincite.environment import mistyped

EXAMPLES = """[bold]Examples[/bold]
  pincite add articles/
  pincite ask "what does North Korea want in return?"
  pincite serve --open"""

app = typer.Typer(
    cls=CommandTree,
    name="pincite",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXAMPLES,
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it so
    if wanted:
        from importlib.metadata import version

        typer.echo(f"pincite {version('pincite')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001  # acts through its callback
        bool,
        typer.Option(
            "--version",
            metavar="",
            callback=_print_version,
            is_eager=True,
            help="Show the version.",
        ),
    ] = False,
) -> None:
    """Ask your own documents; every claim is pinned to the sentence it rests on."""
    for sentence in mistyped(os.environ):
        print_notice(sentence)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


QUESTIONS = "Questions"
DOCUMENTS = "Documents"
UPKEEP = "Upkeep"

for command, name, panel, examples in (
    (ask, "ask", QUESTIONS, ASK_EXAMPLES),
    (chat, "chat", QUESTIONS, CHAT_EXAMPLES),
    (serve, "serve", QUESTIONS, SERVE_EXAMPLES),
    (add, "add", DOCUMENTS, ADD_EXAMPLES),
    (list_documents, "list", DOCUMENTS, LIST_EXAMPLES),
    (show, "show", DOCUMENTS, SHOW_EXAMPLES),
    (tag, "tag", DOCUMENTS, TAG_EXAMPLES),
    (remove, "remove", DOCUMENTS, REMOVE_EXAMPLES),
    (verify, "verify", UPKEEP, VERIFY_EXAMPLES),
    (rebuild, "rebuild", UPKEEP, REBUILD_EXAMPLES),
    (backup, "backup", UPKEEP, BACKUP_EXAMPLES),
    (restore, "restore", UPKEEP, RESTORE_EXAMPLES),
    (settings, "settings", UPKEEP, SETTINGS_EXAMPLES),
):
    app.command(name, cls=Subcommand, rich_help_panel=panel, epilog=examples)(command)
app.add_typer(conversations, name="conversations", rich_help_panel=QUESTIONS)
app.add_typer(users, name="users", rich_help_panel=UPKEEP)
app.add_typer(keys, name="keys", rich_help_panel=UPKEEP)
app.add_typer(evaluation, name="eval", rich_help_panel=UPKEEP)


def main() -> None:
    """Run the command given on the command line and end the process with its code."""
    try:
        app()
    except SystemExit as leaving:
        end(leaving.code if isinstance(leaving.code, int) else FAILED)
