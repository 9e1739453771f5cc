"""Cleaning: the head block becomes facts, page furniture goes, every sentence stays."""

from __future__ import annotations

from datetime import date

import pytest

from index.clean import CLEANER_VERSION, clean
from index.models import RawDocument

BODY = (
    "The crews of the ferries at Gull Point walked out on Monday, and nobody knows for how long."
    "\n\n“We were promised four free weekends,” said Ida Roe. She got one."
)


FIRST_WORDS = "The crews of the ferries at Gull Point walked out on Monday, and…"


def cleaned(text: str, name: str = "000.txt", **facts: object) -> RawDocument:
    return clean(RawDocument(media_type="text/plain", text=text, **facts), name)  # type: ignore[arg-type]


def test_the_version_is_a_number_that_can_be_stored() -> None:
    assert CLEANER_VERSION >= 1


def test_headline_byline_and_day_become_facts_and_leave_the_text() -> None:
    raw = cleaned(
        f"Crews walk out at Gull Point\nBy Tom Ash, Gull Post\nPublished 5 October 2023\n\n{BODY}"
    )
    assert (raw.title, raw.author, raw.outlet) == (
        "Crews walk out at Gull Point",
        "Tom Ash",
        "Gull Post",
    )
    assert raw.published_at == date(2023, 10, 5)
    assert raw.text == BODY


@pytest.mark.parametrize(
    ("byline", "author", "outlet"),
    [
        ("By Tom Ash, Gull Post", "Tom Ash", "Gull Post"),
        ("BY TOM ASH | GULL POST", "TOM ASH", "GULL POST"),
        ("By Ash, GullPost", "Ash", "GullPost"),
        ("By Tom Ash", "Tom Ash", None),
        ("By Tom Ash and Mae Orr, Gull Post", "Tom Ash and Mae Orr", "Gull Post"),
        ("By Tom Ash, Mae Orr and Jo Pym", "Tom Ash, Mae Orr and Jo Pym", None),
        ("By Tom Ash, Political Correspondent", "Tom Ash", None),
        ("By Tom Ash, Chief Reporter, Gull Post", "Tom Ash", "Gull Post"),
        ("By Tom Ash in Seoul", "Tom Ash", None),
        ("By Tom Ash for the Gull Post", "Tom Ash", "Gull Post"),
        ("By Tom Ash · 5 October 2023 · 2 min read", "Tom Ash", None),
        ("Von Tom Ash, Möwenpost", "Tom Ash", "Möwenpost"),
    ],
)
def test_bylines(byline: str, author: str, outlet: str | None) -> None:
    raw = cleaned(f"Crews walk out at Gull Point\n\n{byline}\n\n{BODY}")
    assert (raw.author, raw.outlet) == (author, outlet)
    assert raw.text == BODY


@pytest.mark.parametrize(
    "sentence",
    [
        "By Design",
        "By Monday the crews had walked out.",
        "By the time the crews walked out, nobody was left at the quay.",
        "Published figures from 2023 show that 14 boats lay idle.",
        "Updated guidance was issued on 3 May 2023 to all schools.",
        "On 5 October 2023 the crews walked out.",
    ],
)
def test_a_sentence_that_begins_like_a_head_line_stays(sentence: str) -> None:
    raw = cleaned(f"{sentence}\n\n{BODY}")
    assert raw.text.startswith(sentence)
    assert (raw.author, raw.published_at) == (None, None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Published 5 October 2023", date(2023, 10, 5)),
        ("Published: Oct. 5, 2023, 5:30 p.m. ET", date(2023, 10, 5)),
        ("First published on Thursday, 5 October 2023 at 17:30 GMT", date(2023, 10, 5)),
        ("Published 2023-10-05 Updated 2023-10-09", date(2023, 10, 5)),
        ("Veröffentlicht am 5. Oktober 2023 um 17:30 Uhr", date(2023, 10, 5)),
        ("Publié le 5 octobre 2023", date(2023, 10, 5)),
        ("Updated 9 October 2023", None),
        ("• Tuesday, 05 November 2024", None),
        ("Oct. 5, 2023 Updated Oct. 9, 2023, 9:00 a.m. ET", None),
        ("Oct. 5, 2023 / 12:21 AM / Updated 14 hours ago", None),
        ("Published 05/10/2023", None),
    ],
)
def test_only_a_line_of_publication_gives_the_day(line: str, expected: date | None) -> None:
    raw = cleaned(f"{line}\nCrews walk out at Gull Point\n\n{BODY}")
    assert raw.published_at == expected
    if line != "Published 05/10/2023":
        assert (raw.title, raw.text) == ("Crews walk out at Gull Point", BODY)


