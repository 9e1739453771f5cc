"""Citations as LlamaIndex's nodes: what the claims on them know is told, where they agree."""

from __future__ import annotations

from datetime import date

import pytest

from rag.models import Answer, Citation, Claim, Question
from rag.nodes import quote_nodes

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def source(number: int) -> Citation:
    return Citation(
        document_id="d",
        title="Title",
        outlet=None,
        source="d.txt",
        published_at=MONDAY,
        page=number,
        start=10 * number,
        end=10 * number + 5,
        quote="Quote",
    )


def answer(*claims: Claim) -> Answer:
    sources = dict.fromkeys(entry for claim in claims for entry in claim.citations)
    question = Question(text="?", standalone="?", parts=("?",))
    return Answer(question=question, claims=claims, sources=tuple(sources))


def claim(text: str, *numbers: int, speaker: str | None = None, day: date | None = None) -> Claim:
    return Claim(
        text=text,
        citations=tuple(map(source, numbers)),
        verdict="supported",
        speaker=speaker,
        event_date=day,
    )


@pytest.mark.parametrize(
    ("second", "speaker", "day"),
    [
        (claim("B", 1, speaker="Mara Quill", day=MONDAY), "Mara Quill", "2026-03-02"),
        (claim("B", 1, speaker="Tom Ash", day=MONDAY), None, "2026-03-02"),
        (claim("B", 1, speaker="Mara Quill", day=TUESDAY), "Mara Quill", None),
        (claim("B", 1), None, None),
        (claim("B", 2, speaker="Tom Ash"), "Mara Quill", "2026-03-02"),
    ],
)
def test_speaker_and_day_are_told_where_all_claims_on_a_quote_agree(
    second: Claim, speaker: str | None, day: str | None
) -> None:
    first = claim("A", 1, speaker="Mara Quill", day=MONDAY)
    metadata = quote_nodes(answer(first, second))[0].node.metadata
    assert (metadata["speaker"], metadata["event_date"]) == (speaker, day)
    assert metadata["claims"][0] == {
        "text": "A",
        "verdict": "supported",
        "answer": None,
        "speaker": "Mara Quill",
        "event_date": "2026-03-02",
    }


def test_a_quote_lists_only_the_claims_that_rest_on_it() -> None:
    nodes = quote_nodes(answer(claim("A", 1, 2), claim("B", 2)))
    told = [[entry["text"] for entry in found.node.metadata["claims"]] for found in nodes]
    assert told == [["A"], ["A", "B"]]
    assert [found.node.metadata["marker"] for found in nodes] == [1, 2]
    assert len({found.node.node_id for found in nodes}) == 2


def test_a_model_is_told_only_what_helps_it_to_read() -> None:
    (found,) = quote_nodes(answer(claim("A", 1, speaker="Mara Quill")))
    told = found.node.get_metadata_str(mode="llm")
    assert told.splitlines() == ["title: Title", "published_at: 2026-03-02", "speaker: Mara Quill"]
