"""Rows and records as lines that can be read and quoted."""

from __future__ import annotations

import pytest

from index import records
from index.errors import OversizedDocument
from index.models import Span
from index.records import Field, joined, record_blocks, table_blocks
from index.sentences import LONGEST, sentences

HEADER = ("Boat", "Crew")


def lines(*rows: tuple[str, ...]) -> list[str]:
    return list(table_blocks(rows))


def test_every_value_has_the_name_of_its_column() -> None:
    assert lines(HEADER, ("Petrel", "9"), ("Gannet", "12")) == [
        "Boat: Petrel | Crew: 9",
        "Boat: Gannet | Crew: 12",
    ]


def test_empty_cells_leave_nothing_and_later_names_stay_in_place() -> None:
    found = lines((*HEADER, "Port"), ("Gannet", "12", "Kelp"), ("Petrel", "", "Gull"))
    assert found[1] == "Boat: Petrel | Port: Gull"


def test_a_row_with_more_cells_than_names_has_none() -> None:
    found = lines(("Name", "Age"), ("Roe", "40"), ("Ash", "J.", "12"))
    assert found == ["Name: Roe | Age: 40", "Ash | J. | 12"]


@pytest.mark.parametrize(
    "first",
    [
        ("Petrel", "9"),
        ("Boat", "2023-10-05"),
        ("Boat", "https://example.org"),
        ("Boat", "Boat"),
        ("Boat", "The crew of the boat, as it was counted by hand on the morning of the fifth."),
        ("Gannet", "Hands"),
    ],
    ids=["a number", "a date", "an address", "twice", "a sentence", "a value that stands below"],
)
def test_a_first_row_that_is_no_header_names_nothing(first: tuple[str, str]) -> None:
    assert lines(first, ("Gannet", "12"))[-1] == "Gannet | 12"


def test_a_caption_stands_alone_and_the_header_below_it_is_seen() -> None:
    assert lines(("Boats at Gull", ""), HEADER, ("Petrel", "9"), ("Source: Roe", "")) == [
        "Boats at Gull",
        "Boat: Petrel | Crew: 9",
        "Source: Roe",
    ]


def test_a_second_table_never_has_the_names_of_the_first() -> None:
    table = [HEADER, ("Petrel", "9"), ("", ""), ("Gull", "Roe"), ("Kelp", "Ash")]
    assert list(table_blocks(table))[1:] == ["Gull | Roe", "Kelp | Ash"]


@pytest.mark.parametrize("gap", [("", ""), ("North", "")], ids=["an empty row", "a caption"])
def test_no_row_inside_a_table_becomes_a_header_and_none_is_lost(gap: tuple[str, str]) -> None:
    """Words that stand where numbers do, such as "unknown", look like names."""
    table = [HEADER, ("Petrel", "9"), gap, ("Gannet", "unknown"), ("Tern", "4")]
    found = "\n".join(table_blocks(table))
    assert "Gannet:" not in found
    assert "Gannet" in found
    assert "Tern" in found


def test_a_header_that_is_repeated_is_said_once() -> None:
    assert lines(HEADER, ("Petrel", "9"), HEADER, ("Gannet", "12")) == [
        "Boat: Petrel | Crew: 9",
        "Boat: Gannet | Crew: 12",
    ]


def test_a_long_row_goes_on_in_lines_that_begin_with_what_the_row_is_about() -> None:
    header = ("Boat", *(f"Figure {number:02}" for number in range(60)))
    found = lines(header, ("Petrel", *(str(number * 1000) for number in range(60))))
    assert len(found) > 1
    assert all(line.startswith("Boat: Petrel | Figure") for line in found)
    assert all(len(line) <= LONGEST for line in found)
    assert "Figure 59: 59000" in found[-1]


def test_a_text_in_a_cell_is_a_paragraph_of_its_own() -> None:
    story = "They left the quay at noon. " * 12
    assert lines(("title", "year", "report"), ("Walkout", "2023", story)) == [
        "Walkout",
        "report:",
        story.strip(),
        "year: 2023",
    ]


def test_a_record_without_a_text_is_one_line() -> None:
    fields = [Field("name", "Petrel"), Field("port.berth", "4")]
    assert list(record_blocks(fields)) == ["name: Petrel | port.berth: 4"]


def test_each_row_is_a_sentence_and_none_is_joined_with_the_next() -> None:
    text = joined(table_blocks([HEADER, *((f"boat {n}", str(n)) for n in range(20))]))
    assert text.count("\n") == 19
    spans = sentences(text)
    assert [text[start:end] for start, end in spans] == text.split("\n")
    assert spans[0] == Span(0, len("Boat: boat 0 | Crew: 0"))


def test_names_that_make_a_small_table_endless_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "TEXT_LIMIT", 10_000)
    header = tuple("Name" + "x" * 50 + str(number) for number in range(10))
    with pytest.raises(OversizedDocument, match="characters of text"):
        joined(table_blocks([header, *[("1",) * 10] * 100]))
