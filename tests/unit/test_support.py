"""What a sentence of a source carries, and what it does not."""

from __future__ import annotations

import pytest

from rag.support import why_unsupported

SOURCE = "Pyongyang may ask Moscow for 300 tonnes of fuel and for satellite technology."


@pytest.mark.parametrize(
    "statement",
    [
        "Pyongyang may ask for 300 tonnes of fuel.",
        "Pyongyang might ask Moscow for satellite technology.",
    ],
)
def test_a_restatement_is_carried(statement: str) -> None:
    assert why_unsupported(statement, SOURCE) is None


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("Pyongyang may ask for 500 tonnes of fuel.", "number 500"),
        ("Pyongyang may ask Beijing for satellite technology.", "“beij”"),
        ("Pyongyang may not ask for satellite technology.", "denies"),
        ("Pyongyang will ask for satellite technology.", "possibility"),
        ("Pyongyang may sell tractors and cement to farmers abroad.", "does not say"),
    ],
)
def test_what_the_source_does_not_say_is_refused_with_the_reason(
    statement: str, reason: str
) -> None:
    found = why_unsupported(statement, SOURCE)
    assert found is not None
    assert reason in found


def test_a_title_may_supply_a_name_but_no_number() -> None:
    source = "The ministry denied it."
    assert (
        why_unsupported("A ministry of Russia denied it.", source, context="Russia: 5 points")
        is None
    )
    assert why_unsupported("All 5 ministries denied it.", source, context="Russia: 5 points")


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Putin asked Moscow for oil.", "Kim asked Moscow for oil."),
        ("It cost 3 million dollars.", "It cost 3 billion dollars."),
        ("Pyongyang has five submarines.", "Pyongyang has two submarines."),
        ("Exports fell sharply in May.", "Exports rose sharply in May."),
        ("The fleet sailed after the storm.", "The fleet sailed before the storm."),
    ],
)
def test_one_word_that_turns_the_meaning_is_seen(statement: str, source: str) -> None:
    assert why_unsupported(statement, source)
    assert why_unsupported(source, source) is None


def test_a_number_may_be_written_out() -> None:
    assert why_unsupported("Pyongyang has 2 submarines.", "Pyongyang has two submarines.") is None
