"""Hits become scored sentences with exact offsets."""

from __future__ import annotations

import numpy as np
import pytest

from index.models import Passage
from rag.evidence import FEATURES, WEIGHTS, find_evidence, probabilities, split
from rag.models import Hit

TEXT = (
    "The harbour was quiet on Monday. Officials said Pyongyang wants satellite technology in "
    "return for shells. Fishermen mended their nets. Dr. Ahn disagreed."
)
OFFSET = 100


def hit(text: str = TEXT, *, start: int = OFFSET, rank: int = 1) -> Hit:
    passage = Passage(id=f"p{rank}", document_id="d", start=start, end=start + len(text), text=text)
    return Hit(passage=passage, score=1.0, rank=rank, stage="fused")


def test_sentences_carry_offsets_into_the_document() -> None:
    found = split(hit())
    assert [entry.text for entry in found][-1] == "Dr. Ahn disagreed."
    for entry in found:
        assert TEXT[entry.span.start - OFFSET : entry.span.end - OFFSET] == entry.text
    assert found[0].before == ""
    assert found[1].before == found[0].text
    assert found[-1].after == ""


def test_one_weight_for_every_feature() -> None:
    assert len(WEIGHTS) == len(FEATURES)


def test_probabilities_are_the_logistic_of_the_weighted_sum() -> None:
    rows = np.zeros((2, len(FEATURES)))
    rows[1, FEATURES.index("similarity")] = 1.0
    low, high = probabilities(rows)
    assert 0 < low < high < 1
    assert np.log(high / (1 - high)) - np.log(low / (1 - low)) == pytest.approx(WEIGHTS[0])


def test_the_sentence_that_answers_comes_first(embedder) -> None:
    found = find_evidence(
        "what does Pyongyang want in return?",
        [hit()],
        embedder=embedder,
        rarity={"pyongyang": 1.0, "want": 1.0, "return": 1.0},
        titles={"d": "A port town"},
    )
    assert found[0].text.startswith("Officials said Pyongyang wants")
    assert [entry.score for entry in found] == sorted(
        (entry.score for entry in found), reverse=True
    )
    assert all(0.0 <= entry.score <= 1.0 for entry in found)


def test_no_hits_give_no_evidence(embedder) -> None:
    assert find_evidence("who?", [], embedder=embedder, rarity={}, titles={}) == ()
