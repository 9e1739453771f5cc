"""Citation measures: what does not exist scores zero, and citing everything does not pay."""

from __future__ import annotations

import pytest

from eval.metrics.citations import (
    attribution,
    exact_quotes,
    gold_precision,
    gold_support,
    holds_gold,
    markers,
    unresolved,
    validity,
    without_markers,
)
from eval.models import CitationOutcome, ClaimOutcome

GOLD = {"answers": ["submarine"], "evidence": ["Its list begins with help on submarines."]}


def quote(text: str, *, document: str = "wire", exact: bool = True) -> CitationOutcome:
    return CitationOutcome(document=document, start=0, end=len(text), quote=text, exact=exact)


def claim(*citations: CitationOutcome) -> ClaimOutcome:
    return ClaimOutcome(text="It wants a submarine.", verdict="supported", citations=citations)


GOOD = quote("It asked for a submarine.")
OTHER = quote("The ferry strike went on.", document="herald")


def test_every_marker_is_read() -> None:
    assert markers("Food [1][3], oil [12]; [sic] [a1]") == (1, 3, 12)
    assert without_markers("Food [1][3], oil [12].") == "Food, oil."


def test_a_marker_beyond_the_sources_or_below_one_is_unresolved() -> None:
    assert unresolved("[0] [1] [2] [3]", 2) == 2
    assert unresolved("no marker", 0) == 0


def test_one_bad_quote_marker_or_uncited_claim_makes_an_answer_invalid() -> None:
    assert validity([claim(GOOD)]) == 1.0
    assert validity([claim(GOOD), claim(quote("It", exact=False))]) == 0.0
    assert validity([claim(GOOD)], unresolved_markers=1) == 0.0
    assert validity([claim(GOOD), claim()]) == 0.0
    assert validity([]) == 0.0


def test_a_quote_that_does_not_exist_is_a_miss_and_is_not_skipped() -> None:
    invented = quote("It asked for a submarine.", document="nowhere", exact=False)

    assert exact_quotes([claim(GOOD, invented)]) == 0.5
    assert gold_support([claim(invented)], **GOLD) == 0.0
    assert gold_precision([claim(GOOD, invented)], **GOLD) == 0.5
    assert attribution([claim(invented)], {"nowhere"}) == 0.0


def test_support_is_the_share_of_claims_whose_quote_holds_gold() -> None:
    assert gold_support([claim(GOOD), claim(OTHER)], **GOLD) == 0.5
    assert gold_support([], **GOLD) == 0.0


def test_gold_evidence_supports_without_the_words_of_the_answer() -> None:
    part = quote("list begins with help on submarines")
    gold = {"answers": [], "evidence": GOLD["evidence"]}

    assert holds_gold(part, **gold)
    assert not holds_gold(quote("help on"), **gold)
    assert not holds_gold(OTHER, **gold)


def test_a_quote_of_a_whole_passage_pins_nothing_down() -> None:
    passage = quote("The delegation left on Tuesday. " * 12 + "It wants a submarine.")

    assert gold_support([claim(passage)], **GOLD) == 0.0


def test_citing_everything_lowers_precision_and_not_support() -> None:
    everything = claim(GOOD, *[OTHER] * 19)

    assert gold_support([everything], **GOLD) == 1.0
    assert gold_precision([everything], **GOLD) == pytest.approx(1 / 20)


def test_attribution_asks_for_a_relevant_document() -> None:
    assert attribution([claim(GOOD), claim(OTHER)], {"wire"}) == 0.5
    assert attribution([claim(GOOD)], set()) == 0.0
    assert attribution([], {"wire"}) == 0.0
