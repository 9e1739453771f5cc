"""The time a question speaks of is read from its words, and documents are held against it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.periods import FRESH_DAYS, Period, named_period, timeliness

FRIDAY = date(2025, 8, 8)
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 1, 1))


def named(question: str) -> tuple[str, str] | None:
    period = named_period(question, seen_from=FRIDAY)
    return None if period is None else (str(period.first), str(period.last))


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Who resigned today?", "2025-08-07", "2025-08-08"),
        ("Who resigned yesterday?", "2025-08-06", "2025-08-08"),
        ("Who resigned this week?", "2025-08-01", "2025-08-08"),
        ("Who resigned on Sunday?", "2025-08-01", "2025-08-08"),
        ("Who resigned last week?", "2025-07-25", "2025-08-05"),
        ("Who resigned this month?", "2025-07-08", "2025-08-08"),
        ("Who recently resigned?", "2025-07-08", "2025-08-08"),
        ("Who is the current mayor?", "2025-04-10", "2025-08-08"),
        ("Who resigned this year?", "2025-01-01", "2025-08-08"),
        ("Who won this year’s prize?", "2025-01-01", "2025-08-08"),
        ("Who resigned last year?", "2024-01-01", "2024-12-31"),
        ("Who resigned in 2019?", "2019-01-01", "2019-12-31"),
        ("Who resigned between 2017 and 2019?", "2017-01-01", "2019-12-31"),
        ("Who resigned in February 2024?", "2024-02-01", "2024-02-29"),
        ("Who resigned in Dec. 2023?", "2023-12-01", "2023-12-31"),
        ("Who resigned on March 5, 2024?", "2024-03-05", "2024-03-05"),
        ("Who resigned between 5 March 2024 and 9 March 2024?", "2024-03-05", "2024-03-09"),
        # The nearer of two: the week, not the year.
        ("Which prize of 2025 was awarded this week?", "2025-08-01", "2025-08-08"),
    ],
)
def test_a_time_is_read_from_words(question: str, first: str, last: str) -> None:
    assert named(question) == (first, last)


@pytest.mark.parametrize(
    "question",
    [
        "Who resigned?",
        "Who paid $2000?",
        "Who saw 2,019 gulls?",
        "Who knows the weekly?",
        "Which currents are known?",
        "How many of 2000% are there?",
        "Who sold the 1999.5 model?",
    ],
)
def test_other_words_and_numbers_name_no_time(question: str) -> None:
    assert named(question) is None


def test_inside_a_period_a_document_is_timely_and_less_so_outside() -> None:
    march = Period(first=date(2024, 3, 1), last=date(2024, 3, 31))

    def of(day: date) -> float:
        return timeliness(day, period=march, asked_on=FRIDAY)

    assert of(march.first) == of(march.last) == 1.0
    # As far away as the period is long, on either side.
    assert of(march.last + timedelta(31)) == of(march.first - timedelta(31)) == 0.5


def test_a_single_day_counts_as_a_week() -> None:
    day = Period(first=FRIDAY, last=FRIDAY)
    assert timeliness(FRIDAY - timedelta(7), period=day, asked_on=None) == 0.5


def test_without_a_period_what_was_published_near_the_questions_day_is_timely() -> None:
    assert timeliness(FRIDAY, period=None, asked_on=FRIDAY) == 1.0
    before = FRIDAY - timedelta(FRESH_DAYS)
    assert timeliness(before, period=None, asked_on=FRIDAY) == 0.5


def test_what_is_unknown_is_not_timely() -> None:
    period = Period(first=FRIDAY, last=FRIDAY)
    assert timeliness(None, period=period, asked_on=FRIDAY) == 0.0
    assert timeliness(FRIDAY, period=None, asked_on=None) == 0.0


@given(published=DAYS, first=DAYS, length=st.integers(0, 3_000), nearer=st.integers(0, 3_000))
def test_nearer_is_never_less_timely(
    published: date, first: date, length: int, nearer: int
) -> None:
    period = Period(first=first, last=first + timedelta(length))
    gap = (period.first - published).days
    moved = published + timedelta(min(nearer, max(0, gap)))
    values = [timeliness(day, period=period, asked_on=None) for day in (published, moved)]
    assert 0.0 < values[0] <= values[1] <= 1.0


@given(text=st.text(max_size=200), seen_from=st.dates(min_value=date(1900, 1, 1)))
def test_any_text_is_read(text: str, seen_from: date) -> None:
    period = named_period(text, seen_from=seen_from)
    assert period is None or period.first <= period.last
