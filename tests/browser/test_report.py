"""The HTML report of an evaluation in a real browser, opened as the file that it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from eval.html_report import to_page
from tests.made_runs import ALL, WRITTEN, hostile_report, report


@pytest.fixture
def opened(context, tmp_path):
    """Opens a report's page; at the end nothing has been said on the console."""
    said: list[str] = []

    def open_report(made, **options):
        file = tmp_path / "report.html"
        file.write_text(to_page(made, written=WRITTEN), encoding="utf-8")
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(file.as_uri())
        return page

    yield open_report
    assert said == []


def test_hostile_texts_do_nothing(opened) -> None:
    page = opened(hostile_report())
    page.click("button[name=unfold]")
    page.wait_for_timeout(200)
    assert page.locator("#all > details[open]").count() == 4
    assert page.locator("#q1 mark").count() > 0
    assert page.evaluate("document.scripts.length") == 1


def test_a_question_unfolds_by_keyboard_and_by_its_link(opened) -> None:
    page = opened(report(*ALL))
    page.locator("#all summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#q1")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("#q1")).to_be_hidden()
    link = page.locator("#worst-questions a").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator(link.get_attribute("href"))).to_be_visible()


def test_the_filter_shows_what_was_asked_for(opened) -> None:
    page = opened(report(*ALL))
    shown = page.locator("#all > details:visible")
    page.select_option("select[name=verdict]", "should-have-refused")
    expect(page.locator("output")).to_have_text("2 of 8 shown")
    assert shown.count() == 2
    page.fill("input[name=words]", "CUP who")
    expect(page.locator("output")).to_have_text("1 of 8 shown")
    page.locator("#worst-questions a[href='#q2']").click()  # which the filter hides
    page.locator("#q2").wait_for(state="visible")
    assert shown.count() == 8


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_is_never_wider_than_itself(opened, scheme: str) -> None:
    page = opened(report(*ALL))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})
    page.click("button[name=unfold]")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("#all summary").first.scroll_into_view_if_needed()
    assert page.locator("#q1").is_visible()


def test_without_its_script_the_report_reads_the_same(chromium, tmp_path) -> None:
    file = tmp_path / "report.html"
    file.write_text(to_page(report(*ALL), written=WRITTEN), encoding="utf-8")
    with chromium.new_context(java_script_enabled=False) as quiet:
        page = quiet.new_page()
        page.goto(f"{file.as_uri()}#q2")
        assert page.locator("#filter").is_hidden()
        page.locator("#q2").wait_for(state="visible")
        page.locator("#all summary").first.click()
        assert page.locator("#q1").is_visible()
