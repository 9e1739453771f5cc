"""The open pairs are read as they are marked, and split by passage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.models import Span
from tests.training_groups import FACTS, records, write_records
from training.data import (
    READ_TWICE,
    Group,
    Item,
    answering_sentence,
    load_groups,
    sentence_spans,
    split_held_out,
    training_file,
    with_second_readings,
)


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> list[Group]:
    return load_groups(write_records(tmp_path_factory.mktemp("data")))


def passages(count: int, *, questions: int = 1) -> list[Group]:
    """Invented groups, some about the same passage."""
    return [
        Group(
            number=number,
            source="invented",
            question=f"What is in box {number}?",
            items=(
                Item(
                    title="",
                    passage=f"Box {number // questions} holds a clock.",
                    kind="gold",
                    answer=None,
                ),
            ),
        )
        for number in range(count * questions)
    ]


def test_groups_come_in_the_order_of_the_file(groups: list[Group]) -> None:
    assert [group.number for group in groups] == list(range(len(FACTS) + 2))
    assert [group.question for group in groups] == [record["q"] for record in records()]


def test_marked_answers_lie_where_they_are_marked(groups: list[Group]) -> None:
    for group, (title, passage, _, answer) in zip(groups, FACTS, strict=False):
        gold = group.first("gold")
        assert gold is not None
        assert (gold.title, gold.passage) == (title, passage)
        assert gold.answer is not None
        assert passage[gold.answer.start : gold.answer.end] == answer
        number = answering_sentence(group, gold)
        assert number is not None
        span = sentence_spans(passage)[number]
        assert answer in passage[span.start : span.end]


def test_a_single_sentence_marks_its_place_and_is_no_passage(groups: list[Group]) -> None:
    group = groups[len(FACTS)]
    assert [item.kind for item in group.items] == ["gold", "samedoc"]
    assert answering_sentence(group, group.items[0]) == 1
    elsewhere = replace(group, answer_sentence="It stands nowhere.")
    assert answering_sentence(elsewhere, group.items[0]) is None


def test_what_is_not_marked_is_not_known(groups: list[Group]) -> None:
    group = groups[-1]
    assert group.first("gold") is None
    assert answering_sentence(group, group.items[0]) is None


def test_an_answer_over_two_sentences_begins_in_the_first() -> None:
    (group,) = passages(1)
    item = replace(group.items[0], passage="One clock. Two clocks. Rain.", answer=Span(11, 25))
    assert answering_sentence(group, item) == 1


def test_questions_about_one_passage_are_held_out_together() -> None:
    kept, held_out = split_held_out(passages(500, questions=3))
    assert len(kept) + len(held_out) == 1500
    assert 0.01 < len(held_out) / 1500 < 0.08
    of_kept = {group.items[0].passage for group in kept}
    assert of_kept.isdisjoint(group.items[0].passage for group in held_out)


def test_the_split_does_not_hang_on_the_order_or_the_question() -> None:
    groups = passages(300)
    asked_otherwise = [replace(group, question="Where is the clock?") for group in groups[::-1]]
    assert [group.number for group in split_held_out(groups)[1]] == [
        group.number for group in split_held_out(asked_otherwise)[1]
    ][::-1]


def test_missing_data_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PINCITE_DATA", str(tmp_path))
    with pytest.raises(SystemExit, match=r"train_open\.jsonl is missing: set PINCITE_DATA"):
        training_file()
    path = write_records(tmp_path)
    assert training_file() == path


def test_groups_of_the_scarce_source_come_twice_and_do_not_compete() -> None:
    few = passages(3)
    few[1] = replace(few[1], source=READ_TWICE)
    found = with_second_readings(few)
    assert found[:3] == few
    assert [group.question for group in found[3:]] == [few[1].question]
    assert len({group.number for group in found}) == 4
