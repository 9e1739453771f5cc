"""Hits that were read become scored sentences with exact offsets."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from index.models import Span
from rag.evidence import (
    BIAS,
    CERTAIN_SPAN,
    COLUMNS,
    EVIDENCE_LIMIT,
    FRAGMENT_WORDS,
    WEIGHTS,
    ScoredHit,
    best_evidence,
    evidence_rows,
    leans,
    probabilities,
    score,
)
from rag.models import Evidence
from rag.reader import Reader
from rag.reading import ReadHit, read_hits
from tests.read_hits import read_hit

HEAD = "The port was closed.\n\n"
TEXT = (
    "The harbour was quiet on Monday. Officials said Pyongyang wants satellite technology in "
    "return for shells. What do fishermen want? Nets and calm water. Dr. Ahn disagreed."
)
QUESTION = "what does Pyongyang want in return?"
ANSWER = "satellite technology"


def rows(question: str, *read: ReadHit) -> list[tuple[tuple[int, ...], dict[str, list[float]]]]:
    """For each hit the numbers of its sentences and the columns by name."""
    return [
        (numbers, dict(zip(COLUMNS, found.T.tolist(), strict=True)))
        for numbers, found in evidence_rows(question, read, rarity={})
    ]


def scored(read: ReadHit, *values: float, numbers: tuple[int, ...] | None = None) -> ScoredHit:
    """Probabilities as if the sentences had been scored."""
    chosen = tuple(range(len(values))) if numbers is None else numbers
    return ScoredHit(read=read, numbers=chosen, probabilities=np.asarray(values, dtype=np.float64))


def texts(found: tuple[Evidence, ...]) -> list[str]:
    return [entry.text for entry in found]


class TestRows:
    def test_there_is_one_weight_for_every_column(self) -> None:
        assert len(WEIGHTS) == len(COLUMNS) == len(set(COLUMNS))

    def test_what_the_model_and_the_search_said_stands_in_its_columns(self) -> None:
        read = read_hit(TEXT, found=0.7, answers=1.5, logits=[-3, 2, 1, -1, -2])
        ((numbers, found),) = rows(QUESTION, read)
        assert numbers == (0, 1, 3, 4)  # 2 is a question
        assert found["sentence"] == [-3, 2, -1, -2]
        assert found["marked"] == [0.0] * 4
        assert found["agreement"] == [0.0] * 4
        assert found["found"] == [0.7] * 4

    def test_the_sentence_with_the_answer_that_the_model_marks_is_marked(self) -> None:
        ((_, found),) = rows(QUESTION, read_hit(TEXT, answer=ANSWER, margin=-3.0))
        assert found["marked"] == [0.0, 1.0, 0.0, 0.0]  # sure or not

    def test_a_fragment_has_too_few_words(self) -> None:
        for count, short in ((FRAGMENT_WORDS - 1, 1.0), (FRAGMENT_WORDS, 0.0)):
            ((_, found),) = rows(QUESTION, read_hit(" ".join(["rain"] * count) + "."))
            assert found["fragment"] == [short]
        ((_, found),) = rows(QUESTION, read_hit("Boat: Petrel | Crew: 9"))
        assert found["fragment"] == [0.0]  # the row of a table states something

    def test_every_hit_has_its_own(self) -> None:
        one = read_hit("Rain fell.", document="a", rank=1, found=3.0)
        two = read_hit("Snow fell. Ice held.", document="b", rank=2, found=4.0)
        found = rows(QUESTION, one, two)
        assert [numbers for numbers, _ in found] == [(0,), (0, 1)]
        assert [columns["found"] for _, columns in found] == [[3.0], [4.0, 4.0]]

    def test_an_answer_that_others_give_too_is_seen_in_its_sentence(self) -> None:
        one = read_hit(TEXT, document="a")
        two = read_hit(
            "It is satellite technology, they said.", document="b", answer=ANSWER, margin=30.0
        )
        found = rows(QUESTION, one, two)
        assert found[0][1]["agreement"] == pytest.approx([0.0, 1.0, 0.0, 0.0])
        assert found[1][1]["agreement"] == [0.0]

    @pytest.mark.parametrize(
        ("published", "asks_from", "outdated"),
        [
            (date(2024, 8, 7), date(2025, 8, 8), 1.0),
            (date(2024, 8, 8), date(2025, 8, 8), 0.0),
            (date(2024, 8, 7), None, 0.0),
            (None, date(2025, 8, 8), 0.0),
        ],
        ids=["a year and a day", "a year", "no day of asking", "no day of publication"],
    )
    def test_what_is_more_than_a_year_older_than_the_time_asked_about_is_outdated(
        self, published: date | None, asks_from: date | None, outdated: float
    ) -> None:
        read = read_hit("The mayor is Mira Velo.", published=published)
        ((_, found),) = evidence_rows(QUESTION, [read], rarity={}, asks_from=asks_from)
        assert found[:, COLUMNS.index("outdated")].tolist() == [outdated]

    def test_a_hit_of_questions_only_and_one_without_sentences_have_no_rows(self) -> None:
        for text in ("What do fishermen want? Who asks?", " "):
            ((numbers, found),) = evidence_rows(QUESTION, [read_hit(text)], rarity={})
            assert numbers == ()
            assert found.shape == (0, len(COLUMNS))

    def test_no_hits_have_no_rows(self) -> None:
        assert evidence_rows(QUESTION, [], rarity={}) == []


class TestScore:
    def test_probabilities_are_the_logistic_of_the_weighted_sum(self) -> None:
        given = np.vstack([np.zeros(len(COLUMNS)), np.eye(len(COLUMNS))])
        found = probabilities(given)
        assert found.shape == (1 + len(COLUMNS),)
        assert ((found > 0) & (found < 1)).all()
        odds = np.log(found / (1 - found))
        assert odds == pytest.approx([BIAS, *(BIAS + weight for weight in WEIGHTS)])

    def test_every_sentence_that_is_no_question_has_a_probability(self) -> None:
        (found,) = score(QUESTION, [read_hit(TEXT)], rarity={})
        assert found.numbers == (0, 1, 3, 4)
        assert found.probabilities.shape == (4,)
        assert found.best == found.probabilities.max() > 0

    def test_what_the_model_is_sure_of_is_far_more_probable(self) -> None:
        sure = [-6.0, 6.0, -6.0, -6.0, -6.0]
        one = read_hit(TEXT, answers=5.0, logits=sure, answer=ANSWER, margin=9.0)
        other = read_hit(TEXT, document="e", answers=-5.0, logits=[-6.0] * 5, rank=2)
        first, second = score(QUESTION, [one, other], rarity={})
        assert first.numbers[int(first.probabilities.argmax())] == 1
        assert first.best > 2 * second.best

    def test_a_hit_without_sentences_is_worth_nothing(self) -> None:
        (found,) = score(QUESTION, [read_hit("Who asks?")], rarity={})
        assert found.best == 0.0

    def test_no_hits_give_no_scores_and_no_evidence(self) -> None:
        assert score(QUESTION, [], rarity={}) == []
        assert best_evidence([]) == ()

    def test_an_indirect_question_is_no_evidence_but_what_follows_is(self) -> None:
        read = read_hit(
            "The harbour was quiet. There are fears about what Pyongyang wants in return. "
            "Officials named submarines and grain."
        )
        (found,) = score(QUESTION, [read], rarity={})
        assert found.numbers == (0, 2)
        (other,) = score("Why do gulls nest?", [read], rarity={})
        assert other.numbers == (0, 1, 2)


class TestBestEvidence:
    def test_the_most_probable_come_first_at_their_exact_places(self) -> None:
        read = read_hit(TEXT, head=HEAD, tail=" The end.")
        found = best_evidence([scored(read, 0.1, 0.9, 0.3, 0.2, numbers=(0, 1, 3, 4))])
        assert [entry.score for entry in found] == [0.9, 0.3, 0.2, 0.1]
        assert found[0].text.startswith("Officials said")
        assert found[1].text == "Nets and calm water."
        for entry in found:
            assert read.document.text[entry.start : entry.end] == entry.text
            assert entry.hit == read.hit

    def test_equals_stand_as_their_passages_and_then_their_sentences(self) -> None:
        late = read_hit("Rain fell. Snow fell.", document="a", rank=2)
        early = read_hit("Ice held. Frost bit.", document="b", rank=1)
        found = best_evidence([scored(late, 0.5, 0.5), scored(early, 0.5, 0.5)])
        assert texts(found) == ["Ice held.", "Frost bit.", "Rain fell.", "Snow fell."]

    def test_there_are_at_most_as_many_as_asked_for(self) -> None:
        text = " ".join(f"Boat {number} sailed." for number in range(EVIDENCE_LIMIT + 3))
        given = [scored(read_hit(text), *np.linspace(0.9, 0.1, EVIDENCE_LIMIT + 3).tolist())]
        assert len(best_evidence(given)) == EVIDENCE_LIMIT
        assert texts(best_evidence(given, limit=2)) == ["Boat 0 sailed.", "Boat 1 sailed."]

    def test_a_sentence_that_leans_brings_the_one_before_it(self) -> None:
        read = read_hit("Rain fell. Kim met Putin. He asked for grain.", head=HEAD)
        found = best_evidence([scored(read, 0.1, 0.3, 0.8)])
        assert texts(found) == ["Kim met Putin. He asked for grain.", "Rain fell."]
        assert [entry.score for entry in found] == [0.8, 0.1]
        assert read.document.text[found[0].start : found[0].end] == found[0].text

    def test_one_neighbour_is_brought_along_and_not_a_chain_of_them(self) -> None:
        read = read_hit("Kim met Putin. He smiled. He asked for grain.")
        assert texts(best_evidence([scored(read, 0.1, 0.1, 0.8)], limit=1)) == [
            "He smiled. He asked for grain."
        ]

    def test_the_first_sentence_of_a_passage_brings_nothing(self) -> None:
        read = read_hit("He asked for grain. Rain fell.", head=HEAD)
        assert texts(best_evidence([scored(read, 0.8, 0.1)], limit=1)) == ["He asked for grain."]

    def test_a_neighbour_too_long_for_a_quote_stays_behind(self) -> None:
        for words, brought in ((55, True), (56, False)):
            read = read_hit("rain " * words + "fell. He asked for grain.")
            (found,) = best_evidence([scored(read, 0.1, 0.8)], limit=1)
            assert found.text.startswith("rain") == brought
            assert found.text.endswith("He asked for grain.")

    def test_a_neighbour_that_is_taken_is_not_repeated(self) -> None:
        read = read_hit("Rain fell. Kim met Putin. He asked for grain.")
        found = best_evidence([scored(read, 0.1, 0.9, 0.8)])
        assert texts(found) == ["Kim met Putin.", "He asked for grain.", "Rain fell."]

    def test_what_two_passages_of_a_document_share_is_evidence_once(self) -> None:
        one = read_hit("Rain fell. Snow fell.", tail=" Ice held.", rank=1)
        two = read_hit("Snow fell. Ice held.", head="Rain fell. ", rank=2)
        assert one.document == two.document
        found = best_evidence([scored(one, 0.5, 0.6), scored(two, 0.9, 0.4)])
        assert texts(found) == ["Snow fell.", "Rain fell.", "Ice held."]
        assert found[0].hit.rank == 2

    def test_the_same_place_in_another_document_is_something_else(self) -> None:
        one, two = read_hit("Rain fell.", document="a"), read_hit("Rain fell.", document="b")
        found = best_evidence([scored(one, 0.5), scored(two, 0.4)])
        assert [entry.hit.passage.document_id for entry in found] == ["a", "b"]


class TestAnswer:
    def test_a_sure_answer_is_marked_in_its_sentence_only(self) -> None:
        read = read_hit(TEXT, head=HEAD, answer=ANSWER, margin=CERTAIN_SPAN)
        found = best_evidence([scored(read, 0.1, 0.9, 0.3, 0.2, numbers=(0, 1, 3, 4))])
        place = found[0].answer
        assert place is not None
        assert read.document.text[place.start : place.end] == ANSWER
        assert found[0].start <= place.start < place.end <= found[0].end
        assert [entry.answer for entry in found[1:]] == [None] * 3

    def test_an_answer_that_is_not_sure_is_not_marked(self) -> None:
        for read in (read_hit(TEXT, answer=ANSWER, margin=CERTAIN_SPAN - 0.1), read_hit(TEXT)):
            (found,) = best_evidence([scored(read, 0.9, numbers=(1,))])
            assert found.answer is None

    def test_an_answer_stands_in_the_sentence_in_which_it_begins(self) -> None:
        read = read_hit("海豹が休む。モードが灯した。", answer="モード", margin=9.0)
        first, second = best_evidence([scored(read, 0.9, 0.8)])
        assert first.answer is None
        assert second.answer == Span(second.start, second.start + len("モード"))

    def test_an_answer_ends_with_its_sentence(self) -> None:
        read = read_hit(TEXT, head=HEAD, answer="calm water. Dr. Ahn", margin=9.0)
        (found,) = best_evidence([scored(read, 0.9, numbers=(3,))])
        assert found.answer == Span(found.end - len("calm water."), found.end)

    def test_an_answer_in_the_neighbour_that_is_brought_along_is_not_this_sentence_s(self) -> None:
        read = read_hit("Kim met Putin. He asked for grain.", answer="Putin", margin=9.0)
        (found,) = best_evidence([scored(read, 0.1, 0.9)], limit=1)
        assert found.text == "Kim met Putin. He asked for grain."
        assert found.answer is None


@pytest.mark.parametrize(
    "text",
    [
        *("He said Kim had agreed.", "she left.", "They went to Warsaw.", "His boat sank."),
        *("But she stayed.", "“He is late,” said Kim.", "And their engine failed."),
        *("It was refused.", "But it was refused.", "This is why.", "Both were late."),
        *("The former is older.", "Then, it rained.", "Its mast broke.", "(They were not.)"),
    ],
)
def test_a_sentence_that_opens_with_who_or_what_was_named_before_leans(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Kim said he agreed.", "Henry left.", "Theirs is a small port.", "The form is late."),
        *("It was Putin who came.", "This week Kim met Putin.", "Its owner, Maud Tarrant, left."),
        *("", "Rain fell.", "Thistles grow.", "Item 4 was dropped.", "However, Ahn disagreed."),
    ],
)
def test_a_sentence_that_names_what_it_is_about_does_not_lean(text: str) -> None:
    assert not leans(text)


CASES = [
    (
        "Who was the architect of the bridge of Emmel?",
        "Emmel has one bridge across its river. Its architect was Jonas Whitlow, the son of a "
        "mason. The toll was raised again in spring. Swallows live beneath the two arches.",
        "Jonas Whitlow",
    ),
    (
        "When was the tram of Pellworth opened?",
        "Pellworth is built on two steep hills. The tram was opened on 4 May 1926. It runs on "
        "steel rails all day. Bread is baked at both of its ends.",
        "1926",
    ),
    (
        "Where did Sela Brandt learn her craft?",
        "Sela Brandt painted the doors of Hask. She learned the craft from her aunt in Corvane. "
        "Her last door is painted green. Visitors knock on it for good luck.",
        "Corvane",
    ),
]


@pytest.mark.parametrize(("question", "text", "answer"), CASES)
def test_with_the_model_that_ships_the_sentence_that_answers_comes_first(
    evidence_reader: Reader, question: str, text: str, answer: str
) -> None:
    given = read_hit(text, head=HEAD)
    read = read_hits(question, [given.hit], documents={"d": given.document}, reader=evidence_reader)
    first, *others = best_evidence(score(question, read, rarity={}))
    assert answer in first.text
    assert all(first.score > 1.2 * other.score for other in others)


def test_with_the_model_that_ships_a_question_about_something_else_gets_little(
    evidence_reader: Reader,
) -> None:
    question, text, _ = CASES[1]
    given = read_hit(text)
    best = {}
    for asked in (question, "What do violinists eat?"):
        read = read_hits(
            asked, [given.hit], documents={"d": given.document}, reader=evidence_reader
        )
        (found,) = score(asked, read, rarity={})
        best[asked] = found.best
    assert best[question] > 2 * best["What do violinists eat?"]
