"""Answers and stored conversations as files, with what has become of their sources since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from rag.models import Answer, Citation, CitationState, Conversation, StoredAnswer
from rag.removed import citations_of
from rag.render import UNCHANGED, States, html_text, markdown_text, to_html, to_json, to_markdown

CONVERSATION_SCHEMA = "pincite.conversation/1"

# A browser that shows the file asks nobody for anything, whatever stands in it.
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 17px/1.55 Georgia, serif; margin: 2.5rem auto; max-width: 42rem; padding: 0 1rem; }}
h2 {{ font-size: .85rem; font-weight: 600; margin: 3rem 0 0; }}
h3 {{ border-top: 1px solid; font-size: 1rem; margin: 2rem 0 .5rem; padding-top: 1rem; }}
blockquote {{ font-style: italic; margin: 0; }}
.question {{ font-size: 1.5rem; line-height: 1.3; }}
.understood, .remarks, .provenance, .times, h2 {{ opacity: .75; }}
.provenance {{ font-size: .85rem; margin: .2rem 0 .9rem; overflow-wrap: anywhere; }}
.unsupported {{ text-decoration: underline wavy; }}
a.marker {{ text-decoration: none; }}
li:target {{ outline: 2px solid; outline-offset: .4rem; }}
</style>
</head>
<body>
"""

# Such as `Assistant.citation_state`.
StateOf = Callable[[Citation], CitationState]


def conversation_to_markdown(
    conversation: Conversation,
    answers: Sequence[StoredAnswer],
    *,
    state: StateOf,
    exported_at: datetime | None = None,
) -> str:
    """Title and dates, then every answer as `to_markdown` writes it, below its number and time.

    `exported_at` is now unless given. Sources that are not as they were are marked.
    """
    title = markdown_text(conversation.title)
    blocks = [f"# {title}\n\n{_times(conversation, exported_at)}\n"]
    for stored in answers:
        states = {citation: state(citation) for citation in citations_of(stored.answer)}
        heading = f"## {stored.number}. {_spoken(stored.asked_at)}"
        blocks.append(f"{heading}\n\n{to_markdown(stored.answer, states=states)}")
    return "\n".join(blocks)


def answer_to_page(answer: Answer, *, states: States = UNCHANGED) -> str:
    """An answer as a file for a browser: what `to_html` writes, readable by itself."""
    return _page(answer.question.text, [to_html(answer, states=states)])


def conversation_to_html(
    conversation: Conversation,
    answers: Sequence[StoredAnswer],
    *,
    state: StateOf,
    exported_at: datetime | None = None,
) -> str:
    """A file for a browser, with all that `conversation_to_markdown` writes."""
    blocks = [
        f"<h1>{html_text(conversation.title)}</h1>\n"
        f'<p class="times">{_times(conversation, exported_at)}</p>\n'
    ]
    for stored in answers:
        states = {citation: state(citation) for citation in citations_of(stored.answer)}
        article = to_html(stored.answer, anchor=f"answer-{stored.number}-source", states=states)
        blocks.append(f"<h2>{stored.number}. {_spoken(stored.asked_at)}</h2>\n{article}")
    return _page(conversation.title, blocks)


def conversation_to_json(
    conversation: Conversation,
    answers: Sequence[StoredAnswer],
    *,
    state: StateOf,
    exported_at: datetime | None = None,
) -> dict[str, object]:
    """The conversation as values that `json.dumps` takes; times are ISO 8601 in UTC.

    Each answer is as `to_json` writes it; `states` tells `same`, `changed` or `removed` of its
    `sources`, `nearest` and the `sides` of its `disagreements`, in their order. An answer that
    cannot be read is null, and `unreadable` says why; `question` is what was asked all the same.
    """
    return {
        "schema": CONVERSATION_SCHEMA,
        "id": conversation.id,
        "title": conversation.title,
        "started_at": conversation.started_at.isoformat(),
        "changed_at": conversation.changed_at.isoformat(),
        "exported_at": (exported_at or datetime.now(UTC)).isoformat(),
        "answers": [_answer_row(stored, state) for stored in answers],
    }


def _answer_row(stored: StoredAnswer, state: StateOf) -> dict[str, object]:
    answer = stored.answer
    return {
        "number": stored.number,
        "asked_at": stored.asked_at.isoformat(),
        "question": answer.question.text,
        "unreadable": stored.unreadable,
        "answer": None if stored.unreadable else to_json(answer),
        "states": {
            "sources": [state(citation) for citation in answer.sources],
            "nearest": [state(citation) for citation in answer.nearest],
            "disagreements": [
                [state(side) for side in each.sides] for each in answer.disagreements
            ],
        },
    }


def _page(title: str, blocks: Iterable[str]) -> str:
    return f"{_HEAD.format(title=html_text(title))}{''.join(blocks)}</body>\n</html>\n"


def _times(conversation: Conversation, exported_at: datetime | None) -> str:
    return (
        f"Started {_spoken(conversation.started_at)}; last answer "
        f"{_spoken(conversation.changed_at)}; exported {_spoken(exported_at or datetime.now(UTC))}."
    )


def _spoken(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
