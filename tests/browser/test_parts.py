"""The parts of the page: each at its own address, one head above all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 844}


def test_each_part_is_a_link_and_says_where_one_is(articles_site, visit) -> None:
    page = visit(articles_site)
    for part in ("Evaluation", "Settings", "Ask"):
        page.locator(".parts a", has_text=part).focus()
        page.keyboard.press("Enter")
        page.locator(f".parts a[aria-current=page]:text-is('{part}')").wait_for()
        assert page.locator(".parts a[aria-current]").count() == 1
    page.wait_for_selector("#question textarea")
    assert page.title() == "Pincite"


def test_a_part_loads_its_own_components_only(articles_site, context) -> None:
    page = context.new_page()
    page.goto(f"{articles_site.address}/evaluation")
    page.wait_for_selector("#masthead h1")
    expect(page).to_have_title("Evaluation – Pincite")
    assert page.locator("#question, #library, [data-drawer]").count() == 0
    assert page.locator("#masthead").count() == 1
    assert page.locator("nav:visible").count() == 1


def test_ask_opens_again_at_the_address_it_was_left_at(articles_site, visit) -> None:
    page = visit(articles_site)
    page.evaluate("history.replaceState(null, '', '?conversation=abc')")
    page.click(".parts a:text-is('Settings')")
    page.wait_for_selector(".parts a[aria-current=page]:text-is('Settings')")
    with page.expect_navigation() as opened:
        page.click(".parts a:text-is('Ask')")
    assert opened.value.url == f"{articles_site.address}/?conversation=abc"


@pytest.mark.parametrize("part", ["", "evaluation", "settings"])
def test_the_head_fits_a_narrow_screen(articles_site, context, part: str) -> None:
    page = context.new_page()
    page.set_viewport_size(NARROW)
    page.goto(f"{articles_site.address}/{part}")
    page.locator(".parts a").last.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    box = page.locator(".parts").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 96
