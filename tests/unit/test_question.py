"""A question as asked becomes a question that can be searched for."""

from __future__ import annotations

from datetime import date

import pytest

from index.errors import QuestionError
from index.models import Filters
from rag.question import answer_kind, understand
from rag.settings import QUESTION_LIMIT


def test_white_space_is_put_in_order_and_the_wording_kept() -> None:
    question = understand("  what\n does  Kim want? ", asked_on=date(2023, 9, 30))
    assert question.standalone == "what does Kim want?"
    assert question.parts == ("what does Kim want?",)
    assert question.filters == Filters()
    assert question.asked_on == date(2023, 9, 30)


def test_the_time_it_speaks_of_is_seen_from_its_day() -> None:
    period = understand("Who left this week?", asked_on=date(2023, 9, 30)).period
    assert period is not None
    assert period.last == date(2023, 9, 30)
    today = understand("Who left this week?").period
    assert today is not None
    assert abs((today.last - date.today()).days) <= 1  # over midnight
    assert understand("Who left?").period is None


@pytest.mark.parametrize(
    ("text", "asked_on", "first"),
    [
        ("Who left in March 2024?", date(2025, 9, 30), date(2024, 3, 1)),
        ("Who left?", date(2025, 9, 30), date(2025, 9, 30)),
        ("Who left this week?", None, None),
    ],
    ids=["a time of its own", "none", "no day of asking"],
)
def test_it_asks_about_a_time_that_begins(
    text: str, asked_on: date | None, first: date | None
) -> None:
    assert understand(text, asked_on=asked_on).asks_from == first


def test_without_the_day_it_is_asked_only_the_calendar_tells_a_time() -> None:
    for text in (
        "What is the current of the river Amper?",
        "Who recently resigned?",
        "What is the latest?",
        "Who leads now?",
        "Which talks are upcoming?",
        "How many came so far?",
    ):
        assert understand(text).period is None
        assert understand(text, asked_on=date(2023, 9, 30)).period is not None
    assert understand("Who resigned last week?").period is not None
    assert understand("Who resigned in May 2023?").period is not None


def test_what_cannot_be_seen_is_not_asked() -> None:
    asked = understand("when does \x00\x1bthe fer\u00adry\u202e leave\ud800?")
    assert asked.standalone == "when does the ferry leave?"
    with pytest.raises(QuestionError, match="empty"):
        understand("\u200b\ud800\x07\U000e0041")


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "?!", "…"])
def test_a_question_without_words_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(QuestionError, match="question is empty"):
        understand(text)


def test_an_overlong_question_is_refused_and_the_limit_named() -> None:
    understand("a" * QUESTION_LIMIT)
    with pytest.raises(QuestionError, match=r"10,000 characters; at most 2,000"):
        understand("a" * 10_000)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what does North Korea want in return?", "list"),
        ("What are the risks of the deal?", "list"),
        ("Why is Seoul worried?", "list"),
        ("Name the ports that were closed.", "list"),
        ("Can you list the ports?", "list"),
        ("Which ports were closed?", "list"),
        ("Which animals?", "list"),
        ("Which companies make gull nets?", "list"),
        ("What is the name of the ferry?", "statement"),
        ("Which tennis player won?", "statement"),
        ("Which airlines company has agreed to pay?", "statement"),
        ("Which series was cancelled?", "statement"),
        ("Which species are endangered?", "list"),
        ("Which gull species were counted?", "list"),
        ("Which tennis players won medals?", "list"),
        ("Which news outlets reported it?", "list"),
        ("Which news outlet reported it?", "statement"),
        ("Which sports teams withdrew?", "list"),
        ("Which sports team withdrew?", "statement"),
        ("Which arms companies profited?", "list"),
        ("Which cities now is he banned from?", "list"),
        ("Which does it prefer?", "statement"),
        ("Who met Putin?", "person"),
        ("When did the launch fail?", "date"),
        ("In which year was it built?", "date"),
        ("How many shells were shipped?", "number"),
        ("what percentage of harvest was lost", "number"),
        ("Where did the leaders meet?", "place"),
        ("Which country borders Russia?", "place"),
        ("What is the GDP of Japan?", "statement"),
    ],
)
def test_the_kind_of_answer_is_read_off_the_wording(question: str, kind: str) -> None:
    assert answer_kind(question) == kind
