"""What the page says before the first question, and the lines at its edges."""

from __future__ import annotations

from pincite.ui.library import example_articles, holds_examples
from pincite.ui.markup import attribute, shown
from pincite.words import mark, plural, t
from rag import Assistant
from rag.given_model import GivenModelSettings
from rag.llm import address

EXAMPLE_QUESTION = "What does North Korea want in return?"
# The parts of the page and their addresses, seen from each other.
PARTS = {mark("Ask"): "./", mark("Evaluation"): "evaluation", mark("Settings"): "settings"}
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
    heading = plural("Ask your document", "Ask your {count} documents", len(documents))
    about = t(
        "Every statement of an answer carries a number. Press the number to read the exact "
        "sentence in its document. Where the documents hold no answer, none is made up."
    )
    return f'<div class="welcome"><h2>{heading}</h2><p>{about}</p>{chips}</div>'


def render_ways_to_begin() -> str:
    """Buttons that fill an empty library; the examples only where they are at hand."""
    examples = ""
    if found := example_articles():
        hint = plural(
            "{count} short news piece to try it with, written for this purpose",
            "{count} short news pieces to try it with, written for this purpose",
            len(found),
        )
        examples = (
            '<button class="chip" type="button" data-examples="add">'
            f'{t("Add the example articles")}</button><span class="hint">{hint}</span>'
        )
    return (
        '<p class="chips"><button class="chip primary" type="button" data-choose="files">'
        f"{t('Choose files')}</button>{examples}</p>"
    )


def _empty_library() -> str:
    about = t(
        "Pincite answers questions from your own documents, and from nothing else. Add "
        "articles, reports, notes, slides, tables or e-mails: PDF, Office, HTML, EPUB, text and "
        "more. Drop them anywhere on this page, or choose files."
    )
    return (
        f'<div class="welcome"><h2>{t("Start with documents")}</h2>'
        f"<p>{about}</p>{render_ways_to_begin()}</div>"
    )


def render_header(assistant: Assistant, *, current: str = "Ask") -> str:
    """The name of the page, the ways to its parts, and where what is typed and added goes."""
    drawer = (
        '<button class="quiet drawer" type="button" data-drawer="toggle" '
        f'aria-expanded="false" aria-controls="library-column">{t("Library")}</button>'
    )
    return (
        '<header class="masthead"><h1>Pincite</h1>'
        f'<p class="tagline">{t("Answers pinned to the sentence they rest on")}</p>'
        f'<p class="where">{_where(assistant)}</p>'
        f'<nav class="parts" aria-label="{t("Parts of the page")}">{_links(current)}</nav>'
        f"{drawer if current == 'Ask' else ''}</header>"
    )


def _links(current: str) -> str:
    return "".join(
        f'<a href="{address}" data-part="{name}"{_CURRENT if name == current else ""}>{t(name)}</a>'
        for name, address in PARTS.items()
    )


def _where(assistant: Assistant) -> str:
    settings = assistant.settings
    if settings.resolved_writer == "endpoint":
        return t(
            "Questions and the passages found go to the language model at {address}",
            address=f"<bdi>{shown(address(settings))}</bdi>",
        )
    if isinstance(settings, GivenModelSettings):
        return t(
            "Questions and the passages found go to the language model {model}",
            model=f"<bdi>{shown(settings.given_model)}</bdi>",
        )
    return t("Everything stays on this machine")
