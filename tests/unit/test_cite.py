"""A draft is believed only as far as its evidence goes."""

from __future__ import annotations

from index.models import Document, Passage
from rag.cite import check
from rag.models import Draft, Evidence, Hit, Statement

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


def checked(text: str, *quotes: str, keep_unsupported: bool = False):
    draft = Draft(text=text, evidence=evidence(*quotes), writer="test")
    return check(draft, {"d1": DOCUMENT}, keep_unsupported=keep_unsupported)


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
