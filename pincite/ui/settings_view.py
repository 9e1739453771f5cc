"""The settings page as markup: every setting with its meaning, and why some cannot be changed."""

from __future__ import annotations

from collections.abc import Mapping

from pincite.ui.markup import attribute, joined, notice, shown
from pincite.ui.settings_fields import Field, groups
from pincite.words import mark, t
from rag.settings import ENVIRONMENT_PREFIX

_CHOICES: Mapping[str, Mapping[str, str]] = {
    "writer": {
        "auto": mark("The endpoint if there is one, else quotes"),
        "quotes": mark("Quotes of the documents, no language model"),
        "embedded": mark("The small language model that comes with Pincite"),
        "endpoint": mark("The language model at the endpoint"),
    },
    "removed_quotes": {"keep": mark("keep them"), "drop": mark("drop them")},
    # Each in its own language, so that it is found by who cannot read the others.
    "page_language": {"en": "English", "de": "Deutsch", "fr": "Français", "ko": "한국어"},
}
_ABOUT: Mapping[str, str] = {
    "Answers": mark(
        "Quotes come first: they need no language model, and cannot be wrong about a word."
    ),
    "When to refuse": mark(
        "The only choice between two errors: refusing what the documents answer, and answering "
        "what they do not. A higher value refuses more, of both."
    ),
    "Language model": mark(
        "Any server that speaks the OpenAI chat interface: llama.cpp, vLLM, Ollama or a hosted "
        "one. Questions and the passages found are sent there."
    ),
    "Fixed while the library is open": mark(
        "What the models were loaded with, and documents embedded."
    ),
}
_PLACEHOLDERS: Mapping[str, str] = {
    "llm_base_url": mark("such as http://127.0.0.1:8080/v1"),
    "llm_model": mark("its name at the endpoint"),
}


def render_settings(
    fields: Mapping[str, Field],
    *,
    has_key: bool,
    measured: str | None,
    read_only: str | None = None,
    typed: Mapping[str, str] | None = None,
    complaints: Mapping[str, str] | None = None,
    told: str = "",
) -> str:
    """The whole form.

    `measured` is what is known of the threshold that holds, `read_only` why nothing can be saved.
    After a mistake the form keeps what was `typed`, with `complaints` beside their fields; `told`
    is markup that says what became of saving.
    """
    sections = joined(
        _section(
            heading,
            [fields[name] for name in names],
            typed=typed or {},
            complaints=complaints or {},
            has_key=has_key,
            measured=measured,
        )
        for heading, names in groups().items()
    )
    bar = (
        notice(read_only)
        if read_only
        else f'<button class="chip primary" type="submit">{t("Save")}</button>'
    )
    # Where no field can be reached, the form can, so that the arrow keys scroll it.
    reached = ' tabindex="0"' if read_only else ""
    return (
        f'<form class="settings" novalidate aria-labelledby="settings-title"{reached}>'
        f'<h2 class="report-title" id="settings-title">{t("Settings of this library")}</h2>'
        f'{sections}<div class="settings-bar">{bar}<div class="settings-told" role="status">{told}'
        "</div></div></form>"
    )


def _section(
    heading: str,
    fields: list[Field],
    *,
    typed: Mapping[str, str],
    complaints: Mapping[str, str],
    has_key: bool,
    measured: str | None,
) -> str:
    rows = joined(
        _secret(one, has_key=has_key)
        if one.kind == "secret"
        else _row(one, typed.get(one.name, one.value), complaints.get(one.name), measured)
        for one in fields
    )
    about = f'<p class="hint">{t(_ABOUT[heading])}</p>' if heading in _ABOUT else ""
    trying = ""
    if heading == "Language model" and not all(one.held for one in fields):
        trying = (
            '<div class="trial"><button class="quiet" type="button" data-try="model">'
            f'{t("Test connection")}</button><div class="trial-told" role="status"></div></div>'
        )
    return f"<section><h3>{t(heading)}</h3>{about}{rows}{trying}</section>"


def _row(one: Field, value: str, complaint: str | None, measured: str | None) -> str:
    """A field with its label before it and everything about it behind."""
    name = one.name
    mistake = f'<p class="mistake" id="{name}-mistake">{shown(complaint)}</p>' if complaint else ""
    held = f'<p class="held" id="{name}-held">{shown(one.held)}</p>' if one.held else ""
    described = joined(
        f" {name}-{part}" for part, there in (("mistake", mistake), ("held", held)) if there
    )
    given = (
        f'id="{name}" name="{name}" data-initial="{attribute(one.value)}" '
        f'aria-describedby="{name}-hint{described}"'
        f"{' disabled' if one.held else ''}{_INVALID if complaint else ''}"
    )
    known = ""
    if name == "abstention_threshold":
        known = f'<p class="hint">{shown(_traded(measured))}</p>'
    return (
        f'<div class="setting {one.kind}"><label for="{name}">{one.label}</label>'
        f"{_control(one, value, given)}{mistake}"
        f'<p class="hint" id="{name}-hint">{shown(one.help)} <code>{name}</code></p>'
        f"{known}{held}{_back(one)}</div>"
    )


_INVALID = ' aria-invalid="true"'


def _control(one: Field, value: str, given: str) -> str:
    if one.kind == "choice":
        words = _CHOICES.get(one.name, {})
        options = joined(
            f'<option value="{choice}"{" selected" if choice == value else ""}>'
            f"{t(words.get(choice, choice))}</option>"
            for choice in one.choices
        )
        return f"<select {given}>{options}</select>"
    if one.kind == "tick":
        return f'<input type="checkbox" {given}{" checked" if value == "true" else ""}>'
    hint = t(_PLACEHOLDERS[one.name]) if one.name in _PLACEHOLDERS else ""
    mode = ' inputmode="decimal"' if one.kind == "number" else ""
    return (
        f'<input type="text" autocomplete="off" spellcheck="false" value="{attribute(value)}" '
        f'placeholder="{hint}"{mode} {given}>'
    )


def _back(one: Field) -> str:
    """The way back to the default, where the library's file has another value."""
    if not one.written or one.held:
        return ""
    words = t("Default: {value}", value=shown(one.default or t("not set")))
    return (
        f'<p class="back"><button class="quiet" type="button" data-default="{one.name}" '
        f'data-value="{attribute(one.default)}">{words}</button></p>'
    )


def _secret(one: Field, *, has_key: bool) -> str:
    variable = ENVIRONMENT_PREFIX + one.name.upper()
    state = t("A key is set. It is never shown.") if has_key else t("No key is set.")
    hint = t(
        "Set it in the environment, as {variable}, before the page is started. It is kept in no "
        "file and goes to the endpoint only.",
        variable=f"<code>{variable}</code>",
    )
    return (
        f'<div class="setting secret"><span class="label">{one.label}</span><span>{state}</span>'
        f'<p class="hint">{hint}</p></div>'
    )


def _traded(measured: str | None) -> str:
    if measured is None:
        return t(
            "What it costs for your documents is not measured yet: {command} does, and shows both "
            "rates of errors here.",
            command="pincite eval calibrate QUESTIONS",
        )
    return t("Measured for this value: {measured}.", measured=measured)
