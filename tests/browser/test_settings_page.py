"""The settings page in a real browser: changed, tried, refused, kept from strangers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rag import open_assistant
from rag.settings import SETTINGS_FILE
from rag.settings_file import read_written

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 844}
SAVE = "form.settings button[type=submit]"


def opened(context, site):
    page = context.new_page()
    page.goto(f"{site.address}/settings")
    page.wait_for_selector("form.settings")
    return page


def test_a_mistake_is_marked_and_then_saved_beside_what_was_there(empty_site, context) -> None:
    file = empty_site.assistant.library_path / SETTINGS_FILE
    file.write_text("# mine\nanswer_words = 40 # short\n", encoding="utf-8")
    empty_site.assistant.reload_settings()
    page = opened(context, empty_site)
    page.fill("#passages", "99")
    page.press("#passages", "Enter")
    expect(page.locator("#passages-mistake")).to_have_text("Give a whole number from 1 to 50.")
    expect(page.locator("#passages")).to_be_focused()
    assert "passages" not in read_written(file)
    page.fill("#passages", "7")
    page.check("#keep_unsupported")
    page.click(SAVE)
    expect(page.locator(".settings-told")).to_contain_text("from the next question on")
    expect(page.locator(SAVE)).to_be_focused()
    assert empty_site.assistant.settings.passages == 7
    assert file.read_text(encoding="utf-8").startswith("# mine\nanswer_words = 40 # short\n")
    assert read_written(file) == {"answer_words": 40, "passages": 7, "keep_unsupported": True}
    page.click("[data-default=passages]")
    page.click(SAVE)
    expect(page.locator("[data-default=passages]")).to_have_count(0)
    assert empty_site.assistant.settings.passages == 10
    assert "passages" not in read_written(file)


def test_the_head_says_at_once_where_questions_go(empty_site, context, unused_port) -> None:
    page = opened(context, empty_site)
    expect(page.locator(".where")).to_have_text("Everything stays on this machine")
    address = f"http://127.0.0.1:{unused_port}/v1"
    page.fill("#llm_base_url", address)
    page.click("[data-try]")
    expect(page.locator(".trial-told")).to_contain_text(f"Nothing answers at {address}")
    expect(page.locator("[data-try]")).to_be_enabled()
    expect(page.locator("#llm_base_url")).to_have_value(address)  # tried, and not saved
    assert empty_site.assistant.settings.llm_base_url is None
    page.click(SAVE)
    expect(page.locator(".where")).to_contain_text(address)
    page.click(".parts a:text-is('Ask')")
    page.wait_for_selector("#question textarea")
    expect(page.locator(".where")).to_contain_text(address)


def test_strangers_read_settings_and_change_none(tmp_path, tiny_model, context, serving) -> None:
    with (
        open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant,
        serving(assistant, host="0.0.0.0") as site,
    ):
        page = opened(context, site)
        assert page.locator(".setting :is(input, select):enabled").count() == 0
        assert page.locator(f"{SAVE}, [data-try]").count() == 0
        expect(page.locator(".settings-bar")).to_contain_text("you are not signed in")
        # What the form does not offer is refused when it is sent all the same.
        page.evaluate(
            """() => {
              const box = document.getElementById("llm_base_url");
              box.disabled = false;
              box.value = "http://127.0.0.1:1/v1";
              document.querySelector("form.settings").requestSubmit();
            }"""
        )
        expect(page.locator(".settings-told")).to_contain_text("Nothing was changed.")
        assert assistant.settings.llm_base_url is None
        assert not (assistant.library_path / SETTINGS_FILE).exists()


def test_every_field_has_a_name_and_fits_a_narrow_screen(empty_site, context) -> None:
    page = opened(context, empty_site)
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    for field in page.locator(".setting :is(input, select)").all():
        assert field.evaluate("field => field.labels.length") == 1
        box = field.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= NARROW["width"]
