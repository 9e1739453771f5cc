"""A figure is called superseded where dates, or its own source, leave no doubt; else it differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from rag.evidence import ScoredHit, best_evidence
from rag.features import split
from rag.figures import counted_noun
from rag.found import led_by_the_newest
from rag.models import Disagreement, Statement
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
        # What was replaced is no total either.
        ((("Velmora sent 300 crates a day.", SECOND, 0.8), (NEW, FOURTH, 0.4)), ASKED),
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
    "newer",
    [
        # Of an earlier time.
        "In 2015, Velmora sent 900 crates.",
        "In 1890, Velmora sent 900 crates.",
        "Velmora sent 900 crates last year.",
        "Velmora sent 900 crates in April.",
        "Velmora sent 900 crates on 12 April.",
        "Velmora sent 900 crates two years ago.",
        "Velmora once sent 900 crates.",
        # A plan, an increment, a part, a rate, and no more than an upper bound.
        "Velmora will send 900 crates.",
        "Velmora plans to send 900 crates.",
        "Velmora aims to send 900 crates.",
        "Velmora sent another 900 crates.",
        "Velmora sent a further 900 crates.",
        "Velmora sent 900 more crates.",
        "Of those, Velmora sent 900 crates by air.",
        "Velmora sent 900 crates a day.",
        "Velmora sent 900 crates per week.",
        "Velmora sent up to 900 crates.",
        # A lower number, as that of a part is.
        "Velmora sent 12 crates by air.",
        "Velmora sent more than 200 crates.",
    ],
)
def test_a_newer_source_does_not_supersede_by_what_is_no_new_total(newer: str) -> None:
    found = differing((OLD, SECOND, 0.8), (newer, FOURTH, 0.8))
    assert found is None or (found.superseded, found.since) == ((), None)


@pytest.mark.parametrize("day", ["on Friday", "yesterday", "on 3 May", "on May 2, 2024"])
def test_a_day_of_its_own_week_is_no_earlier_time(day: str) -> None:
    found = differing((OLD, SECOND, 0.8), (f"Velmora said {day} it sent 900 crates.", FOURTH, 0.8))
    assert found is not None
    assert quotes(found.superseded) == [OLD]


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("100", "102", False),
        ("some 100", "102", True),
        ("100", "more than 102", True),
        ("35,000", "35,412", True),
        ("35,000", "35,700", True),
        ("35,000", "36,000", False),
        ("51,000", "52,000", False),
        ("one million", "1,010,000", True),
    ],
)
def test_only_a_rounded_number_is_the_same_as_another(
    first: str, second: str, *, is_same: bool
) -> None:
    texts = [f"Velmora sent {number} crates." for number in (first, second)]
    found = differing((texts[0], SECOND, 0.8), (texts[1], SECOND, 0.8))
    assert (found is None) is is_same


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("How many does Pyongyang have?", ""),
        ("How many has the bus carried?", ""),
        ("How many km is it to the islands?", ""),
        ("How many died in the storms?", ""),
        ("How many of his ships sank?", "ships"),
        ("How many of Velmora’s old ships sank?", "ships"),
        ("How many other ships sank?", "ships"),
        ("How many children were hurt?", "children"),
        ("How many million dollars did it cost?", "dollars"),
    ],
)
def test_what_is_counted_is_a_noun_or_not_known(question: str, noun: str) -> None:
    assert counted_noun(question) == noun


def test_dollars_are_counted_with_their_sign_or_without() -> None:
    sources = (
        ("The pier of Velmora cost $5 million.", SECOND, 0.8),
        ("The pier of Velmora cost 9 million dollars.", SECOND, 0.8),
    )
    found = differing(*sources, question="How many million dollars did the pier of Velmora cost?")
    assert found is not None
    assert found.point == "dollars: $5 million or 9 million"


@pytest.mark.parametrize(
    "correction",
    [
        "Velmora Wire is revising a figure. That report said 300 crates were sent. "
        "An official of Velmora now speaks of 900 crates, sent since August.",
        "Velmora sent 900 crates. An earlier version of this article said 300 crates were sent.",
        "Velmora withdrew its figure of 300 crates; it sent 900 crates.",
        "Velmora’s count rose to 900 crates, up from some 300 crates.",
        "Velmora sent 900 crates. The figure of 300 crates was wrong.",
        "Velmora Wire is revising a figure. That report said 300 crates were sent. "
        "Velmora sent 900 crates, and the earlier figure should no longer be used.",
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


@pytest.mark.parametrize("other", ["another 12 crates left", "it will send 900 crates"])
def test_what_is_no_total_does_not_stand_instead_of_a_figure_taken_back(other: str) -> None:
    taken = f"Velmora withdrew its figure of 300 crates; {other}."
    found = differing((OLD, SECOND, 0.8), (taken, FOURTH, 0.4))
    assert found is not None
    assert found.point.endswith("withdrawn")
    assert quotes(found.superseded) == [OLD]


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
        "Officials confirmed the previously reported 300 crates; 900 crates followed.",
        "Officials counted the previously reported 300 crates.",
        "The port denied that its figure of 300 crates was wrong.",
        "The initial estimate of 300 crates was confirmed; 900 crates followed.",
        "The figure of 300 crates is no longer in doubt.",
        "Critics called the figure of 300 crates too low; they speak of 900 crates.",
        "Its earlier estimate of 300 crates was not wrong; 900 crates followed.",
        "It lifted 900 crates, raised from 300 crates.",
        "A first total of 300 crates left; 900 crates followed.",
        "Velmora initially said 300 crates and stands by it; others count 900 crates.",
        "Sales rose to 900 crates, up from 300 crates last year.",
        "Orlan asked Velmora to withdraw its figure of 300 crates.",
    ],
)
def test_not_every_earlier_thing_is_taken_back(text: str) -> None:
    assert withdrawn(text) == []


def test_a_figure_told_as_an_earlier_one_is_replaced_by_another_beside_it() -> None:
    told = "Velmora initially said 300 crates had left."
    assert withdrawn(told, after="It has four cranes.") == []
    assert [one.value for one in withdrawn(told, after="It now counts 900 crates.")] == [300]


def test_what_somebody_refuses_to_correct_stands() -> None:
    said = "That report said 300 crates had left."
    assert withdrawn(said, before="The Wire is not correcting a figure of May.") == []


def test_no_superseded_figure_is_set_in_bold() -> None:
    figures = differing((OLD, SECOND, 0.8), (NEW, FOURTH, 0.5))
    assert figures is not None

    def led(*answers: str) -> list[str | None]:
        told = [Statement(text=one, markers=(1,), answer=one) for one in answers]
        return [entry.answer for entry in led_by_the_newest(told, figures)]

    assert led("900 crates", "300 crates") == ["900 crates", None]
    # Such as the sentence that takes the number back.
    assert led("300 crates") == [None]
    assert led_by_the_newest((), figures) == ()


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
