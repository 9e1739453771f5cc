"""What the endpoints share: the assistant, the limits, and who asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection, Request

from pincite.api.problems import Refused
from pincite.api.visitors import Visitor, visitor_of
from pincite.fair import FairQueue, RateLimit
from rag import Assistant

SHARES = "pincite.shares"
# Questions that are worked on at the same time; models use several processor threads each.
AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What each visitor may have of the server, asking over the interface or on the page."""

    limit: RateLimit = field(default_factory=lambda: RateLimit(per_minute=60, burst=60))
    turns: FairQueue = field(default_factory=lambda: FairQueue(at_once=AT_ONCE))
    additions: FairQueue = field(default_factory=lambda: FairQueue(at_once=2, waiting_each=5))

    def count(self, visitor: Visitor) -> None:
        """Counts a question. Raises `RateLimited` where a visitor asked too many.

        The commands of the library's owner are not counted.
        """
        if not visitor.is_local:
            self.limit.take(visitor.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One library's assistant and the shares of its visitors.

    `public_only` as for `WebAddress`: visitors' addresses may not lead into private networks.
    """

    assistant: Assistant
    public_only: bool = True
    shares: Shares = field(default_factory=Shares)

    def count(self, request: Request) -> None:
        """Counts a question of who sends this request. Raises `RateLimited`."""
        self.shares.count(visitor_of(request))

    @asynccontextmanager
    async def turn(self, request: Request) -> AsyncIterator[None]:
        """The visitor's turn, which lasts as long as the block. Raises `RateLimited`."""
        async with self.shares.turns.turn_async(visitor_of(request).name):
            yield


def require_local(request: Request, what: str) -> None:
    """Raises `Refused`, which begins with `what` is asked, unless a command of the library's owner
    sends this.
    """
    if not visitor_of(request).is_local:
        raise Refused(403, f"{what}: only commands of its own machine may.")


def service_of(connection: HTTPConnection) -> Service:
    """The service behind the application that answers this request."""
    service = connection.app.state.service
    assert isinstance(service, Service)
    return service
