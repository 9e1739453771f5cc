"""What can be done with an exchange, as markup: ask again, copy, save, say what one thinks."""

from __future__ import annotations

from pincite.ui.chat import Exchange, Visit
from pincite.ui.markup import attribute, joined, shown
from pincite.words import plural, t
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
            f'title="{t("Ask the same question again and replace this answer")}">'
            f"{t('Ask again')}</button>"
        )
    return (
        '<p class="tools"><button class="bare" type="button" data-question-edit="open" '
        f'aria-label="{t("Edit question")}">{t("Edit")}</button>{again}</p>'
    )


def render_editor(number: int, visit: Visit) -> str:
    """The question in a box, hidden until it is to be edited."""
    after = len(visit.exchanges) - 1 - number
    replaced = (
        plural(
            "Asking replaces this question and the one after it.",
            "Asking replaces this question and the {count} after it.",
            after,
        )
        if after
        else t("Asking replaces this question.")
    )
    return (
        '<div class="editor" hidden>'
        # HTML drops a line break that stands first in a box.
        f'<textarea rows="2" aria-label="{t("The question, to be changed")}" dir="auto">'
        f"\n{shown(visit.exchanges[number].question)}</textarea>"
        f'<p class="hint">{replaced}</p>'
        '<p class="editor-buttons">'
        f'<button class="quiet danger" type="button" data-question-edit="ask">{t("Ask")}</button>'
        '<button class="quiet" type="button" data-question-edit="close">'
        f"{t('Cancel')}</button></p></div>"
    )


def render_exports(exchange: Exchange, answer: Answer) -> str:
    """Buttons that copy and save the answer; the text to copy travels hidden beside them."""
    saving = joined(
        f'<button class="quiet" type="button" data-save="{form}">'
        f"{t('Save as {form}', form=name)}</button>"
        for form, name in _FORMS
    )
    text = shown(to_markdown(answer, states=exchange.states))
    return (
        '<p class="exports">'
        f'<button class="quiet" type="button" data-copy="">{t("Copy with citations")}</button>'
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
        f'aria-label="{t("Save the whole conversation as {form}", form=name)}">{name}</button>'
        for form, name in _FORMS
    )
    return f'<p class="whole"><span>{t("Save the whole conversation as")}</span>{buttons}</p>'


def render_rating(exchange: Exchange) -> str:
    """What the visitor thinks of a stored answer, and, once that is said, room for a note."""
    if exchange.number is None:
        return ""
    buttons = joined(
        f'<button class="bare rate" type="button" data-rate="{rating}" '
        f'aria-pressed="{"true" if exchange.rating == rating else "false"}">{words}</button>'
        for rating, words in (("up", t("Helpful")), ("down", t("Not helpful")))
    )
    if exchange.rating is None:
        return f'<div class="rating"><p class="rates">{buttons}</p></div>'
    good = exchange.rating == "up"
    asked = t("What was good about it?") if good else t("What was wrong with it?")
    return (
        f'<div class="rating"><p class="rates">{buttons}</p><p class="noting">'
        f'<input type="text" data-note="" maxlength="{NOTE_LIMIT}" '
        f'value="{attribute(exchange.note)}" '
        f'aria-label="{asked}" placeholder="{asked}" dir="auto">'
        '<button class="quiet" type="button" data-rate="note">'
        f"{t('Save note')}</button></p></div>"
    )
