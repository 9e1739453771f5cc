"""Thresholds by hand: which one is chosen, and that no question chooses for itself."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.thresholds import Labelled, cross_fitted, errors, least_errors, most_refused

FOUR = [
    Labelled(0.9, answerable=True),
    Labelled(0.4, answerable=True),
    Labelled(0.6, answerable=False),
    Labelled(0.1, answerable=False),
]
probabilities = st.floats(min_value=0.0, max_value=1.0)
labelled = st.tuples(
    st.lists(probabilities, min_size=2, max_size=20),
    st.lists(probabilities, min_size=2, max_size=20),
).map(
    lambda sides: [
        Labelled(one, answerable) for answerable in (True, False) for one in sides[not answerable]
    ]
)


def rates(questions: list[Labelled], threshold: float) -> tuple[float, float]:
    refused, answered = errors(questions, threshold)
    return sum(refused) / len(refused), sum(answered) / len(answered)


def test_below_the_threshold_is_refused_and_at_it_answered() -> None:
    assert errors(FOUR, 0.6) == ([0.0, 1.0], [1.0, 0.0])
    assert errors(FOUR, 0.61) == ([0.0, 1.0], [0.0, 0.0])


def test_the_least_sum_of_errors_refuses_the_less_of_two_that_are_as_good() -> None:
    # 0.2 answers one of two unanswerable, 0.7 refuses one of two answerable: each sum is 1/2.
    assert least_errors(FOUR) == 0.2


def test_the_mix_of_questions_does_not_move_the_threshold() -> None:
    more = [one for one in FOUR for _ in range(9 if one.answerable else 1)]
    assert least_errors(more) == least_errors(FOUR)


@pytest.mark.parametrize(("most", "threshold"), [(0.0, 0.2), (0.4, 0.2), (0.5, 0.8), (1.0, 0.9)])
def test_as_much_as_may_be_is_refused(most: float, threshold: float) -> None:
    assert most_refused(FOUR, most=most) == pytest.approx(threshold, abs=0.06)
    assert rates(FOUR, most_refused(FOUR, most=most))[0] <= most


def test_each_half_is_measured_at_the_threshold_of_the_other() -> None:
    chosen_on: list[list[Labelled]] = []

    def choose(questions) -> float:
        chosen_on.append(list(questions))
        return 0.0 if len(chosen_on) == 1 else 1.0

    many = [Labelled(0.5 + place / 100, place % 2 == 0) for place in range(20)]
    refused, answered = cross_fitted(many, choose)

    assert sorted(chosen_on[0] + chosen_on[1]) == sorted(many)
    assert {sum(one.answerable for one in half) for half in chosen_on} == {5}
    assert refused == [0.0] * 5 + [1.0] * 5
    assert answered == [1.0] * 5 + [0.0] * 5


def test_a_threshold_that_only_fits_by_chance_shows_out_of_fold() -> None:
    # Labels that have nothing to do with the probability: fitted, they look better than chance.
    many = [Labelled(place * 37 % 100 / 100, place % 2 == 0) for place in range(100)]
    shuffled = [Labelled(one.probability, place % 3 == 0) for place, one in enumerate(many)]
    fitted = sum(rates(shuffled, least_errors(shuffled)))
    refused, answered = cross_fitted(shuffled, least_errors)

    assert fitted < 1.0
    assert sum(refused) / len(refused) + sum(answered) / len(answered) > fitted


@given(labelled)
def test_no_threshold_has_a_smaller_sum_of_errors(questions) -> None:
    best = sum(rates(questions, least_errors(questions)))
    assert all(
        best <= sum(rates(questions, threshold)) + 1e-12
        for threshold in (0.0, 1.0, *(one.probability for one in questions))
    )


@given(labelled, st.floats(min_value=0.0, max_value=1.0))
def test_no_more_is_refused_than_was_asked_for(questions, most) -> None:
    threshold = most_refused(questions, most=most)
    assert 0.0 <= threshold <= 1.0
    assert rates(questions, threshold)[0] <= most
    found = cross_fitted(questions, partial(most_refused, most=most))
    assert len(found.refused) + len(found.answered) == len(questions)
