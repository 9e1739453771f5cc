"""The page, from the outside: build it around an assistant, serve it, launch it whole."""

from __future__ import annotations

import os
import signal
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from index.errors import PinciteError, UsageError
from pincite.accounts import Accounts
from pincite.server_note import ServerNote, leave_note, new_note, take_note_away
from pincite.ui import theme
from pincite.ui.parts import ASKING_AT_ONCE
from rag import Assistant, open_assistant
from rag.settings import SettingOptions

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI
    from gradio.routes import App
    from starlette.types import ASGIApp

    from pincite.api.service import Service
    from pincite.api.visitors import Doors

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# A question that waits for its turn holds a thread, and what others press must not wait with it.
THREADS = 2 * ASKING_AT_ONCE
UPLOAD_LIMIT = 512 * 1024 * 1024
QUESTIONS_PER_MINUTE = 60


def build_page(assistant: Assistant, *, public_only: bool = True) -> gr.Blocks:
    """The page around an open assistant. Nothing is served yet; see `serve` and `launch`.

    With `public_only`, web addresses that lead into private networks are refused whatever the
    setting `allow_private_addresses` says: a visitor must not reach them through this machine.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from pincite.ui.layout import compose

    return compose(assistant, public_only=public_only)


def serve(
    assistant: Assistant,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    sign_in: bool = True,
    questions_per_minute: int = QUESTIONS_PER_MINUTE,
) -> gr.Blocks:
    """Build and serve the page and the HTTP interface, and return at once.

    `close()` of what is returned ends both. On a loopback `host`, only requests addressed to this
    machine by name are answered, so that another site cannot reach the page through a visitor's
    browser. Visitors sign in where the library has users; another `host` is refused without any,
    unless `sign_in` is off, for who has a proxy that asks. A visitor may ask
    `questions_per_minute`. Raises `UsageError` also when the port is taken.
    """
    from pincite.api.service import Service, Shares
    from pincite.fair import RateLimit

    beyond = host not in LOOPBACK
    # Where a proxy asks who it is, strangers come from this machine too.
    public_only = beyond or not sign_in
    note = new_note(host=host, port=port)
    doors = _doors(assistant.library_path, note, public=beyond, sign_in=sign_in)
    limit = RateLimit(per_minute=questions_per_minute, burst=questions_per_minute)
    service = Service(assistant=assistant, public_only=public_only, shares=Shares(limit=limit))
    page = build_page(assistant, public_only=public_only)
    try:
        _start(
            page,
            _guarded(host, service, doors),
            library=assistant.library_path,
            note=note,
            language=assistant.settings.page_language,
        )
    except OSError as error:
        raise UsageError(
            f"The page cannot be served at {host}, port {port}: the port is taken, or the address "
            "is not this machine's. Choose another port, or end the program that uses this one."
        ) from error
    try:
        leave_note(assistant.library_path, note)
    except PinciteError:
        page.close(verbose=False)
        raise
    return page


def _doors(library: Path, note: ServerNote, *, public: bool, sign_in: bool) -> Doors:
    """Who is asked to sign in. Raises `UsageError` where others come and nobody could."""
    from pincite.api.visitors import Doors, Sessions

    accounts = Accounts(library)
    if public and sign_in and not accounts.access.users:
        raise UsageError(
            f"Others can reach {note.host}, and the library has no user who could sign in: add one "
            "with `pincite users add NAME`, or give --no-sign-in behind a proxy that asks who it "
            "is."
        )
    return Doors(
        accounts=accounts,
        sessions=Sessions(accounts),
        token=note.token,
        cookie=f"pincite_{note.port}",  # browsers do not tell the ports of a machine apart
        asks="never" if not sign_in else "always" if public else "users",
        separates=not sign_in,
    )


def _start(page: gr.Blocks, app: App, *, library: Path, note: ServerNote, language: str) -> None:
    """Serves the page in a thread. Raises `OSError` when the address cannot be had."""
    from pincite.ui.tabs import TABS

    @asynccontextmanager
    async def until_closed(_: FastAPI) -> AsyncIterator[None]:
        yield
        take_note_away(library, note)

    page.launch(
        server_name=note.host,
        server_port=note.port,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        mcp_server=False,
        run_history=False,
        footer_links=[],
        max_file_size=UPLOAD_LIMIT,
        max_threads=THREADS,
        state_session_capacity=TABS,
        theme=theme.make_theme(),
        head=theme.head(language),
        app_kwargs={"lifespan": until_closed},
        _app=app,
    )


def launch(
    library: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    sign_in: bool = True,
    questions_per_minute: int = QUESTIONS_PER_MINUTE,
    **settings: Unpack[SettingOptions],
) -> None:
    """Open a library, serve its page and stay until interrupted.

    Models load in the background, so that the page is there at once. Raises what
    `open_assistant` and `serve` raise.
    """
    with open_assistant(library, **settings) as assistant:
        page = serve(
            assistant,
            host=host,
            port=port,
            sign_in=sign_in,
            questions_per_minute=questions_per_minute,
        )
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        print(f"Pincite is open at {address}  (library {assistant.library_path}). Ctrl+C ends it.")
        if host not in LOOPBACK and not sign_in:
            print(
                "Nobody is asked to sign in: whoever reaches this address can read and change the "
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


def _guarded(host: str, service: Service, doors: Doors) -> App:
    """The application that Gradio completes, behind our own door and beside the interface.

    As middleware the door would stand inside Gradio's, which answers other sites of this machine.
    """
    from gradio.routes import App, ORJSONResponse
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from pincite.api.application import make_api
    from pincite.api.gate import Gate
    from pincite.ui.guard import LocalOnly
    from pincite.ui.tabs import Tabs

    api = make_api(service)

    class Guarded(App):
        def build_middleware_stack(self) -> ASGIApp:
            page = super().build_middleware_stack()
            stack = LocalOnly(Gate(page, api=api, doors=doors, shares=service.shares))
            if host not in LOOPBACK:
                return stack
            return TrustedHostMiddleware(stack, allowed_hosts=[*LOOPBACK, "[::1]"])

    app = Guarded(openapi_url=None, default_response_class=ORJSONResponse)
    app.state_holder = Tabs()
    return app
