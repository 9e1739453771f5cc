"""Reading EPUB, OpenDocument, RTF and reStructuredText."""

from __future__ import annotations

from datetime import date

import pytest

from index.errors import BrokenDocument, ProtectedDocument
from index.load import load
from tests.made_files import book, open_document, repacked

BOOK_FACTS = (
    "<dc:title>Ferries of Gull</dc:title><dc:creator>Ida Roe</dc:creator>"
    "<dc:creator>Tom Ash</dc:creator><dc:publisher>Kelp Press</dc:publisher>"
    "<dc:language>en-GB</dc:language>"
)
ENCRYPTION = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"'
    ' xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
    '<enc:EncryptionMethod Algorithm="{method}"/></enc:EncryptedData></encryption>'
)


def test_chapters_are_read_in_the_order_of_the_spine() -> None:
    raw = load(
        book(
            "<h1>One</h1><p>The crews <em>walked</em> out.</p><ul><li>More pay</li></ul>",
            "<h1>Two</h1><table><tr><td>Petrel</td><td>9</td></tr></table>",
            facts=BOOK_FACTS + "<dc:date>2023-10-05T00:00:00Z</dc:date>",
        ),
        "a.epub",
    )
    assert raw.media_type == "application/epub+zip"
    assert (raw.title, raw.author) == ("Ferries of Gull", "Ida Roe, Tom Ash")
    assert (raw.outlet, raw.language) == ("Kelp Press", "en")
    assert raw.published_at == date(2023, 10, 5)
    assert raw.text.split("\n\n") == [
        "One",
        "The crews walked out.",
        "More pay",
        "Two",
        "Petrel | 9",
    ]


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ('<dc:date opf:event="modification">2023-10-05</dc:date>', None),
        ('<dc:date opf:event="publication">2023-10-05</dc:date>', date(2023, 10, 5)),
        ("<dc:date>2023</dc:date>", None),
        ("<dc:date>2023-10-05</dc:date><dc:date>1904-01-02</dc:date>", None),
    ],
)
def test_the_day_of_a_book_is_known_when_it_states_one(dates: str, day: date | None) -> None:
    assert load(book("<p>Text.</p>", facts=dates), "a.epub").published_at == day


def test_a_book_with_copy_protection_is_protected_and_one_with_hidden_fonts_is_not() -> None:
    for method, readable in (
        ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", False),
        ("http://www.idpf.org/2008/embedding", True),
    ):
        content = {"META-INF/encryption.xml": ENCRYPTION.format(method=method)}
        data = book("<p>Text.</p>", **content)
        if readable:
            assert load(data, "a.epub").text == "Text."
        else:
            with pytest.raises(ProtectedDocument, match="copy protection"):
                load(data, "a.epub")


def test_a_book_without_its_chapters_is_broken() -> None:
    data = repacked(
        book("<p>Text.</p>"),
        {"OPS/book.opf": lambda content: content.replace(b"ch%201", b"gone")},
    )
    with pytest.raises(BrokenDocument, match="holds none of its chapters"):
        load(data, "a.epub")


def test_an_open_document_is_read_in_document_order() -> None:
    raw = load(
        open_document(
            "<text:h>What they want</text:h>"
            "<text:p>The crews<text:s text:c='2'/><text:span>walked</text:span>\n     out."
            "<text:tab/>All.<text:line-break/>Now.</text:p>"
            "<text:list><text:list-item><text:p>More pay</text:p></text:list-item></text:list>"
            "<table:table><table:table-header-rows><table:table-row><table:table-cell>"
            "<text:p>Boat</text:p></table:table-cell><table:table-cell><text:p>Crew</text:p>"
            "</table:table-cell></table:table-row></table:table-header-rows><table:table-row>"
            "<table:table-cell><text:p>Petrel</text:p></table:table-cell><table:table-cell>"
            "<text:p>9</text:p></table:table-cell></table:table-row></table:table>"
            "<text:p>Beside a box.<draw:frame><draw:text-box><text:p>In the box.</text:p>"
            "</draw:text-box></draw:frame></text:p>",
            meta="<dc:title>Crews walk out</dc:title><dc:creator>Tom Ash</dc:creator>"
            "<meta:initial-creator>Ida Roe</meta:initial-creator>"
            "<meta:creation-date>2023-10-05</meta:creation-date><dc:language>en-GB</dc:language>",
        ),
        "a.odt",
    )
    assert raw.media_type == "application/vnd.oasis.opendocument.text"
    assert (raw.title, raw.author, raw.language) == ("Crews walk out", "Ida Roe", "en")
    # When a file was made says nothing about when its text was published.
    assert raw.published_at is None
    assert raw.text == (
        "What they want\n\nThe crews  walked out.\tAll.\nNow.\n\nMore pay\n\n"
        "Boat | Crew\nPetrel | 9\n\nBeside a box.\n\nIn the box."
    )


