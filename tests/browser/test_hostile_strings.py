"""Strings that try to be more than text are shown as text, wherever they come from.

That nothing else was asked for, no script failed and no dialog opened is asserted at the end of
every visit, by the fixture `context`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import open_assistant
from tests.browser.conftest import Site, served
from tests.hostile import HOSTILE, KINDS
from tests.integration.misbehaving_server import MisbehavingServer

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 844}
COLUMNS = ("library-column", "conversation-column", "source-column")
PLACES = """names => names.map(name => {
  const box = document.getElementById(name).getBoundingClientRect();
  return [name, Math.round(box.left), Math.round(box.width)];
})"""
# Nothing of ours is an element that loads, runs or sends anything, or has a handler in its markup.
FOREIGN = """() => {
  const kinds = new Set(("script style link meta base iframe object embed portal img video audio "
    + "svg math form a dialog marquee plaintext template foreignObject").split(" "));
  const leads = new Set("href src srcset action formaction data poster ping xlink:href".split(" "));
  return [...document.querySelectorAll(".html-container > div *")]
    .filter(element => element.closest("#masthead") === null)
    .filter(element => kinds.has(element.localName)
      || [...element.attributes].some(attribute => attribute.name.startsWith("on")
        || attribute.name === "style" || leads.has(attribute.name)))
    .map(element => element.outerHTML.slice(0, 200));
}"""
# Text may be cut off at the edge of its box, but never widens the page or leaves its column.
SPILLED = """names => {
  const wide = document.documentElement.scrollWidth > window.innerWidth ? ["the page"] : [];
  const leaving = names.flatMap(name => {
    const column = document.getElementById(name);
    const edge = column.getBoundingClientRect();
    return [...column.querySelectorAll("p, td, h2, h3, li, blockquote, button, q")]
      .filter(element => {
        const box = element.getBoundingClientRect();
        const leaves = box.right > edge.right + 1.5 || box.left < edge.left - 1.5;
        return leaves && box.width > 0 && element.checkVisibility();
      }).map(element => `${name}: ${element.outerHTML.slice(0, 120)}`);
  });
  return [...wide, ...leaving];
}"""


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Site]:
    """A document for every string: in its title, outlet, author, tags and text."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, text in enumerate(HOSTILE):
        said = json.dumps(text, ensure_ascii=True)
        head = f"---\ntitle: {said}\noutlet: {said}\nauthor: {said}\n---\n"
        body = f"The harbour of Saltmarsh took in {number} boats. {text} They left at noon.\n"
        (folder / f"{number}.md").write_bytes((head + body).encode("utf-8", "surrogatepass"))
    options = {"embedding_model": str(tiny_model), "abstention_threshold": 0.0}
    with open_assistant(folder / "library", **options) as assistant:
        report = assistant.add(*sorted(folder.glob("*.md")))
        assert report.count("failed") == 0
        for document in assistant.documents():
            text = HOSTILE[int(Path(document.sources[0]).stem)]
            assistant.tag(document.id, add=[f"boats {squeezed(text)}"[:60]])
        with served(assistant) as site:
            yield site


def assert_harmless(page, *, columns: tuple[str, ...] = COLUMNS) -> None:
    assert page.evaluate("window.ran") is None
    assert page.evaluate(FOREIGN) == []
    assert page.evaluate(SPILLED, list(columns)) == []


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_in_names_and_metadata_of_documents(hostile_site, articles_site, visit) -> None:
    page = visit(articles_site)
    usual = page.evaluate(PLACES, list(COLUMNS))
    page = visit(hostile_site)
    page.wait_for_selector("table.documents")
    assert page.evaluate(PLACES, list(COLUMNS)) == usual
    assert_harmless(page)
    known = {document.id: document for document in hostile_site.assistant.documents()}
    assert len(known) == len(HOSTILE)
    rows = page.evaluate(
        """() => [...document.querySelectorAll("tr[data-row]")].map(row => [row.dataset.row,
          ...["button.open", "td.outlet"].map(cell => row.querySelector(cell).textContent)])"""
    )
    assert len(rows) == len(HOSTILE)
    for name, title, outlet in rows:
        assert squeezed(title) == squeezed(known[name].title)
        assert squeezed(outlet) == squeezed(known[name].outlet or "outlet unknown")


