"""The page in German, French and Korean: nothing of it is left in English, nothing overflows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import BrowserContext, Page, expect

from pincite.words import FOLDER, plural, speaking, t
from rag import open_assistant

pytestmark = pytest.mark.browser

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"

SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
QUESTION = "What does North Korea want in return?"
# What is said by text, and what by attribute.
_SAID = """() => {
    const said = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        if (walk.currentNode.parentElement.closest("script, style, bdi, [lang=en]")) continue;
        said.push(walk.currentNode.data.trim());
    }
    for (const element of document.querySelectorAll("[title], [aria-label], [placeholder]")) {
        for (const name of ["title", "aria-label", "placeholder"]) {
            if (element.hasAttribute(name)) said.push(element.getAttribute(name));
        }
    }
    return said.filter(Boolean);
}"""
# Whatever a person presses or reads as a label shows all of its words.
_CUT = """() => [...document.querySelectorAll("button, a, label, summary, th, h1, h2, h3, legend")]
    .filter((each) => each.offsetParent !== null && getComputedStyle(each).display !== "inline")
    .filter((each) => each.clientWidth > 2) // not what is there for screen readers alone
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.textContent.trim())"""
_TOO_WIDE = """() => document.documentElement.scrollWidth
    - document.documentElement.clientWidth"""


@pytest.fixture(scope="module", params=["de", "fr", "ko"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def spoken_site(
    language: str, serving, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[object]:
    """The example articles, served in the language; tests leave the library as it is."""
    library = tmp_path_factory.mktemp(language) / "library"
    with open_assistant(library, page_language=language) as assistant:
        assistant.add(ARTICLES)
        with serving(assistant) as site:
            yield site


@pytest.fixture(params=SIZES)
def opened(
    request: pytest.FixtureRequest, context: BrowserContext, spoken_site
) -> Callable[[str], Page]:
    """Opens a part of the page in the size of the parameter."""

    def open_part(part: str) -> Page:
        page = context.new_page()
        width, height = SIZES[request.param]
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{spoken_site.address}/{part}")
        page.wait_for_function("window.pincite !== undefined")
        page.wait_for_selector("#masthead [aria-current]")
        return page

    return open_part


def untranslated(language: str) -> set[str]:
    """The English sentences, without places, that the language says otherwise."""
    with (FOLDER / language / "LC_MESSAGES" / "pincite.po").open("rb") as file:
        found = read_po(file, locale=language)
    others = {message.string for message in found if isinstance(message.string, str)}
    return {
        message.id
        for message in found
        if isinstance(message.id, str) and message.id and message.id not in others
    }


def looks_right(page: Page, language: str) -> None:
    """Nothing is in English, nothing is too wide, and the browser knows the language."""
    assert page.evaluate("document.documentElement.lang") == language
    assert set(page.evaluate(_SAID)) & untranslated(language) == set()
    assert page.evaluate(_TOO_WIDE) <= 0
    assert page.evaluate(_CUT) == []


def test_asking(opened, language: str, ask) -> None:
    page = opened("")
    page.wait_for_selector("table.documents", state="attached")
    with speaking(language):
        expect(page.locator("#welcome h2")).to_have_text(
            plural("Ask your document", "Ask your {count} documents", 16)
        )
        expect(page.locator("#ask")).to_have_text(t("Ask"))
        looks_right(page, language)
        ask(page, QUESTION)
        marker = page.locator(".marker").first
        cited = t("Citation {number}: {origin}", number=1, origin="").strip()
        assert marker.get_attribute("aria-label").startswith(cited)
        looks_right(page, language)
        marker.click()
        page.wait_for_selector(".source mark.cited")
        page.click('[data-show="about"]')
        expect(page.locator(".about dt").first).to_have_text(t("Outlet"))
        looks_right(page, language)


def test_the_library(opened, language: str) -> None:
    page = opened("")
    if page.locator("[data-drawer]").is_visible():
        page.click("[data-drawer]")
    for box in (0, 1):
        page.locator("#library .pick-box").nth(box).check()
    with speaking(language):
        asked = plural("Remove {count} document?", "Remove {count} documents?", 2)
        page.click('[data-remove="ask"]')
        expect(page.locator(".removal-words")).to_have_text(asked)
        for panel in ("#filters", "#collections", "#paste", "#health"):
            page.click(f"{panel} summary")
        expect(page.locator("#health [role=status]")).to_have_count(1)
        looks_right(page, language)
        page.fill("#find textarea, #find input", "harbour")
        found = plural("{found} of {count} document", "{found} of {count} documents", 16, found="2")
        expect(page.locator(".library-total")).to_have_text(found)
        looks_right(page, language)


def test_evaluation(opened, language: str) -> None:
    page = opened("evaluation")
    with speaking(language):
        expect(page.locator("#evaluation-stored")).to_contain_text(t("No run is stored yet."))
        looks_right(page, language)
        page.click("#evaluation-rated")  # none is: the sentence comes from an event
        expect(page.locator("#evaluation-note")).to_contain_text(t("Not helpful"))
        looks_right(page, language)


def test_settings(opened, language: str) -> None:
    page = opened("settings")
    page.wait_for_selector("form.settings")
    with speaking(language):
        expect(page).to_have_title(f"{t('Settings')} – Pincite")
        assert page.locator("#page_language").input_value() == language
        looks_right(page, language)
        page.fill("#passages", "0")
        page.click("form.settings [type=submit]")
        said = t("Give a whole number from {low} to {high}.", low=1, high=50)
        expect(page.locator("#passages-mistake")).to_have_text(said)
        looks_right(page, language)


def test_a_page_in_english_beside_it_stays_english(
    articles_site, spoken_site, language: str, visit
) -> None:
    english, other = visit(articles_site), visit(spoken_site)
    for page in (english, other, english):
        page.fill("#find textarea, #find input", "no such document")
        expect(page.locator("#library .hint")).not_to_have_count(0)
        page.fill("#find textarea, #find input", "")
        expect(page.locator("table.documents")).not_to_have_count(0)
    assert english.evaluate("document.documentElement.lang") == "en"
    expect(english.locator(".library-total")).to_have_text("16 documents, 34 passages")
    with speaking(language):
        expect(other.locator(".library-total")).to_contain_text(
            plural("{count} document", "{count} documents", 16)
        )


def test_the_setting_holds_from_the_next_start(
    tmp_path: Path, tiny_model: Path, serving, context: BrowserContext
) -> None:
    library = tmp_path / "library"
    with open_assistant(library, embedding_model=str(tiny_model)) as assistant:
        with serving(assistant) as site:
            page = context.new_page()
            page.goto(f"{site.address}/settings")
            page.select_option("#page_language", "de")
            page.click("form.settings [type=submit]")
            expect(page.locator(".settings-told .notice.done")).to_contain_text("started again")
            assert page.evaluate("document.documentElement.lang") == "en"
        with serving(assistant) as site:
            page.goto(f"{site.address}/settings")
            expect(page.locator(".report-title")).to_have_text("Einstellungen dieser Bibliothek")
            assert page.evaluate("document.documentElement.lang") == "de"
