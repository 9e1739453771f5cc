"""Users and keys in their file: nothing in it opens anything, and nobody else reads it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from index.errors import LibraryDamaged, UsageError
from pincite.accounts import ACCESS_FILE, Accounts
from pincite.passwords import fits, hash_password

PASSWORD = "four words of mine"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path)


def test_a_password_fits_its_hash_alone() -> None:
    one, other = hash_password(PASSWORD), hash_password(PASSWORD)
    assert one != other
    assert PASSWORD not in one
    assert fits(PASSWORD, one)
    assert fits(PASSWORD, other)
    assert not fits(PASSWORD + " ", one)
    assert not fits("", one)


def test_a_password_is_the_same_however_its_letters_are_put_together() -> None:
    assert fits("Zu\u0308richer Stra\u00dfe", hash_password("Z\u00fcricher Stra\u00dfe"))


@pytest.mark.parametrize("password", ["", "short", "x" * 1_001])
def test_a_password_of_the_wrong_length_is_refused(password: str) -> None:
    with pytest.raises(UsageError, match="give it 10 to 1,000"):
        hash_password(password)


def test_nobody_is_there_at_first(accounts: Accounts) -> None:
    assert accounts.access.users == accounts.access.keys == ()
    assert accounts.signed_in("admin", "admin") is None
    assert accounts.signed_in("", "") is None
    assert accounts.key_of("") is None


def test_a_user_signs_in_with_the_password_alone(accounts: Accounts, tmp_path: Path) -> None:
    user = accounts.add_user("Anna", PASSWORD)
    assert accounts.signed_in("anna", PASSWORD) == user
    assert accounts.signed_in(" ANNA ", PASSWORD) == user
    assert accounts.signed_in("anna", "another password") is None
    assert accounts.signed_in("ben", PASSWORD) is None
    text = (tmp_path / ACCESS_FILE).read_text()
    assert PASSWORD not in text
    assert stat.S_IMODE((tmp_path / ACCESS_FILE).stat().st_mode) == 0o600


def test_a_key_is_known_and_not_kept(accounts: Accounts, tmp_path: Path) -> None:
    key = accounts.add_key("reports")
    found = accounts.key_of(key)
    assert found is not None
    assert found.name == "reports"
    assert accounts.key_of(key[:-1]) is None
    assert accounts.key_of(found.digest) is None
    assert key not in (tmp_path / ACCESS_FILE).read_text()
    assert accounts.add_key("other") != key


def test_what_another_process_changes_counts_at_once(accounts: Accounts, tmp_path: Path) -> None:
    other = Accounts(tmp_path)
    key = other.add_key("reports")
    assert accounts.key_of(key) is not None
    other.remove_key("Reports")
    assert accounts.key_of(key) is None
    other.add_user("anna", PASSWORD)
    assert accounts.user("anna") is not None
    other.remove_user("anna")
    assert accounts.user("anna") is None


def test_names_are_taken_once_and_must_be_names(accounts: Accounts) -> None:
    accounts.add_user("anna", PASSWORD)
    accounts.add_key("anna")
    with pytest.raises(UsageError, match="There is a user anna already"):
        accounts.add_user("ANNA", PASSWORD)
    with pytest.raises(UsageError, match="There is a key anna already"):
        accounts.add_key("Anna")
    for name in ("", " ", "a b", "key:x", "../x", "x" * 65, "<b>"):
        with pytest.raises(UsageError, match="is no name"):
            accounts.add_user(name, PASSWORD)
    with pytest.raises(UsageError, match="There is no user 'ben'"):
        accounts.remove_user("ben")
    with pytest.raises(UsageError, match="There is no key 'ben'"):
        accounts.remove_key("ben")


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"version": 2}', '{"version": 1, "users": [{}], "keys": []}']
)
def test_a_file_that_cannot_be_read_lets_nobody_in(
    accounts: Accounts, tmp_path: Path, content: str
) -> None:
    (tmp_path / ACCESS_FILE).write_text(content)
    for use in (
        lambda: accounts.access,
        lambda: accounts.key_of("x"),
        lambda: accounts.add_user("anna", PASSWORD),
    ):
        with pytest.raises(LibraryDamaged):
            use()
    assert (tmp_path / ACCESS_FILE).read_text() == content


def test_the_file_says_its_version(accounts: Accounts, tmp_path: Path) -> None:
    accounts.add_user("anna", PASSWORD)
    assert json.loads((tmp_path / ACCESS_FILE).read_text())["version"] == 1
