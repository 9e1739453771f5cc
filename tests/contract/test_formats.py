"""What every format that is read has to keep, whatever its loader is made of."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from index import zip_files
from index.clean import clean
from index.decode import normal_form
from index.errors import (
    BrokenDocument,
    DocumentError,
    EmptyDocument,
    OversizedDocument,
    ProtectedDocument,
)
from index.load import load
from tests.made_files import MAKERS, SENTENCE, ZIPPED, repacked

# By content alone: nothing but their names tells these from other text.
BY_NAME = {"a.md", "a.rst", "a.csv", "a.tsv"}
PARTS = {
    "a.docx": "word/document.xml",
    "a.pptx": "ppt/slides/slide1.xml",
    "a.xlsx": "xl/worksheets/sheet1.xml",
    "a.odt": "content.xml",
    "a.epub": "OPS/book.opf",
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_sentence_comes_out_as_it_went_in(name: str) -> None:
    raw = load(MAKERS[name](SENTENCE), name)
    assert SENTENCE in raw.text
    assert normal_form(raw.text) == raw.text
    cleaned = clean(raw, name)
    assert SENTENCE in cleaned.text
    assert cleaned.title


# The fonts that every PDF reader brings lack Japanese.
@pytest.mark.parametrize("name", sorted(set(MAKERS) - {"a.pdf"}))
def test_quotes_dashes_and_scripts_are_kept(name: str) -> None:
    text = "“Nine,” said Zoë – naïve… 船は港を出た。"
    if name == "a.rtf":
        text = "".join(each if each.isascii() else rf"\u{ord(each)}?" for each in text)
    assert "“Nine,” said Zoë – naïve… 船は港を出た。" in load(MAKERS[name](text), name).text


@pytest.mark.parametrize("name", sorted(set(MAKERS) - BY_NAME))
@pytest.mark.parametrize("other", ["note", "note.bin", "note.docx"])
def test_the_content_decides_and_not_the_name(name: str, other: str) -> None:
    data = MAKERS[name](SENTENCE)
    assert load(data, other).media_type == load(data, name).media_type


@pytest.mark.parametrize("name", sorted(set(MAKERS) - {"a.md", "a.rst", "a.xlsx", "a.eml"}))
def test_a_file_without_a_word_is_empty(name: str) -> None:
    data = MAKERS[name]("")
    if name in ("a.csv", "a.tsv"):
        data = b",,\n,,\n"
    elif name in ("a.json", "a.jsonl"):
        data = b'{"port": null, "crew": []}\n'
    with pytest.raises(EmptyDocument, match=rf"^{name} .{{20,}}\.$"):
        load(data, name)


@pytest.mark.parametrize("name", [*ZIPPED, "a.pdf", "a.rtf", "a.json", "a.jsonl"])
def test_a_file_cut_off_in_the_middle_is_broken(name: str) -> None:
    data = MAKERS[name](SENTENCE)
    with pytest.raises(BrokenDocument, match=rf"^{name} .{{20,}}\.$"):
        load(data[: len(data) // 3], name)


@pytest.mark.parametrize(("name", "part"), PARTS.items())
def test_a_damaged_part_is_broken(name: str, part: str) -> None:
    data = repacked(MAKERS[name](SENTENCE), {part: lambda content: content[: len(content) // 2]})
    with pytest.raises(BrokenDocument, match=rf"^{name} .{{20,}}\.$"):
        load(data, name)


@pytest.mark.parametrize(("name", "part"), PARTS.items())
def test_a_missing_part_is_broken_or_empty(name: str, part: str) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(MAKERS[name](SENTENCE))) as source,
        zipfile.ZipFile(buffer, "w") as target,
    ):
        for member in source.namelist():
            if member != part:
                target.writestr(member, source.read(member))
    with pytest.raises(DocumentError, match=rf"^{name} .{{20,}}\.$"):
        load(buffer.getvalue(), name)


@pytest.mark.parametrize("name", ZIPPED)
def test_an_encrypted_member_is_protected(name: str) -> None:
    data = bytearray(MAKERS[name](SENTENCE))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        (flags,) = struct.unpack_from("<H", data, at + 8)
        # The list of types and the statement of the format stay readable, as in real files.
        if b"mimetype" not in data[at + 46 : at + 54]:
            struct.pack_into("<H", data, at + 8, flags | 1)
        at = data.find(b"PK\x01\x02", at + 4)
    with pytest.raises(ProtectedDocument, match="without a password"):
        load(bytes(data), name)


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("a.docx", zip_files.UNPACKED_LIMIT + 1, "unpacks to more than 300 MB"),
        *(
            (name, zip_files.RATIO_COUNTS_FROM + 1, "unpacks to more than 200 times its size")
            for name in ZIPPED
        ),
    ],
)
def test_a_bomb_is_refused_before_it_is_unpacked(name: str, size: int, sentence: str) -> None:
    buffer = io.BytesIO(MAKERS[name](SENTENCE))
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("media/image1.bin", "w") as member,
    ):
        block = bytes(1 << 20)
        for start in range(0, size, len(block)):
            member.write(block[: size - start])
    assert len(buffer.getvalue()) < 2_000_000
    with pytest.raises(OversizedDocument, match=sentence):
        load(buffer.getvalue(), name)


@pytest.mark.parametrize("name", ZIPPED)
def test_an_archive_of_countless_members_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_files, "MEMBER_LIMIT", 2)
    with pytest.raises(OversizedDocument, match="more than the limit of 2"):
        load(MAKERS[name](SENTENCE), name)


@pytest.mark.parametrize(("name", "part"), PARTS.items())
def test_entities_are_neither_fetched_nor_unfolded(name: str, part: str) -> None:
    """Outside ones are files of this machine; inside ones grow to gigabytes."""
    inside = '<!ENTITY a "laugh ">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 12}">'
        for old, new in zip("abcdefg", "bcdefgh", strict=True)
    )
    declared = f'<!DOCTYPE d [<!ENTITY own SYSTEM "file:///etc/passwd">{inside}]>'.encode()

    def planted(content: bytes) -> bytes:
        start = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
        used = content[start:].replace(SENTENCE.encode(), b"Before &own; &h; after.")
        return content[:start] + declared + used

    changes = {part: planted, "OPS/text/ch 1.xhtml": planted, "xl/sharedStrings.xml": planted}
    try:
        text = load(repacked(MAKERS[name](SENTENCE), changes), name).text
    except DocumentError as error:
        text = str(error)
    assert "root:" not in text
    assert text.count("laugh") < 100
