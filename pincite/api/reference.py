"""The description of the interface as a page: no script, nothing fetched from anywhere."""

from __future__ import annotations

import html
import json
from typing import Any

from pincite.api.pages import page_policy, render_page

_STYLE = """
main { max-width: 60rem; }
section { border-top: 1px solid var(--line); padding: 0.5rem 0 1rem; }
h3 { font: 600 1rem ui-monospace, monospace; }
pre { overflow: auto; background: var(--soft); padding: 0.75rem; border-radius: 6px; }
table { border-collapse: collapse; }
td, th { text-align: left; vertical-align: top; padding: 0.15rem 1rem 0.15rem 0; }
"""
POLICY = page_policy(_STYLE)


def render_reference(schema: dict[str, Any]) -> str:
    """The page for an OpenAPI description."""
    parts = [
        f"<h1>{_text(schema['info']['title'])} {_text(schema['info']['version'])}</h1>",
        f"<p>{_text(schema['info'].get('summary', ''))} "
        '<a href="openapi.json">This as OpenAPI</a></p>',
    ]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(path, method, operation))
    parts.append("<h2>What is sent and received</h2>")
    for name, definition in schema.get("components", {}).get("schemas", {}).items():
        parts.append(f'<section id="{_text(name)}"><h3>{_text(name)}</h3>')
        # Reached by keyboard, for it may be wider than the screen.
        parts.append(f'<pre tabindex="0" role="region" aria-label="{_text(name)}">')
        parts.append(f"{_text(json.dumps(definition, indent=2))}</pre></section>")
    return render_page("Pincite: the HTTP interface", "\n".join(parts), style=_STYLE)


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{_text(one['name'])}</code></td><td>{_text(one['in'])}</td>"
        f"<td>{_text(one.get('description', ''))}</td></tr>"
        for one in operation.get("parameters", ())
    )
    described = "".join(
        f"<p>{_text(line)}</p>" for line in operation.get("description", "").split("\n\n") if line
    )
    body = _kinds(operation.get("requestBody", {}).get("content", {}))
    reply = _kinds(operation["responses"].get("200", {}).get("content", {}))
    return (
        f"<section><h3>{_text(method.upper())} {_text(path)}</h3>{described}"
        + (f"<table>{rows}</table>" if rows else "")
        + (f"<p>Takes {body}</p>" if body else "")
        + (f"<p>Gives {reply}</p>" if reply else "")
        + "</section>"
    )


def _kinds(content: dict[str, Any]) -> str:
    return " or ".join(
        f"<code>{_text(kind)}</code>{_named(entry.get('schema', {}))}"
        for kind, entry in content.items()
    )


def _named(schema: dict[str, Any]) -> str:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return f': <a href="#{_text(name)}">{_text(name)}</a>' if name else ""


def _text(value: object) -> str:
    return html.escape(str(value))
