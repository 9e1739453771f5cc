"""What the light ranker sees of candidates, and that every feature of it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from index.models import DocumentHead, Passage
from rag.light import (
    FEATURES,
    WEIGHTS,
    WINDOW_WORDS,
    Candidate,
    light_features,
    light_order,
    names_outlet,
)
from rag.question import understand

QUESTION = "When did the Saltmarsh ferry crews go on strike?"


def candidate(
    name: str,
    text: str,
    *,
    document: str | None = None,
    head: DocumentHead | None = None,
    start: int = 0,
    meaning: float = 0.5,
    words: float = 0.0,
) -> Candidate:
    passage = Passage(
        id=name, document_id=document or name, start=start, end=start + len(text), text=text
    )
    return Candidate(
        passage=passage,
        head=head or DocumentHead(title="Untitled"),
        meaning=meaning,
        whole=meaning,
        words=words,
        wording=name,
    )


def row(
    *candidates: Candidate, question: str = QUESTION, at: int = 0, asked_on: date | None = None
) -> dict[str, float]:
    rows = light_features(understand(question, asked_on=asked_on), candidates, rarity={})
    assert rows.shape == (len(candidates), len(FEATURES))
    return dict(zip(FEATURES, rows[at].tolist(), strict=True))


def test_a_passage_with_all_the_words_side_by_side_covers_the_question() -> None:
    seen = row(candidate("a", "The Saltmarsh ferry crews go on strike, and other ferries too."))
    assert seen["window"] == pytest.approx(1.0)
    assert seen["document_coverage"] == pytest.approx(1.0)
    assert seen["adjacent"] == pytest.approx(1.0)
    assert row(candidate("a", "The crews of the ferry"))["adjacent"] == 0.0


def test_endings_do_not_matter_and_stop_words_do_not_count() -> None:
    assert row(candidate("a", "Ferries."))["window"] == pytest.approx(1 / 5)
    assert row(candidate("a", "When did the other one do it?"))["window"] == 0.0


def test_words_far_apart_share_no_window_but_the_document_holds_them() -> None:
    text = f"Saltmarsh {'and ' * WINDOW_WORDS} strike"
    seen = row(candidate("a", text))
    assert seen["window"] == pytest.approx(1 / 5)
    assert seen["document_coverage"] == pytest.approx(2 / 5)
    assert seen["adjacent"] == 0.0


def test_a_document_is_seen_as_a_whole_with_its_title() -> None:
    head = DocumentHead(title="Strike")
    one = candidate("a", "Saltmarsh", document="d", head=head, meaning=0.2, words=2.0)
    other = candidate("b", "Ferry", document="d", head=head, meaning=0.7, words=4.0)
    stranger = candidate("c", "Nothing", meaning=0.1, words=8.0)
    seen = row(one, other, stranger)
    assert seen["document_coverage"] == pytest.approx(3 / 5)
    assert seen["document_meaning"] == pytest.approx(0.7)
    assert seen["document_words"] == pytest.approx(0.5)
    assert seen["meaning"] == pytest.approx(0.2)


def test_rare_words_weigh_more() -> None:
    found = [candidate("a", "strike"), candidate("b", "saltmarsh")]
    rarity = {"strike": 0.25, "saltmarsh": 1.0, "ferri": 1.0, "crew": 1.0, "go": 1.0}
    rows = light_features(understand(QUESTION), found, rarity=rarity)
    window = FEATURES.index("window")
    assert rows[1, window] == pytest.approx(4 * rows[0, window])


def test_the_day_and_the_outlet_that_a_question_names_are_recognised() -> None:
    question = "What did the Saltmarsh Herald report on 3 October 2023?"
    named = DocumentHead(title="", outlet="The Saltmarsh Herald", published_at=date(2023, 10, 3))
    other = DocumentHead(title="", outlet="Tessel Bay Gazette", published_at=date(2023, 10, 4))
    unknown = DocumentHead(title="")
    seen = [
        row(candidate("a", "x", head=head), question=question) for head in (named, other, unknown)
    ]
    assert [one["outlet"] for one in seen] == [1.0, 0.0, 0.0]
    assert [one["day"] for one in seen] == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("question", "outlet", "named"),
    [
        ("Did The Age report it?", "The Age", True),
        ("What is the age of Kim?", "The Age", False),
        ("Time to go?", "Time", False),
        ("Does the CBSSports.com article agree?", "CBSSports.com", True),
        ("Did anyone report it?", "The", False),
        ("Did anyone report it?", None, False),
        ("Did anyone report it?", "§§", False),
    ],
)
def test_an_outlet_is_a_name_not_a_word(question: str, outlet: str | None, named: bool) -> None:
    words = question.replace("?", "").replace(".", " ").split()
    assert names_outlet(words, outlet) is named


def test_what_was_published_at_the_time_asked_about_is_timely() -> None:
    friday = date(2025, 8, 8)
    days = (friday, date(2025, 7, 18), date(2018, 8, 8), None)
    found = [
        candidate(str(day), "x", head=DocumentHead(title="", published_at=day)) for day in days
    ]

    def seen(question: str, asked_on: date | None = None) -> list[float]:
        return [
            row(*found, question=question, at=at, asked_on=asked_on)["timely"] for at in range(4)
        ]

    week = seen("Who resigned this week?", asked_on=friday)
    assert week[:2] == [1.0, pytest.approx(7 / 21, abs=0.05)]
    assert week[2] < 0.01
    # Without a word about time the question's own day counts, where it is known.
    assert seen("Who resigned?", asked_on=friday)[0] == 1.0
    assert seen("Who resigned?") == [0.0] * 4
    assert seen("Who resigned in 2018?", asked_on=friday)[2] == 1.0
    assert week[3] == seen("Who resigned in 2018?")[3] == 0.0


def test_a_passage_near_the_beginning_leads() -> None:
    first, later = candidate("a", "x"), candidate("b", "x", start=1_000)
    assert row(first)["lead"] == 1.0
    assert row(later)["lead"] == pytest.approx(0.5)


def test_every_feature_has_its_weight() -> None:
    assert len(WEIGHTS) == len(FEATURES)
    assert all(weight > 0 for weight in WEIGHTS)


def test_the_better_passage_comes_first_and_ties_follow_the_ids() -> None:
    good = candidate("z", "Saltmarsh ferry crews go on strike on Monday.")
    poor = candidate("y", "The harvest was good.")
    twin = replace(poor, passage=replace(poor.passage, id="x", document_id="x"))
    ordered = light_order(understand(QUESTION), [poor, good, twin], rarity={})
    assert [entry.passage.id for entry, _ in ordered] == ["z", "x", "y"]
    scores = [score for _, score in ordered]
    assert scores[0] > scores[1] == scores[2]


@pytest.mark.parametrize("question", ["the", "to be or not to be", "何が欲しい", "x" * 50])
def test_odd_questions_and_no_candidates_do_no_harm(question: str) -> None:
    asked = understand(question)
    assert light_order(asked, [], rarity={}) == []
    rows = light_features(asked, [candidate("a", "to be, 何が欲しい")], rarity={})
    assert np.isfinite(rows).all()
