"""axe-core finds nothing serious while questions are asked, answered and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Event

import pytest

from rag import open_assistant
from rag.models import AnswerReady, DraftText
from tests.browser.conftest import ARTICLES
from tests.browser.looking import open_library, to_the_end

pytestmark = pytest.mark.browser

QUESTION = "What does North Korea want in return?"
DIFFERING = "How many shells did North Korea send?"
OF_A_PDF = "Was the submarine able to launch missiles?"
UNANSWERABLE = "What is the GDP of Japan?"


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Has an assistant wait in the middle of its next answer, until the test is over."""
    over = Event()

    def hold(assistant, when) -> None:
        stream = assistant.stream

        def held_stream(question, **options):
            for event in stream(question, **options):
                if when(event):
                    over.wait(60)
                yield event

        monkeypatch.setattr(assistant, "stream", held_stream)

    yield hold
    over.set()


@pytest.fixture
def own_site(tmp_path, serving):
    """Serves the example articles with the shipped models, in a library for one test."""
    with ExitStack() as opened:

        def serve(**options):
            assistant = opened.enter_context(open_assistant(tmp_path / "library", **options))
            assistant.add(ARTICLES)
            return opened.enter_context(serving(assistant))

        yield serve


def begin(page, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def to_the_last(page) -> None:
    page.locator(".exchange").last.evaluate("exchange => exchange.scrollIntoView()")


def to_the_sentence(page) -> None:
    page.locator("#source mark.cited").first.scroll_into_view_if_needed()


def test_an_empty_library(empty_site, visit, look) -> None:
    look(visit(empty_site), "ask-empty", dark=True)


def test_before_the_first_question(articles_site, visit, look) -> None:
    page = visit(articles_site)
    page.wait_for_selector("#suggested .chip")
    look(page, "ask-first-visit", dark=True)


def test_the_stages_of_an_answer(articles_site, visit, look, held) -> None:
    held(articles_site.assistant, lambda event: isinstance(event, AnswerReady))
    page = visit(articles_site)
    begin(page, QUESTION)
    page.wait_for_selector(".exchange[aria-busy=true] .claim")
    look(page, "ask-stages")


def test_what_a_model_writes_before_it_is_checked(own_site, visit, look, held) -> None:
    written: list[str] = []

    def after_some_words(event) -> bool:
        if isinstance(event, DraftText):
            written.append(event.text)
        return len("".join(written)) > 80

    site = own_site(writer="embedded")
    held(site.assistant, after_some_words)
    page = visit(site)
    begin(page, QUESTION)
    page.wait_for_function("document.querySelector('.draft')?.innerText.length > 60")
    look(page, "ask-draft")


def test_an_answer_and_its_source(articles_site, visit, look, ask) -> None:
    page = visit(articles_site)
    ask(page, QUESTION)
    page.wait_for_selector(".rating")
    look(page, "ask-answer", dark=True)
    page.locator("#suggested .hint", has_text="These documents").wait_for()
    look(page, "ask-answer-end", ready=to_the_end)

    def point(page) -> None:
        page.mouse.move(1, 1)
        page.locator(".claims .marker").nth(1).hover()
        page.locator("#quote-tip").wait_for(state="visible")

    page.evaluate("document.getElementById('scroller').scrollTop = 0")
    look(page, "ask-quote", ready=point)
    page.mouse.move(1, 1)
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source mark.cited", state="visible")
    look(page, "source", ready=to_the_sentence, dark=True)


def test_a_page_of_a_pdf(articles_site, visit, look, ask) -> None:
    page = visit(articles_site)
    ask(page, OF_A_PDF)
    page.locator(".claims .marker").first.click()
    page.click("[data-view=pages]")
    page.wait_for_selector(".page-image img")
    look(page, "source-page")


def test_where_sources_differ(articles_site, visit, look, ask) -> None:
    page = visit(articles_site)
    ask(page, DIFFERING)
    page.wait_for_selector(".differ")
    look(page, "ask-sources-differ")


def test_a_refusal(articles_site, visit, look, ask) -> None:
    page = visit(articles_site)
    ask(page, UNANSWERABLE)
    page.wait_for_selector(".refusal")
    look(page, "ask-refusal")


def test_a_follow_up_and_a_question_that_is_edited(articles_site, visit, look, ask) -> None:
    page = visit(articles_site)
    ask(page, QUESTION)
    ask(page, "and Russia?")
    page.wait_for_selector(".understood")
    look(page, "ask-follow-up", ready=to_the_last)
    page.click(".exchange:last-child [data-question-edit=open]")
    page.wait_for_selector(".exchange:last-child .editor textarea")
    look(page, "ask-edit", ready=to_the_last)


def test_a_rated_answer_and_a_question_that_cannot_be_asked(
    articles_site, visit, look, ask
) -> None:
    page = visit(articles_site)
    ask(page, QUESTION)
    page.click("[data-rate=down]")
    page.wait_for_selector("[data-note]")
    begin(page, "why " * 600)
    page.wait_for_selector("#remark .notice")
    look(page, "ask-too-long", ready=to_the_end)


def test_conversations_are_renamed_and_deleted(articles_site, visit, look, ask) -> None:
    page = visit(articles_site)
    ask(page, OF_A_PDF)
    page.wait_for_selector(".past-open[aria-current]", state="attached")
    page.locator("[data-past=rename]").first.click()
    look(page, "conversations-rename", ready=open_library)
    page.press(".past-naming input:visible", "Escape")
    page.locator("[data-past=delete]").first.click()
    look(page, "conversations-delete", ready=open_library)


def test_a_cited_document_that_is_gone(own_site, visit, look, ask) -> None:
    site = own_site()
    assistant, page = site.assistant, visit(site)
    ask(page, DIFFERING)
    page.wait_for_function("location.search.includes('conversation=')")
    assistant.remove(*{one.document_id for one in assistant.ask(DIFFERING).sources[:1]})
    page.reload()
    page.wait_for_selector(".since")
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source .removed")
    look(page, "source-gone")