def test_deletions_comments_and_notes_are_not_read() -> None:
    body = (
        "<text:tracked-changes><text:p>Deleted.</text:p></text:tracked-changes>"
        "<text:p>Kept<text:note><text:p>A note.</text:p></text:note>"
        "<office:annotation><text:p>A comment.</text:p></office:annotation>.</text:p>"
    )
    assert load(open_document(body), "a.odt").text == "Kept."


def test_an_encrypted_open_document_is_protected() -> None:
    data = repacked(
        open_document("<text:p>x</text:p>"),
        {"META-INF/manifest.xml": lambda _: b"<manifest><encryption-data/></manifest>"},
    )
    with pytest.raises(ProtectedDocument, match="without a password"):
        load(data, "a.odt")


def test_rtf_keeps_words_and_loses_fonts_pictures_and_addresses() -> None:
    raw = load(
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fswiss\fcharset0 Arial;}}"
        rb"{\info{\title Crews walk out}{\author Ida Roe}}{\pict\pngblip 89504e47}"
        rb"\f0 The crews \b walked\b0  out, gr\'fc\'dfte \u1071? \u-10179?\u-8704?.\par "
        rb'See {\field{\*\fldinst{HYPERLINK "https://example.org"}}{\fldrslt{the notice}}}.\par '
        rb"\trowd\intbl Petrel\cell 9\cell\row Gannet\cell 12\cell\row }",
        "a.rtf",
    )
    assert (raw.media_type, raw.title, raw.author) == (
        "application/rtf",
        "Crews walk out",
        "Ida Roe",
    )
    assert raw.text == (
        "The crews walked out, grüßte Я 😀.\n\nSee the notice.\n\nPetrel | 9\nGannet | 12"
    )


@pytest.mark.parametrize(
    ("header", "word", "expected"),
    [
        (rb"\ansi\ansicpg1251", rb"\'cf\'e0\'f0\'ee\'ec", "Паром"),
        (rb"\ansi\ansicpg1251", "Паром".encode("cp1251"), "Паром"),
        (rb"\mac", rb"Gr\'9a\'a7e", "Größe"),
        (rb"\mac\ansicpg10000", rb"Gr\'9a\'a7e", "Größe"),
        (rb"\pca", rb"Gr\'94\'e1e", "Größe"),
        (rb"\ansi\ansicpg0", rb"Gr\'f6\'dfe", "Größe"),
    ],
)
def test_the_code_page_of_an_rtf_file_holds_for_title_and_text(
    header: bytes, word: bytes, expected: str
) -> None:
    raw = load(b"{\\rtf1%s{\\info{\\title %s}}%s.\\par}" % (header, word, word), "a.rtf")
    assert (raw.title, raw.text) == (expected, f"{expected}.")


def test_a_font_of_an_old_mac_is_no_damage() -> None:
    source = rb"{\rtf1\mac{\fonttbl{\f0\fcharset78 Osaka;}}\f0 Fune \'91\'44.\par}"
    assert load(source, "a.rtf").text == "Fune 船."


def test_hidden_text_of_an_rtf_file_is_not_read() -> None:
    source = (
        rb"{\rtf1\ansi{\stylesheet{\s1\v Note;}}Seen{\v  not {\b nor}\par} here\v  nor\v0  there,"
        rb"{\i\v1 nor\plain  again} in C:\\v1 \{\v and never\}.}\par}"
    )
    assert load(source, "a.rtf").text == "Seen here there, again in C:\\v1 {"


@pytest.mark.timeout(90)  # without the care taken, it takes minutes or for ever
def test_links_without_end_take_no_time() -> None:
    source = rb"{\rtf1 Text.\par " + rb"{\field{\*\fldinst{HYPERLINK x" * 50_000 + b"}"
    assert load(source, "a.rtf").text == "Text."


def test_a_chapter_that_is_named_a_thousand_times_is_read_once() -> None:
    data = repacked(
        book("<p>Text.</p>"),
        {
            "OPS/book.opf": lambda content: content.replace(
                b'<itemref idref="c1"/>', b'<itemref idref="c1"/>' * 1000
            )
        },
    )
    assert load(data, "a.epub").text == "Text."


def test_headings_of_restructured_text_lose_their_lines() -> None:
    raw = load(
        b"======\nCrews\n======\n\nThey left.\n\n"
        b"What they want\n--------------\nMore pay::\n\n    x\n",
        "a.rst",
    )
    assert (raw.media_type, raw.title) == ("text/x-rst", "Crews")
    assert raw.text == "Crews\n\nThey left.\n\nWhat they want\n\nMore pay::\n\n    x"


def test_lines_of_marks_that_underline_nothing_stay() -> None:
    text = "They left.\n\n----\n\nThey came back, all of them.\n---"
    assert load(text.encode(), "a.rst").text == text
