"""What the settings page shows of each setting, and whether a visitor may change it."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args, get_origin, get_type_hints

from index.errors import SettingsError
from pincite.words import mark, number, t
from rag import Assistant
from rag.given_model import GivenModelSettings
from rag.llm import address
from rag.settings import (
    ENVIRONMENT_PREFIX,
    FIXED_WHILE_OPEN,
    SECRETS,
    SETTINGS_FILE,
    Settings,
    limits,
    load_settings,
    parse_setting,
)
from rag.settings_file import read_written

Kind = Literal["choice", "tick", "number", "text", "secret"]

GROUPS: Mapping[str, tuple[str, ...]] = {
    mark("Answers"): ("writer", "answer_words", "passages", "candidates", "keep_unsupported"),
    mark("When to refuse"): ("abstention_threshold",),
    mark("Language model"): ("llm_base_url", "llm_model", "llm_api_key"),
    mark("Documents"): ("removed_quotes", "allow_private_addresses"),
    mark("Page"): ("page_language",),
    mark("Fixed while the library is open"): FIXED_WHILE_OPEN,
}
LABELS: Mapping[str, str] = {
    "writer": mark("Who writes the answers"),
    "answer_words": mark("Length of answers"),
    "passages": mark("Passages read"),
    "candidates": mark("Passages found"),
    "keep_unsupported": mark("Show what failed the check"),
    "abstention_threshold": mark("Least probability to answer"),
    "llm_base_url": mark("Address of the endpoint"),
    "llm_model": mark("Model"),
    "llm_api_key": mark("Key"),
    "llm_timeout": mark("Seconds to wait"),
    "llm_max_tokens": mark("Tokens of an answer"),
    "llm_context_tokens": mark("Tokens in all"),
    "llm_temperature": mark("Temperature"),
    "removed_quotes": mark("Quotes of removed documents"),
    "allow_private_addresses": mark("Addresses in private networks"),
    "llm_price_input": mark("Price of what it reads"),
    "llm_price_output": mark("Price of what it writes"),
    "llm_currency": mark("Currency of the prices"),
    "page_language": mark("Language of the page"),
    "embedding_model": mark("Embedding model"),
    "embedding_precision": mark("Number format"),
    "evidence_model": mark("Evidence model"),
    "threads": mark("Threads"),
}
# What whoever reaches the page from elsewhere must not turn to: addresses that are asked from
# here, with a key that goes along.
_OF_THIS_MACHINE = frozenset({"allow_private_addresses"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Whether a visitor may change settings, and those that reach other machines from here."""

    settings: bool
    addresses: bool

    @classmethod
    def of(cls, *, public_only: bool, signed_in: bool) -> Rights:
        """All of them where this machine's one reader is alone; of several people, those who signed
        in may change all but addresses.
        """
        alone = not public_only and not signed_in
        return cls(settings=signed_in or not public_only, addresses=alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A setting as it is drawn; `value` and `default` as text, as a person would type them.

    `held` is the sentence why it cannot be changed here; `written` whether the library's file
    has it.
    """

    name: str
    label: str
    help: str
    kind: Kind
    value: str
    default: str
    choices: tuple[str, ...] = ()
    between: tuple[float, float] | None = None
    whole: bool = False
    written: bool = False
    held: str | None = None


def groups() -> dict[str, list[str]]:
    """The names of all settings by the heading they stand under."""
    found = {heading: list(names) for heading, names in GROUPS.items()}
    placed = {name for names in found.values() for name in names}
    for name in (entry.name for entry in fields(Settings) if entry.name not in placed):
        found["Language model" if name.startswith("llm_") else "Answers"].append(name)
    return found


def drawn_fields(assistant: Assistant, rights: Rights) -> dict[str, Field]:
    """Every setting by name, as it holds now."""
    written = read_written(assistant.library_path / SETTINGS_FILE)
    return {
        entry.name: _field(
            entry.name,
            str(entry.metadata["help"]),
            entry.default,
            assistant,
            written=written,
            rights=rights,
        )
        for entry in fields(Settings)
    }


def _field(
    name: str,
    explained: str,
    default: object,
    assistant: Assistant,
    *,
    written: Collection[str],
    rights: Rights,
) -> Field:
    hint = get_type_hints(Settings)[name]
    value = getattr(assistant.settings, name)
    if name == "llm_base_url" and value:
        value = address(assistant.settings)  # which may hold a password
    kind = _kind(name, hint)
    return Field(
        name=name,
        label=t(LABELS[name]),
        help=t(explained),
        kind=kind,
        value="" if kind == "secret" else as_text(value),
        default=as_text(default),
        choices=get_args(hint) if kind == "choice" else (),
        between=limits(name),
        whole=hint is int,
        written=name in written,
        held=_held(name, assistant, rights),
    )


def _kind(name: str, hint: object) -> Kind:
    if name in SECRETS:
        return "secret"
    if get_origin(hint) is Literal:
        return "choice"
    return "tick" if hint is bool else "number" if hint in {int, float} else "text"


def _held(name: str, assistant: Assistant, rights: Rights) -> str | None:
    variable = ENVIRONMENT_PREFIX + name.upper()
    if name in assistant.options:
        return t("Given when the library was opened, which counts before what is saved here.")
    if variable in os.environ:
        return t(
            "Set by the environment as {variable}, which counts before what is saved here.",
            variable=variable,
        )
    if name in FIXED_WHILE_OPEN:
        return _fixed(name)
    if name == "writer" and isinstance(assistant.settings, GivenModelSettings):
        model = assistant.settings.given_model
        return t("The model {model}, handed in from Python, writes.", model=model)
    if not rights.settings:
        return t("Not to be changed from here.")
    if not rights.addresses and (name.startswith("llm_") or name in _OF_THIS_MACHINE):
        return t("To be changed on the machine itself only.")
    return None


def _fixed(name: str) -> str:
    if name == "embedding_model":
        return t(
            "The documents were embedded with it. End the page, then: {set_it}, and {rebuild}.",
            set_it="pincite settings embedding_model NAME",
            rebuild="pincite rebuild",
        )
    return t(
        "Models were loaded with it. End the page, then: {set_it}.",
        set_it=f"pincite settings {name} VALUE",
    )


def as_text(value: object) -> str:
    """A value as a person types it.

    >>> as_text(True), as_text(None), as_text(0.06)
    ('true', '', '0.06')
    """
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def complaint(field: Field, typed: str) -> str | None:
    """What is wrong with what was typed for a setting, as a sentence; `None` if nothing is."""
    if field.between is not None:
        low, high = field.between
        try:
            given = float(int(typed)) if field.whole else float(typed)
        except ValueError:
            given = float("nan")
        if not low <= given <= high:
            asked = mark("Give a number from {low} to {high}.")
            if field.whole:
                asked = mark("Give a whole number from {low} to {high}.")
            return t(asked, low=number(low, ",g"), high=number(high, ",g"))
    if not typed and field.default == "":
        return None
    try:
        value = parse_setting(field.name, typed, "typed here")
        # Alone, it would miss the address that is typed or set beside it.
        if field.name != "writer":
            load_settings(None, {field.name: value}, environment={})
    except SettingsError as error:
        return str(error)
    return None
