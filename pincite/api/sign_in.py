"""`/sign-in` and `/sign-out`: a form, and a cookie that no script and no other site can use."""

from __future__ import annotations

import html
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from index.errors import PinciteError, RateLimited
from pincite.api.pages import page_policy, render_page
from pincite.api.visitors import Doors, address_of
from pincite.fair import RateLimit

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
_LONGEST_FORM = 8_192
_STYLE = """
main { max-width: 22rem; margin-top: 14vh; }
h1 { font-size: 2rem; margin: 0 0 1.5rem; }
label { display: block; margin: 1rem 0 0.25rem; }
input { width: 100%; box-sizing: border-box; font: inherit; padding: 0.5rem; color: inherit;
  background: var(--raised); border: 1px solid var(--edge); border-radius: 6px; }
button { margin-top: 1.25rem; font: inherit; padding: 0.5rem 1.25rem; border: 0; cursor: pointer;
  border-radius: 6px; background: var(--accent); color: var(--back); }
.trouble { border-left: 3px solid var(--accent); background: var(--soft); padding: 0.5rem 0.75rem; }
"""
_HEADERS = {
    "content-security-policy": page_policy(_STYLE, forms=True),
    # With no-referrer a browser would send its own form with the origin null.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
_WRONG = "This name and password do not belong together."


class SignIn:
    """The two paths as an application; tries are counted by address, and by name and address."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._by_address = RateLimit(per_minute=20, burst=30)
        self._by_name = RateLimit(per_minute=2, burst=10)
        self.app = Starlette(
            routes=[
                Route(SIGN_IN, self._show, methods=["GET", "HEAD"]),
                Route(SIGN_IN, self._enter, methods=["POST"]),
                Route(SIGN_OUT, self._leave, methods=["POST"]),
            ]
        )

    async def _show(self, request: Request) -> Response:
        user = self._doors.sessions.user(self._secret(request))
        return _page(_FORM) if user is None else _page(_signed_in(user.name))

    async def _enter(self, request: Request) -> Response:
        fields = await _form(request)
        name, password = fields.get("name", ""), fields.get("password", "")
        address = address_of(request)
        both = f"{address} {name.casefold()[:100]}"
        try:
            self._by_address.take(address, what="tries to sign in")
            self._by_name.take(both, what="tries to sign in")
            user = await run_in_threadpool(self._doors.accounts.signed_in, name, password)
        except PinciteError as error:
            status = 429 if isinstance(error, RateLimited) else 503
            return _page(_FORM, trouble=str(error), status=status)
        if user is None:
            return _page(_FORM, trouble=_WRONG, status=403)
        self._by_address.give_back(address)
        self._by_name.give_back(both)
        self._doors.sessions.end(self._secret(request))
        response = RedirectResponse("/", status_code=303, headers={"cache-control": "no-store"})
        response.set_cookie(
            self._doors.cookie,
            self._doors.sessions.begin(user),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    async def _leave(self, request: Request) -> Response:
        self._doors.sessions.end(self._secret(request))
        response = RedirectResponse(SIGN_IN, status_code=303)
        response.delete_cookie(self._doors.cookie, httponly=True, samesite="strict")
        # What the page kept in the browser is the visitor's as well.
        response.headers["clear-site-data"] = '"storage"'
        return response

    def _secret(self, request: Request) -> str:
        return request.cookies.get(self._doors.cookie, "")


_FORM = f"""<h1>Pincite</h1>
<form method="post" action="{SIGN_IN}">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>"""


def _signed_in(name: str) -> str:
    return (
        f"<h1>Pincite</h1><p>You are signed in as {html.escape(name)}. "
        f'<a href="/">Open the page</a></p>'
        f'<form method="post" action="{SIGN_OUT}"><button>Sign out</button></form>'
    )


def _page(body: str, *, trouble: str = "", status: int = 200) -> HTMLResponse:
    told = f'<p class="trouble" role="alert">{html.escape(trouble)}</p>' if trouble else ""
    page = render_page("Pincite: sign in", body + told, style=_STYLE)
    return HTMLResponse(page, status_code=status, headers=_HEADERS)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form; none of a large one."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > _LONGEST_FORM:
            return {}
    return {name: values[-1] for name, values in parse_qs(data.decode("utf-8", "replace")).items()}
