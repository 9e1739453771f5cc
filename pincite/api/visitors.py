"""Who sends a request: somebody signed in, a program with a key, the owner's command, anybody."""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic
from typing import Literal

from starlette.requests import HTTPConnection

from pincite.accounts import Accounts, User

VISITOR = "pincite.visitor"
IDLE_SECONDS = 12 * 3600.0
LONGEST_SECONDS = 7 * 24 * 3600.0
_SESSIONS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks. `name` is by whom a fair share is counted.

    `owner` is whose stored conversations are shown, as `Conversations.of` takes it. `user` is the
    name of somebody who signed in. `is_local` is a command of the library's own owner.
    """

    name: str
    owner: str | None = None
    user: str | None = None
    is_local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    user: User
    begun: float
    used: float


class Sessions:
    """Who is signed in, by the secret that their browser sends. Forgotten when the server ends.

    A session ends after `IDLE_SECONDS` without a request, after `LONGEST_SECONDS`, when its user
    signs out or is removed, and when the password changes.
    """

    def __init__(self, accounts: Accounts, *, clock: Callable[[], float] = monotonic) -> None:
        self._accounts = accounts
        self._clock = clock
        self._guard = Lock()
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    def begin(self, user: User) -> str:
        """The secret of a new session."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        with self._guard:
            self._sessions[secret] = _Session(user=user, begun=now, used=now)
            if len(self._sessions) > _SESSIONS:
                self._sessions.popitem(last=False)
        return secret

    def user(self, secret: str) -> User | None:
        """Whose session it is, if it lasts still."""
        with self._guard:
            session = self._sessions.pop(secret, None)
            now = self._clock()
            if (
                session is None
                or now - session.used > IDLE_SECONDS
                or now - session.begun > LONGEST_SECONDS
                or self._accounts.user(session.user.name) != session.user
            ):
                return None
            self._sessions[secret] = replace(session, used=now)
            return session.user

    def end(self, secret: str) -> None:
        """Ends a session; harmless where there is none."""
        with self._guard:
            self._sessions.pop(secret, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Decides who a request is from, and whether it is let in.

    `asks` is when sign-in is asked for: `always`, `never`, or `users`: as soon as there are users
    (by the API also as soon as there are keys). Beyond loopback it is `always`, so that removing
    the last user opens nothing. With `separates`, browsers of visitors who need not sign in are
    told apart by a cookie, so that nobody sees what another one asked.
    """

    accounts: Accounts
    sessions: Sessions
    token: str = field(repr=False)
    cookie: str
    asks: Literal["always", "never", "users"]
    separates: bool = False

    def visitor(self, connection: HTTPConnection, *, to_api: bool) -> Visitor | None:
        """Who it is; `None` for somebody who must say so first. Raises what `Accounts` raises."""
        bearer = _bearer(connection)
        if bearer and hmac.compare_digest(bearer.encode(), self.token.encode()):
            return Visitor(name="this machine", is_local=True)
        if bearer and (key := self.accounts.key_of(bearer)) is not None:
            return Visitor(name=f"key:{key.name}", owner=f"key:{key.name}")
        user = self.sessions.user(connection.cookies.get(self.cookie, ""))
        if user is not None:
            return Visitor(name=f"user:{user.name}", owner=user.name, user=user.name)
        if self._asks(to_api=to_api):
            return None
        return Visitor(name=f"address:{address_of(connection)}")

    def _asks(self, *, to_api: bool) -> bool:
        if self.asks != "users":
            return self.asks == "always"
        access = self.accounts.access
        return bool(access.users or (to_api and access.keys))


def address_of(connection: HTTPConnection) -> str:
    """The network address that a request comes from."""
    return connection.client.host if connection.client else "unknown"


def visitor_of(connection: HTTPConnection) -> Visitor:
    """Who was found to send this request."""
    visitor = connection.scope[VISITOR]
    assert isinstance(visitor, Visitor)
    return visitor


def _bearer(connection: HTTPConnection) -> str:
    kind, _, secret = connection.headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""
