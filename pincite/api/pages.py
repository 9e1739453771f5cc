"""Small pages of our own: plain HTML in the style of the page, no script, nothing fetched."""

from __future__ import annotations

import hashlib
import html
from base64 import b64encode

_BASE = """
:root { color-scheme: light dark; --text: #1d2330; --back: #fff; --soft: #f3f4f7; --line: #d5d9e2;
  --accent: #2f55d4; --trouble: #a3271b; }
@media (prefers-color-scheme: dark) { :root { --text: #e8eaf0; --back: #14171f; --soft: #1e2230;
  --line: #3a4155; --accent: #8ea8ff; --trouble: #ff9a8f; } }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--text);
  background: var(--back); }
main { margin: 2rem auto; padding: 0 1rem; }
a { color: var(--accent); }
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
