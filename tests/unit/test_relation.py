"""What a question asks to be told of somebody is told in other words than it is asked in."""

from __future__ import annotations

import pytest

from rag.relation import asked_relation, tells


@pytest.mark.parametrize(
    ("question", "sentence", "told"),
    [
        ("what does Pyongyang want in return?", "Kim hopes for grain and fuel.", True),
        ("what does Pyongyang want in return?", "In exchange, Pyongyang would get grain.", True),
        ("what does Pyongyang want in return?", "Pyongyang is in need of money.", True),
        ("what does Pyongyang want in return?", "Shells left Rajin in August.", False),
        # It is told of somebody else.
        ("what does Pyongyang want in return?", "Moscow seeks shells from Pyongyang.", False),
        ("What does North Korea want?", "Russia needs shells, which North Korea has.", False),
        ("What does North Korea want?", "Russia knows what North Korea needs.", True),
        ("What does North Korea want?", "The North Korean side asked for oil.", True),
        # Nobody is named, so the words alone decide.
        ("What do the crews demand?", "The union asks for a pay rise of 7.5 percent.", True),
        ("What do the crews demand?", "The harbour was closed on Monday.", False),
        ("What did Velmora offer the crews?", "Velmora promised two free days.", True),
        ("What do sailors fear?", "They are worried about the dredging.", True),
        ("What do analysts expect?", "A second launch is likely, Orlan believes.", True),
        ("Why was the port closed?", "It closed because the dredger sank.", True),
        ("Why was the port closed?", "It closed on Monday.", False),
    ],
)
def test_a_relation_is_told_in_many_words(question: str, sentence: str, told: bool) -> None:
    relation = asked_relation(question)
    assert relation is not None
    assert tells(relation, sentence) is told


@pytest.mark.parametrize("question", ["Which ports closed?", "List the ships.", "How was it done?"])
def test_most_questions_ask_for_no_relation(question: str) -> None:
    assert asked_relation(question) is None
