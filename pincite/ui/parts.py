"""How the page's columns are made: options that all components share, and their behaviours."""

from __future__ import annotations

from typing import Any

# Several visitors may ask or add at once; more than this wait for their turn.
AT_ONCE = 4
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def behaviour(name: str, *events: str) -> dict[str, Any]:
    """The options of a `gr.HTML` whose behaviour is `window.pincite[name]` in `behaviour/`."""
    named = ", ".join(f"'{event}'" for event in events)
    return {
        "js_on_load": f"window.pincite.{name}(element, trigger, watch, [{named}])",
        "apply_default_css": False,
    }
