"""Ask, watch the answer come, press a number, read the sentence in its document."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser

HOME_QUESTION = "What does North Korea want in return?"
UNANSWERABLE = "What is the GDP of Japan?"
WATCH_STATUS = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const status = document.querySelector(".exchange .status");
    const claims = document.querySelectorAll(".exchange .claim").length;
    if (status) window.seen.push([status.innerText, claims]);
  }).observe(document.getElementById("conversation"), {
    subtree: true, childList: true, characterData: true, attributes: true,
  });
}"""


def test_the_page_shows_the_answer_that_python_gives(articles_site, visit, ask) -> None:
    answer = articles_site.assistant.ask(HOME_QUESTION)
    assert answer.sources
    page = visit(articles_site)
    ask(page, HOME_QUESTION)
    quotes = page.locator(".card blockquote").all_text_contents()
    assert quotes == [source.quote for source in answer.sources]
    claims = page.locator(".claim-text").all_text_contents()
    assert claims == [claim.text for claim in answer.claims]
    markers = [
        "".join(claim.locator(".marker").all_text_contents())
        for claim in page.locator(".claim").all()
    ]
    assert markers == [answer.markers(claim) for claim in answer.claims]


def test_stages_are_seen_before_the_answer_and_give_way_to_its_sum(
    articles_site, visit, ask
) -> None:
    page = visit(articles_site)
    page.evaluate(WATCH_STATUS)
    ask(page, HOME_QUESTION)
    page.wait_for_selector(".status.done")
    seen = page.evaluate("window.seen")
    searching = [claims for status, claims in seen if status.startswith("Searching")]
    assert searching
    assert searching[0] == 0
    assert any("Reading" in status for status, claims in seen if claims == 0)
    assert re.search(r"from \d+ documents? · [\d.]+ s$", page.inner_text(".status"))


def test_a_number_opens_the_whole_document_at_the_cited_sentence(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    assert page.locator(".pane-empty").is_visible()
    ask(page, HOME_QUESTION)
    source = articles_site.assistant.ask(HOME_QUESTION).sources[-1]
    document = articles_site.assistant.document(source.document_id)
    page.locator(".claims .marker").last.click()
    mark = page.locator("#source mark.cited")
    mark.first.wait_for()
    assert squeezed("".join(mark.all_text_contents())) == squeezed(source.quote)
    assert squeezed(page.locator(".source-text").text_content()) == squeezed(document.text)
    head = page.inner_text(".source-head")
    assert document.title in head
    assert (document.outlet or "outlet unknown") in head
    assert document.sources[0].rsplit("/", 1)[-1] in head
    page.wait_for_function(
        """() => {
          const seen = document.querySelector("#source mark.cited").getBoundingClientRect();
          const pane = document.getElementById("source").getBoundingClientRect();
          const head = document.querySelector(".source-head").getBoundingClientRect();
          return seen.top >= head.bottom && seen.bottom <= pane.bottom;
        }"""
    )


def test_other_cited_sentences_of_the_document_are_marked_lightly(
    refusing_site, visit, ask
) -> None:
    page = visit(refusing_site)
    ask(page, UNANSWERABLE)
    nearest = refusing_site.assistant.ask(UNANSWERABLE).nearest
    same = [cited for cited in nearest if cited.document_id == nearest[0].document_id]
    page.locator(".card").first.click()
    page.wait_for_selector("#source mark.cited")
    assert len(same) > 1
    assert page.locator("#source mark.also").count() >= len(same) - 1
    for mark in page.locator("#source mark.also").all():
        assert any(squeezed(mark.text_content()) in squeezed(cited.quote) for cited in same[1:])


def test_a_citation_is_reached_and_left_by_keyboard(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    ask(page, HOME_QUESTION)
    marker = page.locator(".claims .marker").first
    assert re.fullmatch(r"Citation 1: .+, .+", marker.get_attribute("aria-label"))
    marker.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('#source mark.cited')")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.matches('.claims .marker')")


def test_a_refusal_names_what_was_looked_for_and_offers_the_nearest_passages(
    refusing_site, visit, ask
) -> None:
    answer = refusing_site.assistant.ask(UNANSWERABLE)
    assert answer.abstained
    page = visit(refusing_site)
    ask(page, UNANSWERABLE)
    assert answer.abstained_because in page.inner_text(".refusal")
    assert UNANSWERABLE in page.inner_text(".looked-for")
    quotes = page.locator(".card blockquote").all_text_contents()
    assert quotes == [passage.quote for passage in answer.nearest]
    assert page.locator(".helps li").count() > 0
    page.locator(".card").first.click()
    page.wait_for_selector("#source mark.cited")
    assert answer.nearest[0].title in page.inner_text(".source-head")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [("  ", "The question is empty"), ("why " * 2_500, "at most 2,000")],
)
def test_a_question_that_cannot_be_asked_stays_in_the_box_with_a_sentence(
    articles_site, visit, question: str, sentence: str
) -> None:
    page = visit(articles_site)
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#remark .notice")
    assert sentence in page.inner_text("#remark")
    assert page.input_value("#question textarea") == question
    assert page.locator(".exchange").count() == 0


