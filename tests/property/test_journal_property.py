"""What a run has seen comes back from its journal exactly, whatever it was."""

from __future__ import annotations

from datetime import date
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from eval.journal import from_line, to_line
from eval.models import (
    CitationOutcome,
    ClaimOutcome,
    Condition,
    Observation,
    Outcome,
    Query,
)
from eval.report import outcome_row

texts = st.text(st.characters(), max_size=20)  # lone surrogates and line breaks among them
counts = st.integers(min_value=0, max_value=10**9)
many = st.lists(texts, max_size=3).map(tuple)
numbers = st.floats(allow_nan=False, allow_infinity=False)
queries = st.builds(
    Query,
    id=texts,
    question=texts,
    answers=many,
    relevant=many,
    evidence=many,
    type=texts,
    answerable=st.none() | st.booleans(),
    all_answers=st.booleans(),
    differs=st.none() | st.booleans(),
    asked_on=st.none() | st.dates(min_value=date(1900, 1, 1)),
)
citations = st.builds(
    CitationOutcome, document=texts, start=counts, end=counts, quote=texts, exact=st.booleans()
)
claims = st.builds(
    ClaimOutcome, text=texts, verdict=texts, citations=st.lists(citations, max_size=2).map(tuple)
)
outcomes = st.builds(
    Outcome,
    query=queries,
    condition=st.sampled_from(get_args(Condition)),
    ranked=st.none() | many,
    asked=st.booleans(),
    abstained=st.booleans(),
    abstained_because=st.none() | texts,
    probability=st.none() | numbers,
    text=texts,
    claims=st.lists(claims, max_size=2).map(tuple),
    markers=counts,
    unresolved_markers=counts,
    invented_markers=counts,
    similarity=st.none() | numbers,
    disagreements=counts,
    prompt_tokens=counts,
    completion_tokens=counts,
    notices=many,
    withheld=counts,
    error=st.none() | texts,
)
observations = st.builds(
    Observation,
    outcome=outcomes,
    milliseconds=st.dictionaries(texts, numbers, max_size=2),
    models=st.dictionaries(texts, texts, max_size=2),
)


@given(observations)
def test_an_observation_comes_back_exactly(observation: Observation) -> None:
    line = to_line(observation)
    back = from_line(line)

    assert back == observation
    assert outcome_row(back.outcome) == outcome_row(observation.outcome)
    assert line.isascii()
    assert line.index("\n") == len(line) - 1
