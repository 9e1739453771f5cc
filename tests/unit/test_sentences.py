"""Sentence spans: abbreviations, quotations, lines and scripts."""

from __future__ import annotations

import pytest

from index.sentences import LONGEST, sentences


def split(text: str, language: str | None = None) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Halvard Quist met Gov. Ida Roe and Lt. Col. Tom Ash at St. Olave.",
        "The U.S. and the U.N. Security Council agreed.",
        "It rose by 3.5 percent to $4.10 a share.",
        "See No. 5 on p. 12 and Fig. 3 for the rest.",
        "On Sept. 14 they met, and on Jan. 6 they parted.",
        "J. K. Marlowe wrote it with T.S. Brandt.",
        "The doors open at 5 p.m. ET and close at 9 p.m. EDT.",
        "“Really?” he asked.",
        "“We must act,” she said. ”",
        "He wrote it for example.com and others.",
        "The boat was named approx. 12 years ago.",
        "The shelter Austin Pets Alive! has taken in more than 230 animals.",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rose. It fell.", ["It rose.", "It fell."]),
        ("He lives in the U.S. He works there.", ["He lives in the U.S.", "He works there."]),
        ("She left at 5 p.m. He stayed.", ["She left at 5 p.m.", "He stayed."]),
        ("“It rose.” He left.", ["“It rose.”", "He left."]),
        (
            "He called it “ill-advised.” She did not.",
            ["He called it “ill-advised.”", "She did not."],
        ),
        ('"It rose," he said. "It fell."', ['"It rose," he said.', '"It fell."']),
        ("She said no. “Really?” he asked.", ["She said no.", "“Really?” he asked."]),
        ("Yes… Maybe not.", ["Yes…", "Maybe not."]),
        ("What?! Nothing.", ["What?!", "Nothing."]),
        ("Lemons hold vitamin C. He ate one.", ["Lemons hold vitamin C.", "He ate one."]),
        ("In World War II. Then peace came.", ["In World War II.", "Then peace came."]),
    ],
)
def test_two_sentences_are_told_apart(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_a_short_quotation_of_several_sentences_is_one_span() -> None:
    assert split("“It rose. We must act.” He left.") == ["“It rose. We must act.”", "He left."]


def test_offsets_are_characters_also_behind_emoji_and_accents() -> None:
    text = "Ärger 😀🏴 in Kraków. Señor Núñez ging. 한국."
    assert split(text)[1] == "Señor Núñez ging."


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Am 3. Mai kam Dr. Weiß z. B. spät. Die 3. Auflage fehlte. Er ging.", 3),
        ("fr", "M. Roux est venu. « Oui, dit-il. » Il part.", 3),
        ("es", "El Sr. Paz llegó. ¿Qué pasó? ¡Nada!", 3),
        ("ru", "В 2023 г. она приехала. Он ушёл.", 2),
        ("zh", "他来了。她走了！真的吗？", 3),
        ("ja", "彼は来た。彼女は行った。", 2),
        ("ko", "그는 왔다. 그녀는 갔다.", 2),
        ("ar", "جاء الرجل. هل ذهب؟ نعم.", 3),
    ],
)
def test_other_languages(language: str, text: str, expected: int) -> None:
    assert len(split(text, language)) == expected
    assert len(split(text, f"{language}-XX")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他来了。她走了！", 2),
        ("彼は来た。彼女は行った。", 2),
        ("В 2023 г. она приехала. Он ушёл.", 2),
    ],
)
def test_without_a_language_the_script_decides(text: str, expected: int) -> None:
    assert len(split(text)) == expected


def test_a_hard_wrap_does_not_end_a_sentence() -> None:
    text = (
        "The two leaders met for more than four hours in a hall near Vladimir\n"
        "Square, and nobody outside it knows what they promised each other in the\n"
        "end. A statement is expected."
    )
    assert split(text) == [text[: text.index(" A statement")], "A statement is expected."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A headline without a stop\n\nThe body begins.", 2),
        ("Ferries stop again\nBy Ida Roe, Gull Post\nPublished 5 May 2023\nCrews walked out.", 4),
        ("They want:\n- more pay\n- fewer nights\n- a written promise", 4),
        ("They want:\n1. more pay\n2. fewer nights", 3),
        (f"The crews want {'more ' * 12}pay\n- they want {'fewer ' * 12}nights", 2),
        ("Q: Who pays?\nA: Nobody knows. It is unclear.", 3),
        ("Port | Ships\nRajin | 12\nChongjin | 7", 3),
        ("Timeline\nAll dates are in the year 2023 and in the local time of the place.", 2),
    ],
)
def test_lines_that_stand_alone_are_sentences(text: str, expected: int) -> None:
    assert len(split(text)) == expected


def test_a_list_number_stays_with_its_item() -> None:
    assert split("1. First point.\n2. Second point.") == ["1. First point.", "2. Second point."]


def test_a_quotation_beyond_the_limit_is_split_at_its_inner_sentences() -> None:
    inner = "The harbour was closed for the whole week and nobody could say why. "
    text = f"“{inner * 12}”"
    spans = split(text)
    assert len(spans) == 12
    assert spans[0] == "“" + inner.strip()


def test_a_sentence_beyond_the_limit_is_cut_at_a_semicolon() -> None:
    half = "the crews asked for more pay and for fewer nights away from home " * 6
    first, second = split(f"{half.strip()}; {half.strip()}")
    assert first.endswith(";")
    assert len(first) <= LONGEST
    assert second.startswith("the crews")


def test_a_sentence_of_a_script_without_spaces_is_cut_at_a_comma() -> None:
    first, second = split("海鸥飞过旧码头的时候，" * 60 + "没有人回答。")
    assert first.endswith("时候，")
    assert LONGEST - 11 < len(first) <= LONGEST
    assert second.startswith("海鸥")


def test_text_without_any_break_is_cut_at_the_limit() -> None:
    assert [len(part) for part in split("x" * (LONGEST * 2 + 5))] == [LONGEST, LONGEST, 5]


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n"])
def test_no_text_has_no_sentences(text: str) -> None:
    assert sentences(text) == []
