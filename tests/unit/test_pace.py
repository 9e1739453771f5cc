"""The pace of an ingest: nothing is said too early, and nothing finer than it is known."""

from __future__ import annotations

import pytest

from index.models import IngestProgress
from index.pace import Pace, in_words, pace_of


def standing(*, passages: int = 0, done: int = 0, total: int = 1_000) -> IngestProgress:
    return IngestProgress(
        files_done=3, files_total=7, passages_done=passages, bytes_done=done, bytes_total=total
    )


def test_the_time_left_goes_by_bytes() -> None:
    pace = pace_of(standing(passages=90, done=250), seconds=30.0)
    assert pace == Pace(passages_per_second=3.0, seconds_left=90.0)


def test_the_first_seconds_say_nothing() -> None:
    assert pace_of(standing(passages=90, done=250), seconds=4.9) == Pace()


def test_without_a_byte_done_the_time_left_is_unknown() -> None:
    pace = pace_of(standing(), seconds=60.0)
    assert pace == Pace(passages_per_second=0.0, seconds_left=None)


def test_what_is_done_has_no_time_left() -> None:
    assert pace_of(standing(passages=9, done=1_000), seconds=10.0).seconds_left == 0.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "less than 1 min left"),
        (59.9, "less than 1 min left"),
        (60.0, "about 1 min left"),
        (89.0, "about 1 min left"),
        (91.0, "about 2 min left"),
        (5_340.0, "about 89 min left"),
        (5_400.0, "about 2 h left"),
        (36_000.0, "about 10 h left"),
    ],
)
def test_the_time_left_in_words(seconds: float, words: str) -> None:
    assert in_words(standing(), Pace(seconds_left=seconds)).endswith(f", {words}")


def test_what_is_unknown_is_left_out() -> None:
    assert in_words(standing(passages=1), Pace()) == "3 of 7 files, 1 passage"
