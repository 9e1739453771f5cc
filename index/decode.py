"""Bytes of a text file become text in the one normal form that all documents have."""

from __future__ import annotations

import codecs
import re
import unicodedata

from index.errors import UnsupportedFormat

# The longer marks come first: the mark of UTF-32-LE begins with that of UTF-16-LE.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROL_BYTES = bytes(set(range(0x20)) - {0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1B})

_DECLARED = re.compile(
    rb"""(?:charset|encoding)\s*=\s*["']?\s*((?:windows-|cp|iso-8859-|koi8-|latin|gb|big5|shift[_-]"""
    rb"""jis|sjis|x-sjis|euc-|ks_c_5601|macintosh|tis-620|us-ascii)[\w:-]*)""",
    re.IGNORECASE,
)
# Pages name the old standard and mean the code page that grew out of it.
_AS_BROWSERS = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "macintosh": "mac_roman",
}

# What files of before Unicode are really written in; rarer ones would only invite wrong guesses.
_LEGACY = (
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp874"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
_CENTRAL_EUROPEAN = {"Polish", "Czech", "Slovak", "Hungarian", "Romanian", "Croatian", "Slovene"}

# A text with a larger share of control characters than this is no text.
_MOST_CONTROL = 0.01

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028]")
_SPACES = re.compile("[\u00a0\u2007\u202f]")
# Letters and symbols that are drawn as nothing: Hangul fillers, an empty cell of Braille.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# Joiners shape words of Persian and Indic scripts and emoji; between Latin letters they hide.
_IDLE_JOINERS = re.compile(
    "(?<![\u0600-\uffff\U00010000-\U0010ffff])[\u200c\u200d]+|"
    "[\u200c\u200d]+(?![\u0600-\uffff\U00010000-\U0010ffff])"
)
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_MANY_BREAKS = re.compile(r"\n{3,}")


def decode(data: bytes, name: str) -> str:
    """The text of a text file in any encoding.

    A byte order mark decides, then UTF-8, then what the byte patterns suggest. Raises
    `UnsupportedFormat` when the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, errors="replace"), name)
    wide = _wide_encoding(data)
    if wide:
        return _checked(data.decode(wide, errors="replace"), name)
    if _is_binary(data):
        raise _no_text(name)
    if b"\x1b$" in data or b"\x1b(J" in data:
        return _checked(data.decode("iso2022_jp", errors="replace"), name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _checked(_decode_declared(data) or _decode_legacy(data, name), name)


def recoded(data: bytes, content_type: str) -> bytes:
    """In UTF-8, a text whose character set the `Content-Type` it was served with tells.

    What the bytes tell counts more: a mark, valid UTF-8, or that they are no text so coded.
    """
    codec = _declared_codec(content_type.encode("latin-1", "replace"))
    marked = data.startswith(tuple(mark for mark, _ in _MARKS))
    if codec is None or marked or _wide_encoding(data) or _is_binary(data):
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode(codec, errors="replace")
        return data if text.count("\ufffd") > _MOST_CONTROL * len(text) else text.encode()
    return data


def on_one_line(text: str) -> str:
    r"""`normal_form(text)` with every run of white space as one space.

    >>> on_one_line("soft\u00adhyphen \n  and more")
    'softhyphen and more'
    """
    return " ".join(normal_form(text).split())


def shows(text: str | None) -> bool:
    r"""Whether anything of the text can be seen: a letter, digit, mark of punctuation or symbol.

    >>> shows("?"), shows(" \ufe0f\u3164"), shows(None)
    (True, False, False)
    """
    return any(
        unicodedata.category(character)[0] in "LNPS" and character not in _BLANK
        for character in text or ""
    )


def normal_form(text: str) -> str:
    r"""Lines end in `\n` without trailing spaces, at most one blank line in a row; characters that
    cannot be seen are removed and no-break spaces are spaces. Nothing else is changed.

    >>> normal_form("One\u00a0line \r\n\r\n\r\n\r\nsoft\u00adhyphen")
    'One line\n\nsofthyphen'
    """
    text = _LINE_BREAKS.sub("\n", text).replace("\u2029", "\n\n")
    text = _INVISIBLE.sub("", _SPACES.sub(" ", text))
    text = _IDLE_JOINERS.sub("", text)
    text = _MANY_BREAKS.sub("\n\n", _TRAILING.sub("", text))
    return text.strip("\n").rstrip()


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: Western text has a zero in every other byte."""
    sample = data[:4096]
    sample = sample[: len(sample) // 2 * 2]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _is_binary(data: bytes) -> bool:
    control = len(data) - len(data.translate(None, _CONTROL_BYTES))
    return control > _MOST_CONTROL * len(data)


def _decode_declared(data: bytes) -> str | None:
    """By the character set that an HTML page declares, as browsers understand its name."""
    codec = _declared_codec(data[:2048])
    return None if codec is None else data.decode(codec, errors="replace")


def _declared_codec(beginning: bytes) -> str | None:
    declared = _DECLARED.search(beginning)
    if declared is None:
        return None
    label = declared.group(1).decode("ascii").lower()
    try:
        return codecs.lookup(_AS_BROWSERS.get(label, label)).name
    except LookupError:
        return None


def _decode_legacy(data: bytes, name: str) -> str:
    """One of the encodings from before Unicode, by the frequency of its letters."""
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=list(_LEGACY)).best()
    if best is None:
        raise _no_text(name)
    if best.encoding == "cp1250" and best.language not in _CENTRAL_EUROPEAN:
        # The two differ in a few letters only, and the western one is far more common.
        return data.decode("cp1252", errors="replace")
    return str(best)


def _checked(text: str, name: str) -> str:
    doubtful = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if doubtful > _MOST_CONTROL * len(text):
        raise _no_text(name)
    return text


def _no_text(name: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        f"{name} is a binary file of no format that Pincite reads: save what it holds as PDF, DOCX,"
        " XLSX or text."
    )
