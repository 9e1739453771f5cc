"""Reading saved web pages: the article, and only stated facts."""

from __future__ import annotations

import json
from datetime import date

import pytest

from index.errors import DocumentError
from index.load import load
from index.models import RawDocument

PARAGRAPHS = [
    "The ferry crews of Gull Point walked out on Monday, and nobody knows for how long.",
    "“We were promised four free weekends,” said Ida Roe, who steers the Petrel. She got one.",
    "The company answered with a letter of two lines, which the union called an insult.",
    "Buses ran full from the old quay, and the queue reached the fish market by nine.",
]


def page(*, head: str = "", body: str = "", paragraphs: list[str] = PARAGRAPHS) -> bytes:
    inside = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body>"
        f"<nav><a href='/'>Home</a> <a href='/sea'>Sea</a></nav>"
        f"<article><h1>Crews walk out</h1>{body}{inside}</article>"
        f"<footer><p>Gull Post is printed at night by people who like it quiet.</p></footer>"
        f"</body></html>"
    ).encode()


def read(data: bytes) -> RawDocument:
    return load(data, "saved.html")


def json_ld(*nodes: dict[str, object]) -> str:
    return f'<script type="application/ld+json">{json.dumps(list(nodes))}</script>'


def test_every_sentence_of_the_article_survives_and_the_menu_does_not() -> None:
    text = read(page()).text
    assert [paragraph for paragraph in PARAGRAPHS if paragraph not in text] == []
    assert "Home" not in text


def test_headings_lists_and_tables_of_the_article_are_blocks_of_their_own() -> None:
    body = (
        "<h2>What they want</h2><ul><li>More pay for nights at sea.</li><li>Free weekends.</li>"
        "</ul><table><tr><th>Boat</th><th>Crew</th></tr><tr><td>Petrel</td><td>9</td></tr></table>"
    )
    blocks = read(page(body=body)).text.split("\n\n")
    for block in ("What they want", "More pay for nights at sea.", "Boat | Crew", "Petrel | 9"):
        assert block in blocks


def test_a_note_without_an_article_is_read_as_it_stands() -> None:
    raw = read(b"<html><body><h1>Note</h1><nav>Home</nav><p>Boat at <b>nine</b>.</p></body></html>")
    assert raw.text == "Note\n\nBoat at nine."


def test_an_article_cut_into_parts_by_advertisements_is_read_whole() -> None:
    def sentence(word: str, number: int) -> str:
        return f"The {word} part tells of boats, of crews and of a quarrel, in sentence {number}."

    words = ("first", "second", "third")
    parts = [
        "<div class='grid'><div class='body article__body'>"
        + "".join(f"<p>{sentence(word, number)}</p>" for number in range(8))
        + "</div></div><div class='ad'><p>Buy a boat today, the best that money can buy.</p></div>"
        for word in words
    ]
    text = read(page(body=f"<div class='chunks'>{''.join(parts)}</div>", paragraphs=[])).text
    for word in words:
        for number in range(8):
            assert text.count(sentence(word, number)) == 1
    assert [block.split()[1] for block in text.split("\n\n") if block.startswith("The ")] == [
        word for word in words for _ in range(8)
    ]
    assert "money can buy" not in text


@pytest.mark.parametrize(
    "hiding", ['style="color: red; display:none"', "style='Visibility : hidden'", "hidden"]
)
def test_what_the_page_itself_hides_does_not_run_into_the_sentence(hiding: str) -> None:
    words = "The crews of the ferries at Gull Point want more pay for each night at sea."
    page = (
        f"<html><body><article><p>{words}</p><p>Nobody but Ida Roe<span {hiding}> (the mayor since"
        f" 2019)</span> had an answer for them.</p><p {hiding}>{words} And they wait.</p>"
        f"<div {hiding}>Sign up</div><p>{words}</p></article></body></html>"
    )
    text = load(page.encode(), "a.html").text
    assert "Nobody but Ida Roe had an answer for them." in text
    assert "Sign up" not in text
    # The end of many an article is hidden until somebody wants to read on.
    assert "And they wait." in text


@pytest.mark.parametrize("inside", ["<p>{}</p>", "<div>{}</div>", "{}"])
def test_an_article_that_a_script_was_to_show_is_read(inside: str) -> None:
    words = "The crews of the ferries at Gull Point want more pay for each night at sea."
    body = inside.format(words) * 3
    for page in (
        f"<html><body style='visibility:hidden'>{body}</body></html>",
        f"<html><body><p>Loading.</p><div hidden>{body}</div></body></html>",
    ):
        assert words in load(page.encode(), "a.html").text


def test_a_table_that_lays_out_the_page_is_no_table_of_figures() -> None:
    inside = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    table = f"<table><tr><td><h1>Crews walk out</h1>{inside}</td><td>Sea</td></tr></table>"
    blocks = read(f"<html><body>{table}</body></html>".encode()).text.split("\n\n")
    assert [block for block in blocks if block in PARAGRAPHS] == PARAGRAPHS


STANDFIRST = "Forty crews have left their boats at Gull Point, and the islands are cut off."


