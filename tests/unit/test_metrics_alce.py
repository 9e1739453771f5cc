"""Citation recall and precision by hand: which quotes carry a claim, and which it needs."""

from __future__ import annotations

import pytest

from eval.metrics.alce import citation_precision, citation_recall
from eval.models import CitationOutcome, ClaimOutcome

FRIDAY = "The ferry crews stopped work on Friday."
ISLANDS = "The strike of the ferry crews leaves nine islands cut off."
OTHER = "Tessel Bay has bought a crane."


def claim(text: str, *quotes: str, exact: bool = True) -> ClaimOutcome:
    citations = tuple(
        CitationOutcome(document="d", start=0, end=len(quote), quote=quote, exact=exact)
        for quote in quotes
    )
    return ClaimOutcome(text=text, verdict="supported", citations=citations)


ONE = "The ferry crews stopped on Friday."
BOTH = "The ferry crews stopped work on Friday and nine islands are cut off."


def test_a_claim_is_carried_by_one_quote_or_by_all_together() -> None:
    assert citation_recall([claim(ONE, FRIDAY)]) == 1.0
    assert citation_recall([claim(BOTH, FRIDAY)]) == 0.0
    assert citation_recall([claim(BOTH, FRIDAY, ISLANDS)]) == 1.0
    assert citation_recall([claim(ONE, FRIDAY), claim(ONE, OTHER), claim(ONE)]) == pytest.approx(
        1 / 3
    )


def test_a_quote_that_stands_nowhere_carries_nothing() -> None:
    assert citation_recall([claim(ONE, FRIDAY, exact=False)]) == 0.0
    assert citation_precision([claim(ONE, FRIDAY, exact=False)]) == 0.0


def test_needless_citations_cost_precision_and_needed_ones_do_not() -> None:
    assert citation_precision([claim(BOTH, FRIDAY, ISLANDS)]) == 1.0
    assert citation_precision([claim(ONE, FRIDAY, OTHER)]) == 0.5
    assert citation_precision([claim(ONE, FRIDAY, FRIDAY)]) == 1.0  # each carries it by itself
    assert citation_precision([claim(ONE, OTHER, OTHER)]) == 0.0


def test_citations_are_counted_over_all_claims() -> None:
    assert citation_precision([claim(ONE, FRIDAY), claim(ONE, OTHER, OTHER)]) == pytest.approx(
        1 / 3
    )


def test_no_claim_and_no_citation_score_zero() -> None:
    assert citation_recall([]) == citation_precision([]) == citation_precision([claim(ONE)]) == 0.0
