"""Reading a file: its type by content, text in any encoding, Markdown, and what is refused."""

from __future__ import annotations

import gzip
import io
import pickle
import sqlite3
import tarfile
import zipfile
from datetime import date
from pathlib import Path

import pytest

from index.errors import (
    BrokenDocument,
    DocumentError,
    EmptyDocument,
    OversizedDocument,
    ProtectedDocument,
    UnsupportedFormat,
)
from index.load import SIZE_LIMIT, load

ODF = b"application/vnd.oasis.opendocument."
GERMAN = "Die Fähre fuhr am Abend über den Fluß. Später kam der Bürgermeister zurück nach Köln."
RUSSIAN = "Паром остановился вечером у берега. Капитан сказал, что рейс отменён до утра. " * 3
JAPANESE = "船は夕方に港を出ました。船長は朝まで待つと言いました。天気はよくありませんでした。" * 3
CHINESE = "渡轮在晚上离开了港口。船长说要等到早上。天气不好，旅客都在等待。" * 3
KOREAN = "배는 저녁에 항구를 떠났다. 선장은 아침까지 기다리겠다고 말했다. " * 3


def zipped(*names: str, **contents: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, contents.get(name, b"x"))
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_german_text_in_any_encoding(encoding: str) -> None:
    raw = load(GERMAN.encode(encoding), "notes.txt")
    assert (raw.media_type, raw.text) == ("text/plain", GERMAN)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (CHINESE, "gb18030"),
        (CHINESE, "big5"),
        (KOREAN, "cp949"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
    ],
)
def test_encodings_from_before_unicode_are_recognised(text: str, encoding: str) -> None:
    data = text.encode(encoding, errors="ignore")
    assert load(data, "notes.txt").text == data.decode(encoding).rstrip()


def test_normal_form_changes_line_breaks_and_invisible_characters_only() -> None:
    source = (
        "“Out.”  \r\nTwo\rlines\u2028here\r\n\r\n\r\n\r\n"
        "No\u00a0break, so\u00adft, \u202eevil\u200b, nul\0."
    )
    assert load(source.encode() + b" " * 200, "a.txt").text == (
        "“Out.”\nTwo\nlines\nhere\n\nNo break, soft, evil, nul."
    )


def test_joiners_stay_where_a_script_needs_them() -> None:
    text = "می\u200cخواهم و 👩\u200d🚒"
    assert load(text.encode(), "a.txt").text == text
    assert load("pass\u200cword".encode(), "a.txt").text == "password"


@pytest.mark.parametrize("data", [b"", b" \r\n\t", "\ufeff\u200b\n".encode()])
def test_a_file_without_text_is_empty(data: bytes) -> None:
    with pytest.raises(EmptyDocument, match="nothing\\.txt"):
        load(data, "nothing.txt")


def test_a_file_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(OversizedDocument, match=r"100 MB.*split"):
        load(b"%PDF-" + bytes(SIZE_LIMIT), "huge.pdf")


def sqlite_file(folder: Path) -> bytes:
    path = folder / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    connection.close()
    return path.read_bytes()


def tar_file() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG image"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "JPEG image"),
        (b"\x7fELF" + bytes(40), "program"),
        (gzip.compress(b"text", mtime=0), "gzip archive"),
        (tar_file(), "tar archive"),
        (zipped("a.txt"), "zip archive"),
        (zipped("xl/workbook.bin"), "binary Excel workbook"),
        (zipped("mimetype", mimetype=ODF + b"spreadsheet"), "OpenDocument spreadsheet"),
        (zipped("mimetype", mimetype=ODF + b"presentation"), "OpenDocument presentation"),
        (zipped("mimetype", mimetype=ODF + b"text-template"), "OpenDocument template"),
        (zipped("mimetype", mimetype=ODF + b"graphics"), "OpenDocument file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office file"),
        (b"<?xml version='1.0'?><feed><entry>One.</entry></feed>", "XML"),
        (b"<rss version='2.0'><channel><item>One.</item></channel></rss>", "XML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>One</text></svg>", "SVG image"),
        (pickle.dumps(list(range(200))), "binary file"),
        (bytes(range(256)) * 8, "binary file"),
        (b"\x01\x02\x03\x04 words between control characters " * 9, "binary file"),
    ],
)
def test_what_is_not_read_is_named_whatever_the_file_is_called(data: bytes, what: str) -> None:
    with pytest.raises(UnsupportedFormat, match=rf"note\.txt is an? .*{what}"):
        load(data, "note.txt")


