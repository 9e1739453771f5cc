"""Response headers that keep the browser on this machine, whatever a document contains."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import gradio as gr

    from pincite.api.service import Shares
    from pincite.api.visitors import Visitor
    from pincite.fair import Place

# Gradio's own page needs inline scripts, and its templates are compiled in the browser.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "form-action 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    # No other site may embed, read or open what is served here.
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class LocalOnly:
    """ASGI middleware: forbids the browser every address but the page's own.

    A picture or a script in a document is never markup here; were it ever, this stops it. A header
    that a response has already stays as it is.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", ())
                stricter = {name.lower() for name, _ in given}
                added = (header for header in _HEADERS if header[0] not in stricter)
                message["headers"] = [*given, *added]
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)


def visitor_of(request: gr.Request) -> Visitor:
    """Who uses the page, inside an event: `Visitor.owner` is what `Conversations.of` takes."""
    from pincite.api.visitors import visitor_of as found

    assert request.request is not None, "the page is served over HTTP"
    return found(request.request)


@contextmanager
def place_of(request: gr.Request) -> Iterator[Place]:
    """The visitor's place in the row to have a question answered, inside an event of the page.

    It stands behind those who had less, questions over the interface included. Raises
    `RateLimited`, with a sentence for the visitor, where too many were asked or wait.
    """
    visitor, shares = visitor_of(request), shares_of(request)
    shares.count(visitor)
    with shares.turns.place(visitor.name) as place:
        yield place


def shares_of(request: gr.Request) -> Shares:
    """What each visitor may have of the server that answers this event."""
    from pincite.api.service import SHARES

    assert request.request is not None, "the page is served over HTTP"
    shares: Shares = request.request.scope[SHARES]
    return shares
