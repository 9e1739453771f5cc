"""Markers of every style are read, and taken out of the text."""

from __future__ import annotations

import pytest

from rag.markers import expand, read_statements


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("Kim wants oil [1].", (1,)),
        ("Kim wants oil. [1]", (1,)),
        ("Kim wants oil.[1][2]", (1, 2)),
        ("Kim wants oil [1, 3].", (1, 3)),
        ("Kim wants oil [2-4].", (2, 3, 4)),
        ("Kim wants oil [1; 2 and 5].", (1, 2, 5)),
        ("Kim wants oil 【2】.", (2,)),
        ("Kim wants oil [^3].", (3,)),
        ("Kim wants oil [Source 2].", (2,)),
        ("Kim wants oil [sources 1, 2].", (1, 2)),
        ("- Kim wants oil [12]", (12,)),
        ("[1] Kim wants oil.", (1,)),
        ("Kim wants oil [[2]].", (2,)),
        ("Kim wants oil [S1].", (1,)),
        ("Kim wants oil [source 1, source 2].", (1, 2)),
        ("Kim wants oil [1](#fn1).", (1,)),
        ("Kim wants oil.", ()),
    ],
)
def test_every_bracket_style(text: str, markers: tuple[int, ...]) -> None:
    (statement,) = read_statements(text)
    assert statement.markers == markers
    assert statement.text.rstrip(".") == "Kim wants oil"


def test_each_sentence_keeps_its_own_markers() -> None:
    first, second, third = read_statements(
        "Kim wants oil [1]. Seoul is worried [2][3].\nNobody has confirmed it."
    )
    assert (first.markers, second.markers, third.markers) == ((1,), (2, 3), ())


def test_brackets_that_are_no_markers_stay() -> None:
    (statement,) = read_statements("He [Kim] asked for [sic] oil [2].")
    assert statement.text == "He [Kim] asked for [sic] oil."
    assert statement.markers == (2,)


def test_an_endless_range_is_not_written_out() -> None:
    assert expand("[1-900]") == (1, 900)
