"""The quote beside a number: pointed at, reached by keyboard, and out of the way again."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

HOME_QUESTION = "What does North Korea want in return?"
TIP = "#quote-tip"
INSIDE = """() => {
  const tip = document.querySelector("#quote-tip").getBoundingClientRect();
  return tip.height > 20 && tip.top >= 0 && tip.left >= 0 && tip.right <= innerWidth
    && tip.bottom <= innerHeight;
}"""


def test_pointing_at_a_number_shows_its_quote_until_the_pointer_leaves(
    articles_site, visit, ask
) -> None:
    page = visit(articles_site)
    ask(page, HOME_QUESTION)
    source = articles_site.assistant.ask(HOME_QUESTION).sources[1]
    marker = page.locator(".claims .marker").nth(1)
    marker.hover()
    page.locator(TIP).wait_for(state="visible")
    assert page.locator(f"{TIP} blockquote").text_content() == source.quote
    assert source.outlet in page.inner_text(TIP)
    assert marker.get_attribute("aria-describedby") == "quote-tip"
    assert page.get_attribute(TIP, "role") == "tooltip"
    page.locator(TIP).hover()  # it stays to be read and copied
    page.wait_for_timeout(400)
    assert page.locator(TIP).is_visible()
    page.mouse.move(5, 5)
    page.locator(TIP).wait_for(state="hidden")
    assert marker.get_attribute("aria-describedby") is None
    page.locator(".card .marker").first.hover()  # a card shows its quote itself
    page.wait_for_timeout(300)
    assert page.locator(TIP).is_hidden()


def test_escape_hides_the_quote_and_nothing_else(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    page.set_viewport_size({"width": 1000, "height": 800})
    ask(page, HOME_QUESTION)
    page.click(".drawer")
    page.locator(".claims .marker").first.focus()
    page.keyboard.press("Tab")
    page.locator(TIP).wait_for(state="visible")
    page.keyboard.press("Escape")
    assert page.locator(TIP).is_hidden()
    assert page.locator("table.documents").is_visible()
    page.keyboard.press("Escape")
    page.locator("table.documents").wait_for(state="hidden")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (600, 320)])
def test_the_quote_stays_within_the_window(articles_site, visit, ask, size) -> None:
    page = visit(articles_site)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    ask(page, HOME_QUESTION)
    page.locator(".claims .marker").first.focus()
    for _ in range(page.locator(".claims .marker").count() - 1):
        page.keyboard.press("Tab")
        page.locator(TIP).wait_for(state="visible")
        page.wait_for_function(INSIDE)
        assert page.evaluate(INSIDE)


def test_a_press_opens_the_source_and_hides_the_quote(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    ask(page, HOME_QUESTION)
    page.locator(".claims .marker").first.hover()
    page.locator(TIP).wait_for(state="visible")
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source mark.cited")
    assert page.locator(TIP).is_hidden()


def test_a_finger_opens_the_source_without_the_quote(articles_site, chromium) -> None:
    context = chromium.new_context(has_touch=True, viewport={"width": 820, "height": 900})
    page = context.new_page()
    page.goto(articles_site.address)
    page.wait_for_function("window.pincite !== undefined")
    page.fill("#question textarea", HOME_QUESTION)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".exchange[aria-busy=false] .card", timeout=90_000)
    page.locator(".claims .marker").first.tap()
    page.wait_for_selector("#source mark.cited")
    page.wait_for_timeout(300)
    assert not page.locator(TIP).is_visible()
    context.close()
