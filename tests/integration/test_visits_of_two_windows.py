"""One stored conversation open in two windows: neither erases or rates what it does not show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import UsageError
from pincite.ui.chat import Exchange, Visit
from pincite.ui.stored_visits import StoredVisits
from rag import Assistant, open_assistant
from rag.models import Answer, Question

CHANGED = "This conversation was changed in another window: open it again."


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with open_assistant(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def stored(assistant: Assistant) -> StoredVisits:
    return StoredVisits(assistant)


def asked(stored: StoredVisits, visit: Visit, *questions: str) -> Visit:
    for text in questions:
        answer = Answer(question=Question(text=text, standalone=text, parts=(text,)), claims=())
        visit = stored.kept(visit.asking(Exchange(question=text, answer=answer)), None)
    return visit


def kept_questions(assistant: Assistant, visit: Visit) -> list[str]:
    answers = assistant.conversations.answers(visit.conversation or "")
    return [entry.answer.question.text for entry in answers]


def test_asking_again_does_not_erase_what_another_window_stored(
    assistant: Assistant, stored: StoredVisits
) -> None:
    one = asked(stored, Visit(), "First?")
    asked(stored, stored.opened(one.conversation or "", None), "Second?", "Third?")
    again = asked(stored, one.before(0), "First, again?")
    assert again.exchanges[0].unstored == CHANGED
    assert again.exchanges[0].number is None
    assert kept_questions(assistant, one) == ["First?", "Second?", "Third?"]
    # Nor does the next question, with which it is tried once more.
    later = asked(stored, again, "And then?")
    assert [entry.unstored for entry in later.exchanges] == [CHANGED, CHANGED]
    assert kept_questions(assistant, one) == ["First?", "Second?", "Third?"]
    opened = stored.opened(one.conversation or "", None)
    last = asked(stored, opened.before(1), "Second, again?")
    assert last.exchanges[-1].unstored == ""
    assert kept_questions(assistant, one) == ["First?", "Second, again?"]


def test_nor_what_it_stored_between_two_that_this_window_shows(
    assistant: Assistant, stored: StoredVisits
) -> None:
    one = asked(stored, Visit(), "First?")
    asked(stored, stored.opened(one.conversation or "", None), "Second?")
    one = asked(stored, one, "Third?")
    assert [entry.number for entry in one.exchanges] == [1, 3]
    again = asked(stored, one.before(0), "First, again?")
    assert again.exchanges[0].unstored == CHANGED
    assert kept_questions(assistant, one) == ["First?", "Second?", "Third?"]


def test_a_rating_is_not_kept_with_another_answer_of_that_number(
    assistant: Assistant, stored: StoredVisits
) -> None:
    one = asked(stored, Visit(), "First?", "Second?")
    other = stored.opened(one.conversation or "", None)
    asked(stored, other.before(0), "Another?")
    for place in (0, 1):  # another answer is the first now, and none the second
        with pytest.raises(UsageError, match=CHANGED):
            stored.rated(one, place, "down", "", None)
    assert assistant.conversations.feedback() == ()


def test_what_is_asked_again_and_again_in_one_window_is_replaced_and_rated(
    assistant: Assistant, stored: StoredVisits
) -> None:
    visit = asked(stored, Visit(), "First?", "Second?", "Third?")
    left_off = visit.before(2).asking(Exchange(question="Stopped?", stopped=True))
    visit = asked(stored, left_off.before(1), "Second, again?")
    assert kept_questions(assistant, visit) == ["First?", "Second, again?"]
    visit = asked(stored, visit.before(1), "Once more?")
    assert replace(visit, exchanges=()) == Visit(conversation=visit.conversation)
    assert kept_questions(assistant, visit) == ["First?", "Once more?"]
    stored.rated(visit, 1, "up", "", None)
    (thought,) = assistant.conversations.feedback()
    assert thought.stored.answer.question.text == "Once more?"
