"""The source pane: from citation to citation, pages as pictures, and documents of any length."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from rag import open_assistant
from tests.made_files import report_pages, report_pdf, report_text

pytestmark = pytest.mark.browser

PAGES = 1_000
LIT = "The copper beacon of Aldermoor was lit on the ninth of March."
OUT = "The copper beacon of Aldermoor was put out in the autumn."
BEACON = "When was the copper beacon of Aldermoor lit?"
# Elements that a long document may take in the browser, however long it is.
ELEMENTS = 3_000


def long_site(folder: Path, tiny_model: Path, serving, name: str, data: bytes):
    path = folder / name
    path.write_bytes(data)
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 0.0}
    with open_assistant(folder / "library", **options) as assistant:
        assistant.add(path)
        with serving(assistant) as site:
            yield site


@pytest.fixture(scope="module")
def pdf_site(tmp_path_factory, tiny_model: Path) -> Iterator[object]:
    from tests.browser.conftest import served

    data = report_pdf(report_pages(PAGES, {500: LIT, 901: OUT}))
    yield from long_site(tmp_path_factory.mktemp("pdf"), tiny_model, served, "long.pdf", data)


@pytest.fixture(scope="module")
def text_site(tmp_path_factory, tiny_model: Path) -> Iterator[object]:
    from tests.browser.conftest import served

    data = report_text(report_pages(PAGES, {500: LIT, 901: OUT}))
    yield from long_site(tmp_path_factory.mktemp("text"), tiny_model, served, "long.txt", data)


def opened_at_first(page, ask) -> None:
    ask(page, BEACON)
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source mark.cited")


def in_view(page, selector: str) -> None:
    """Waits until it stands in the pane, below its head."""
    page.wait_for_function(
        """selector => {
          const mark = document.querySelector(selector)?.getBoundingClientRect();
          const pane = document.querySelector("#source").getBoundingClientRect();
          const head = document.querySelector("#source .source-head").offsetHeight;
          return mark && mark.top >= pane.top + head && mark.bottom <= pane.bottom;
        }""",
        arg=selector,
    )


def test_of_a_thousand_pages_only_those_near_are_drawn_and_others_when_they_are_read(
    text_site, visit, ask
) -> None:
    page = visit(text_site)
    opened_at_first(page, ask)
    in_view(page, "#source mark.cited")
    assert page.inner_text("#source mark.cited").strip() == LIT
    assert page.locator("#source *").count() < ELEMENTS
    parts = page.locator("#source .part").count()
    assert page.locator("#source .part:empty").count() > parts * 0.9

    page.evaluate("document.querySelector('#source').scrollTop = 0")
    page.wait_for_selector("#source .part[data-number='0'] p")
    in_view(page, "#source .part[data-number='0'] p")
    page.evaluate("document.querySelector('#source').scrollTop = 1e9")
    page.wait_for_selector(f"#source .part[data-number='{parts - 1}'] p")
    assert page.locator("#source *").count() < ELEMENTS


def test_reading_on_draws_what_stands_above_without_moving_what_is_read(
    text_site, visit, ask
) -> None:
    page = visit(text_site)
    opened_at_first(page, ask)
    drawn = page.locator("#source .part:not(:empty)").first
    above = int(drawn.get_attribute("data-number")) - 1
    assert page.locator(f"#source .part[data-number='{above}']:empty").count() == 1
    tops = page.evaluate(
        """above => new Promise(resolve => {
          const part = number => document.querySelector(`#source .part[data-number='${number}']`);
          const read = part(above + 1).firstChild;
          read.scrollIntoView();
          const before = read.getBoundingClientRect().top;
          const look = () => part(above).firstChild === null ? requestAnimationFrame(look)
            : resolve([before, read.getBoundingClientRect().top, part(above).offsetHeight]);
          look();
        })""",
        above,
    )
    assert tops[1] == pytest.approx(tops[0], abs=2)
    assert tops[2] > 1_000


def test_searching_in_the_browser_finds_words_of_the_whole_document(text_site, visit, ask) -> None:
    page = visit(text_site)
    opened_at_first(page, ask)
    page.keyboard.press("Control+f")
    page.wait_for_function("document.querySelector('#source .part:empty') === null")
    (document,) = text_site.assistant.documents()
    whole = text_site.assistant.document(document.id).text
    drawn = page.locator("#source .source-text").text_content()
    assert "".join(drawn.split()) == "".join(whole.split())


def test_citations_of_a_document_are_stepped_through_by_button_and_key(
    pdf_site, visit, ask
) -> None:
    page = visit(pdf_site)
    opened_at_first(page, ask)
    steps = page.locator("#source .steps")
    assert "Citation 1 of 2" in steps.inner_text()
    assert page.locator("[data-step='-1']").is_disabled()
    opened = page.get_attribute("article.source", "data-opened")
    page.click("[data-step='1']")
    page.wait_for_function("document.querySelector('#source .at').textContent === '2 of 2'")
    page.wait_for_function(
        "words => document.querySelector('#source mark.cited')?.textContent.trim() === words",
        arg=OUT,
    )
    in_view(page, "#source mark.cited")
    assert page.inner_text("#source .cited-page") == "page 901"
    assert page.inner_text(".marker.pressed") == "[2]"
    # The same document, which is not drawn anew.
    assert page.get_attribute("article.source", "data-opened") == opened
    page.focus("#source mark.cited")
    page.keyboard.press("p")
    page.wait_for_function(
        "words => document.querySelector('#source mark.cited')?.textContent.trim() === words",
        arg=LIT,
    )
    in_view(page, "#source mark.cited")


def test_the_way_goes_on_in_the_next_document(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    ask(page, "What does North Korea want in return?")
    answer = articles_site.assistant.ask("What does North Korea want in return?")
    documents = dict.fromkeys(cited.document_id for cited in answer.sources)
    assert len(documents) > 1
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source mark.cited")
    while page.locator("[data-step='-1']").is_enabled():
        at = page.get_attribute("#source .steps", "data-at")
        page.click("[data-step='-1']")
        page.wait_for_function(
            "at => document.querySelector('#source .steps').dataset.at !== at", arg=at
        )
    seen = []
    for number in range(len(answer.sources)):
        page.wait_for_function(
            "number => document.querySelector('#source .steps')?.dataset.at === String(number)",
            arg=number,
        )
        page.wait_for_selector("#source mark.cited")
        seen.append(page.get_attribute("article.source", "data-document"))
        if number + 1 < len(answer.sources):
            page.click("[data-step='1']")
    assert list(dict.fromkeys(seen)) == list(documents)
    assert page.locator("[data-step='1']").is_disabled()
    last = f"document {len(documents)} of {len(documents)}"
    assert last in page.inner_text("#source .steps")


def test_a_page_is_shown_as_a_picture_with_the_place_marked(pdf_site, visit, ask) -> None:
    page = visit(pdf_site)
    opened_at_first(page, ask)
    page.click("[data-view=pages]")
    page.wait_for_selector(".page-image img")
    in_view(page, ".page-mark.cited")
    assert page.get_attribute(".page-image img", "alt") == "Page 500 of 1000 of Long"
    page.wait_for_function("document.querySelector('.page-image img').complete")
    # The sentence begins its page: below the mark's top edge there is ink, above it none.
    seen = Image.open(io.BytesIO(page.locator(".page-mark.cited").screenshot())).convert("L")
    assert seen.getextrema()[0] < 110
    page.click("[data-turn='501']")
    page.wait_for_selector("img[alt='Page 501 of 1000 of Long']")
    assert page.locator(".page-mark").count() == 0
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Next page"
    page.fill(".page-number", "901")
    page.press(".page-number", "Enter")
    page.wait_for_selector("img[alt='Page 901 of 1000 of Long']")
    page.click("[data-step='1']")
    page.wait_for_selector(".page-mark.cited")
    page.click("[data-view=text]")
    in_view(page, "#source mark.cited")
    assert page.inner_text("#source mark.cited").strip() == OUT


def test_the_original_is_saved_byte_for_byte_and_never_opened(pdf_site, visit, ask) -> None:
    page = visit(pdf_site)
    opened_at_first(page, ask)
    page.click("[data-show=about]")
    with page.expect_download() as download:
        page.click("[data-original]")
    (document,) = pdf_site.assistant.documents()
    assert download.value.suggested_filename == "long.pdf"
    assert Path(download.value.path()).read_bytes() == pdf_site.assistant.original(document.id)
    assert page.url.split("?")[0].rstrip("/") == pdf_site.address


def test_what_is_known_of_a_document_is_told_and_its_passages_are_shown(
    articles_site, visit
) -> None:
    page = visit(articles_site)
    page.locator("table.documents button.open", has_text="submarine question").click()
    page.wait_for_selector(".source-text")
    (document,) = [
        each for each in articles_site.assistant.documents() if "submarine" in each.title
    ]
    page.click("[data-show=about]")
    about = page.inner_text("#source .about")
    for told in (document.outlet, document.sources[0], f"{document.passages} passages", "Added"):
        assert told in about
    assert page.locator(".passage-start").count() == document.passages
    before = "getComputedStyle(document.querySelector('.passage-start'), '::before').content"
    assert page.evaluate(before) == "none"
    page.click("[data-show=passages]")
    assert page.evaluate(before) in {'"1"', "attr(data-passage)"}
    whole = articles_site.assistant.document(document.id).text
    drawn = page.locator(".part p:not(.page-break)").all_text_contents()
    assert "".join("".join(drawn).split()) == "".join(whole.split())


def test_another_document_opens_as_text_after_pages_and_passages(
    pdf_site, visit, ask, tmp_path: Path
) -> None:
    words = "The tower was painted green in June, the mayor of Aldermoor said."
    (tmp_path / "tower.txt").write_text(words)
    pdf_site.assistant.add(tmp_path / "tower.txt")
    try:
        page = visit(pdf_site)
        opened_at_first(page, ask)
        page.click("[data-show=passages]")
        page.click("[data-show=about]")
        page.click("[data-view=pages]")
        page.wait_for_selector(".page-image img")
        page.locator("button.open", has_text="tower").click()
        page.wait_for_function(
            "words => document.querySelector('.source-text').innerText.trim() === words", arg=words
        )
        for selector in (".page-image", "#source .about", ".with-passages", "[data-view]"):
            assert not page.locator(selector).first.is_visible(), selector
        page.locator(".claims .marker").first.click()
        in_view(page, "#source mark.cited")
        assert page.inner_text("#source mark.cited").strip() == LIT
    finally:
        pdf_site.assistant.remove(str(tmp_path / "tower.txt"))
