"""In front of everything that is served: no other site's requests, and nobody who must sign in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from starlette.formparsers import MultiPartException
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from index.errors import PinciteError
from pincite.api.application import PREFIXES
from pincite.api.problems import Refused, respond
from pincite.api.service import SHARES, Shares
from pincite.api.sign_in import SIGN_IN, SIGN_OUT, SignIn
from pincite.api.visitors import VISITOR, Doors

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

JSON_LIMIT = 1024 * 1024
UPLOAD_LIMIT = 512 * 1024 * 1024
# What may be added at once on the page, where a file may have as much as `UPLOAD_LIMIT`.
PAGE_UPLOAD_LIMIT = 2 * 1024 * 1024 * 1024
_YEAR = 365 * 24 * 3600
# Gradio asks itself for this when it starts; it does nothing a second time.
_STARTUP = "/gradio_api/startup-events"
_FOREIGN = "Requests from other sites are refused: open Pincite's own page, or use a program."
_UNKNOWN = (
    "Sign in first: in the browser at /sign-in, from a program with a key, which `pincite keys "
    "add` makes, as `Authorization: Bearer KEY`."
)


class Gate:
    """ASGI application in front of the page and the interface; tells both who the visitor is.

    It covers every path, those of Gradio included, of which some would ask nobody to sign in.
    """

    def __init__(self, page: App, *, api: App, doors: Doors, shares: Shares) -> None:
        self._page = page
        self._api = api
        self._shares = shares
        self._doors = doors
        self._sign_in = SignIn(doors)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._page(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        to_api = scope["path"].startswith(PREFIXES)
        refusal: Response | None = None
        if is_foreign(connection):
            refusal = respond(Refused(403, _FOREIGN), path=scope["path"])
        elif scope["path"] in {SIGN_IN, SIGN_OUT} and scope["type"] == "http":
            await self._sign_in.app(scope, receive, send)
            return
        elif scope["path"] != _STARTUP:
            refusal = self._identify(connection, to_api=to_api)
        if refusal is None and self._doors.separates:
            send = self._told_apart(connection, send)
        if refusal is None and to_api:
            await self._api(scope, _limited(connection, receive), send)
        elif refusal is None:
            await self._page(scope, _limited_upload(connection, receive), send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, send)

    def _identify(self, connection: HTTPConnection, *, to_api: bool) -> Response | None:
        """Notes who it is; a response for who must not go on."""
        path = connection.scope["path"]
        try:
            visitor = self._doors.visitor(connection, to_api=to_api)
        except PinciteError as error:  # nobody can be known: nobody is let in
            return respond(error, path=path)
        if visitor is not None:
            connection.scope[VISITOR] = visitor
            connection.scope[SHARES] = self._shares
            return None
        if not to_api and "text/html" in connection.headers.get("accept", ""):
            return RedirectResponse(SIGN_IN, status_code=303, headers={"cache-control": "no-store"})
        return respond(Refused(401, _UNKNOWN), path=path)

    def _told_apart(self, connection: HTTPConnection, send: Send) -> Send:
        """Makes an owner of a nameless visitor's browser; sends it a cookie if it has none."""
        visitor = connection.scope.get(VISITOR)
        if visitor is None or visitor.is_local or visitor.owner is not None:
            return send
        name = f"{self._doors.cookie}_visitor"
        known = connection.cookies.get(name)
        secret = known or token_urlsafe(32)
        owner = f"visitor:{sha256(secret.encode()).hexdigest()[:32]}"
        connection.scope[VISITOR] = replace(visitor, owner=owner)
        if known:
            return send
        # Not Strict: whoever follows a link from elsewhere would come without it, and get another.
        cookie = f"{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={_YEAR}"

        async def introducing(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
                message["headers"] = headers
            await send(message)

        return introducing


def is_foreign(connection: HTTPConnection) -> bool:
    """Whether another site's page sends this through a visitor's browser.

    Links to the page may be followed from anywhere. Programs send neither header. Browsers leave
    `Sec-Fetch-Site` away where a page comes over plain HTTP from another machine; then the origin
    must be the address that was asked.
    """
    headers = connection.headers
    site = headers.get("sec-fetch-site")
    if site in {"same-origin", "none"}:
        return False
    if site is not None:
        follows_link = (
            connection.scope.get("method") == "GET"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
        )
        return not follows_link
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


def _limited(connection: HTTPConnection, receive: Receive) -> Receive:
    """Receives at most as much as a request may hold; more raises `Refused`."""
    limit = UPLOAD_LIMIT if _holds_files(connection) else JSON_LIMIT
    sentence = f"The request is larger than {limit // 1024 // 1024} MB: send it in parts."
    return _up_to(limit, receive, Refused(413, sentence))


def _limited_upload(connection: HTTPConnection, receive: Receive) -> Receive:
    """Receives at most as many bytes of files as may be added at once on the page.

    More raises what makes Gradio delete those it has, and answer with the sentence and status 413.
    """
    if not _holds_files(connection):
        return receive
    sentence = (
        f"The files are larger together than {PAGE_UPLOAD_LIMIT // 1024 // 1024:,} MB, the maximum "
        "allowed size of an upload: add them in parts."
    )
    return _up_to(PAGE_UPLOAD_LIMIT, receive, MultiPartException(sentence))


def _holds_files(connection: HTTPConnection) -> bool:
    return connection.headers.get("content-type", "").lower().startswith("multipart/form-data")


def _up_to(limit: int, receive: Receive, refusal: Exception) -> Receive:
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise refusal
        return message

    return limited
