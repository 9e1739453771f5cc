"""The page, from the outside: build it around an assistant, serve it, launch it whole."""

from __future__ import annotations

import os
import signal
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from index.errors import PinciteError, UsageError
from pincite.ui import theme
from rag import Assistant, open_assistant
from rag.settings import SettingOptions

if TYPE_CHECKING:
    import gradio as gr

LOOPBACK = ("127.0.0.1", "localhost", "::1")
UPLOAD_LIMIT = 512 * 1024 * 1024


def build_page(assistant: Assistant, *, public_only: bool = True) -> gr.Blocks:
    """The page around an open assistant. Nothing is served yet; see `serve` and `launch`.

    With `public_only`, web addresses that lead into private networks are refused whatever the
    setting `allow_private_addresses` says: a visitor must not reach them through this machine.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from pincite.ui.layout import compose

    return compose(assistant, public_only=public_only)


def serve(assistant: Assistant, *, host: str = "127.0.0.1", port: int = 7860) -> gr.Blocks:
    """Build and serve the page, and return at once; `close()` of what is returned ends it.

    On a loopback `host`, only requests addressed to this machine by name are answered, so that
    another site cannot reach the page through a visitor's browser. Raises `UsageError` when the
    port is taken.
    """
    page = build_page(assistant, public_only=host not in LOOPBACK)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            ssr_mode=False,
            mcp_server=False,
            footer_links=[],
            max_file_size=UPLOAD_LIMIT,
            theme=theme.make_theme(),
            head=theme.head(),
            app_kwargs={"middleware": _middleware(host), "openapi_url": None},
        )
    except OSError as error:
        raise UsageError(
            f"The page cannot be served at {host}, port {port}: the port is taken, or the address "
            "is not this machine's. Choose another port, or end the program that uses this one."
        ) from error
    return page


def launch(
    library: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    **settings: Unpack[SettingOptions],
) -> None:
    """Open a library, serve its page and stay until interrupted.

    Models load in the background, so that the page is there at once. Raises what
    `open_assistant` and `serve` raise.
    """
    with open_assistant(library, **settings) as assistant:
        page = serve(assistant, host=host, port=port)
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        print(f"Pincite is open at {address}  (library {assistant.library_path}). Ctrl+C ends it.")
        if host not in LOOPBACK:
            print(
                "There is no sign-in: whoever reaches this address can read and change the "
                "library.",
                file=sys.stderr,
            )
        threading.Thread(target=_warm, args=(assistant,), name="pincite-warm", daemon=True).start()
        if open_browser:
            webbrowser.open(address)
        with suppress(ValueError):  # not in the main thread: somebody else minds the signals
            # What a service manager sends; the library is to be closed in good order.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("Closed.")
        finally:
            page.close(verbose=False)


def _warm(assistant: Assistant) -> None:
    """Load the models; a failure is told here and again to whoever asks."""
    try:
        assistant.warm()
    except PinciteError as error:
        print(error, file=sys.stderr)


def _middleware(host: str) -> list[object]:
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from pincite.ui.guard import LocalOnly

    chain: list[object] = [Middleware(LocalOnly)]
    if host in LOOPBACK[:2]:
        allowed = ["127.0.0.1", "localhost"]
        chain.append(Middleware(TrustedHostMiddleware, allowed_hosts=allowed))
    return chain
