"""Who a request is from, and whether another site sent it; errors and their statuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection

from index.errors import PinciteError
from pincite.accounts import Accounts
from pincite.api.gate import is_foreign
from pincite.api.problems import STATUS
from pincite.api.visitors import IDLE_SECONDS, LONGEST_SECONDS, Sessions

PASSWORD = "four words of mine"
HOST = "127.0.0.1:7860"


def sent(method: str = "POST", **headers: str) -> HTTPConnection:
    given = {"host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    return HTTPConnection({"type": "http", "method": method, "path": "/", "headers": raw})


@pytest.mark.parametrize(
    ("connection", "foreign"),
    [
        (sent(), False),  # a program
        (sent(origin=f"http://{HOST}"), False),
        (sent(origin="http://evil.example"), True),
        (sent(origin="http://127.0.0.1:3000"), True),  # another program's page on this machine
        (sent(origin="null"), True),
        (sent(sec_fetch_site="same-origin", origin="null"), False),
        (sent(sec_fetch_site="none"), False),
        (sent(sec_fetch_site="cross-site"), True),
        (sent(sec_fetch_site="same-site"), True),
        (sent(sec_fetch_site="cross-site", origin=f"http://{HOST}"), True),
        (sent("GET", sec_fetch_site="cross-site", sec_fetch_mode="no-cors"), True),
        (
            sent(
                "GET",
                sec_fetch_site="cross-site",
                sec_fetch_mode="navigate",
                sec_fetch_dest="document",
            ),
            False,  # a link that was followed
        ),
        (
            sent(
                "GET",
                sec_fetch_site="cross-site",
                sec_fetch_mode="navigate",
                sec_fetch_dest="iframe",
            ),
            True,
        ),
        (
            sent(
                "POST",
                sec_fetch_site="cross-site",
                sec_fetch_mode="navigate",
                sec_fetch_dest="document",
            ),
            True,  # a form of another site
        ),
    ],
)
def test_requests_of_other_sites_are_told_apart(connection: HTTPConnection, foreign: bool) -> None:
    assert is_foreign(connection) is foreign


class TestSessions:
    def test_a_session_lasts_while_it_is_used_but_not_for_ever(self, tmp_path: Path) -> None:
        now = 0.0
        accounts = Accounts(tmp_path)
        user = accounts.add_user("anna", PASSWORD)
        sessions = Sessions(accounts, clock=lambda: now)
        secret, idle = sessions.begin(user), sessions.begin(user)
        while now < LONGEST_SECONDS - IDLE_SECONDS:
            now += IDLE_SECONDS * 0.9
            assert sessions.user(secret) == user
        assert sessions.user(idle) is None
        now = LONGEST_SECONDS + 1
        assert sessions.user(secret) is None
        assert sessions.user("") is None

    def test_who_is_removed_or_has_another_password_is_signed_out(self, tmp_path: Path) -> None:
        accounts = Accounts(tmp_path)
        sessions = Sessions(accounts)
        secret = sessions.begin(accounts.add_user("anna", PASSWORD))
        other = sessions.begin(accounts.add_user("ben", PASSWORD))
        accounts.remove_user("anna")
        accounts.add_user("anna", PASSWORD)
        assert sessions.user(secret) is None
        assert sessions.user(other) is not None
        sessions.end(other)
        assert sessions.user(other) is None


def every_error(root: type[PinciteError] = PinciteError) -> Iterator[type[PinciteError]]:
    yield root
    for kind in root.__subclasses__():
        if kind.__module__ == PinciteError.__module__:
            yield from every_error(kind)


def test_every_error_has_a_status() -> None:
    assert set(STATUS) == set(every_error())
    assert all(400 <= status < 600 for status in STATUS.values())
