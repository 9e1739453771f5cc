"""Changed questions and false claims really are others; true claims say no more than is there."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.perturb import claim_about, found_names, swapped

NAMES = st.sampled_from(
    ["Ines Calder", "Velmora", "Tobias Renn", "Norrland", "Lake Ordin", "Aldous Prine", "Hask"]
)
YEARS = st.integers(1000, 2099)
COUNTS = st.integers(0, 99_999).map("{:,}".format)
VERBS = st.sampled_from(["was opened", "fell", "had won", "may close", "is northern", "wept"])
sentences = st.builds(
    "In {}, {} {} {} {} days (or so) after {}.".format,
    YEARS,
    NAMES,
    VERBS,
    st.sampled_from(["before", "for", "within"]),
    COUNTS,
    NAMES,
)
questions = st.builds("When did {} close {} of {} to {}?".format, NAMES, COUNTS, NAMES, NAMES)
draws = st.integers(0, 10_000).map(random.Random)
FERRY = "The ferry was late."


def claims(
    sentence: str, *, question: str = "", answer: str = "", passage: str = ""
) -> set[tuple[str, bool] | None]:
    """All that can be claimed about a sentence, and whether it is true."""
    return {
        claim_about(
            sentence,
            passage=passage or sentence,
            question=question,
            answer=answer,
            elsewhere="It was Sela Brandt.",
            rng=random.Random(seed),
        )
        for seed in range(300)
    }


def changed(question: str, passage: str, *, elsewhere: str = "") -> set[str | None]:
    """All that a question can be changed into."""
    return {
        swapped(question, passage, elsewhere=elsewhere, rng=random.Random(seed))
        for seed in range(300)
    }


@given(question=questions, passage=sentences, elsewhere=questions, rng=draws)
def test_a_changed_question_is_another(
    question: str, passage: str, elsewhere: str, rng: random.Random
) -> None:
    # It has a number, and one can always be made into another.
    assert swapped(question, passage, elsewhere=elsewhere, rng=rng) != question


@given(sentence=sentences, passage=sentences, elsewhere=sentences, rng=draws)
def test_a_false_claim_is_not_the_sentence_and_a_true_one_says_no_more(
    sentence: str, passage: str, elsewhere: str, rng: random.Random
) -> None:
    made = claim_about(
        sentence,
        passage=f"{sentence} {passage}",
        question="",
        answer="",
        elsewhere=elsewhere,
        rng=rng,
    )
    assert made is not None  # it has a number, and one can always be made into another
    claim, is_true = made
    lead, rest = sentence.split(", ", 1)
    bare = rest.replace(" (or so)", "")
    assert is_true == (
        claim in {sentence, sentence.replace(" (or so)", ""), rest, bare, f"{lead}, {bare}"}
    )


@given(sentence=sentences, question=questions, seed=st.integers(0, 10_000))
def test_a_seed_decides_it_all(sentence: str, question: str, seed: int) -> None:
    def made() -> tuple[object, object]:
        rng = random.Random(seed)
        return (
            swapped(question, sentence, elsewhere=sentence, rng=rng),
            claim_about(
                sentence, passage=sentence, question="", answer="", elsewhere=question, rng=rng
            ),
        )

    assert made() == made()


@given(text=st.text(alphabet=st.sampled_from("aA The Of bc B’-.,1 "), max_size=60))
def test_found_names_stand_in_the_text_and_begin_with_a_capital(text: str) -> None:
    squeezed = " ".join(text.split())
    for name in found_names(text):
        assert name in squeezed
        assert name[0].isupper()
        assert name.split()[0] not in {"A", "The"}


def test_a_name_gives_way_to_one_of_the_passage_or_of_elsewhere() -> None:
    passage = "Ines Calder met Tobias Renn in Velmora."
    found = changed("Who met Tobias Renn?", passage, elsewhere="Was Sela Brandt late?")
    # As long a name is preferred: a person rather than a place.
    assert found == {"Who met Ines Calder?", "Who met Sela Brandt?"}
    assert changed("Who saw Velmora?", passage) == {"Who saw Ines Calder?", "Who saw Tobias Renn?"}


def test_a_name_that_the_passage_lacks_is_left() -> None:
    passage = "Ines Calder met Tobias Renn."
    assert changed("Who met Aldous Prine?", passage) == {None}


def test_a_year_moves_by_decades_at_most_and_a_number_keeps_its_shape() -> None:
    years = {int(question[-5:-1]) for question in changed("Who slept in 1926?", FERRY) if question}
    assert years <= {*range(1901, 1926), *range(1927, 1952)}
    assert len(years) > 20
    numbers = {question for question in changed("Who saw 3,400 goats?", FERRY) if question}
    assert all(re.fullmatch(r"Who saw [1-9],\d\d\d goats\?", question) for question in numbers)
    assert "Who saw 3,400 goats?" not in numbers


def test_a_word_gives_way_to_its_opposite() -> None:
    assert changed("who saw the northern shore?", FERRY) == {"who saw the southern shore?"}
    assert changed("who bought the boat?", FERRY) == {"who sold the boat?"}
    assert changed("who sees it grows?", FERRY) == {"who sees it falls?", "who sees it decreases?"}


def test_nothing_to_exchange_leaves_no_other_question() -> None:
    assert changed("why so late?", FERRY) == {None}


def test_what_is_asked_is_denied_now_and_then() -> None:
    denied = "why was not the ferry late?"
    found = [
        swapped("why was the ferry late?", FERRY, elsewhere="", rng=random.Random(seed))
        for seed in range(300)
    ]
    assert set(found) == {None, denied}
    assert found.count(denied) < 100


@pytest.mark.parametrize(
    ("sentence", "false"),
    [
        ("The ferry was late.", "The ferry was not late."),
        ("The ferry was never late.", "The ferry was late."),
        ("The ferry may sink.", "The ferry will sink."),
        ("The ferry sinks reportedly fast.", "The ferry sinks fast."),
        ("The crew looked in dismay might be said.", "The crew looked in dismay will be said."),
    ],
)
def test_false_claims_deny_or_lose_their_doubt(sentence: str, false: str) -> None:
    assert claims(sentence) == {(sentence, True), (false, False)}


def test_a_sentence_that_offers_nothing_gets_no_false_claim() -> None:
    assert claims("The ferry sinks.") == {("The ferry sinks.", True), None}


@pytest.mark.parametrize(
    ("sentence", "false"),
    [
        ("The ferry didn't sink.", "The ferry did sink."),
        ("The ferry can’t sink.", "The ferry can sink."),
        ("The ferry won't sink.", "The ferry will sink."),
    ],
)
def test_a_contraction_is_undone(sentence: str, false: str) -> None:
    assert claims(sentence) == {(sentence, True), (false, False)}


def test_a_possibility_that_is_denied_is_not_called_a_certainty() -> None:
    assert claims("The ferry might not sink.") == {
        ("The ferry might not sink.", True),
        ("The ferry might sink.", False),
    }


def test_a_name_gives_way_as_a_whole_word() -> None:
    found = claims("Romeo saw Rome.", passage="Romeo saw Rome. Ines Calder wept.")
    assert ("Romeo saw Ines Calder.", False) in found
    assert not {claim for claim in found if claim and "Caldero" in claim[0]}


def test_a_condition_is_not_spared() -> None:
    sentence = "Unless it rains, the gulls nest."
    assert {claim[0] for claim in claims(sentence) if claim and claim[1]} == {sentence}


def test_a_name_in_a_claim_gives_way() -> None:
    found = claims("Tobias Renn wept.", passage="Tobias Renn wept. Ines Calder laughed.")
    assert found == {
        ("Tobias Renn wept.", True),
        ("Ines Calder wept.", False),
        ("Sela Brandt wept.", False),
    }


def test_question_and_answer_together_are_a_claim() -> None:
    passage = "The hall opened in 1926. It burned in 1931."
    found = claims(
        "The hall opened in 1926.",
        question="When did the hall open?",
        answer="1926",
        passage=passage,
    )
    told = {claim for claim in found if claim and claim[0].startswith("When")}
    assert told == {("When did the hall open 1926", True), ("When did the hall open 1931", False)}


def test_true_claims_spare_asides_and_what_leads_in() -> None:
    found = claims("In spring, the gulls (and terns) nest.")
    assert {claim[0] for claim in found if claim and claim[1]} == {
        "In spring, the gulls (and terns) nest.",
        "In spring, the gulls nest.",
        "The gulls (and terns) nest.",
        "The gulls nest.",
    }
