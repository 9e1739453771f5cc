"""What happens on the settings page: one method for each event."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import gradio as gr

from index.errors import PinciteError
from pincite.ui.guard import visitor_of
from pincite.ui.markup import notice
from pincite.ui.settings_fields import Field, Rights, complaint, drawn_fields
from pincite.ui.settings_view import render_settings
from pincite.ui.welcome import render_header
from pincite.words import mark, number, t
from rag import Assistant
from rag.settings import SETTINGS_FILE, Settings, load_settings, parse_setting
from rag.settings_file import CHANGING, read_measured, write_settings

_READ_ONLY = mark(
    "This page is served to other machines, and you are not signed in: settings can be read here, "
    "and changed on the machine itself, with pincite settings."
)
_THRESHOLD = "abstention_threshold"


class SettingsHandlers:
    """One method for each event; each only translates between the form and the library's file."""

    def __init__(self, assistant: Assistant, *, public_only: bool) -> None:
        self._assistant = assistant
        self._public_only = public_only

    def show(self, request: gr.Request) -> str:
        """The settings as they hold now."""
        return self._drawn(self._rights(request))

    def save(self, request: gr.Request, event: gr.EventData) -> tuple[str, str]:
        """Write what was changed into the library's file; it holds from the next question on."""
        rights = self._rights(request)
        fields = drawn_fields(self._assistant, rights)
        typed = _typed(event, fields)
        complaints = {
            name: said
            for name, value in typed.items()
            if value is not None and (said := complaint(fields[name], value)) is not None
        }
        told = ""
        if complaints:
            told = notice(t("Nothing was saved: mend what is marked."), kind="trouble")
        elif typed:
            try:
                waiting = self._write({name: value or None for name, value in typed.items()})
            except PinciteError as error:
                said = t("Nothing has changed. {reason}", reason=error)
                told = notice(said, kind="trouble")
            else:
                told = notice(_saved(typed, waiting), kind="done")
                typed = {}
        else:
            told = notice(t("Nothing was changed."), kind="done")
        kept = {name: value for name, value in typed.items() if value is not None}
        form = self._drawn(rights, typed=kept, complaints=complaints, told=told)
        return form, render_header(self._assistant, current="Settings")

    def try_model(self, request: gr.Request, event: gr.EventData) -> str:
        """Have the endpoint answer a line, with what is typed and not saved yet."""
        rights = self._rights(request)
        fields = drawn_fields(self._assistant, rights)
        typed = {name: value for name, value in _typed(event, fields).items() if "llm_" in name}
        if not rights.addresses:
            return notice(t(_READ_ONLY), kind="trouble")
        for name, value in typed.items():
            if value and (said := complaint(fields[name], value)) is not None:
                told = t("{setting}: {complaint}", setting=fields[name].label, complaint=said)
                return notice(told, kind="trouble")
        try:
            settings = _with(self._assistant.settings, typed)
            if not settings.llm_base_url:
                return notice(t("Give the address of an endpoint first."), kind="trouble")
            return notice(_tried(replace(settings, writer="endpoint")), kind="done")
        except PinciteError as error:
            return notice(str(error), kind="trouble")

    def _write(self, values: Mapping[str, str | None]) -> tuple[str, ...]:
        """What the file then says may not go with the environment: it is put back as it was."""
        with CHANGING:
            before = self._file.read_bytes() if self._file.is_file() else None
            write_settings(self._file, values)
            try:
                return self._assistant.reload_settings()
            except PinciteError:
                if before is None:
                    self._file.resolve().unlink()
                else:
                    self._file.write_bytes(before)
                raise

    @property
    def _file(self) -> Path:
        return self._assistant.library_path / SETTINGS_FILE

    def _rights(self, request: gr.Request) -> Rights:
        return Rights.of(
            public_only=self._public_only, signed_in=visitor_of(request).user is not None
        )

    def _drawn(
        self,
        rights: Rights,
        *,
        typed: Mapping[str, str] | None = None,
        complaints: Mapping[str, str] | None = None,
        told: str = "",
    ) -> str:
        try:
            fields = drawn_fields(self._assistant, rights)
            measured = read_measured(self._file, _THRESHOLD)
        except (PinciteError, ValueError, OSError) as error:
            said = t("{file} cannot be read: {reason}", file=self._file, reason=error)
            return notice(said, kind="trouble")
        return render_settings(
            fields,
            has_key=bool(self._assistant.settings.llm_api_key),
            measured=measured if fields[_THRESHOLD].written else None,
            read_only=None if rights.settings else t(_READ_ONLY),
            typed=typed,
            complaints=complaints,
            told=told,
        )


def _typed(event: gr.EventData, fields: Mapping[str, Field]) -> dict[str, str | None]:
    """What the browser sent of settings that may be changed; `None` goes back to the default."""
    sent = getattr(event, "values", {})
    values = sent if isinstance(sent, dict) else {}
    return {
        name: None if value is None else str(value).strip()
        for name, value in values.items()
        if name in fields and fields[name].held is None and fields[name].kind != "secret"
    }


def _with(settings: Settings, typed: Mapping[str, str | None]) -> Settings:
    """The settings with what is typed in place of theirs. Raises `SettingsError`."""
    changed = load_settings(
        None,
        {name: parse_setting(name, value, "typed here") for name, value in typed.items() if value},
        environment={},
    )
    return replace(settings, **{name: getattr(changed, name) for name in typed})


def _tried(settings: Settings) -> str:
    from rag.llm import address
    from rag.trial import try_model

    tried = try_model(settings)
    return t(
        "{address} answers: the first word after {first} s, a short answer after {whole} s. It "
        "wrote: “{text}”",
        address=address(settings),
        first=number(tried.first_word, ".1f"),
        whole=number(tried.seconds, ".1f"),
        text=tried.text[:120],
    )


def _saved(changed: Collection[str], waiting: tuple[str, ...]) -> str:
    if set(changed) == {"page_language"}:
        return t("Saved. The page is in this language when it is started again.")
    if waiting:
        return t(
            "Saved. It holds from the next question on; what the file says of {names} holds when "
            "the library is opened again.",
            names=", ".join(waiting),
        )
    return t("Saved. It holds from the next question on.")
