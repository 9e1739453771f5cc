"""A compound question is taken apart; a simple one stays whole."""

from __future__ import annotations

import pytest

from rag.parts import PART_LIMIT, parts_of
from rag.question import understand


@pytest.mark.parametrize(
    "question",
    [
        "what does North Korea want in return?",
        "What are the risks and benefits of the deal?",
        "Where and when was the second satellite launched?",
        "Who is the leader of North Korea?",
        "Did Kim Jong Un and Vladimir Putin meet in Vladivostok?",
        "Which ferry, whose crew was on strike, did not sail on Monday?",
        "Kim?",
        "shells, rockets and food",
    ],
)
def test_a_simple_question_has_one_part_itself(question: str) -> None:
    assert parts_of(question) == (question,)
    assert understand(question).parts == (question,)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Why did the satellite launch fail? When is the next attempt planned?",
            ("Why did the satellite launch fail?", "When is the next attempt planned?"),
        ),
        (
            "Who met Putin in Vladivostok, and what did Pyongyang ask for in return?",
            ("Who met Putin in Vladivostok", "what did Pyongyang ask for in return?"),
        ),
        (
            "Does the Harbour Ledger expect more shells, while the Courier expects fewer shells?",
            (
                "Does the Harbour Ledger expect more shells",
                "while the Courier expects fewer shells?",
            ),
        ),
        (
            "After the second satellite launch failed, did Seoul change its defence plans?",
            ("After the second satellite launch failed", "did Seoul change its defence plans?"),
        ),
        (
            "Between the Courier report on artillery shells and the Ledger report on food aid, "
            "was there a change in tone towards Moscow?",
            (
                "Between the Courier report on artillery shells",
                "the Ledger report on food aid",
                "was there a change in tone towards Moscow?",
            ),
        ),
    ],
)
def test_a_compound_question_is_cut_where_another_matter_begins(
    question: str, parts: tuple[str, ...]
) -> None:
    assert parts_of(question) == parts
    assert understand(question).parts == parts


def test_there_are_never_more_than_the_limit_and_nothing_is_lost() -> None:
    asked = [f"Who built the big station number {number} there?" for number in range(9)]
    parts = parts_of(" ".join(asked))
    assert len(parts) == PART_LIMIT
    assert " ".join(parts) == " ".join(asked)
