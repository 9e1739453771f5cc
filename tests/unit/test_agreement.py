"""An answer that other documents give as well counts for the sentences that hold it."""

from __future__ import annotations

import math

import pytest

from rag.agreement import MOST, agreement
from rag.reading import ReadHit
from tests.read_hits import read_hit

QUESTION = "Who lit the lighthouse of Skerrow?"
SURE = 30.0


def said(document: str, answer: str = "Maud Tarrant", margin: float = SURE) -> ReadHit:
    return read_hit(
        f"Rain fell. It was {answer} herself.", document=document, answer=answer, margin=margin
    )


def test_there_is_a_number_for_every_sentence_of_every_hit() -> None:
    found = agreement(QUESTION, [said("a"), read_hit("Seals rest.", document="b")])
    assert found == [[0.0, 0.0], [0.0]]
    assert agreement(QUESTION, []) == []
    assert agreement(QUESTION, [read_hit(" ")]) == [[]]


def test_each_supports_the_other_where_the_answer_stands() -> None:
    first, second = agreement(QUESTION, [said("a"), said("b")])
    assert first == second == [0.0, pytest.approx(1.0)]


def test_a_document_counts_with_the_probability_of_its_answer() -> None:
    for margin in (-3.0, 0.0, 2.0):
        first, _ = agreement(QUESTION, [said("a"), said("b", margin=margin)])
        assert first[1] == pytest.approx(1 / (1 + math.exp(-margin)))


def test_a_document_supports_no_sentence_of_its_own() -> None:
    assert agreement(QUESTION, [said("a"), said("a")]) == [[0.0, 0.0]] * 2


def test_a_document_counts_once_by_its_surest_answer() -> None:
    for margins in ((-1.0, 1.0), (1.0, -1.0)):
        others = [said("b", margin=margin) for margin in margins]
        first, *_ = agreement(QUESTION, [said("a"), *others])
        assert first[1] == pytest.approx(1 / (1 + math.exp(-1.0)))


def test_documents_add_up_to_two_at_most() -> None:
    for others, wanted in ((1, 1.0), (2, 2.0), (5, MOST)):
        first, *_ = agreement(QUESTION, [said("a"), *(said(f"b{n}") for n in range(others))])
        assert first[1] == pytest.approx(wanted)
        assert first[1] <= MOST


def test_a_sentence_is_supported_without_an_answer_of_its_own() -> None:
    bare = read_hit("Seals rest. Maud Tarrant lit it.", document="a")
    found, _ = agreement(QUESTION, [bare, said("b")])
    assert found == [0.0, pytest.approx(1.0)]


@pytest.mark.parametrize(
    ("sentence", "answer", "holds"),
    [
        ("“MAUD TARRANT!”", "Maud Tarrant", True),
        ("It was Maud Tarrant's lamp.", "Maud Tarrant", True),
        ("It was keeper of lamps.", "the keeper of the lamps", True),
        ("He gave 1926 reasons.", "1926.", True),
        ("Maud, called Tarrant.", "Maud Tarrant", False),
        ("Maudie Tarrantson lit it.", "Maud Tarrant", False),
        ("Tarrant Maud lit it.", "Maud Tarrant", False),
        ("It cost 19260 crowns.", "1926", False),
        ("Nobody knows.", "Maud Tarrant", False),
    ],
)
def test_words_are_compared_whole_and_in_order(sentence: str, answer: str, holds: bool) -> None:
    (found,), _ = agreement(QUESTION, [read_hit(sentence, document="a"), said("b", answer)])
    assert found == pytest.approx(float(holds))


@pytest.mark.parametrize("answer", ["Skerrow", "the lighthouse of Skerrow", "the", "…"])
def test_what_the_question_names_and_what_has_no_words_is_no_answer(answer: str) -> None:
    same = read_hit(f"It is {answer} indeed.", document="a")
    assert agreement(QUESTION, [same, said("b", answer)])[0] == [0.0]


def test_sentences_without_words_do_not_agree() -> None:
    blank = [read_hit("…", document=name, answer="…", margin=SURE) for name in ("a", "b")]
    assert agreement(QUESTION, blank) == [[0.0], [0.0]]
