"""Numbers with what they count: the rest is dates, versions and bare figures."""

from __future__ import annotations

import pytest

from rag.quantities import quantities


@pytest.mark.parametrize(
    ("text", "value", "unit", "told"),
    [
        ("about 300 containers left", 300, "contain", "about 300"),
        ("more than 1,000 containers of munitions", 1000, "contain", "more than 1,000"),
        ("10,000 North Korean troops", 10_000, "troop", "10,000"),
        ("over one million shells", 1e6, "shell", "over one million"),
        ("a rise of 7.5 percent", 7.5, "%", "7.5 percent"),
        ("a rise of 7.5%", 7.5, "%", "7.5%"),
        ("$46.5 million was set aside", 46.5e6, "$", "$46.5 million"),
        ("Two men were found", 2, "men", "Two"),
        ("Twenty-five ships left", 25, "ship", "Twenty-five"),
        ("two hundred thousand refugees", 200_000, "refuge", "two hundred thousand"),
        ("a $5bn plan", 5e9, "$", "$5bn"),
        ("some 4m people came", 4e6, "peopl", "some 4m"),
        ("a $5bn plan", 5e9, "dollar", "$5bn"),
    ],
)
def test_a_number_counts_what_stands_behind_it(
    text: str, value: float, unit: str, told: str
) -> None:
    (found,) = quantities(text)
    assert found.value == value
    assert unit in found.units
    assert found.text == told
    assert text[found.span.start : found.span.end].strip() in told


@pytest.mark.parametrize(
    "text",
    [
        "The port opened on 2 November.",
        "It closed in 2023.",
        "He read chapter 7.",
        "Two days before the vote they met.",
        "It was rebuilt ten years later.",
        "It sank at 54.3.21 north.",
        # Half of a number is none.
        "From 5,000-7,000 troops came.",
        "Between 300 and 400 people came.",
        "It took 1,000 to 1,500 troops.",
        "They were 1 000 troops.",
    ],
)
def test_days_years_and_distances_in_time_count_nothing(text: str) -> None:
    assert quantities(text) == []


def test_every_quantity_of_a_sentence_is_told() -> None:
    found = quantities("On 2 May 10 men and 25 women came, 3.5 percent more than 7 guards.")
    assert [one.value for one in found] == [10, 25, 3.5, 7]


def test_a_long_line_of_numbers_is_read_to_its_end() -> None:
    # Were all that stands before read again for each number, this would take minutes.
    line = "12 crates, " * 20_000
    assert len(quantities(line)) == 20_000
    assert quantities(f"{line}between 30 and 40 crates")[20_000:] == []
