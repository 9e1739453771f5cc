"""The same text in two documents is seen; what is only about the same is not."""

from __future__ import annotations

import numpy as np
import pytest

from rag.reprints import exchanged, wordings

AGENCY = (
    "Russia and North Korea signed an agreement on Wednesday, the ministry said, after months of "
    "talks about artillery shells, food and satellite technology between the two governments."
)
SAME = np.ones((3, 1), dtype=np.float32)


def test_a_copy_cut_elsewhere_and_set_otherwise_is_the_same() -> None:
    cut = "(Wire) – " + AGENCY.removesuffix(" between the two governments.").upper()
    assert wordings([AGENCY, "Something else altogether.", cut], ["a", "b", "c"], SAME) == [0, 1, 0]


def test_another_report_of_the_same_event_is_another() -> None:
    other = (
        "An agreement on shells, food and technology was signed by North Korea and Russia after "
        "the talks that took months, according to the ministry on Wednesday."
    )
    assert wordings([AGENCY, other], ["a", "b"], SAME[:2]) == [0, 1]


def test_a_document_does_not_reprint_itself() -> None:
    assert wordings([AGENCY, AGENCY], ["a", "a"], SAME[:2]) == [0, 1]


def test_passages_that_mean_something_else_are_not_compared() -> None:
    rows = np.eye(2, dtype=np.float32)
    assert wordings([AGENCY, AGENCY], ["a", "b"], rows) == [0, 1]


def test_copies_of_copies_name_the_first() -> None:
    assert wordings([AGENCY] * 3, ["a", "b", "c"], SAME) == [0, 0, 0]
    assert wordings([], [], SAME[:0]) == []


@pytest.mark.parametrize(
    ("word", "another"), [("Wednesday", "Friday"), ("North Korea", "Iran"), ("Russia", "China")]
)
def test_the_same_words_around_another_name_are_no_copy(word: str, another: str) -> None:
    text = "It was said that " + AGENCY
    assert wordings([text, text.replace(word, another)], ["a", "b"], SAME[:2]) == [0, 1]


def test_a_number_that_was_exchanged_is_told_from_one_that_is_written_otherwise() -> None:
    text = "Some 20 boats left Saltmarsh harbour on 4 September, the crews said."
    assert exchanged(text, text.replace("20", "31"))
    assert not exchanged(text, text.replace("September", "Sept."))
    assert not exchanged(text, text.replace("Some", "About"))


def test_what_was_left_out_or_put_in_is_not_exchanged() -> None:
    text = "Crews of the harbour left. They want more money. Talks begin on Monday in Saltmarsh."
    assert not exchanged(text, text.replace("They want more money. ", ""))
    assert not exchanged(text, text.replace("Crews", "Tired and angry Norwegian crews"))
