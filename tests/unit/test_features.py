"""Sentences of passages, those that ask, and the weights of words, by hand arithmetic."""

from __future__ import annotations

import math

import pytest

from rag.features import (
    LEAST_WEIGHT,
    asked_for,
    asks,
    poses,
    rarities,
    split,
)

TEXT = (
    "The harbour was quiet on Monday. Officials said Pyongyang wants satellite technology in "
    "return for shells. What do fishermen want? Nets and calm water. Dr. Ahn disagreed."
)


class TestSplit:
    def test_sentences_know_their_places(self) -> None:
        found = split(TEXT)
        assert [TEXT[entry.span.start : entry.span.end] for entry in found] == [
            entry.text for entry in found
        ]

    def test_the_language_tells_where_sentences_end(self) -> None:
        text = "Es war der 2. Sturm. Das Boot blieb."
        assert len(split(text, language="de")) == len(split(text)) == 2
        assert len(split(text, language="en")) == 3

    @pytest.mark.parametrize("text", ["", " \n"])
    def test_nothing_has_no_sentences(self, text: str) -> None:
        assert split(text) == []


@pytest.mark.parametrize(
    ("text", "question"),
    [
        *[("Why?", True), ("“Why?”", True), ("(Who knows? )", True), ("為何？", True)],
        *[("لماذا؟", True), ("Why.", False), ("He asked why.", False), ("", False)],
        ("“Why?” he asked.", False),
    ],
)
def test_a_question_ends_with_its_mark(text: str, question: bool) -> None:
    assert asks(text) == question


@pytest.mark.parametrize(
    ("text", "posed"),
    [
        ("There are fears about what Pyongyang could get in return.", True),
        ("It is unclear what Pyongyang wants.", True),
        ("What do fishermen want?", True),
        ("What Pyongyang wants in return: grain.", False),
        ("It is unclear how fishermen live.", False),
        ("Pyongyang wants grain in return.", False),
    ],
)
def test_a_sentence_that_puts_this_question_poses_it(text: str, posed: bool) -> None:
    asked = asked_for("What does Pyongyang want in return?", rarity={})
    assert poses(asked, text) == posed


def test_another_question_is_not_posed_by_it() -> None:
    asked = asked_for("Who lit the lamp?", rarity={})
    assert not poses(asked, "It is unclear what Pyongyang wants.")


@pytest.mark.parametrize(("weight", "posed"), [(2.0, True), (1.9, False)])
def test_a_clause_poses_the_question_by_half_of_its_weighed_words(
    weight: float, posed: bool
) -> None:
    asked = asked_for("Is barley rotten?", rarity={"barley": weight, "rotten": 2.0})
    assert poses(asked, "Nobody can say how barley is sold.") == posed


@pytest.mark.parametrize("question", ["?", "北朝鮮は何を望むか", "Who?"])
def test_a_statement_does_not_pose_a_question_without_words_of_its_own(question: str) -> None:
    assert not poses(asked_for(question, rarity={}), "Nobody can say how barley is sold.")


class TestRarities:
    def test_rare_words_weigh_more_and_all_weights_are_within_bounds(self) -> None:
        found = rarities({"everywhere": 100, "once": 1, "never": 0}, passages=100)
        assert LEAST_WEIGHT < found["everywhere"] < found["once"] < found["never"] == 1.0

    def test_a_weight_is_the_idf_over_that_of_a_word_that_is_nowhere(self) -> None:
        idf, most = math.log(1 + 7.5 / 3.5), math.log(1 + 10.5 / 0.5)
        found = rarities({"some": 3}, passages=10)["some"]
        assert found == pytest.approx(0.25 + 0.75 * idf / most)

    def test_an_empty_library_and_no_words_have_weights_too(self) -> None:
        assert rarities({"never": 0}, passages=0) == {"never": 1.0}
        assert rarities({}, passages=5) == {}