def test_in_the_text_of_documents(hostile_site, visit) -> None:
    page = visit(hostile_site)
    for document in hostile_site.assistant.documents():
        page.click(f'button.open[data-document="{document.id}"]')
        page.wait_for_selector(f'.source[data-document="{document.id}"]')
        shown = page.evaluate("document.querySelector('.source-text').textContent")
        whole = hostile_site.assistant.document(document.id).text
        assert squeezed(whole).replace(" ", "") == squeezed(shown).replace(" ", "")
        assert page.evaluate(FOREIGN) == []
        assert page.evaluate(SPILLED, list(COLUMNS)) == []
    assert_harmless(page)


def test_on_a_narrow_screen(hostile_site, visit) -> None:
    page = visit(hostile_site)
    page.set_viewport_size(NARROW)
    page.click(".drawer")
    page.wait_for_selector("table.documents", state="visible")
    assert_harmless(page)


@pytest.mark.parametrize("kind", KINDS)
def test_in_questions(hostile_site, visit, ask, kind: str) -> None:
    """All of a kind in as few questions as their length allows."""
    page = visit(hostile_site)
    questions: list[str] = []
    for text in KINDS[kind]:
        short = text[:1_500]
        if questions and len(questions[-1]) + len(short) < 1_900:
            questions[-1] += f" {short}"
        else:
            questions.append(f"How many boats? {short}")
    for question in questions:
        ask(page, question)
        asked = page.locator(".exchange").last.locator(".question, .question-whole")
        assert asked.count() >= 1
        assert_harmless(page)


def test_in_what_a_model_writes(tmp_path: Path, serving, visit, ask, tiny_model: Path) -> None:
    ferry = tmp_path / "ferry.txt"
    ferry.write_text("The ferry to Aldermoor will run every hour from May.\n")
    words = tuple(f"The ferry {squeezed(text)[:120]} runs [1].\n\n" for text in HOSTILE)
    with MisbehavingServer("saying", words=words) as server:
        options = {
            "embedding_model": str(tiny_model),
            "abstention_threshold": 0.0,
            "llm_base_url": server.base_url,
            "llm_max_tokens": 32_768,
            "keep_unsupported": True,
        }
        with open_assistant(tmp_path / "library", **options) as assistant:
            assistant.add(ferry)
            with serving(assistant) as site:
                page = visit(site)
                page.evaluate(
                    """() => { window.spilled = []; new MutationObserver(() => {
                      if (document.querySelector(".draft, .claims") === null) return;
                      if (document.documentElement.scrollWidth > window.innerWidth)
                        window.spilled.push(document.querySelector(".draft")?.textContent.length);
                    }).observe(document.body, { subtree: true, childList: true }); }"""
                )
                ask(page, "How often will the ferry to Aldermoor run?")
                assert_harmless(page)
                assert page.evaluate("window.spilled") == []
                assert len(server.requests) >= 1


def test_in_names_of_uploads(empty_site, visit, tmp_path: Path) -> None:
    page = visit(empty_site)
    names = [
        f"{text[:60].replace('/', '∕')}.txt"
        for kind in ("scripts", "handlers", "breakouts", "styles", "directions")
        for text in KINDS[kind]
        if "\x00" not in text
    ]
    files = [
        {"name": name, "mimeType": "text/plain", "buffer": f"Boat {number} left.".encode()}
        for number, name in enumerate(names)
    ]
    page.set_input_files("#library-column input[type=file]", files=files)
    page.wait_for_selector("#report [data-dismiss]")
    assert page.locator("#report .file-row").count() == len(names)
    assert_harmless(page)
