"""A draft is believed only as far as its evidence goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from index.models import Document, Passage
from rag.cite import MOST_TRIED, check
from rag.judge import NOT_FOUND
from rag.models import Draft, Evidence, Hit, Statement
from rag.pairs import Pair
from rag.reader import Reader, Reading

TEXT = (
    "The talks went on for two days. A senior official said Pyongyang “may ask for fuel” and food. "
    "Moscow denied any deal. The harvest fell by 12 percent."
)
DOCUMENT = Document(
    id="d1", sources=("a.txt",), title="Talks in the port", outlet="Example", text=TEXT
)


def evidence(*quotes: str) -> tuple[Evidence, ...]:
    passage = Passage(id="p1", document_id="d1", start=0, end=len(TEXT), text=TEXT)
    hit = Hit(passage=passage, score=1.0, rank=1, stage="fused")
    found = []
    for quote in quotes:
        start = TEXT.index(quote)
        found.append(Evidence(hit=hit, start=start, end=start + len(quote), text=quote, score=0.9))
    return tuple(found)


OFFICIAL = "A senior official said Pyongyang “may ask for fuel” and food."
DENIAL = "Moscow denied any deal."
HARVEST = "The harvest fell by 12 percent."


def checked(text: str, *quotes: str, keep_unsupported: bool = False, reader: Reader | None = None):
    draft = Draft(text=text, evidence=evidence(*quotes), writer="test")
    return check(draft, {"d1": DOCUMENT}, keep_unsupported=keep_unsupported, reader=reader)


class Doubting:
    """A reader that finds support only for passages that hold a word; notes what it reads."""

    model_id = "doubting"

    def __init__(self, word: str) -> None:
        self.word = word
        self.batches: list[list[Pair]] = []

    def read(self, pairs: Sequence[Pair]) -> list[Reading]:
        self.batches.append(list(pairs))
        reading = Reading(
            answers=0.0, relevant=0.0, supports=None, sentences=np.zeros(0), span=None
        )
        return [
            replace(reading, supports=9.0 if self.word in pair.passage else -9.0) for pair in pairs
        ]


def test_a_sentence_of_the_source_is_quoted_at_its_offsets() -> None:
    result = checked(f"{DENIAL} [1]", DENIAL)
    (claim,) = result.claims
    (place,) = claim.citations
    assert claim.verdict == "quoted"
    assert TEXT[place.start : place.end] == place.quote == DENIAL
    assert (place.title, place.outlet, place.source) == ("Talks in the port", "Example", "a.txt")


def test_plain_quotation_marks_still_find_the_typographic_ones() -> None:
    result = checked('A senior official said Pyongyang "may ask for fuel" and food. [1]', OFFICIAL)
    assert result.claims[0].verdict == "quoted"
    assert result.claims[0].citations[0].quote == OFFICIAL


def test_a_faithful_restatement_is_supported() -> None:
    result = checked("The harvest fell 12 percent [1].", HARVEST)
    assert [claim.verdict for claim in result.claims] == ["supported"]
    assert result.claims[0].citations[0].quote == HARVEST


def test_a_wrong_number_is_refused_and_the_reason_kept() -> None:
    result = checked("The harvest fell by 20 percent [1].", HARVEST)
    assert result.claims == ()
    assert "20" in result.rejected[0].reason


def test_a_marker_that_names_no_evidence_is_removed_and_counted() -> None:
    result = checked(f"{DENIAL} [1][7] {HARVEST} [9]", DENIAL, HARVEST)
    assert result.invented_markers == 2
    assert [claim.text for claim in result.claims] == [DENIAL, HARVEST]
    assert [claim.citations[0].quote for claim in result.claims] == [DENIAL, HARVEST]


def test_the_right_evidence_is_attached_when_the_marker_names_the_wrong_one() -> None:
    result = checked("The harvest fell 12 percent [1].", DENIAL, HARVEST)
    assert result.claims[0].citations[0].quote == HARVEST


def test_an_invented_quotation_is_refused() -> None:
    result = checked("A senior official said Pyongyang “must have fuel” and food [1].", OFFICIAL)
    assert result.claims == ()
    assert "must have fuel" in result.rejected[0].reason


def test_unsupported_statements_are_kept_and_marked_by_setting() -> None:
    result = checked("Aliens landed in the port [1].", HARVEST, keep_unsupported=True)
    (claim,) = result.claims
    assert (claim.verdict, claim.citations) == ("unsupported", ())
    assert len(result.rejected) == 1


def test_merged_points_cite_every_source_that_says_the_same() -> None:
    other = Document(
        id="d2", sources=("b.txt",), title="Reprint", text="Moscow has denied any deal."
    )
    passage = Passage(id="p2", document_id="d2", start=0, end=len(other.text), text=other.text)
    reprint = Evidence(
        hit=Hit(passage=passage, score=1.0, rank=2, stage="fused"),
        start=0,
        end=len(other.text),
        text=other.text,
        score=0.8,
    )
    draft = Draft(
        text="",
        evidence=(*evidence(DENIAL), reprint),
        statements=(Statement(text=DENIAL, markers=(1, 2)),),
        writer="quotes",
    )
    (claim,) = check(draft, {"d1": DOCUMENT, "d2": other}).claims
    assert [place.document_id for place in claim.citations] == ["d1", "d2"]


def test_a_part_of_a_sentence_is_no_quotation_of_it() -> None:
    """Cut out of its sentence, a statement can say what the sentence denies, doubts or narrows."""
    denied = "The ministry said it is not true that Kim asked for oil and food."
    doubted = "Analysts may doubt that Russia would deliver missiles to the port."
    counted = "Officials counted 2,300 tanks near the border."
    for source, part in (
        (denied, "Kim asked for oil and food."),
        (doubted, "Russia would deliver missiles."),
        (counted, "300 tanks near the border."),
    ):
        passage = Passage(id="p", document_id="x", start=0, end=len(source), text=source)
        hit = Hit(passage=passage, score=1.0, rank=1, stage="fused")
        entry = Evidence(hit=hit, start=0, end=len(source), text=source, score=0.9)
        draft = Draft(text=f"{part} [1]", evidence=(entry,), writer="test")
        document = Document(id="x", sources=("x",), title="Untitled", text=source)
        assert check(draft, {"x": document}).claims == (), part


def test_an_address_that_the_source_does_not_give_is_refused() -> None:
    result = checked("The harvest fell by 12 percent, see http://example.org/more [1].", HARVEST)
    assert result.claims == ()
    assert "http://example.org/more" in result.rejected[0].reason


def test_a_link_behind_a_marker_goes_with_it() -> None:
    (claim,) = checked("The harvest fell 12 percent [1](http://example.org).", HARVEST).claims
    assert claim.text == "The harvest fell 12 percent."


def test_the_model_refuses_a_statement_that_the_rules_let_through() -> None:
    text = "The harvest fell by 12 [1]."
    assert checked(text, HARVEST, reader=Doubting("harvest")).claims[0].verdict == "supported"
    result = checked(text, HARVEST, reader=Doubting("nothing there"))
    assert result.claims == ()
    assert [entry.reason for entry in result.rejected] == [NOT_FOUND]


def test_what_the_rules_refuse_keeps_their_reason_and_is_not_read() -> None:
    reader = Doubting("harvest")
    result = checked("The harvest fell by 20 percent [1].", HARVEST, reader=reader)
    assert "number 20" in result.rejected[0].reason
    assert reader.batches == []


def test_a_quotation_is_never_sent_to_the_model() -> None:
    reader = Doubting("nothing there")
    result = checked(f"{DENIAL} [1]", DENIAL, HARVEST, reader=reader)
    assert [claim.verdict for claim in result.claims] == ["quoted"]
    assert reader.batches == []


def test_a_draft_is_read_at_once_whatever_the_order_of_its_statements() -> None:
    reader = Doubting("harvest")
    text = f"The harvest fell 12 percent [1]. {DENIAL} [2] Moscow has denied a deal [2]."
    result = checked(text, HARVEST, DENIAL, reader=reader)
    (batch,) = reader.batches
    assert [pair.question for pair in batch] == [
        "The harvest fell 12 percent.",
        "Moscow has denied a deal.",
    ]
    # The neighbours of the denial hold the word that this reader looks for.
    assert [(claim.verdict, claim.citations[0].quote) for claim in result.claims] == [
        ("supported", HARVEST),
        ("quoted", DENIAL),
        ("supported", DENIAL),
    ]


def written(claim: str, *sources: str, markers: tuple[int, ...], reader: Reader):
    """The check of one statement against single-sentence documents."""
    documents, entries = {}, []
    for number, text in enumerate(sources):
        name = f"d{number}"
        documents[name] = Document(id=name, sources=(name,), title="Untitled", text=text)
        passage = Passage(id=name, document_id=name, start=0, end=len(text), text=text)
        hit = Hit(passage=passage, score=1.0, rank=1, stage="fused")
        entries.append(Evidence(hit=hit, start=0, end=len(text), text=text, score=0.9))
    draft = Draft(
        text="",
        evidence=tuple(entries),
        statements=(Statement(text=claim, markers=markers),),
        writer="test",
    )
    return check(draft, documents, reader=reader)


@pytest.mark.parametrize(
    ("word", "cited"),
    [("Monday", ["d0"]), ("Tuesday", ["d1"]), ("oil", ["d0", "d2"]), ("nothing there", [])],
)
def test_the_evidence_named_comes_before_the_rest_for_the_model_too(
    word: str, cited: list[str]
) -> None:
    sources = (
        "Kim asked Moscow for oil on Monday.",
        "Kim asked Moscow for oil on Tuesday.",
        "Kim asked Moscow for oil on Friday.",
    )
    claim = "Kim asked Moscow for oil."
    result = written(claim, *sources, markers=(1, 3), reader=Doubting(word))
    assert [place.document_id for entry in result.claims for place in entry.citations] == cited
    assert [entry.reason for entry in result.rejected] == ([] if cited else [NOT_FOUND])


def test_only_a_few_pieces_of_evidence_that_nobody_named_are_read() -> None:
    sources = [f"Kim asked Moscow for oil and for {thing}." for thing in "abcdefgh"]
    reader = Doubting("nothing there")
    written("Kim asked Moscow for oil.", *sources, markers=(1,), reader=reader)
    assert [len(batch) for batch in reader.batches] == [MOST_TRIED]
    reader.batches.clear()
    written("Kim asked Moscow for oil.", *sources, markers=(1, 2, 3, 4, 5), reader=reader)
    assert [len(batch) for batch in reader.batches] == [5]


def test_of_evidence_that_nobody_named_the_closest_alone_is_cited() -> None:
    sources = (
        "Kim asked Moscow for oil, but the price was open.",
        "Kim asked Moscow for oil.",
        "Kim asked Moscow for cheap oil and grain.",
    )
    claim = "Kim asked Moscow for cheap oil."
    result = written(claim, *sources, markers=(), reader=Doubting("oil"))
    assert [place.document_id for entry in result.claims for place in entry.citations] == ["d2"]


@pytest.mark.parametrize(
    ("text", "answer"), [(HARVEST, "12 percent"), ("By 12 percent the harvest fell.", None)]
)
def test_only_a_quotation_is_led_by_the_answer_itself(text: str, answer: str | None) -> None:
    statement = Statement(text=text, markers=(1,), answer="12 percent")
    draft = Draft(text=text, evidence=evidence(HARVEST), statements=(statement,), writer="test")
    (claim,) = check(draft, {"d1": DOCUMENT}).claims
    assert claim.answer == answer
