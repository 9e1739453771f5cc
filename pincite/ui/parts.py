"""How the page's columns are made: options that all components share, and their behaviours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from pincite.words import speaking, spoken

# Several visitors may add at once; more than this wait for their turn.
AT_ONCE = 4
# Questions take turns by `pincite.fair`, which must see those that wait to be fair to all.
ASKING_AT_ONCE = 100
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def behaviour(name: str, *events: str) -> dict[str, Any]:
    """The options of a `gr.HTML` whose behaviour is `window.pincite[name]` in `behaviour/`."""
    named = ", ".join(f"'{event}'" for event in events)
    return {
        "js_on_load": f"window.pincite.{name}(element, trigger, watch, [{named}])",
        "apply_default_css": False,
    }


def answering(method: Callable[[Sequence[object]], object]) -> Callable[[Sequence[object]], object]:
    """A method as one of the `server_functions` of a `gr.HTML`, which Gradio marks as such.

    It answers in the language that is spoken when the page is made.
    """
    language = spoken()

    @wraps(method)
    def answer(asked: Sequence[object]) -> object:
        with speaking(language):
            return method(asked)

    return answer