def test_a_headline_said_twice_goes_twice() -> None:
    headline = "How long will the crews stay out?"
    raw = cleaned(f"{headline}\n\n{headline}\n\n{BODY}")
    assert (raw.title, raw.text) == (headline, BODY)


def test_the_outlet_behind_the_headline_goes_when_the_byline_names_it() -> None:
    raw = cleaned(f"Crews walk out at the Point : GullPost\n\nBy Ash, GullPost\n\n{BODY}")
    assert (raw.title, raw.outlet) == ("Crews walk out at the Point", "GullPost")
    other = cleaned(f"Crews walk out at the Point : GullPost\n\nBy Tom Ash\n\n{BODY}")
    assert (other.title, other.outlet) == ("Crews walk out at the Point : GullPost", None)


def test_what_the_file_states_outweighs_the_head_block() -> None:
    raw = cleaned(
        f"Crews walk out at Gull Point\nBy Tom Ash, Gull Post\nPublished 5 October 2023\n\n{BODY}",
        title="Crews walk out at Gull Point",
        outlet="Tern Times",
        author="Mae Orr",
        published_at=date(2023, 10, 6),
        language="en",
    )
    assert (raw.outlet, raw.author, raw.published_at) == (
        "Tern Times",
        "Mae Orr",
        date(2023, 10, 6),
    )
    assert raw.text == BODY
    assert raw.language == "en"


def test_another_line_than_the_stated_title_stays() -> None:
    raw = cleaned(f"What the crews have to say\n\n{BODY}", title="Crews walk out")
    assert raw.text.startswith("What the crews have to say")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("crews-walk_out.txt", "Crews walk out"),
        ("folder/ferry strike.md", "Ferry strike"),
        ("000.txt", FIRST_WORDS),
        ("scan_12.pdf", FIRST_WORDS),
        (
            "d585a60d78af1bc0.txt",
            "The crews of the ferries at Gull Point walked out on Monday, and…",
        ),
    ],
)
def test_without_a_headline_the_name_or_the_first_words_are_the_title(
    name: str, expected: str
) -> None:
    raw = cleaned(BODY, name)
    assert (raw.title, raw.text) == (expected, BODY)


def test_a_file_that_is_only_a_headline_keeps_it_as_its_text() -> None:
    raw = cleaned("Crews walk out at Gull Point", title="Crews walk out at Gull Point")
    assert raw.text == "Crews walk out at Gull Point"


FURNITURE = """Share on

SHARE YOUR COMMENT

// //

Source link

Related Articles

Ten soups for a cold weekend

The lighthouse that moved

Leave a Reply

Your email address will not be published. Required fields are marked *

Post a Comment

0 Comments
Post a Comment (0)
To Top

Back to top button"""


def test_furniture_at_the_end_of_a_saved_page_goes() -> None:
    assert cleaned(f"{BODY}\n\n{FURNITURE}").text == BODY


def test_furniture_between_sentences_goes_line_by_line() -> None:
    last = "The union will vote again on Friday evening in the old net shed."
    raw = cleaned(f"{BODY}\n\nAdvertisement\n\nSign up for our evening newsletter\n\n{last}")
    assert raw.text == f"{BODY}\n\n{last}"
    assert cleaned(f"{BODY}\n\n{FURNITURE}\n\n{last}").text.endswith(last)


