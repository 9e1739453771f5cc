"""A conversation as Markdown, HTML and JSON, and answers whose sources have changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from rag.export import (
    answer_to_page,
    conversation_to_html,
    conversation_to_json,
    conversation_to_markdown,
)
from rag.models import Answer, Citation, CitationState, Claim, Conversation, Question, StoredAnswer
from rag.removed import LEFT_OUT
from rag.render import from_json, to_html, to_json, to_markdown

FERRY = Citation(
    document_id="a" * 32,
    title="Timetable",
    outlet="Tessel Courier",
    source="notes/ferry.txt",
    published_at=date(2026, 3, 1),
    page=None,
    start=0,
    end=19,
    quote="The ferry is green.",
)
OLD = replace(FERRY, document_id="b" * 32, source="notes/old.txt", title="*Old*")
GONE = replace(FERRY, document_id="c" * 32, source="notes/gone.txt", outlet=None)
ERASED = replace(GONE, document_id="d" * 32, quote=LEFT_OUT)
STATES: dict[Citation, CitationState] = {
    FERRY: "same", OLD: "changed", GONE: "removed", ERASED: "removed",
}  # fmt: skip
ANSWER = Answer(
    question=Question(text="What colour?", standalone="What colour?", parts=("What colour?",)),
    claims=(
        Claim(text="The ferry is green.", citations=(FERRY, OLD, GONE), verdict="quoted"),
        Claim(text=LEFT_OUT, citations=(ERASED,), verdict="quoted"),
    ),
    sources=(FERRY, OLD, GONE, ERASED),
)
REFUSAL = replace(ANSWER, claims=(), sources=(), abstained_because="Unknown.", nearest=(GONE,))
STARTED = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 12, 30, tzinfo=timezone(timedelta(hours=2)))
EXPORTED = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
CONVERSATION = Conversation(
    id="e" * 32, title="What *colour*?", started_at=STARTED, changed_at=LATER, count=3
)
ANSWERS = (
    StoredAnswer(conversation_id="e" * 32, number=1, asked_at=STARTED, answer=ANSWER),
    StoredAnswer(conversation_id="e" * 32, number=2, asked_at=LATER, answer=REFUSAL),
    StoredAnswer(
        conversation_id="e" * 32,
        number=3,
        asked_at=LATER,
        answer=replace(REFUSAL, abstained_because="Not readable.", nearest=()),
        unreadable="Not readable.",
    ),
)
MARKDOWN = """\
# What \\*colour\\*?

Started 2026-03-02 09:05 UTC; last answer 2026-03-02 10:30 UTC; exported 2026-04-01 08:00 UTC.

## 1. 2026-03-02 09:05 UTC

**What colour?**

- The ferry is green. [1][2][3]
- Left out, since the document was removed from the library. [4]

### Sources

1. “The ferry is green.” — Tessel Courier, 2026-03-01, Timetable (notes/ferry.txt)
2. “The ferry is green.” — Tessel Courier, 2026-03-01, \\*Old\\* (notes/old.txt) \
— **this document was changed since**
3. “The ferry is green.” — outlet unknown, 2026-03-01, Timetable (notes/gone.txt) \
— **this document was removed since**
4. Left out, since the document was removed from the library. — outlet unknown, 2026-03-01, \
Timetable (notes/gone.txt) — **this document was removed since**

## 2. 2026-03-02 10:30 UTC

**What colour?**

Unknown.

### Nearest passages

- “The ferry is green.” — outlet unknown, 2026-03-01, Timetable (notes/gone.txt) \
— **this document was removed since**

## 3. 2026-03-02 10:30 UTC

**What colour?**

Not readable.
"""


def test_markdown_is_the_reviewed_one() -> None:
    written = conversation_to_markdown(
        CONVERSATION, ANSWERS, state=STATES.__getitem__, exported_at=EXPORTED
    )
    assert written == MARKDOWN


def test_json_holds_every_answer_in_its_own_schema_and_the_states() -> None:
    written = conversation_to_json(
        CONVERSATION, ANSWERS, state=STATES.__getitem__, exported_at=EXPORTED
    )
    payload = json.loads(json.dumps(written))
    first, second, third = payload.pop("answers")
    assert payload == {
        "schema": "pincite.conversation/1",
        "id": "e" * 32,
        "title": "What *colour*?",
        "started_at": "2026-03-02T09:05:00+00:00",
        "changed_at": "2026-03-02T12:30:00+02:00",
        "exported_at": "2026-04-01T08:00:00+00:00",
    }
    assert from_json(first["answer"]) == ANSWER
    assert first["states"]["sources"] == ["same", "changed", "removed", "removed"]
    assert (second["number"], second["states"]["nearest"]) == (2, ["removed"])
    assert (third["answer"], third["unreadable"]) == (None, "Not readable.")
    assert [row["question"] for row in (first, third)] == [ANSWER.question.text, "What colour?"]
    assert all(set(row) == set(first) for row in (second, third))


def test_an_export_is_dated_now_unless_told_otherwise() -> None:
    written = conversation_to_json(CONVERSATION, (), state=STATES.__getitem__)
    moment = datetime.fromisoformat(str(written["exported_at"]))
    assert timedelta(0) <= datetime.now(UTC) - moment < timedelta(minutes=1)


def test_a_source_that_has_changed_is_marked_in_html_too() -> None:
    html = to_html(ANSWER, states=STATES)
    assert html.count("this document was changed since") == 1
    assert html.count("this document was removed since") == 2
    assert f">{LEFT_OUT}</blockquote>" in html
    assert f"“{LEFT_OUT}" not in html


def test_what_is_as_it_was_looks_as_it_did() -> None:
    same: dict[Citation, CitationState] = dict.fromkeys(STATES, "same")
    assert to_markdown(ANSWER, states=same) == to_markdown(ANSWER)
    assert to_html(ANSWER, states=same) == to_html(ANSWER)
    assert to_json(ANSWER) == to_json(from_json(to_json(ANSWER)))


def test_a_conversation_as_html_holds_every_answer_under_names_of_its_own() -> None:
    page = conversation_to_html(
        CONVERSATION, ANSWERS, state=STATES.__getitem__, exported_at=EXPORTED
    )
    assert page.startswith("<!doctype html>")
    assert "<title>What *colour*?</title>" in page
    assert "exported 2026-04-01 08:00 UTC." in page
    for stored in ANSWERS:
        states = {citation: STATES[citation] for citation in (*ANSWER.sources, GONE)}
        anchor = f"answer-{stored.number}-source"
        assert to_html(stored.answer, anchor=anchor, states=states) in page
    assert page.count("this document was removed since") == 3
    names = re.findall(r' id="([^"]+)"', page)
    assert len(names) == len(set(names)) == 4
    assert {f"#{name}" for name in names} >= set(re.findall(r'href="([^"]+)"', page))


def test_a_page_loads_and_runs_nothing_whatever_stands_in_it() -> None:
    hostile = "</title><script>hack()</script><img src='http://a.example/x'>"
    question = Question(text=hostile, standalone=hostile, parts=(hostile,))
    page = answer_to_page(Answer(question=question, abstained_because=hostile))
    page += conversation_to_html(replace(CONVERSATION, title=hostile), (), state=lambda _: "same")
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("default-src 'none'") == 2
    assert page.count("</title>") == 2
