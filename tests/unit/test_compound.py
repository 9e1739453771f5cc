"""A compound question is taken apart only where each part is understood alone."""

from __future__ import annotations

import pytest

from rag.compound import separate_parts
from rag.question import understand


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Who met Ines Calder in Orlan and what did Velmora ask for in return?",
            ("Who met Ines Calder in Orlan?", "what did Velmora ask for in return?"),
        ),
        (
            "When did the Calder Line strike begin? How many people cross Gull Point?",
            ("When did the Calder Line strike begin?", "How many people cross Gull Point?"),
        ),
    ],
)
def test_parts_that_stand_alone_are_separate(question: str, parts: tuple[str, ...]) -> None:
    asked = understand(question)
    assert tuple(part.standalone for part in separate_parts(asked)) == parts
    assert all(part.text == asked.text for part in separate_parts(asked))


@pytest.mark.parametrize(
    "question",
    [
        "What does Velmora want in return?",
        "Who met Ines Calder and what did she ask for in return?",
        "How sharp is the camera of Orlan, and who made the estimate?",
        "After the launch from Orlan failed, did Velmora protest?",
        "What are the risks and benefits of the Velmora deal?",
    ],
)
def test_other_questions_stay_whole(question: str) -> None:
    assert separate_parts(understand(question)) == ()
