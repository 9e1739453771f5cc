"""A conversation on the page: follow-ups are understood, shown, mended, and left behind."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

HOME_QUESTION = "What does North Korea want in return?"
RUSSIA = "What does Russia want in return?"


def test_a_follow_up_shows_what_it_was_understood_as(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    ask(page, HOME_QUESTION)
    assert page.locator(".understood").count() == 0
    ask(page, "and Russia?")
    second = page.locator(".exchange").nth(1)
    assert second.locator(".question").inner_text() == "and Russia?"
    assert second.locator(".understood-text").inner_text() == RUSSIA
    quotes = second.locator(".card blockquote").all_text_contents()
    answer = articles_site.assistant.ask(RUSSIA)
    assert quotes == [source.quote for source in answer.sources or answer.nearest]


def test_what_was_understood_is_changed_by_keyboard(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    ask(page, HOME_QUESTION)
    ask(page, "and Russia?")
    change = page.get_by_role("button", name="Change the question as it was understood")
    change.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('#question textarea')")
    assert page.input_value("#question textarea") == RUSSIA
    page.keyboard.press("End")
    for _ in range(len("in return?")):
        page.keyboard.press("Backspace")
    page.keyboard.type("from North Korea?")
    page.keyboard.press("Enter")
    page.wait_for_selector('.exchange[data-exchange="2"][aria-busy="false"]')
    third = page.locator(".exchange").nth(2)
    assert third.locator(".question").inner_text() == "What does Russia want from North Korea?"
    assert third.locator(".understood").count() == 0


def test_a_new_conversation_forgets_the_old_one(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    anew = page.get_by_role("button", name="New conversation")
    assert anew.is_hidden()
    ask(page, HOME_QUESTION)
    anew.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".exchange", state="detached")
    page.wait_for_function("document.activeElement.matches('#question textarea')")
    assert page.locator("#welcome").is_visible()
    assert anew.is_hidden()
    ask(page, "and Russia?")
    assert page.locator(".exchange").count() == 1
    assert page.locator(".understood").count() == 0


def test_a_new_conversation_leaves_off_an_answer_still_being_made(articles_site, visit) -> None:
    page = visit(articles_site)
    page.fill("#question textarea", HOME_QUESTION)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".exchange")
    page.click("#anew")
    page.wait_for_selector(".exchange", state="detached")
    page.wait_for_timeout(4_000)
    assert page.locator(".exchange").count() == 0
