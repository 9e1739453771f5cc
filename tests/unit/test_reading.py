"""Each hit is read together with the question, its document's title and its sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.pairs import Pair
from rag.reader import Reader, Reading
from rag.reading import ReadHit, read_hits
from tests.read_hits import read_hit

QUESTION = "Who lit the lighthouse?"
TEXT = "Skerrow lies on a firth. Its lighthouse was lit by Maud Tarrant in 1904. Seals rest."


def read(reader: Reader, *given: ReadHit, question: str = QUESTION) -> list[ReadHit]:
    documents = {entry.document.id: entry.document for entry in given}
    return read_hits(question, [entry.hit for entry in given], documents=documents, reader=reader)


def same(one: Reading, other: Reading) -> bool:
    return one.answers == pytest.approx(other.answers, abs=0.2) and list(
        one.sentences
    ) == pytest.approx(list(other.sentences), abs=0.2)


def test_a_hit_is_read_as_a_pair_of_question_and_titled_passage(evidence_reader: Reader) -> None:
    given = read_hit(TEXT, head="Weather: rain.\n\n", title="Lights of the north")
    (found,) = read(evidence_reader, given)
    assert found.hit == given.hit
    assert found.document == given.document
    assert [TEXT[entry.span.start : entry.span.end] for entry in found.sentences] == [
        "Skerrow lies on a firth.",
        "Its lighthouse was lit by Maud Tarrant in 1904.",
        "Seals rest.",
    ]
    pair = Pair(
        question=QUESTION,
        title="Lights of the north",
        passage=TEXT,
        sentences=[entry.span for entry in found.sentences],
    )
    (wanted,) = evidence_reader.read([pair])
    (untitled,) = evidence_reader.read([replace(pair, title="")])
    (unasked,) = evidence_reader.read([replace(pair, question="")])
    assert found.reading.answers == wanted.answers
    assert found.reading.sentences.tolist() == wanted.sentences.tolist()
    assert found.reading.answers not in {untitled.answers, unasked.answers}


def test_hits_stay_in_order_with_their_own_document_and_reading(evidence_reader: Reader) -> None:
    given = [
        read_hit("Seals rest. " * 9, document="a", rank=1),
        read_hit(TEXT, document="b", rank=2),
        read_hit("The keeper slept.", document="a", head="Seals rest. " * 9, rank=3),
    ]
    given[2] = replace(given[2], document=given[0].document)  # another passage of that document
    found = read(evidence_reader, *given)
    assert [entry.hit for entry in found] == [entry.hit for entry in given]
    assert [entry.document.id for entry in found] == ["a", "b", "a"]
    assert [len(entry.sentences) for entry in found] == [9, 3, 1]
    for entry, alone in zip(found, given, strict=True):
        assert same(entry.reading, read(evidence_reader, alone)[0].reading)


@pytest.mark.parametrize(("language", "count"), [("de", 2), ("en", 3), (None, 2)])
def test_sentences_are_split_by_the_language_of_the_document(
    evidence_reader: Reader, language: str | None, count: int
) -> None:
    given = read_hit("Es war der 2. Sturm. Das Boot blieb.")
    given = replace(given, document=replace(given.document, language=language))
    (found,) = read(evidence_reader, given)
    assert len(found.sentences) == len(found.reading.sentences) == count


def test_a_passage_without_sentences_is_read_too(evidence_reader: Reader) -> None:
    (found,) = read(evidence_reader, read_hit(" "))
    assert found.sentences == []
    assert found.reading.sentences.shape == (0,)


def test_no_hits_are_not_read(evidence_reader: Reader) -> None:
    assert read(evidence_reader) == []


def test_a_title_as_long_as_a_page_leaves_room_for_the_passage(evidence_reader: Reader) -> None:
    (found,) = read(evidence_reader, read_hit(TEXT, title="Lights of the north coast " * 100))
    scores = found.reading.sentences
    assert scores.argmax() == 1
    assert len(set(scores.tolist())) == len(scores)
