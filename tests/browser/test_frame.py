"""What surrounds the content: where the page goes, how it looks, who may reach it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from index.errors import UsageError
from pincite.ui.page import serve
from rag import open_assistant

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).parents[2]
NARROW = {"width": 390, "height": 844}
CONTRAST = """selector => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => parts(colour).slice(0, 3).map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      const alpha = parts(colour)[3];
      if (alpha === undefined || alpha === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const element = document.querySelector(selector);
  const [high, low] = [light(getComputedStyle(element).color), light(behind(element))]
    .sort((one, other) => other - one);
  return (high + 0.05) / (low + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_text_has_enough_contrast(articles_site, visit, ask, scheme: str) -> None:
    page = visit(articles_site)
    page.emulate_media(color_scheme=scheme)
    ask(page, "What does North Korea want in return?")
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source mark.cited")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 22, 20)"
    assert dark == (scheme == "dark")
    for selector in (
        ".tagline", ".where", ".library-total", "td.outlet", "td.title button", ".question",
        ".status", ".claim-text", ".attribution", ".card .marker", ".card blockquote", "#ask",
        ".exports button", ".source-head .facts", "mark.cited", ".marker.pressed",
    ):  # fmt: skip
        assert page.evaluate(CONTRAST, selector) >= 4.5, selector


def test_on_a_narrow_screen_everything_fits_and_the_source_covers_the_answer(
    articles_site, context, visit, ask
) -> None:
    page = visit(articles_site)
    page.set_viewport_size(NARROW)
    ask(page, "What does North Korea want in return?")
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    assert page.locator("#source").is_hidden()
    page.locator(".claims .marker").first.click()
    page.wait_for_selector("#source mark.cited", state="visible")
    page.click(".pane-close")
    assert page.locator("#source").is_hidden()
    page.wait_for_function("document.activeElement.matches('.claims .marker')")
    page.click(".drawer")
    page.locator("table.documents").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("table.documents").wait_for(state="hidden")


def test_the_answer_does_not_move_what_stands_above_it(articles_site, visit, ask) -> None:
    page = visit(articles_site)
    page.evaluate(
        """() => {
          window.tops = [];
          new MutationObserver(() => {
            const status = document.querySelector(".exchange .status");
            if (status) window.tops.push(status.getBoundingClientRect().top);
          }).observe(document.getElementById("conversation"), { subtree: true, childList: true });
        }"""
    )
    ask(page, "What does North Korea want in return?")
    tops = page.evaluate("window.tops")
    assert len(tops) > 1
    assert max(tops) - min(tops) < 1


def test_fonts_are_local_and_no_footer_leads_elsewhere(articles_site, visit) -> None:
    page = visit(articles_site)
    assert page.locator("footer").count() == 0
    led = page.evaluate("[...document.links].map(link => new URL(link.href).origin)")
    assert set(led) == {articles_site.address}
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').map(entry => new URL(entry.name).hostname)"
    )
    assert set(loaded) == {"127.0.0.1"}


def test_the_browser_is_told_to_stay_on_this_machine(articles_site) -> None:
    with urlopen(articles_site.address) as response:
        policy = response.headers["content-security-policy"]
    assert "connect-src 'self'" in policy
    assert "http" not in policy


def test_a_request_addressed_to_another_name_is_turned_away(articles_site) -> None:
    with pytest.raises(HTTPError) as refusal:
        urlopen(Request(articles_site.address, headers={"Host": "rebound.example"}))
    assert refusal.value.code == 400


def test_files_of_the_library_are_not_served(articles_site) -> None:
    catalog = next(articles_site.assistant.library_path.resolve().glob("catalog*"))
    with pytest.raises(HTTPError) as refusal:
        urlopen(f"{articles_site.address}/gradio_api/file={catalog}")
    assert refusal.value.code in {403, 404}


def test_the_page_is_served_before_any_model_is_loaded(tmp_path: Path, unused_port: int) -> None:
    program = (
        "import sys; from urllib.request import urlopen; from rag import open_assistant; "
        "from pincite.ui.page import serve; "
        "page = serve(open_assistant(sys.argv[1]), port=int(sys.argv[2])); "
        "assert urlopen(f'http://127.0.0.1:{sys.argv[2]}').status == 200; "
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "library"), str(unused_port)],
        capture_output=True, text=True, check=True, cwd=REPOSITORY,
    )  # fmt: skip
    assert done.stdout.strip() == "False"


def test_a_locked_library_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    with open_assistant(tmp_path / "library"):
        done = subprocess.run(
            [sys.executable, "app.py"],
            env={**os.environ, "PINCITE_LIBRARY": str(tmp_path / "library")},
            capture_output=True, text=True, check=False, cwd=REPOSITORY,
        )  # fmt: skip
    assert done.returncode == 1
    assert str(os.getpid()) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_a_sentence(empty_site) -> None:
    port = int(empty_site.address.rsplit(":", 1)[1])
    with pytest.raises(UsageError, match=f"port {port}"):
        serve(empty_site.assistant, port=port)
