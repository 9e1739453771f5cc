"""Whether anybody listens to LlamaIndex's instrumentation; without a listener nothing is told.

This module loads nothing of LlamaIndex: a listener can be there only where it is loaded already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from typing import Any

from rag.models import Event, Hit, Question

# The dispatcher that everything of ours is told to; its parent is LlamaIndex's root.
DISPATCHER = "rag"
_PACKAGE = "llama_index_instrumentation"


def observed(events: Generator[Event], question: Question) -> Generator[Event]:
    """The same events, told to listeners as they pass; the very same generator without any."""
    if not somebody_listens():
        return events
    from rag.instrumentation import told

    return told(events, question)


def searched(question: Question, search: Callable[[], tuple[Hit, ...]]) -> tuple[Hit, ...]:
    """What `search` finds, told to listeners as a retrieval."""
    if not somebody_listens():
        return search()
    from rag.instrumentation import told_search

    return told_search(question, search)


def somebody_listens() -> bool:
    """Whether a handler of spans or events is attached to our dispatcher or one above it."""
    package: Any = sys.modules.get(_PACKAGE)
    if getattr(package, "get_dispatcher", None) is None:  # not loaded, or being loaded just now
        return False
    silent = (package.NullEventHandler, package.NullSpanHandler)
    dispatcher = package.get_dispatcher(DISPATCHER)
    while dispatcher is not None:
        if any(
            not isinstance(handler, silent)
            for handler in (*dispatcher.event_handlers, *dispatcher.span_handlers)
        ):
            return True
        dispatcher = dispatcher.parent if dispatcher.propagate else None
    return False