@pytest.mark.parametrize(
    "line",
    [
        "This site uses cookies. By going on you agree to our cookie policy.",
        "We and our 214 partners use cookies to measure our audience.",
        "Sign up for The Tide, our newsletter about boats, and get it every day.",
        "Get five stories delivered to your inbox every morning.",
        "© 2023 Gull Post. All rights reserved.",
        "Follow Tom Ash on X @tomash.",
        "You must be logged in to post a comment.",
        "Facebook",
        "Print",
        "Read more: Harbour master asks for a second tug",
        "RELATED STORY: Harbour master asks for a second tug",
        "Image 1 of 8",
        "An error has occurred, please try again later.",
        "Updated",
    ],
)
def test_notices_and_buttons_go(line: str) -> None:
    assert cleaned(f"{line}\n\n{BODY}\n\n{line}").text == BODY


@pytest.mark.parametrize(
    "line",
    [
        "Headache",
        "Crews said they would share on Friday what they had learned.",
        "The site uses cookies to follow readers, the court found.",
        "Related articles in the treaty forbid it.",
        "He signed up for a newsletter and a choir.",
        "To top it all, the last boat sank.",
        "Read more: it will do you good.",
        "See more of the harbour",
        "Don't miss: a ferry every hour, said the poster.",
        "Image 1 of 8 shows the harbour",
        "Print",
        "Updated",
    ],
)
def test_lines_of_the_article_stay(line: str) -> None:
    last = "The union will vote again on Friday evening in the old net shed."
    assert line in cleaned(f"{BODY}\n\n{line}\n\n{last}").text.split("\n\n")


def test_furniture_stays_in_documents_that_are_no_web_pages() -> None:
    raw = RawDocument(media_type="application/pdf", text=f"{BODY}\n\nTo Top")
    assert clean(raw, "a.pdf").text.endswith("To Top")


def test_page_starts_move_along_with_the_text() -> None:
    head = "Crews walk out at Gull Point\n\nBy Tom Ash, Gull Post\n\n"
    second = "The second page begins here and tells of the vote."
    text = f"{head}{BODY}\n\n{second}"
    raw = RawDocument(
        media_type="application/pdf", text=text, page_starts=(0, text.index(second), len(text) - 1)
    )
    moved = clean(raw, "a.pdf")
    assert moved.page_starts == (0, moved.text.index(second), len(moved.text) - 1)


def test_cleaning_again_changes_nothing() -> None:
    once = cleaned(f"Crews walk out at Gull Point\nBy Tom Ash, Gull Post\n\n{BODY}\n\n{FURNITURE}")
    assert clean(once, "000.txt") == once


@pytest.mark.parametrize(
    "line",
    [
        "Gull Point Correspondent",
        "Tom Ash and Mae Orr",
        "Tom Ash, Special for Gull Post Weekly",
        "From Gull Post and wire reports",
        "(This story was updated to add a picture)",
        "Good morning! I am Tom. Something in your eye?",
        "GULL POINT —",
        "1. Crews walk out at Gull Point",
        "- crews walk out at Gull Point",
    ],
)
def test_a_line_that_is_not_certainly_a_headline_stays(line: str) -> None:
    raw = cleaned(f"{line}\n\n{BODY}")
    assert raw.text.startswith(line)
    assert raw.author is None


def test_a_question_on_top_serves_as_title_and_stays() -> None:
    raw = cleaned(f"Who pays for the idle boats at the Point?\n\n{BODY}")
    assert raw.title == "Who pays for the idle boats at the Point?"
    assert raw.text.startswith("Who pays")


def test_the_first_words_come_from_a_line_that_says_something() -> None:
    assert cleaned(f"GULL POINT —\n\n{BODY}").title == FIRST_WORDS


@pytest.mark.parametrize("nothing", ["\ufe0f", "\u3164\u200b", "\u200f\u061c", " "])
def test_what_cannot_be_seen_is_no_title_outlet_or_author(nothing: str) -> None:
    raw = RawDocument(
        text=BODY, media_type="text/plain", title=nothing, outlet=nothing, author=nothing
    )
    found = clean(raw, "crews_walk_out.txt")
    assert found.title == "Crews walk out"
    assert (found.outlet, found.author) == (None, None)
