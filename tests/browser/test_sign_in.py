"""Two people in two browsers: they sign in by the form, and neither sees the other's text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from pincite.accounts import Accounts
from rag import open_assistant

pytestmark = pytest.mark.browser

PASSWORD = "four words of mine"
FERRY = "The ferry to Aldermoor will run every hour from May.\n"
HER_QUESTION = "How often will the ferry to Aldermoor run in May?"
HIS_QUESTION = "Where does the ferry go?"
PATIENCE = 90_000


@pytest.fixture
def site(tmp_path: Path, tiny_model: Path, serving) -> Iterator[object]:
    (tmp_path / "ferry.txt").write_text(FERRY)
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 0.0}
    with open_assistant(tmp_path / "library", **options) as assistant:
        assistant.add(tmp_path / "ferry.txt")
        for name in ("anna", "ben"):
            Accounts(assistant.library_path).add_user(name, PASSWORD)
        with serving(assistant) as served:
            yield served


@pytest.fixture
def other_context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def signed_in(page: Page, address: str, name: str, password: str = PASSWORD) -> Page:
    page.goto(address)
    page.fill("#name", name)
    page.fill("#password", password)
    page.press("#password", "Enter")
    return page


def test_two_people_sign_in_and_see_their_own_conversations_alone(
    site, context: BrowserContext, other_context: BrowserContext, ask
) -> None:
    hers = signed_in(context.new_page(), site.address, "Anna")
    his = signed_in(other_context.new_page(), site.address, "ben")
    for page in (hers, his):
        page.wait_for_selector("#question textarea")
        page.wait_for_function("window.pincite !== undefined")
    ask(hers, HER_QUESTION)
    ask(his, HIS_QUESTION)
    assert HER_QUESTION in hers.inner_text("#conversation")
    assert HER_QUESTION not in his.content()
    assert HIS_QUESTION not in hers.content()
    his.reload()
    his.wait_for_selector("#question textarea")
    assert HER_QUESTION not in his.content()


def test_two_people_who_ask_at_the_same_time_see_nothing_of_each_other(
    site, context: BrowserContext, other_context: BrowserContext
) -> None:
    """Neither in what is shown nor elsewhere in the page, the list of conversations included."""
    asked = {"anna": [HER_QUESTION, "When did Anna ask?"], "ben": [HIS_QUESTION, "And Ben, when?"]}
    pages = {
        name: signed_in(chosen.new_page(), site.address, name)
        for name, chosen in zip(asked, (context, other_context), strict=True)
    }
    for page in pages.values():
        page.wait_for_selector("#question textarea")
        page.wait_for_function("window.pincite !== undefined")
    for place in range(2):
        for name, page in pages.items():
            page.fill("#question textarea", asked[name][place])
        for page in pages.values():  # both before either is answered
            page.press("#question textarea", "Enter")
        for page in pages.values():
            page.wait_for_selector(f'.exchange[data-exchange="{place}"][aria-busy="false"]')
            page.wait_for_selector("#past [data-conversation]", state="attached")
    for name, page in pages.items():
        (other,) = asked.keys() - {name}
        for _ in range(2):
            assert page.locator(".question").all_inner_texts() == asked[name]
            assert not [text for text in asked[other] if text in page.content()]
            page.reload()
            page.wait_for_selector('.exchange[data-exchange="1"]')


def test_a_wrong_password_stays_at_the_form_and_signing_out_leads_back(
    site, context: BrowserContext
) -> None:
    page = signed_in(context.new_page(), site.address, "anna", "a wrong password")
    page.wait_for_selector("[role=alert]")
    assert page.inner_text("[role=alert]") == "This name and password do not belong together."
    page = signed_in(page, site.address, "anna")
    page.wait_for_selector("#question textarea")
    page.goto(f"{site.address}/sign-in")
    page.click("text=Sign out")
    page.wait_for_selector("#password")
    page.goto(site.address)
    page.wait_for_selector("#password")
