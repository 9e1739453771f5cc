"""What is read of a conversation that a client sends back as text."""

from __future__ import annotations

import pytest

from pincite.api.chat import REPLY_LIMIT, Message, _earlier


def claims(reply: str) -> list[str]:
    question = Message(role="user", content="How often will the ferry run?")
    answers = _earlier([question, Message(role="assistant", content=reply)])
    return [claim.text for claim in answers[0].claims]


def test_numbers_and_bullets_are_left_out() -> None:
    reply = "- It runs hourly. [1][2]\n- It is [not] free [12] \n\n### Sources\n1. Ferry"
    assert claims(reply) == ["It runs hourly.", "It is [not] free"]


@pytest.mark.timeout(60)  # such a line held up the whole server
@pytest.mark.parametrize("piece", [" ", "[1]", "[1] ", "[", "]"])
def test_a_reply_of_nothing_but_a_sign_takes_no_time(piece: str) -> None:
    found = claims("It runs." + piece * 400_000 + "x")
    assert len(found) == 1
    assert len(found[0]) <= REPLY_LIMIT


def test_a_part_without_text_is_empty() -> None:
    message = Message(role="user", content=[{"type": "text"}, {"type": "text", "text": "When?"}])
    assert message.text == "\nWhen?"
