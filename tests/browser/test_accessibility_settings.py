"""axe-core finds nothing serious in the settings, at the door, and in what programs read."""

from __future__ import annotations

import pytest

from pincite.accounts import Accounts
from rag import open_assistant
from tests.integration.misbehaving_server import MisbehavingServer

pytestmark = pytest.mark.browser

PASSWORD = "four words of mine"


@pytest.fixture
def settings(context, empty_site):
    """The settings of a library that nobody else has."""
    page = context.new_page()
    page.goto(f"{empty_site.address}/settings")
    page.wait_for_selector("form.settings")
    return page


def to_the_model(page) -> None:
    page.locator(".trial").evaluate("trial => trial.scrollIntoView({ block: 'center' })")


def test_settings_as_opened_and_with_a_mistake(settings, look) -> None:
    look(settings, "settings", dark=True)
    settings.fill("#passages", "99")
    settings.check("#keep_unsupported")
    settings.press("#passages", "Enter")
    settings.wait_for_selector("#passages-mistake")
    look(settings, "settings-mistake")
    settings.fill("#passages", "7")
    look(settings, "settings-changed")
    settings.press("#passages", "Enter")
    settings.wait_for_selector(".settings-told .notice.done")
    look(settings, "settings-saved")


def test_an_endpoint_is_tried(settings, look, unused_port) -> None:
    settings.fill("#llm_base_url", f"http://127.0.0.1:{unused_port}/v1")
    settings.click("[data-try]")
    settings.wait_for_selector(".trial-told .notice.trouble")
    look(settings, "settings-unreachable", ready=to_the_model)
    with MisbehavingServer("well") as server:
        settings.fill("#llm_base_url", server.base_url)
        settings.fill("#llm_model", "news-7b")
        settings.click("[data-try]")
        settings.wait_for_selector(".trial-told .notice.done")
        look(settings, "settings-reached", ready=to_the_model)


def test_settings_that_can_only_be_read(context, empty_site, serving, look) -> None:
    with serving(empty_site.assistant, host="0.0.0.0") as site:
        page = context.new_page()
        page.goto(f"{site.address}/settings")
        page.wait_for_selector(".settings-bar .notice")
        look(page, "settings-read-only")


def test_the_door(context, tmp_path, tiny_model, serving, look) -> None:
    with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant:
        Accounts(assistant.library_path).add_user("anna", PASSWORD)
        with serving(assistant) as site:
            page = context.new_page()
            page.goto(site.address)
            page.wait_for_selector("#password")
            look(page, "sign-in", dark=True)
            enter(page, "a wrong password")
            page.wait_for_selector("[role=alert]")
            look(page, "sign-in-refused")
            enter(page, PASSWORD)
            page.wait_for_selector("#question textarea")
            page.goto(f"{site.address}/sign-in")
            look(page, "signed-in")


def enter(page, password: str) -> None:
    page.fill("#name", "anna")
    page.fill("#password", password)
    page.press("#password", "Enter")


def test_what_programs_are_told(context, empty_site, look) -> None:
    page = context.new_page()
    page.goto(f"{empty_site.address}/api/v1/docs")
    look(page, "interface")
