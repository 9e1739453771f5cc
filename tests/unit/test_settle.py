"""Who is shown when a model and the quotes have both answered."""

from __future__ import annotations

import pytest

from rag.cite import Checked
from rag.models import Citation, Claim, Rejection
from rag.settle import settle


def claim(text: str, start: int, *, verdict: str = "supported") -> Claim:
    place = Citation(
        document_id="d",
        title="t",
        outlet=None,
        source="s",
        published_at=None,
        page=None,
        start=start,
        end=start + 5,
        quote="quote",
    )
    citations = () if verdict == "unsupported" else (place,)
    return Claim(text=text, citations=citations, verdict=verdict)


REJECTED = (Rejection(text="x", reason="y"),)
QUOTES = Checked(claims=(claim("q1", 0), claim("q2", 10)), rejected=(), invented_markers=0)


def written(*claims: Claim) -> Checked:
    return Checked(claims=claims, rejected=REJECTED, invented_markers=3)


def test_a_capable_model_leads() -> None:
    model = written(claim("m", 50))
    assert settle(model, QUOTES, model_leads=True) == (model, None)


def test_quotes_stand_where_nothing_passed_and_the_refusals_are_kept() -> None:
    shown, notice = settle(written(), QUOTES, model_leads=True)
    assert shown.claims == QUOTES.claims
    assert (shown.rejected, shown.invented_markers) == (REJECTED, 3)
    assert notice
    assert "quotes" in notice


def test_a_small_model_phrases_what_the_quotes_rest_on_and_the_quotes_follow() -> None:
    shown, notice = settle(written(claim("m", 0), claim("stray", 90)), QUOTES, model_leads=False)
    assert [entry.text for entry in shown.claims] == ["m", "q1", "q2"]
    assert notice is None


def test_a_quote_that_the_small_model_repeats_is_shown_once() -> None:
    shown, _ = settle(written(claim("m", 0), claim("q2", 10)), QUOTES, model_leads=False)
    assert [entry.text for entry in shown.claims] == ["m", "q2", "q1"]


def test_a_small_model_that_strays_is_not_shown() -> None:
    shown, notice = settle(written(claim("stray", 90)), QUOTES, model_leads=False)
    assert shown.claims == QUOTES.claims
    assert notice


@pytest.mark.parametrize("model_leads", [True, False])
def test_unsupported_claims_that_were_kept_are_shown_marked(model_leads: bool) -> None:
    kept = claim("u", 0, verdict="unsupported")
    shown, notice = settle(written(claim("m", 0), kept), QUOTES, model_leads=model_leads)
    texts = ["m", "u"] if model_leads else ["m", "q1", "q2", "u"]
    assert [entry.text for entry in shown.claims] == texts
    assert shown.claims[-1] == kept
    assert notice is None


@pytest.mark.parametrize("model_leads", [True, False])
def test_unsupported_claims_that_were_kept_follow_the_quotes_that_stand_in(
    model_leads: bool,
) -> None:
    kept = claim("u", 0, verdict="unsupported")
    shown, notice = settle(written(kept), QUOTES, model_leads=model_leads)
    assert shown.claims == (*QUOTES.claims, kept)
    assert notice
