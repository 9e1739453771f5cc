"""Whatever was read and however it is scored, evidence quotes its document at exact offsets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evidence import ScoredHit, best_evidence, evidence_rows, score
from rag.features import asks
from rag.models import Evidence
from rag.reading import ReadHit
from tests.read_hits import read_hit

QUESTION = "What did Maud ask for in return?"
OPENERS = ("He", "But she", "It", "“They", "This", "Maud", "The keeper", "Then his mother", "彼")
SENTENCES = st.builds(
    "{} {}{}".format,
    st.sampled_from(OPENERS),
    st.sampled_from(
        [
            *("asked for grain in return", "met Kim", "kept 3.5 lamps", "said what Maud asked"),
            *("was late — again", "wound the clock of the tower " * 9 + "once", "休んだ"),
        ]
    ),
    st.sampled_from([*(". ", ".” ", "? ", "! ", ".\n\n", " … "), "。", "?” "]),
)
TEXTS = st.lists(SENTENCES, max_size=7).map("".join)


@st.composite
def hits(draw: st.DrawFn, *, rank: int, document: str) -> ReadHit:
    text = draw(TEXTS)
    numbers = st.floats(-9, 9)
    bare = read_hit(text)
    marked = draw(st.sampled_from([None, *(entry.text for entry in bare.sentences)]))
    return read_hit(
        text,
        document=document,
        head=draw(st.sampled_from(["", "Heading\n\n", "前。"])),
        tail=draw(st.sampled_from(["", " The end."])),
        rank=rank,
        answers=draw(numbers),
        logits=[draw(numbers) for _ in bare.sentences],
        answer=marked and marked[draw(st.integers(0, len(marked) // 2)) :],
        margin=draw(numbers),
    )


@st.composite
def several(draw: st.DrawFn) -> list[ReadHit]:
    return [draw(hits(rank=rank, document=f"d{rank}")) for rank in (1, 2, 3)][
        : draw(st.integers(0, 3))
    ]


def begins_and_ends_with_sentences(entry: Evidence, read: ReadHit) -> bool:
    shift = entry.hit.passage.start
    spans = [sentence.span for sentence in read.sentences]
    return entry.start - shift in {span.start for span in spans} and entry.end - shift in {
        span.end for span in spans
    }


@settings(deadline=None)
@given(read=several(), limit=st.integers(1, 15))
def test_evidence_stands_in_its_document_and_never_twice(read: list[ReadHit], limit: int) -> None:
    found = best_evidence(score(QUESTION, read, rarity={}), limit=limit)
    documents = {entry.document.id: entry for entry in read}
    assert len(found) <= limit
    assert [entry.score for entry in found] == sorted(
        (entry.score for entry in found), reverse=True
    )
    for entry in found:
        source = documents[entry.hit.passage.document_id]
        assert source.document.text[entry.start : entry.end] == entry.text
        assert begins_and_ends_with_sentences(entry, source)
        assert not asks(entry.text)
        if entry.answer is not None:
            assert entry.start <= entry.answer.start < entry.answer.end <= entry.end
    places = sorted((entry.hit.passage.document_id, entry.start, entry.end) for entry in found)
    for (one, _, end), (other, start, _) in pairwise(places):
        assert one != other or end <= start


@settings(deadline=None)
@given(read=several())
def test_without_a_limit_every_sentence_that_is_no_question_is_evidence(
    read: list[ReadHit],
) -> None:
    scored = score(QUESTION, read, rarity={})
    found = best_evidence(scored, limit=1_000)
    for entry in scored:
        for number in entry.numbers:
            span = entry.read.sentences[number].span
            shift = entry.read.hit.passage.start
            assert any(
                one.hit == entry.read.hit
                and one.start <= shift + span.start
                and shift + span.end <= one.end
                for one in found
            )


@settings(deadline=None)
@given(read=several(), data=st.data())
def test_the_order_of_the_hits_does_not_matter(read: list[ReadHit], data: st.DataObject) -> None:
    given_to_each = [
        ScoredHit(
            read=entry,
            numbers=numbers,
            probabilities=np.asarray([data.draw(st.sampled_from([0.2, 0.7])) for _ in numbers]),
        )
        for entry, (numbers, _) in zip(read, evidence_rows(QUESTION, read, rarity={}), strict=True)
    ]
    shuffled = data.draw(st.permutations(given_to_each))
    assert best_evidence(shuffled) == best_evidence(given_to_each)
