"""What holds of the check for any statement."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rag.judge import Held, probability, signs
from rag.support import coverage, objection, why_unsupported

WORDS = st.sampled_from(
    """Kim Putin Moscow asked said denied oil grain may not never rose fell 300 two May Monday
    13 13th On on 5,    before after the by to of “deal” according north-eastern U.S.""".split()
)
TEXTS = st.lists(WORDS, min_size=1, max_size=14).map(" ".join)
LOGITS = st.floats(min_value=-30, max_value=30)


@given(text=TEXTS)
def test_a_sentence_carries_itself(text: str) -> None:
    assert why_unsupported(text, text) is None


@given(statement=TEXTS, evidence=TEXTS, context=TEXTS)
def test_the_rules_refuse_all_that_an_objection_refuses(
    statement: str, evidence: str, context: str
) -> None:
    found = objection(statement, evidence, context=context)
    assert found is None or why_unsupported(statement, evidence, context=context) == found


@given(statement=TEXTS, evidence=TEXTS, context=TEXTS)
def test_context_never_lowers_coverage(statement: str, evidence: str, context: str) -> None:
    alone = coverage(statement, evidence)
    assert 0.0 <= alone <= coverage(statement, evidence, context=context) <= 1.0


@given(claim=TEXTS, evidence=TEXTS, lower=LOGITS, higher=LOGITS)
def test_more_support_by_the_model_never_makes_a_claim_less_probable(
    claim: str, evidence: str, lower: float, higher: float
) -> None:
    """Holds of any fit that makes sense: the weights of both its readings point one way."""
    held = Held(claim=claim, evidence=evidence, surroundings=evidence, title="")
    lower, higher = sorted((lower, higher))
    one, other = (probability(signs(held, supports)) for supports in (lower, higher))
    assert 0.0 <= one <= other <= 1.0


@given(claim=TEXTS, evidence=TEXTS, supports=LOGITS)
def test_signs_stay_in_their_ranges(claim: str, evidence: str, supports: float) -> None:
    held = Held(claim=claim, evidence=evidence, surroundings=evidence, title="")
    assert all(0.0 <= value <= 1.0 for value in signs(held, supports))
    copied = signs(replace(held, claim=evidence), supports)
    assert copied[1] == copied[3] == copied[4] == copied[5] == 0.0
