"""What the browser is given besides content: the theme with local fonts, style and behaviour."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from pincite.ui.script_words import script_words
from pincite.words import ENGLISH, speaking, spoken, t, t_as

if TYPE_CHECKING:
    import gradio as gr

FOLDER = Path(__file__).parent
SANS = (
    *("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans"),
    *("Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR"),
)
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono")

# The page's own icon, so that none is looked for elsewhere: a pin through a line of text.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='6' fill='%23902a1c'/%3E"
    "%3Cpath d='M12 8H9v16h3M20 8h3v16h-3M16 12v8' stroke='%23fff' stroke-width='2.4' "
    "fill='none'/%3E%3C/svg%3E"
)


def make_theme() -> gr.themes.Base:
    """A plain theme whose fonts are those of the reader's machine; nothing is fetched."""
    import gradio as gr

    return gr.themes.Base(
        font=[gr.themes.Font(name) for name in (*SANS, "sans-serif")],
        font_mono=[gr.themes.Font(name) for name in (*MONO, "monospace")],
    )


def head(language: str = ENGLISH) -> str:
    """The page's icon, style and behaviour, inline: no other address is asked for them.

    Its scripts say what they say in `language`, and tell the browser which that is.

    Gradio's own `css` option rewrites selectors on `:root` and `body`, hence a plain element.
    """
    with speaking(language):
        said, script = _said_by_style(), _script()
    style = (FOLDER / "style.css").read_text(encoding="utf-8") + _report_style() + said
    icon = f'<link rel="icon" href="{_ICON}">'
    return f"{icon}<style>{style}</style><script>{script}</script>"


def _said_by_style() -> str:
    """The few words that the style adds, as its variables: no word holds a quotation mark."""
    said = {
        "drop": t("Drop to add to the library"),
        "kept": t("Kept with the answer"),
        "added": t_as("before a day", "added"),
    }
    rules = "".join(f'  --said-{name}: "{words}";\n' for name, words in said.items())
    return f":root {{\n{rules}}}\n"


def _report_style() -> str:
    """The style of an evaluation's report, within the page and above Gradio's own rules."""
    report = (files("eval") / "report.css").read_text(encoding="utf-8")
    return f":is(#pincite, .gradio-container) .report-view {{\n{report}\n}}"


def _script() -> str:
    """The files of `behaviour/` as one function, so that they share names with nobody else."""
    scripts = sorted((FOLDER / "behaviour").glob("*.js"))
    scripts.sort(key=lambda path: path.stem != "shared")  # the others build on it
    parts = [path.read_text(encoding="utf-8") for path in scripts]
    given = json.dumps({"language": spoken(), "words": script_words()}, ensure_ascii=False)
    return "\n".join(['(() => {\n"use strict";', f"const SPOKEN = {given};", *parts, "})();"])
