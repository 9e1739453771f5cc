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
    period = named_period(question, seen_from=FRIDAY, fresh=True)
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
        ("Who resigned in May of 2024?", "2024-05-01", "2024-05-31"),
        ("Who resigned in March, 2024?", "2024-03-01", "2024-03-31"),
        ("Who resigned between January and March 2024?", "2024-01-01", "2024-03-31"),
        ("Who resigned from December 2023 to March 2024?", "2023-12-01", "2024-03-31"),
        ("Who resigned in 2019-2021?", "2019-01-01", "2021-12-31"),
        ("Who won the 2023-24 season?", "2023-01-01", "2024-12-31"),
        ("Who won the 2023/24 season?", "2023-01-01", "2024-12-31"),
        ("Who won the 2019 election?", "2019-01-01", "2019-12-31"),
        ("In 2019 was it sold?", "2019-01-01", "2019-12-31"),
        ("Who resigned in 2019, not before 2017?", "2019-01-01", "2019-12-31"),
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
        "What did the Mars 2020 rover find?",
        "How many of the 2000 soldiers died?",
        "How many of 2000 soldiers died?",
        "Who resigned before 2020?",
        "Who resigned after March 2024?",
        "Who resigned since 5 March 2024?",
        "Which part is 2021-2019?",
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


@given(
    published=DAYS,
    first=DAYS,
    length=st.integers(0, 3_000),
    nearer=st.integers(0, 3_000),
)
def test_nearer_is_never_less_timely(
    published: date, first: date, length: int, nearer: int
) -> None:
    period = Period(first=first, last=first + timedelta(length))
    ahead, behind = (period.first - published).days, (published - period.last).days
    moved = published + timedelta(min(nearer, max(0, ahead)) - min(nearer, max(0, behind)))
    values = [timeliness(day, period=period, asked_on=None) for day in (published, moved)]
    assert 0.0 < values[0] <= values[1] <= 1.0
    if moved != published:
        assert values[0] < values[1]


PIECES = st.sampled_from(
    """Who resigned this last past the week month year today yesterday on Sunday in before since
    between and March Mars May of 2019 2024 1899 - / 24 , . 5 March, recently current""".split()
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=15).map(" ".join))


@given(text=TEXTS, seen_from=st.dates(), fresh=st.booleans())
def test_any_text_is_read(text: str, seen_from: date, *, fresh: bool) -> None:
    period = named_period(text, seen_from=seen_from, fresh=fresh)
    assert period is None or period.first <= period.last


@pytest.mark.parametrize("seen_from", [date.min, date(1, 1, 2), date.max])
@pytest.mark.parametrize("words", ["today", "yesterday", "this week", "last month", "last year"])
def test_the_ends_of_the_calendar_are_no_trouble(words: str, seen_from: date) -> None:
    period = named_period(f"Who resigned {words}?", seen_from=seen_from, fresh=True)
    assert period is None or date.min <= period.first <= period.last <= seen_from
