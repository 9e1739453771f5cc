"""Whatever answer is stored comes back equal, and dropping quotes leaves no trace of them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from index.models import Filters
from rag.answer_json import to_json
from rag.conversations import Conversations
from rag.models import (
    Answer,
    Citation,
    Claim,
    Disagreement,
    Question,
    Rejection,
    Trace,
)
from rag.periods import Period
from rag.removed import LEFT_OUT, citations_of, without_quotes

# Every character but halves of surrogate pairs, two of which JSON makes one character of.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
maybe = st.none() | texts
dates = st.dates()
counts = st.integers(0, 10**6)
citations = st.builds(
    Citation,
    document_id=st.sampled_from(["a" * 32, "b" * 32]),
    title=texts,
    outlet=maybe,
    source=texts,
    published_at=st.none() | dates,
    page=st.none() | counts,
    start=counts,
    end=counts,
    quote=texts,
)
questions = st.builds(
    Question,
    text=texts,
    standalone=texts,
    parts=st.lists(texts, max_size=3).map(tuple),
    filters=st.builds(Filters, tags=st.lists(texts, max_size=2).map(tuple)),
    asked_on=st.none() | dates,
    period=st.none() | st.builds(Period, first=dates, last=dates),
)
traces = st.builds(
    Trace,
    milliseconds=st.dictionaries(texts, st.floats(0, 1e9), max_size=2),
    models=st.dictionaries(texts, texts, max_size=2),
    answerable=st.floats(0, 1),
    rejected=st.lists(st.builds(Rejection, text=texts, reason=texts), max_size=2).map(tuple),
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    sources = tuple(draw(st.lists(citations, unique=True, max_size=4)))
    cited = st.lists(st.sampled_from(sources), unique=True) if sources else st.just([])
    claims = st.builds(
        Claim,
        text=texts | st.sampled_from([place.quote for place in sources] or [""]),
        citations=cited.map(tuple),
        verdict=st.sampled_from(["quoted", "supported", "unsupported"]),
        answer=maybe,
        speaker=maybe,
        event_date=st.none() | dates,
    )
    several = st.lists(citations, max_size=2).map(tuple)
    return Answer(
        question=draw(questions),
        claims=tuple(draw(st.lists(claims, max_size=3))),
        sources=sources,
        disagreements=tuple(
            draw(
                st.lists(
                    st.builds(
                        Disagreement,
                        point=texts,
                        sides=several,
                        superseded=several,
                        since=st.none() | dates,
                    ),
                    max_size=1,
                )
            )
        ),
        unanswered=tuple(draw(st.lists(texts, max_size=2))),
        abstained_because=draw(maybe),
        nearest=draw(several),
        notices=tuple(draw(st.lists(texts, max_size=2))),
        trace=draw(traces),
    )


@settings(deadline=None, max_examples=60)
@given(several=st.lists(answers(), min_size=1, max_size=3))
def test_what_is_stored_comes_back_equal(several: list[Answer]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        conversations = Conversations(Path(folder) / "conversations.sqlite3")
        name = None
        for answer in several:
            name = conversations.add(answer, conversation=name).conversation_id
        assert name is not None
        assert [entry.answer for entry in conversations.answers(name)] == several
        assert conversations.find(name).title == conversations.find(name).title.strip()
        assert len(conversations.find(name).title) <= 60
        conversations.close()


@given(answer=answers(), cited=citations)
def test_dropping_quotes_is_complete_settled_and_keeps_what_is_cited(
    answer: Answer, cited: Citation
) -> None:
    def gone(citation: Citation) -> bool:
        return citation.document_id[0] == "a"

    full = Claim(  # drawn claims are seldom cited and hold everything that can be told
        text="It closed.",
        citations=(cited,),
        verdict="supported",
        answer="it",
        speaker="Mira Velo",
        event_date=date(2026, 3, 2),
    )
    answer = replace(
        answer,
        claims=(*answer.claims, full),
        sources=tuple(dict.fromkeys((*answer.sources, cited))),
    )
    left = without_quotes(answer, gone)
    assert without_quotes(left, gone) == left
    assert to_json(left)["text"] == left.text  # every marker still names a source
    assert [len(claim.citations) for claim in left.claims] == [
        len(claim.citations) for claim in answer.claims
    ]
    assert {place.quote for place in citations_of(left) if gone(place)} <= {LEFT_OUT}
    for claim in left.claims:
        if claim.citations and all(map(gone, claim.citations)):
            assert claim.text == LEFT_OUT
            assert (claim.answer, claim.speaker, claim.event_date) == (None, None, None)