def test_a_long_question_is_folded_and_whole_on_request(articles_site, visit, ask) -> None:
    question = "What does North Korea want? " * 30
    page = visit(articles_site)
    ask(page, question)
    assert page.locator(".question-whole").is_hidden()
    page.click(".question-fold summary")
    assert page.locator(".question-whole").text_content() == question.strip()


def test_the_example_question_is_offered_and_asks_itself(articles_site, visit) -> None:
    page = visit(articles_site)
    page.click(f"button.chip:has-text('{HOME_QUESTION}')")
    page.wait_for_selector(".exchange[aria-busy=false]")
    assert page.inner_text(".question") == HOME_QUESTION


def test_a_new_question_stands_at_the_top_and_earlier_ones_stay(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    ask(page, HOME_QUESTION)
    ask(page, UNANSWERABLE)
    assert page.locator(".question").all_text_contents() == [HOME_QUESTION, UNANSWERABLE]
    page.wait_for_function(
        """() => {
          const column = document.getElementById("scroller").getBoundingClientRect();
          const last = document.querySelector(".exchange:last-child").getBoundingClientRect();
          return Math.abs(last.top - column.top) < 40;
        }"""
    )


def test_two_visitors_do_not_see_each_other(articles_site, visit, ask) -> None:
    first, second = visit(articles_site), visit(articles_site)
    ask(first, HOME_QUESTION)
    ask(second, UNANSWERABLE)
    assert first.locator(".question").all_text_contents() == [HOME_QUESTION]
    assert second.locator(".question").all_text_contents() == [UNANSWERABLE]


def test_an_answer_is_copied_with_its_citations(articles_site, context, visit, ask) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit(articles_site)
    ask(page, HOME_QUESTION)
    page.click("[data-copy]")
    page.wait_for_function("document.querySelector('.copied').textContent === 'Copied'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1]" in copied
    assert HOME_QUESTION in copied
    with page.expect_download() as download:
        page.click("[data-save=json]")
    assert download.value.suggested_filename == "answer.json"


def test_a_silent_endpoint_becomes_a_notice_beside_the_quotes(
    tmp_path, serving, visit, ask, tiny_model, unused_port
) -> None:
    from rag import open_assistant

    options = {
        "embedding_model": str(tiny_model),
        "abstention_threshold": 0.0,
        "llm_base_url": f"http://127.0.0.1:{unused_port}/v1",
        "llm_model": "absent",
    }
    with open_assistant(tmp_path / "library", **options) as assistant:
        article = tmp_path / "ferry.txt"
        article.write_text("The ferry to Aldermoor will run every hour from May.\n")
        assistant.add(article)
        with serving(assistant) as site:
            page = visit(site)
            assert f"127.0.0.1:{unused_port}" in page.inner_text(".where")
            ask(page, "How often will the ferry to Aldermoor run?")
            assert "127.0.0.1" in page.inner_text(".exchange .notice")
            assert page.locator(".card blockquote").count() > 0
            assert "Traceback" not in page.content()


def squeezed(text: str | None) -> str:
    return re.sub(r"page \d+$|\s+", "", text or "")
