"""Where sources differ is shown, and nothing else is called a difference."""

from __future__ import annotations

import numpy as np
import pytest

from rag.cite import citation
from rag.compare import DENIED, DOUBTED, differences
from rag.evidence import ScoredHit, best_evidence
from rag.models import Claim, Disagreement
from rag.newest import differing_figures
from rag.question import understand
from tests.read_hits import read_hit

CRATES = "How many crates did Velmora send to Orlan?"
WANTS = "What does Velmora want in return?"


def found(
    question: str, *sources: tuple[str, float], claim: str = "", tail: str = ""
) -> tuple[Disagreement, ...]:
    """What differs among documents of one sentence each, by text and probability.

    The first, or the one that is the `claim`, is the answer; `tail` stands unread behind the last.
    """
    ranked = []
    for number, (text, probability) in enumerate(sources, start=1):
        entry = read_hit(
            text,
            document=f"d{number}",
            rank=number,
            tail=f"\n\n{tail}" if tail and number == len(sources) else "",
        )
        ranked.append(ScoredHit(read=entry, numbers=(0,), probabilities=np.asarray([probability])))
    documents = {entry.read.document.id: entry.read.document for entry in ranked}
    first = next(entry for entry in ranked if claim in entry.read.hit.passage.text).read
    place = citation(first.document, first.hit.passage.start, first.hit.passage.end)
    said = Claim(text=place.quote, citations=(place,), verdict="quoted")
    asked = understand(question)
    figures = differing_figures(asked, ranked)
    return differences(asked, [said], best_evidence(ranked), figures, documents)


def quotes(difference: Disagreement) -> list[str]:
    return [side.quote for side in difference.sides]


def test_other_numbers_of_what_is_counted_stand_side_by_side() -> None:
    sources = (
        ("Velmora sent about 300 crates to Orlan.", 0.4),
        ("Orlan counted more than 1,000 crates from Velmora.", 0.1),
    )
    (difference,) = found(CRATES, *sources)
    assert difference.point == "crates: about 300 or more than 1,000"
    assert quotes(difference) == [text for text, _ in sources]


@pytest.mark.parametrize(
    "other",
    [
        ("Velmora sent 300 crates on Monday.", 0.3),  # the same number
        ("Velmora sent some 301 crates on Monday.", 0.3),  # the same, not rounded
        ("Velmora sent 40 lorries to Orlan.", 0.3),  # of something else
        ("Another 90 crates went by rail elsewhere.", 0.3),  # of another matter
        ("Velmora sent 900 crates to Orlan.", 0.01),  # hardly an answer
        ("Two days before the crates left, Velmora paid.", 0.3),
    ],
)
def test_other_numbers_are_no_difference_in_themselves(other: tuple[str, float]) -> None:
    assert found(CRATES, ("Velmora sent about 300 crates to Orlan.", 0.4), other) == ()


def test_where_the_answer_is_marked_only_its_number_counts() -> None:
    marked = read_hit(
        "As 1,400 crates stood in Orlan, 10 crates of Velmora burst.", answer="10 crates", rank=2
    )
    plain = read_hit("In Orlan 10 crates of Velmora burst.", document="e")
    ranked = [
        ScoredHit(read=entry, numbers=(0,), probabilities=np.asarray([0.5]))
        for entry in (marked, plain)
    ]
    question = understand("How many crates of Velmora burst in Orlan?")
    assert differing_figures(question, ranked) is None


@pytest.mark.parametrize(
    "denial",
    [
        "Velmora and Orlan have denied that any exchange exists.",
        "Both Velmora and Orlan dismissed reports of fuel.",
        "Velmora has called the claim about fuel groundless.",
    ],
)
def test_a_denial_is_found_in_the_whole_document(denial: str) -> None:
    claim = "Velmora may seek fuel in exchange."
    (difference,) = found(WANTS, (claim, 0.5), tail=f"The talks began early. {denial} It rained.")
    assert difference.point == DENIED
    assert quotes(difference) == [claim, denial]


@pytest.mark.parametrize(
    "other",
    [
        "Velmora denied the request of the crews.",
        "Velmora dismissed its head coach.",
        "Orlan denied that it sold grain.",  # of somebody else
        "Velmora never denied itself a good lunch.",
    ],
)
def test_not_every_no_is_a_denial_of_this(other: str) -> None:
    assert found(WANTS, ("Velmora may seek fuel in exchange.", 0.5), tail=other) == ()


def test_what_is_stated_as_a_fact_is_not_held_against_denials() -> None:
    stated = ("Velmora wants fuel.", 0.5)
    assert found(WANTS, stated, tail="Velmora denied that any deal exists.") == ()


def test_a_doubt_among_the_evidence_stands_beside_the_answer() -> None:
    claim = "Analysts say Velmora could get rocket parts."
    doubt = "But some analysts say Velmora would end up getting grain and nothing else."
    (difference,) = found(WANTS, (claim, 0.5), (doubt, 0.3), claim=claim)
    assert difference.point == DOUBTED
    assert quotes(difference) == [claim, doubt]


def test_numbers_of_two_years_are_no_difference() -> None:
    sources = (
        ("In 2023 the Lidd Bridge carried 44,000 lorries.", 0.5),
        ("In 2022 the Lidd Bridge carried 31,000 lorries.", 0.4),
    )
    assert found("How many lorries did the Lidd Bridge carry in 2023?", *sources) == ()
    assert found("How many lorries did the Lidd Bridge carry?", *sources) == ()
    (difference,) = found(
        "How many lorries did the Lidd Bridge carry in 2023?",
        sources[0],
        ("The Lidd Bridge carried some 52,000 lorries in 2023, its owners say.", 0.4),
    )
    assert difference.point == "lorries: 44,000 or some 52,000"


def test_who_asks_about_a_denial_is_answered_by_it() -> None:
    claim = "Velmora denied that any deal exists, an official said."
    sources = ((claim, 0.5),)
    tail = "Velmora and Orlan dismissed reports of a deal."
    assert found("Did Velmora deny the deal?", *sources, tail=tail) == ()
    assert found(WANTS, *sources, tail=tail) == ()  # they agree


@pytest.mark.parametrize("asked", ["When", "Where"])
def test_who_asks_when_or_where_does_not_ask_whether(asked: str) -> None:
    claim = "Velmora may seek fuel in exchange."
    denial = "Both Velmora and Orlan dismissed reports of fuel."
    assert found("What may Velmora seek?", (claim, 0.5), tail=denial)
    assert found(f"{asked} may Velmora seek it?", (claim, 0.5), tail=denial) == ()


def test_a_denial_of_another_matter_stands_against_nothing() -> None:
    claim = "Velmora may seek fuel in exchange."
    assert found(WANTS, (claim, 0.5), tail="Velmora denied that its mayor resigned.") == ()
