"""What the evidence model may decide about a claim, and what it may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from index.models import Document, Passage
from rag.judge import (
    ENOUGH,
    LEAST_PROBABILITY,
    NOT_FOUND,
    SIGNS,
    WEIGHTS,
    Held,
    hold,
    judge,
    probability,
    signs,
)
from rag.models import Evidence, Hit
from rag.pairs import Pair
from rag.reader import Reading
from rag.support import NOT_SAID, why_unsupported

SOURCE = "Kim asked Moscow for 300 tonnes of cheap oil."
FAITHFUL = "Kim asked Moscow for cheap oil."
REWORDED = "Kim requested inexpensive oil of Moscow."


@dataclass
class Convinced:
    """A reader with one opinion of everything, which notes what it is given."""

    supports: float | None
    batches: list[list[Pair]] = field(default_factory=list)
    model_id: str = "convinced"

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        self.batches.append(list(pairs))
        reading = Reading(
            answers=0.0, relevant=0.0, supports=self.supports, sentences=np.zeros(0), span=None
        )
        return [reading] * len(pairs)


def held(claim: str, source: str = SOURCE) -> Held:
    return Held(claim=claim, evidence=source, surroundings=source, title="")


def verdict(claim: str, supports: float | None, source: str = SOURCE) -> str | None:
    (found,) = judge([held(claim, source)], reader=Convinced(supports))
    return found


def test_the_model_may_refuse_what_the_rules_let_through() -> None:
    closely_worded = "Kim asked Moscow for 300 tonnes."
    assert why_unsupported(closely_worded, SOURCE) is None
    assert verdict(closely_worded, -6.0) == NOT_FOUND
    assert verdict(closely_worded, 3.0) is None


def test_the_model_may_accept_other_words_for_the_same() -> None:
    assert why_unsupported(REWORDED, SOURCE) == NOT_SAID
    assert verdict(REWORDED, 3.0) is None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Kim asked Moscow for 500 tonnes of cheap oil.", SOURCE),
        ("Kim asked Beijing for cheap oil.", SOURCE),
        ("Kim asked Moscow in June.", "Kim asked Moscow in May."),
        ("Kim never asked Moscow for cheap oil.", SOURCE),
        ("Exports fell sharply.", "Exports rose sharply."),
        ("Kim asked Moscow.", "Kim may have asked Moscow."),
        ("Moscow asked Kim for cheap oil.", SOURCE),
        ("Putin said Kim wants oil.", "Kim said Putin wants oil."),
    ],
)
def test_no_model_overrules_a_rule_that_objects_nor_is_asked(claim: str, source: str) -> None:
    reader = Convinced(30.0)
    assert judge([held(claim, source)], reader=reader) == [why_unsupported(claim, source)]
    assert why_unsupported(claim, source)
    assert reader.batches == []


def test_a_claim_with_few_words_of_the_evidence_is_refused_whatever_the_model_says() -> None:
    claim = "Kim wants trade in tractors, cement and fertiliser."
    reader = Convinced(30.0)
    assert judge([held(claim)], reader=reader) == [NOT_SAID]
    assert reader.batches == []


@pytest.mark.parametrize("claim", [FAITHFUL, REWORDED, "Kim asked Beijing for cheap oil."])
def test_without_a_model_that_judges_claims_the_rules_alone_decide(claim: str) -> None:
    rules = why_unsupported(claim, SOURCE)
    assert verdict(claim, None) == rules
    assert judge([held(claim)], reader=None) == [rules]


def test_all_claims_are_read_at_once_and_keep_their_order() -> None:
    claims = [FAITHFUL, "Kim asked Beijing for cheap oil.", REWORDED]
    reader = Convinced(3.0)
    reasons = judge([held(claim) for claim in claims], reader=reader)
    assert [reason is None for reason in reasons] == [True, False, True]
    (batch,) = reader.batches
    assert [pair.question for pair in batch] == [FAITHFUL, REWORDED]


def test_signs_by_hand() -> None:
    source = replace(held("Kim asked Moscow for cheap grain."), title="News")
    shared, altered, doubted, *missing = signs(source, 0.0)
    assert missing == [0.0, 0.0, 0.0]
    assert shared == min(ENOUGH, 4 / 5)
    # kim ask moscow, ask moscow for; not moscow for cheap, for cheap grain.
    assert altered == 2 / 4
    assert doubted == 2 / 4 * 0.5
    # With all words the source's nothing is altered, but may be doubted.
    assert signs(held(FAITHFUL), 0.0)[1:3] == (0.0, 2 / 4 * 0.5)
    foreign = signs(held("Putin never asked for 5 ships."), 1.5)
    assert foreign[3:] == (1.0, 1.0, 1.0)


def test_the_fitted_numbers_fit_together() -> None:
    assert len(WEIGHTS) == len(SIGNS)
    assert 0.0 < LEAST_PROBABILITY < 1.0
    assert probability([0.0] * len(SIGNS)) < probability([ENOUGH, *[0.0] * (len(SIGNS) - 1)])


def test_the_model_sees_the_neighbours_of_the_evidence_and_the_title() -> None:
    before, cited, after = "The talks ended.", SOURCE, "Moscow agreed."
    text = f"Elsewhere it rained. {before} {cited} {after} Then it rained."
    document = Document(id="d", sources=("d",), title="Talks", text=f"Head. {text}")
    passage = Passage(id="p", document_id="d", start=6, end=6 + len(text), text=text)
    hit = Hit(passage=passage, score=1.0, rank=1, stage="fused")
    start = document.text.index(cited)
    entry = Evidence(hit=hit, start=start, end=start + len(cited), text=cited, score=0.9)
    found = hold(FAITHFUL, entry, document)
    assert found.surroundings == f"{before} {cited} {after}"
    assert (found.evidence, found.pair.title) == (cited, "Talks")
    only = replace(passage, start=start, end=start + len(cited), text=cited)
    alone = replace(entry, hit=replace(hit, passage=only))
    assert hold(FAITHFUL, alone, document).surroundings == cited
