"""Questions that are offered: on the documents, answered, and out of the way while one is asked."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

HOME_QUESTION = "What does North Korea want in return?"


def test_the_welcome_offers_questions_that_are_answered(articles_site, visit) -> None:
    page = visit(articles_site)
    page.wait_for_selector("#suggested .chip")
    offered = page.locator("#suggested .chip").all_text_contents()
    assert offered == list(articles_site.assistant.suggestions())
    page.locator("#suggested .chip").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".exchange[aria-busy=false] .claim")
    assert page.inner_text(".question") == offered[0]


def test_after_an_answer_others_are_offered_and_a_new_conversation_has_the_first_again(
    articles_site, visit, ask
) -> None:
    page = visit(articles_site)
    page.wait_for_selector("#suggested .chip")
    first = page.locator("#suggested .chip").all_text_contents()
    ask(page, HOME_QUESTION)
    page.locator("#suggested .hint", has_text="These documents").wait_for()
    after = page.locator("#suggested .chip").all_text_contents()
    cited = {one.document_id for one in articles_site.assistant.ask(HOME_QUESTION).sources}
    assert after == list(articles_site.assistant.suggestions(limit=2, about=cited))
    page.click("#anew")
    page.locator("#suggested .hint", has_text="Your documents").wait_for()
    assert page.locator("#suggested .chip").all_text_contents() == first


def test_nothing_is_offered_that_would_be_refused(refusing_site, visit, ask) -> None:
    page = visit(refusing_site)
    page.wait_for_selector("#suggested [data-drawing]", state="attached")
    ask(page, HOME_QUESTION)
    page.wait_for_selector(".exchange .card")
    assert page.locator("#suggested .chip").count() == 0