def test_a_database_renamed_txt_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="SQLite database"):
        load(sqlite_file(tmp_path), "table.txt")


def test_an_encrypted_office_file_is_protected() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(ProtectedDocument, match="without a password"):
        load(data, "pay.docx")


def test_a_cut_off_zip_is_broken() -> None:
    with pytest.raises(BrokenDocument, match="damaged"):
        load(zipped("word/document.xml", "[Content_Types].xml")[:60], "cut.docx")


def test_every_refusal_is_a_sentence_that_names_the_file() -> None:
    for data in (b"", b"PK\x03\x04", b"%PDF-1.7", b"\x00\x01\x02\x03", b"GIF89a"):
        with pytest.raises(DocumentError, match=r"^odd\.txt .{20,}"):
            load(data, "odd.txt")


def test_the_name_never_outweighs_the_content() -> None:
    page = b"<!doctype html><html><body><p>Ferries stop tonight, crews say.</p></body></html>"
    assert load(page, "page.txt").media_type == "text/html"
    assert load(page, "page.md").media_type == "text/html"
    assert load(b"Ferries stop tonight.", "notes.html").media_type == "text/plain"
    assert load(b"Ferries stop tonight.", "notes.pdf").media_type == "text/plain"


def test_text_that_mentions_formats_is_text() -> None:
    text = "A file that starts with %PDF- is a PDF. A page has a <p> and a <div> in it."
    assert load(text.encode(), "notes.txt").text == text


MARKDOWN = """---
Title: "Crews vote: no ferry"
outlet: Gull Post
authors: [Ida Roe, Tom Ash]
date: 2023-10-05
lang: en-GB
---

# Crews vote: no ferry

The crews **voted** on *Monday*; see [the
notice](https://example.org/n) and `pay_day()`.<br>It is "final".

## What they want

- More pay, said Roe.
- Fewer nights.
  1. One a week.

| Port | Ships |
|------|-------|
| Gull | 4     |

```
keep = this  # line
```

<!-- not shown --><div>Shown &amp; kept.</div>

![a picture](p.png)
"""


def test_markdown_becomes_text_and_front_matter_becomes_facts() -> None:
    raw = load(MARKDOWN.encode(), "vote.md")
    assert raw.media_type == "text/markdown"
    assert (raw.title, raw.outlet) == ("Crews vote: no ferry", "Gull Post")
    assert (raw.author, raw.published_at) == ("Ida Roe, Tom Ash", date(2023, 10, 5))
    assert raw.language == "en"
    assert raw.text.split("\n\n") == [
        "Crews vote: no ferry",
        'The crews voted on Monday; see the notice and pay_day().\nIt is "final".',
        "What they want",
        "More pay, said Roe.",
        "Fewer nights.",
        "1. One a week.",
        "Port | Ships",
        "Gull | 4",
        "keep = this  # line",
        "Shown & kept.",
    ]


def test_markdown_is_recognised_without_its_suffix() -> None:
    assert load(MARKDOWN.encode(), "vote.txt").media_type == "text/markdown"
    assert load(b"# Heading\n\nSee [a](https://b.org).", "a").media_type == "text/markdown"


def test_a_line_of_dashes_is_not_front_matter() -> None:
    raw = load(b"---\nTwo crews: one boat: none\n---\n\nThe body.", "a.md")
    assert "Two crews: one boat: none" in raw.text
    assert raw.title is None


def test_quotes_and_dashes_are_never_rewritten() -> None:
    text = "\"Straight\" 'quotes' -- and “curly” ones... stay (c) 1/2."
    assert load(text.encode(), "a.md").text == text
    assert load(text.encode(), "a.txt").text == text
