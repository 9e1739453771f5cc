"""What the model that ships makes of claims no rule decides; needs its weights."""

from __future__ import annotations

import pytest

from rag.judge import NOT_FOUND, Held, judge
from rag.reader import EvidenceReader
from rag.support import objection

BEFORE = "The talks between the two ministers ended on Friday."
CITED = (
    "Anna Keller, the minister of Norland, offered Viktor Stahl of Ostland 300 tonnes of grain for "
    "his country's bakeries."
)
AFTER = "Stahl accepted the offer at once, and the ships will leave in May."


def verdict(claim: str, reader: EvidenceReader) -> str | None:
    assert objection(claim, CITED) is None, "the rules would decide"
    held = Held(
        claim=claim, evidence=CITED, surroundings=f"{BEFORE} {CITED} {AFTER}", title="Grain talks"
    )
    return judge([held], reader=reader)[0]


@pytest.mark.parametrize(
    "claim",
    [
        "Anna Keller offered Viktor Stahl 300 tonnes of grain.",
        "Anna Keller offered Viktor Stahl of Ostland 300 tonnes of grain for bakeries.",
        "Anna Keller promised Viktor Stahl 300 tonnes of grain.",
    ],
)
def test_faithful_restatements_pass(claim: str, evidence_reader: EvidenceReader) -> None:
    assert verdict(claim, evidence_reader) is None


@pytest.mark.parametrize(
    "claim",
    [
        CITED.replace("grain", "coal"),
        CITED.replace("grain", "weapons").replace("bakeries", "army"),
    ],
)
def test_one_thing_exchanged_in_the_wording_of_the_source_is_noticed(
    claim: str, evidence_reader: EvidenceReader
) -> None:
    assert verdict(claim, evidence_reader) == NOT_FOUND
