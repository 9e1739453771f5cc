"""`pincite serve`: the browser page."""

from __future__ import annotations

from typing import Annotated

import typer

from pincite.cli.console import working
from pincite.cli.options import DEFAULT_LIBRARY, LibraryOption

SERVE_EXAMPLES = """[bold]Examples[/bold]
  pincite serve --open
  pincite serve --port 8000 --library reports"""


def serve(
    *,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", min=1, max=65_535, metavar="N", help="Port to listen on."),
    ] = 7860,
    open_browser: Annotated[
        bool, typer.Option("--open", metavar="", help="Open the page in the browser.")
    ] = False,
    no_sign_in: Annotated[
        bool,
        typer.Option(
            "--no-sign-in",
            metavar="",
            help="Ask nobody to sign in, also on an address that others reach: only behind a proxy "
            "that asks.",
        ),
    ] = False,
    questions_per_minute: Annotated[
        int,
        typer.Option(
            "--questions-per-minute", min=1, metavar="N", help="Questions that a visitor may ask."
        ),
    ] = 60,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Serve the library: the page in the browser, and the HTTP interface. Ctrl-C ends it.

    Others reach it with --host, once `pincite users add` has made somebody who can sign in.
    """
    with working("starting the page"):
        from pincite.ui.page import launch
    launch(
        library,
        host=host,
        port=port,
        open_browser=open_browser,
        sign_in=not no_sign_in,
        questions_per_minute=questions_per_minute,
    )
