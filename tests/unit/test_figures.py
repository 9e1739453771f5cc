"""A figure is called superseded where dates, or its own source, leave no doubt; else it differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from rag.evidence import ScoredHit, best_evidence
from rag.features import split
from rag.models import Disagreement
from rag.newest import differing_figures, newest_first
from rag.question import understand
from rag.withdrawn import withdrawn
from rag.write import QuoteWriter
from tests.read_hits import read_hit

ASKED = "How many crates did Velmora send?"
OLD, NEW = "Velmora sent 300 crates by sea.", "Velmora sent 900 crates by sea."
SECOND, FOURTH, SIXTH = date(2024, 5, 2), date(2024, 5, 4), date(2024, 5, 6)


def hits(*sources: tuple[str, date | None, float]) -> list[ScoredHit]:
    """A document of each text, on its day; every sentence has the probability."""
    found = []
    for number, (text, day, probability) in enumerate(sources, start=1):
        entry = read_hit(text, document=f"d{number}", title="Crates of Velmora", rank=number)
        entry = replace(entry, document=replace(entry.document, published_at=day))
        numbers = tuple(range(len(split(text))))
        probabilities = np.full(len(numbers), probability)
        found.append(ScoredHit(read=entry, numbers=numbers, probabilities=probabilities))
    return found


def differing(
    *sources: tuple[str, date | None, float], question: str = ASKED
) -> Disagreement | None:
    return differing_figures(understand(question), hits(*sources))


def quotes(sides: Sequence[object]) -> list[str]:
    return [getattr(side, "quote", "") for side in sides]


def test_the_figure_of_the_later_source_supersedes_the_earlier_one() -> None:
    found = differing((OLD, SECOND, 0.8), (NEW, FOURTH, 0.4))
    assert found is not None
    assert found.point == "crates: 300, then 900"
    assert quotes(found.sides) == [OLD, NEW]
    assert quotes(found.superseded) == [OLD]
    assert found.since == FOURTH


def test_the_newest_stands_since_it_was_first_published() -> None:
    found = differing((NEW, SIXTH, 0.8), (OLD, SECOND, 0.8), (NEW, FOURTH, 0.4))
    assert found is not None
    assert found.since == FOURTH


@pytest.mark.parametrize(
    ("sources", "question"),
    [
        # The same day, or a day that nobody knows.
        (((OLD, SECOND, 0.8), (NEW, SECOND, 0.4)), ASKED),
        (((OLD, None, 0.8), (NEW, FOURTH, 0.4)), ASKED),
        (((OLD, SECOND, 0.8), (NEW, None, 0.4)), ASKED),
        # Somebody still tells the old figure later, or told the new one before.
        (((OLD, SECOND, 0.8), (NEW, FOURTH, 0.4), (OLD, SIXTH, 0.2)), ASKED),
        (((OLD, FOURTH, 0.8), (NEW, SIXTH, 0.4), (NEW, SECOND, 0.2)), ASKED),
        # What may be, what hardly answers, and what does not name whom the question names.
        (((OLD, SECOND, 0.8), ("Velmora might send 900 crates.", FOURTH, 0.4)), ASKED),
        (((OLD, SECOND, 0.8), (NEW, FOURTH, 0.3)), ASKED),
        (((OLD, SECOND, 0.8), (NEW, FOURTH, 0.4)), "How many crates did Velmora send to Orlan?"),
        # A figure that is likely to be of something else.
        (
            ((OLD, SECOND, 0.8), ("The pier of Velmora holds 900 crates.", FOURTH, 0.8)),
            "How many crates did Velmora send by sea?",
        ),
        # A question for a time of its own.
        (((OLD, SECOND, 0.8), (NEW, FOURTH, 0.4)), "How many crates did Velmora send on Monday?"),
    ],
)
def test_where_it_is_not_certain_the_figures_only_differ(
    sources: tuple[tuple[str, date | None, float], ...], question: str
) -> None:
    found = differing(*sources, question=question)
    assert found is not None
    assert found.point == "crates: 300 or 900"
    assert (found.superseded, found.since) == ((), None)


@pytest.mark.parametrize(
    "correction",
    [
        "Velmora Wire is revising a figure. That report said 300 crates were sent. "
        "An official of Velmora now speaks of 900 crates, sent since August.",
        "Velmora sent 900 crates. An earlier version of this article said 300 crates were sent.",
        "Velmora withdrew its figure of 300 crates; it sent 900 crates.",
        "Velmora’s count rose to 900 crates, up from some 300 crates.",
        "Velmora sent 900 crates. The figure of 300 crates was wrong.",
    ],
)
def test_a_figure_that_its_source_takes_back_is_superseded(correction: str) -> None:
    # Nothing but the words of the correction tells which is newer.
    found = differing((OLD, None, 0.8), (correction, None, 0.05))
    assert found is not None
    assert found.point == "crates: 300, then 900"
    assert quotes(found.superseded) == [OLD]
    assert found.since is None


def test_what_is_told_instead_need_not_repeat_what_it_is_about() -> None:
    correction = (
        "The Wire is revising a figure. That report said 300 crates were carried to Orlan. "
        "An official now speaks of 900 crates, shipped since August."
    )
    told = ("Some 300 crates were carried to Orlan.", SECOND, 0.8)
    question = "How many crates were carried to Orlan?"
    found = differing(told, (correction, FOURTH, 0.4), question=question)
    assert found is not None
    assert found.point == "crates: Some 300, then 900"


def test_who_asks_for_what_was_told_then_gets_both() -> None:
    taken = "Velmora withdrew its figure of 300 crates; it sent 900 crates."
    question = "How many crates did Velmora say it had sent in early May?"
    found = differing((OLD, SECOND, 0.8), (taken, FOURTH, 0.4), question=question)
    assert found is not None
    assert found.superseded == ()


def test_a_figure_taken_back_without_another_differs_from_those_who_tell_it() -> None:
    taken = "Velmora withdrew its figure of 300 crates."
    found = differing((OLD, SECOND, 0.8), (taken, FOURTH, 0.4))
    assert found is not None
    assert found.point == "crates: 300, then withdrawn"
    assert quotes(found.sides) == [OLD, taken]
    assert quotes(found.superseded) == [OLD]
    assert found.since == FOURTH
    # Who tells it after that stands by it.
    assert differing((OLD, SIXTH, 0.8), (taken, FOURTH, 0.4)) is None


def test_another_source_than_the_one_that_corrects_is_not_superseded() -> None:
    correction = "Velmora withdrew its figure of 300 crates; it sent 900 crates."
    rival = "Orlan counted 40 crates from Velmora."
    found = differing((OLD, SECOND, 0.8), (correction, FOURTH, 0.4), (rival, SECOND, 0.3))
    assert found is not None
    assert found.point == "crates: 300 or 40 or 900"
    assert quotes(found.superseded) == [OLD]


@pytest.mark.parametrize(
    "text",
    [
        "Velmora had previously sent 300 crates.",
        "The report said 300 crates were sent.",
        "It corrected its course and sent 300 crates.",
        "An earlier ship took 300 crates.",
    ],
)
def test_not_every_earlier_thing_is_taken_back(text: str) -> None:
    assert withdrawn(text) == []


def test_the_answer_leads_with_the_newest_figure_and_keeps_the_older() -> None:
    read = hits((OLD, SECOND, 0.8), (NEW, FOURTH, 0.5))
    question = understand(ASKED)
    ordered = newest_first(best_evidence(read), differing_figures(question, read))
    told = [entry.text for entry in QuoteWriter().statements(question, ordered)]
    assert told == [NEW, OLD]
    # Where the days are not known the likelier one leads.
    undated = hits((OLD, None, 0.8), (NEW, FOURTH, 0.5))
    ordered = newest_first(best_evidence(undated), differing_figures(question, undated))
    assert [entry.text for entry in ordered] == [OLD, NEW]
