"""What can be done with an exchange, as markup: ask again, copy, save, say what one thinks."""

from __future__ import annotations

from pincite.ui.chat import Exchange, Visit
from pincite.ui.markup import attribute, joined, shown
from rag.feedback import NOTE_LIMIT
from rag.models import Answer
from rag.render import to_markdown

_FORMS = (("markdown", "Markdown"), ("html", "HTML"), ("json", "JSON"))


def render_tools(number: int, visit: Visit) -> str:
    """To ask otherwise, or, where nothing came after, the same again."""
    again = ""
    if number == len(visit.exchanges) - 1:
        again = (
            '<button class="bare" type="button" data-again="" '
            'title="Ask the same question again and replace this answer">Ask again</button>'
        )
    return (
        '<p class="tools"><button class="bare" type="button" data-question-edit="open" '
        f'aria-label="Edit question">Edit</button>{again}</p>'
    )


def render_editor(number: int, visit: Visit) -> str:
    """The question in a box, hidden until it is to be edited."""
    after = len(visit.exchanges) - 1 - number
    following = "the one" if after == 1 else f"the {after}"
    replaced = f"this question and {following} after it" if after else "this question"
    return (
        '<div class="editor" hidden>'
        # HTML drops a line break that stands first in a box.
        '<textarea rows="2" aria-label="The question, to be changed" dir="auto">'
        f"\n{shown(visit.exchanges[number].question)}</textarea>"
        f'<p class="hint">Asking replaces {replaced}.</p>'
        '<p class="editor-buttons">'
        '<button class="quiet danger" type="button" data-question-edit="ask">Ask</button>'
        '<button class="quiet" type="button" data-question-edit="close">Cancel</button></p></div>'
    )


def render_exports(exchange: Exchange, answer: Answer) -> str:
    """Buttons that copy and save the answer; the text to copy travels hidden beside them."""
    saving = joined(
        f'<button class="quiet" type="button" data-save="{form}">Save as {name}</button>'
        for form, name in _FORMS
    )
    text = shown(to_markdown(answer, states=exchange.states))
    return (
        '<p class="exports">'
        '<button class="quiet" type="button" data-copy="">Copy with citations</button>'
        f'{saving}<span class="copied" role="status"></span></p>'
        f"<pre hidden data-export>{text}</pre>"
    )


def render_saving_whole(visit: Visit) -> str:
    """Buttons that save a conversation of several stored answers."""
    stored = [exchange for exchange in visit.exchanges if exchange.number is not None]
    if visit.running or len(stored) < 2:
        return ""
    buttons = joined(
        f'<button class="bare" type="button" data-save="{form}" data-whole="" '
        f'aria-label="Save the whole conversation as {name}">{name}</button>'
        for form, name in _FORMS
    )
    return f'<p class="whole"><span>Save the whole conversation as</span>{buttons}</p>'


def render_rating(exchange: Exchange) -> str:
    """What the visitor thinks of a stored answer, and, once that is said, room for a note."""
    if exchange.number is None:
        return ""
    buttons = joined(
        f'<button class="bare rate" type="button" data-rate="{rating}" '
        f'aria-pressed="{"true" if exchange.rating == rating else "false"}">{words}</button>'
        for rating, words in (("up", "Helpful"), ("down", "Not helpful"))
    )
    if exchange.rating is None:
        return f'<div class="rating"><p class="rates">{buttons}</p></div>'
    asked = "What was good about it?" if exchange.rating == "up" else "What was wrong with it?"
    return (
        f'<div class="rating"><p class="rates">{buttons}</p><p class="noting">'
        f'<input type="text" data-note="" maxlength="{NOTE_LIMIT}" '
        f'value="{attribute(exchange.note)}" '
        f'aria-label="{asked}" placeholder="{asked}" dir="auto">'
        '<button class="quiet" type="button" data-rate="note">Save note</button></p></div>'
    )
