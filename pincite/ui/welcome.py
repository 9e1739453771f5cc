"""What the page says before the first question, and the lines at its edges."""

from __future__ import annotations

from pincite.ui.library import example_articles, holds_examples
from pincite.ui.markup import attribute, counted, shown
from rag import Assistant
from rag.given_model import GivenModelSettings
from rag.llm import address

EXAMPLE_QUESTION = "What does North Korea want in return?"
# The parts of the page and their addresses, seen from each other.
PARTS = {"Ask": "./", "Evaluation": "evaluation", "Settings": "settings"}
_CURRENT = ' aria-current="page"'


def render_welcome(assistant: Assistant) -> str:
    """An empty library explains itself; a full one says what a question brings."""
    documents = assistant.documents()
    if not documents:
        return _empty_library()
    chips = ""
    if holds_examples(assistant):
        chips = (
            '<p class="chips"><button class="chip" type="button" '
            f'data-question="{attribute(EXAMPLE_QUESTION)}">{shown(EXAMPLE_QUESTION)}</button></p>'
        )
    return (
        f'<div class="welcome"><h2>Ask {_what(len(documents))}</h2>'
        "<p>Every statement of an answer carries a number. Press the number to read the exact "
        "sentence in its document. Where the documents hold no answer, none is made up.</p>"
        f"{chips}</div>"
    )


def _what(documents: int) -> str:
    return "your document" if documents == 1 else f"your {counted(documents, 'document')}"


def render_ways_to_begin() -> str:
    """Buttons that fill an empty library; the examples only where they are at hand."""
    examples = ""
    if found := example_articles():
        examples = (
            '<button class="chip" type="button" data-examples="add">Add the example articles'
            f'</button><span class="hint">{counted(len(found), "short news piece")} to try '
            "it with, written for this purpose</span>"
        )
    return (
        '<p class="chips"><button class="chip primary" type="button" data-choose="files">'
        f"Choose files</button>{examples}</p>"
    )


def _empty_library() -> str:
    return (
        '<div class="welcome"><h2>Start with documents</h2>'
        "<p>Pincite answers questions from your own documents, and from nothing else. Add "
        "articles, reports, notes, slides, tables or e-mails: PDF, Office, HTML, EPUB, text and "
        f"more. Drop them anywhere on this page, or choose files.</p>{render_ways_to_begin()}</div>"
    )


def render_header(assistant: Assistant, *, current: str = "Ask") -> str:
    """The name of the page, the ways to its parts, and where what is typed and added goes."""
    drawer = (
        '<button class="quiet drawer" type="button" data-drawer="toggle" '
        'aria-expanded="false" aria-controls="library-column">Library</button>'
    )
    return (
        '<header class="masthead"><h1>Pincite</h1>'
        '<p class="tagline">Answers pinned to the sentence they rest on</p>'
        f'<p class="where">{_where(assistant)}</p>'
        f'<nav class="parts" aria-label="Parts of the page">{_links(current)}</nav>'
        f"{drawer if current == 'Ask' else ''}</header>"
    )


def _links(current: str) -> str:
    return "".join(
        f'<a href="{address}" data-part="{name}"{_CURRENT if name == current else ""}>{name}</a>'
        for name, address in PARTS.items()
    )


def _where(assistant: Assistant) -> str:
    settings = assistant.settings
    if settings.resolved_writer == "endpoint":
        return (
            "Questions and the passages found go to the language model at "
            f"<bdi>{shown(address(settings))}</bdi>"
        )
    if isinstance(settings, GivenModelSettings):
        return (
            "Questions and the passages found go to the language model "
            f"<bdi>{shown(settings.given_model)}</bdi>"
        )
    return "Everything stays on this machine"
