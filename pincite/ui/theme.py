"""What the browser is given besides content: the theme with local fonts, style and behaviour."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

FOLDER = Path(__file__).parent
SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans")
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


def head() -> str:
    """The page's icon, style and behaviour, inline: no other address is asked for them.

    Gradio's own `css` option rewrites selectors on `:root` and `body`, hence a plain element.
    """
    style = (FOLDER / "style.css").read_text(encoding="utf-8") + _report_style()
    icon = f'<link rel="icon" href="{_ICON}">'
    return f"{icon}<style>{style}</style><script>{_script()}</script>"


def _report_style() -> str:
    """The style of an evaluation's report, within the page and above Gradio's own rules."""
    report = (files("eval") / "report.css").read_text(encoding="utf-8")
    return f":is(#pincite, .gradio-container) .report-view {{\n{report}\n}}"


def _script() -> str:
    """The files of `behaviour/` as one function, so that they share names with nobody else."""
    scripts = sorted((FOLDER / "behaviour").glob("*.js"))
    scripts.sort(key=lambda path: path.stem != "shared")  # the others build on it
    parts = [path.read_text(encoding="utf-8") for path in scripts]
    return "\n".join(['(() => {\n"use strict";', *parts, "})();"])
