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
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Open the library in the browser: ask, read the sources, add documents. Ctrl-C ends it."""
    with working("starting the page"):
        from pincite.ui.page import launch
    launch(library, host=host, port=port, open_browser=open_browser)
