"""axe-core finds nothing serious in any state of the page, light or dark, wide or narrow."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

QUESTION = "What does North Korea want in return?"
SIZES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=SIZES)
def sized(request: pytest.FixtureRequest, visit, scheme: str):
    """Opens a page in one of the sizes and colour schemes."""

    def open_page(site):
        page = visit(site)
        page.set_viewport_size(SIZES[request.param])
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        return page

    return open_page


def assert_accessible(page) -> None:
    # Colours that are on their way to others are judged when they are there.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    found = Axe().run(page).response["violations"]
    serious = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n  "
        + "\n  ".join(node["html"][:200] for node in violation["nodes"][:5])
        for violation in found
        if violation["impact"] in {"serious", "critical"}
    ]
    assert serious == [], "\n".join(serious)


def test_an_empty_library(empty_site, sized) -> None:
    assert_accessible(sized(empty_site))


def test_before_the_first_question(articles_site, sized) -> None:
    assert_accessible(sized(articles_site))


def test_the_library_while_a_document_is_looked_for(articles_site, sized) -> None:
    page = sized(articles_site)
    if page.locator(".drawer").is_visible():
        page.click(".drawer")
    page.fill("#find input, #find textarea", "korea")
    page.wait_for_selector("#only", state="visible")
    assert_accessible(page)


def test_an_answer_with_its_source_open(articles_site, sized, ask) -> None:
    page = sized(articles_site)
    ask(page, QUESTION)
    assert_accessible(page)
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source mark.cited", state="visible")
    assert_accessible(page)


def test_a_refusal(refusing_site, sized, ask) -> None:
    page = sized(refusing_site)
    ask(page, QUESTION)
    page.wait_for_selector(".refusal")
    assert_accessible(page)
