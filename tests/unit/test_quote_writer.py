"""The quote writer picks the fewest sentences that answer and never edits one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.models import Passage, Span
from rag.lead import leading_answer
from rag.models import Draft, Evidence, Hit
from rag.points import POINTS_LIMIT, in_order, merge_points, same_answer, same_point
from rag.question import understand
from rag.write import QuoteWriter


def evidence(*entries: tuple[str, str, float]) -> tuple[Evidence, ...]:
    """Evidence from (document, sentence, score)."""
    found = []
    for rank, (document, text, score) in enumerate(entries, start=1):
        passage = Passage(id=f"p{rank}", document_id=document, start=0, end=len(text), text=text)
        hit = Hit(passage=passage, score=score, rank=rank, stage="fused")
        found.append(Evidence(hit=hit, start=0, end=len(text), text=text, score=score))
    return tuple(found)


POINTS = evidence(
    ("a", "Pyongyang wants satellite technology in return for shells.", 0.9),
    ("b", "In return for shells, Pyongyang wants satellite technology.", 0.8),
    ("c", "Analysts expect only food aid and fuel to be sent.", 0.6),
    ("d", "The weather in the port was mild.", 0.05),
)


THINGS = "coal salt rice glue wool iron zinc jute".split()
SCORES = [entry.score for entry in POINTS]


def draft_for(question: str, found: tuple[Evidence, ...], **options: int) -> Draft:
    *_, draft = QuoteWriter(**options).write(understand(question), found, {})
    assert isinstance(draft, Draft)
    return draft


def test_a_question_with_many_answers_gets_distinct_points_with_all_their_sources() -> None:
    draft = draft_for("what does Pyongyang want in return?", POINTS)
    assert [entry.markers for entry in draft.statements] == [(1, 2), (3,)]
    assert draft.statements[0].text == POINTS[0].text


@pytest.mark.parametrize(
    ("scores", "statements"), [((0.95, 0.8), 1), ((0.6, 0.5), 2), ((0.8, 0.07), 1)]
)
def test_a_question_for_one_fact_gets_more_sentences_while_none_surely_answers(
    scores: tuple[float, float], statements: int
) -> None:
    found = evidence(("a", POINTS[0].text, scores[0]), ("c", POINTS[2].text, scores[1]))
    assert len(draft_for("Who wants satellites?", found).statements) == statements


@pytest.mark.parametrize(("words", "statements"), [(60, 2), (12, 1)])
def test_a_second_sentence_joins_only_within_the_word_limit(words: int, statements: int) -> None:
    close = evidence(
        ("a", "The ferry strike ended on Thursday after long talks.", 0.7),
        ("b", "Crews went back to work when the owners signed.", 0.6),
    )
    assert len(draft_for("When did it end?", close, answer_words=words).statements) == statements


def test_a_list_takes_no_more_than_two_points_from_one_document() -> None:
    same = evidence(
        ("a", "Pyongyang wants satellite technology.", 0.9),
        ("a", "Fuel for the winter is needed badly.", 0.8),
        ("a", "Hard currency would help the plants.", 0.7),
        ("b", "Grain is short in every province.", 0.6),
    )
    draft = draft_for("what does Pyongyang want in return?", same)
    assert [entry.markers for entry in draft.statements] == [(1,), (2,), (4,)]


def test_a_list_prefers_what_stands_in_the_passages_found_first() -> None:
    found = evidence(
        ("a", "Grain is short in every province.", 0.25),
        ("b", "Hard currency would help the plants.", 0.3),
        ("c", "Fuel for the winter ran out early.", 0.35),
    )
    for question, first in (
        ("what does Pyongyang want in return?", found[0]),
        ("Who ran out of fuel?", found[2]),
    ):
        ordered = in_order(understand(question), found)
        assert draft_for(question, ordered).statements[0].text == first.text


def test_text_carries_the_markers() -> None:
    text = draft_for("Who wants satellites?", POINTS).text
    assert text.splitlines()[0].endswith("for shells. [1] [2]")


def test_points_below_the_floor_are_left_out() -> None:
    assert merge_points(POINTS, scores=SCORES, floor=0.5, same=same_point) == [[0, 1], [2]]
    assert merge_points(POINTS, scores=SCORES, floor=0.01, same=same_point) == [[0, 1], [2], [3]]


def test_what_was_put_first_leads_however_probable_it_is() -> None:
    found, scores = POINTS[::-1], SCORES[::-1]
    assert merge_points(found, scores=scores, floor=0.5, same=same_point) == [[0], [1], [2, 3]]


def test_a_list_prefers_what_tells_what_is_asked_for() -> None:
    found = evidence(
        ("a", "Pyongyang shipped shells from Rajin in August.", 0.3),
        ("b", "Kim has sought rocket parts for a year.", 0.1),
        ("c", "Moscow needs the shells that Pyongyang has in store.", 0.1),
    )
    question = "what does Pyongyang want in return?"
    listed = draft_for(question, in_order(understand(question), found))
    assert [entry.text for entry in listed.statements] == [found[1].text, found[0].text]


def test_a_list_hears_every_document_before_it_hears_one_twice() -> None:
    found = evidence(
        ("a", "Kim wants oil.", 0.9),
        ("a", "Kim wants silver.", 0.85),
        *((f"d{number}", f"Kim wants {thing}.", 0.7) for number, thing in enumerate(THINGS)),
    )
    listed = draft_for("what does Kim want in return?", found)
    documents = [found[entry.markers[0] - 1].hit.passage.document_id for entry in listed.statements]
    assert len(documents) == len(set(documents)) == POINTS_LIMIT


def answering(text: str, answer: str, *, document: str = "a") -> Evidence:
    """Evidence in which the place of the answer is certain."""
    (found,) = evidence((document, text, 0.5))
    start = text.index(answer)
    return replace(found, answer=Span(start, start + len(answer)))


STRIKE = answering("The crews of Orlan Ferries walked out on Monday.", "Orlan Ferries")


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (answering("All ships lie at the quay since Ferries called its men off.", "Ferries"), True),
        (answering("At Velmora Lines the crews walked out too.", "Velmora Lines"), False),
        (answering("The crews of Orlan Ferries did not walk out.", "Orlan Ferries"), False),
        (answering("The crews of Velmora Lines walked out on Monday.", "Velmora Lines"), False),
        (evidence(("b", "Orlan Ferries has not paid its men since May.", 0.5))[0], False),
    ],
    ids=["a part of the name", "another name", "denied", "only the name differs", "not certain"],
)
def test_sentences_are_one_point_of_a_fact_if_they_give_the_same_answer(
    other: Evidence, *, is_same: bool
) -> None:
    assert same_answer(STRIKE, other) is is_same


def test_every_member_of_a_point_gives_the_same_answer() -> None:
    found = [
        answering("The cup went to Renn.", "Renn", document="a"),
        answering("It was Mira Renn who took it home.", "Mira Renn", document="b"),
        answering("Tobias Renn was handed the prize.", "Tobias Renn", document="c"),
    ]
    assert merge_points(found, scores=[0.5] * 3, floor=0.5, same=same_answer) == [[0, 1], [2]]


def test_the_same_name_with_another_number_is_another_answer() -> None:
    eleven = answering("The port lost 11 cranes.", "11 cranes")
    assert not same_answer(eleven, answering("It lost 12 cranes in all.", "12 cranes"))


def test_who_gives_the_same_answer_is_cited_beside_it_not_after_it() -> None:
    other = answering(
        "Orlan Ferries is where crews went home on Monday.", "Orlan Ferries", document="b"
    )
    (found,) = draft_for("Whose crews walked out?", (STRIKE, other)).statements
    assert found.markers == (1, 2)


@pytest.mark.parametrize(
    ("question", "score", "led"),
    [
        ("Who walked out on Monday?", 0.8, "Orlan Ferries"),
        ("Who walked out on Monday?", 0.4, None),
        ("What happened on Monday?", 0.8, None),
        ("Which ferries stopped?", 0.8, None),
    ],
    ids=["a name", "not probable", "no name is asked for", "several may answer"],
)
def test_a_quote_is_led_by_the_name_that_was_asked_for(
    question: str, score: float, led: str | None
) -> None:
    assert leading_answer(understand(question), replace(STRIKE, score=score)) == led


@pytest.mark.parametrize(
    ("question", "text", "marked", "led"),
    [
        ("How many cranes fell?", "On 27 July the storm tore 11 cranes down.", "11 cranes", True),
        ("How many cranes fell?", "On 27 July the storm tore 11 cranes down.", "27", False),
        ("How many cranes fell?", "Velmora lost 11 cranes.", "Velmora", False),
        ("When did the cranes fall?", "On 27 July they came down.", "27 July", True),
        ("When did the cranes fall?", "On 27 July they came down.", "27", False),
        ("When did the cranes fall?", "The ferry left, and then they fell.", "The ferry", False),
        ("When will it reopen?", "The pier is to reopen next spring.", "next spring", True),
        ("Who left?", "She left on Monday.", "She", False),
        ("Where did it sink?", "It sank off the Lidd Bridge.", "Lidd Bridge", True),
        ("Where did it sink?", "It sank in the harbour.", "the harbour", False),
    ],
)
def test_what_leads_is_of_the_kind_that_was_asked_for(
    question: str, text: str, marked: str, *, led: bool
) -> None:
    told = replace(answering(text, marked), score=0.9)
    assert leading_answer(understand(question), told) == (marked if led else None)


def test_what_leads_has_no_half_of_a_pair_of_quotation_marks() -> None:
    told = replace(answering("He saw “Anora” twice.", "“Anora"), score=0.9)
    assert leading_answer(understand("Who was it?"), told) == "Anora"


def test_no_quote_is_led_by_half_of_itself() -> None:
    text = "It was the crews of all the ferries that Orlan owns who walked out."
    told = replace(answering(text, text[7:-16]), score=0.9)
    assert leading_answer(understand("Who walked out?"), told) is None
