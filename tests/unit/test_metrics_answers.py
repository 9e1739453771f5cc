"""Answer measures: SQuAD's normalisation, and the limit that keeps recitals from winning."""

from __future__ import annotations

import pytest

from eval.metrics.answers import (
    contained,
    contained_share,
    exact_match,
    holds,
    normalise,
    token_f1,
)

PASSAGE = "The delegation left on Tuesday. " * 12 + "It wants submarine technology."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Moon!", "moon"),
        ("an apple a day", "apple day"),
        ("“Inglourious Basterds”", "inglourious basterds"),
        ("Ben & Jerry’s", normalise("Ben & Jerry's")),
        ("U.S.", "us"),
        ("food—not rockets", "food not rockets"),
        ("2019–20", normalise("2019-20")),
        ("theatre", "theatre"),
    ],
)
def test_normalisation(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_a_gold_answer_is_held_on_whole_tokens_only() -> None:
    assert holds("a reactor and oil", "oil")
    assert not holds("the soil was turned", "oil")
    assert not holds("16,000 people", "16")
    assert not holds("anything", "the")


def test_f1_by_hand() -> None:
    # Answer tokens: seven, shared with gold: two of two -> 2·2 / (7 + 2).
    text = "Officials say it wants submarine technology, soon."
    assert token_f1(text, ["submarine technology"]) == pytest.approx(4 / 9)


def test_f1_counts_a_repeated_token_as_often_as_gold_has_it() -> None:
    assert token_f1("oil oil oil", ["oil"]) == pytest.approx(2 * 1 / (3 + 1))


def test_the_best_gold_answer_counts() -> None:
    assert token_f1("Moscow", ["Vladivostok", "Moscow"]) == 1.0
    assert exact_match("Moscow.", ["Vladivostok", "moscow"]) == 1.0
    assert contained("They met in Moscow.", ["Vladivostok", "Moscow"]) == 1.0


def test_an_empty_answer_scores_zero() -> None:
    assert token_f1("", ["Moscow"]) == 0.0
    assert exact_match("", ["the"]) == 0.0
    assert contained("", ["Moscow"]) == 0.0
    assert contained_share("", ["Moscow"]) == 0.0


def test_reciting_a_passage_contains_nothing_and_has_little_overlap() -> None:
    assert holds(PASSAGE, "submarine technology")
    assert contained(PASSAGE, ["submarine technology"]) == 0.0
    assert contained_share(PASSAGE, ["submarine technology"]) == 0.0
    assert token_f1(PASSAGE, ["submarine technology"]) < 0.1


def test_sixty_words_are_within_the_limit_and_sixty_one_are_not() -> None:
    sixty = " ".join(["word"] * 59 + ["oil"])
    assert contained(sixty, ["oil"]) == 1.0
    assert contained(f"one {sixty}", ["oil"]) == 0.0


def test_a_list_is_scored_by_the_share_that_is_named() -> None:
    assert contained_share("food and oil", ["food", "oil", "money"]) == pytest.approx(2 / 3)
    assert contained_share("food", []) == 0.0
