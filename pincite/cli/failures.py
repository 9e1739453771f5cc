"""How every command ends: an exit code, and one sentence where something went wrong.

0 all went well, 1 something failed, 2 the command was used wrongly, 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from index.errors import PinciteError, UsageError
from pincite.cli.console import print_error, print_json
from pincite.environment import TRACEBACK_VARIABLE

FAILED = 1
MISUSED = 2
INTERRUPTED = 130


class CommandTree(TyperGroup):
    """The root of the commands; turns every exception into a sentence and an exit code."""

    def get_help_option(self, ctx: Any) -> TyperOption | None:  # noqa: ANN401  # typer's own type
        return _without_type(super().get_help_option(ctx))

    def main(  # type: ignore[override]  # our callers name every option
        self,
        args: Sequence[str] | None = None,
        *,
        standalone_mode: bool = True,
        **extra: Any,  # noqa: ANN401  # whatever typer passes on
    ) -> object:
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **extra)
        given = list(sys.argv[1:] if args is None else args)
        _prepare_streams()
        try:
            code = super().main(given, standalone_mode=False, **extra)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read our output has closed it, as `head` does: there is nobody to tell.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = FAILED
        except (KeyboardInterrupt, typer.Abort):
            code = INTERRUPTED
        except Exception as error:  # the last door: a person never sees a traceback
            if os.environ.get(TRACEBACK_VARIABLE):
                raise
            code = report(error, as_json="--json" in given)
        sys.exit(code or 0)


class Subcommand(TyperCommand):
    """One command of the tree."""

    def get_help_option(self, ctx: Any) -> TyperOption | None:  # noqa: ANN401  # typer's own type
        return _without_type(super().get_help_option(ctx))


def _without_type(option: TyperOption | None) -> TyperOption | None:
    """A flag as `--help` shows it: its type, always a truth value, would say nothing."""
    if option is not None:
        option.metavar = ""
    return option


def report(error: Exception, *, as_json: bool) -> int:
    """Tell what went wrong on stderr, and as JSON on stdout if asked; the exit code it means."""
    sentence, code = explain(error)
    if as_json:
        print_json({"error": {"type": type(error).__name__, "message": sentence}})
    print_error(sentence)
    return code


def explain(error: Exception) -> tuple[str, int]:
    """A sentence that says what to do, and the exit code."""
    if isinstance(error, PinciteError):
        return str(error), MISUSED if isinstance(error, UsageError) else FAILED
    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "pincite"
        complaint = error.format_message().replace("Value error, ", "").strip()
        stop = "" if complaint.endswith((".", "?", "!")) else "."
        return f"{complaint}{stop} See {path} --help.", error.exit_code
    if isinstance(error, OSError):
        return f"The operating system refused: {error}.", FAILED
    return (
        f"Something unexpected went wrong ({type(error).__name__}: {error}). This is a defect of "
        f"Pincite; set {TRACEBACK_VARIABLE}=1 and run the command again to see where."
    ), FAILED


def _prepare_streams() -> None:
    """Let no character that a stream cannot hold end a command; show every line at once."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace", line_buffering=True)