@pytest.mark.parametrize(
    ("described", "shown", "expected"),
    [
        (STANDFIRST, STANDFIRST, 1),
        # A description that the page does not show is no part of it.
        (STANDFIRST, "", 0),
        # Nor is everything above the article described by the page.
        ("All the news of the harbour.", STANDFIRST, 0),
        (PARAGRAPHS[0], PARAGRAPHS[0], 0),
    ],
)
def test_the_sentence_that_describes_the_page_is_read_where_it_is_set_apart(
    described: str, shown: str, expected: int
) -> None:
    source = (
        f"<html><head><meta name='description' content='{described}'></head><body>"
        f"<aside class='sidebar'>{shown}</aside><article>"
        + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
        + "</article></body></html>"
    )
    text = read(source.encode()).text
    assert text.count(STANDFIRST) == expected
    assert text.count(PARAGRAPHS[0]) == 1
    assert text.startswith(STANDFIRST if expected else PARAGRAPHS[0])


def test_open_graph_facts() -> None:
    head = (
        "<title>Crews walk out | Gull Post</title>"
        "<meta property='og:title' content='Crews walk out | Gull Post'>"
        "<meta property='og:site_name' content='Gull Post'>"
        "<meta name='author' content='By Ida Roe'>"
        "<meta property='article:published_time' content='2023-10-05T23:30:00-08:00'>"
    )
    raw = read(page(head=head))
    assert (raw.title, raw.outlet, raw.author) == ("Crews walk out", "Gull Post", "Ida Roe")
    # The day as the page writes it, in its own time zone.
    assert raw.published_at == date(2023, 10, 5)


def test_json_ld_facts() -> None:
    head = json_ld(
        {"@type": "WebSite", "name": "Gull"},
        {
            "@type": ["NewsArticle"],
            "headline": "Crews walk out",
            "datePublished": "2023-10-05",
            "dateModified": "2024-01-01",
            "author": [{"name": "Ida Roe"}, {"name": "Tom Ash"}],
            "publisher": {"name": "Gull Post"},
        },
    )
    raw = read(page(head=head))
    assert (raw.title, raw.outlet) == ("Crews walk out", "Gull Post")
    assert (raw.author, raw.published_at) == ("Ida Roe, Tom Ash", date(2023, 10, 5))


def test_of_several_articles_the_one_on_the_page_counts() -> None:
    head = json_ld(
        {"@type": "NewsArticle", "headline": "Another one", "datePublished": "2020-01-01"},
        {"@type": "NewsArticle", "headline": "Crews walk out", "datePublished": "2023-10-05"},
    )
    assert read(page(head=head)).published_at == date(2023, 10, 5)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<time datetime='2023-10-05T08:00'>Thursday</time>", date(2023, 10, 5)),
        ("<p>Updated <time datetime='2023-10-09'>Monday</time></p>", None),
        ("<time class='updated' datetime='2023-10-09'>Monday</time>", None),
        ("<time datetime='2023-10-05'>5</time><time datetime='2021-02-02'>2</time>", None),
        ("<p class='clock'>Saturday, 13 April 2024</p>", None),
        ("<span itemprop='datePublished' content='2023-10-05'></span>", date(2023, 10, 5)),
    ],
)
def test_only_a_stated_day_of_publication_counts(body: str, expected: date | None) -> None:
    assert read(page(body=body)).published_at == expected


def test_a_page_that_states_nothing_has_no_facts() -> None:
    raw = read(page())
    assert (raw.outlet, raw.author, raw.published_at, raw.language) == (None, None, None, None)
    assert raw.title == "Crews walk out"


def test_the_language_is_the_one_declared() -> None:
    assert read(page().replace(b"<html>", b"<html lang='pt-BR'>")).language == "pt"


def test_the_declared_character_set_decides_where_the_bytes_alone_would_not() -> None:
    text = "Zażółć gęślą jaźń, wołał chłopiec ze statku."
    html = f"<html><head><meta charset='iso-8859-2'></head><body><p>{text}</p></body></html>"
    assert load(html.encode("iso-8859-2"), "a.html").text == text


def test_an_unknown_character_set_is_passed_over() -> None:
    text = "Паром стоит у берега с понедельника, и никто не знает, надолго ли это всё."
    html = f"<html><head><meta charset='cp-none'></head><body><p>{text}</p></body></html>"
    assert load(html.encode("cp1251"), "a.html").text == text


def test_entities_and_includes_reach_neither_files_nor_the_network() -> None:
    source = (
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY own SYSTEM "file:///etc/passwd">]>'
        "<html><body><p>Before &own; after, and the text goes on for a while here.</p>"
        "<object data='http://127.0.0.1:9/x'></object></body></html>"
    )
    assert "root:" not in load(source.encode(), "x.html").text


def test_deeply_nested_markup_is_read_or_refused_as_a_document() -> None:
    nested = "<html><body>" + "<div>" * 200 + "<p>Far down here.</p>"
    assert load(nested.encode(), "deep.html").text == "Far down here."
    with pytest.raises(DocumentError, match=r"^deep\.html "):
        load(nested.replace("<div>", "<div>" * 1000).encode(), "deep.html")
