"""The settings page: one form, and what it is written to."""

from __future__ import annotations

import gradio as gr

from pincite.ui.parts import AT_ONCE, QUIET, behaviour
from pincite.ui.settings_handlers import SettingsHandlers


def draw_settings(page: gr.Blocks, masthead: gr.HTML, handlers: SettingsHandlers) -> None:
    """Have settings shown, tried and saved; the head says where questions go from then on."""
    with gr.Column(elem_id="settings", min_width=0):
        form = gr.HTML("", elem_id="settings-form", **behaviour("settings", "save", "attempt"))
        trial = gr.HTML("", elem_id="settings-trial", **behaviour("settingsTrial"))
    form.save(handlers.save, None, [form, masthead], queue=False, **QUIET)
    form.attempt(handlers.try_model, None, [trial], concurrency_limit=AT_ONCE, **QUIET)
    page.load(handlers.show, None, [form], queue=False, **QUIET)
