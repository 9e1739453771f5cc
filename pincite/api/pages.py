"""Small pages of our own: plain HTML in the style of the page, no script, nothing fetched."""

from __future__ import annotations

import hashlib
import html
from base64 import b64encode

# The colours of the page (pincite/ui/style.css).
_BASE = """
:root { color-scheme: light dark; --text: #1e1c19; --back: #fbfaf6; --soft: #f3f1ea;
  --raised: #ffffff; --line: #dcd7cb; --edge: #8d867a; --accent: #8f2a1c; }
@media (prefers-color-scheme: dark) { :root { --text: #ebe7df; --back: #171614; --soft: #1e1c1a;
  --raised: #24221f; --line: #37332d; --edge: #847c70; --accent: #f09a83; } }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--text);
  background: var(--back); overflow-wrap: anywhere; }
main { margin: 2rem auto; padding: 0 1rem; }
h1, h2 { font-family: "Iowan Old Style", Charter, "Palatino Linotype", Palatino, "Source Serif 4",
  "Noto Serif", Georgia, "Liberation Serif", "DejaVu Serif", serif; line-height: 1.2; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
"""


def page_policy(style: str, *, forms: bool = False) -> str:
    """The Content-Security-Policy of a page with this style: it alone, and nothing else."""
    digest = b64encode(hashlib.sha256((_BASE + style).encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{digest}'",
            "form-action 'self'" if forms else "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def render_page(title: str, body: str, *, style: str) -> str:
    """A whole page; `body` is HTML."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_BASE + style}</style></head>"
        f"<body><main>\n{body}\n</main></body></html>\n"
    )
