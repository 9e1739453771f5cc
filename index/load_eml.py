"""E-mails become text: the message as written, its subject as title, its day as stated."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from index.dates import find_date
from index.decode import decode, normal_form
from index.errors import ProtectedDocument
from index.load_html import load_html
from index.mailbox import separate_messages
from index.metadata import people, plain_name
from index.models import RawDocument
from index.records import row_line

MEDIA_TYPE = "message/rfc822"

_FIELD = re.compile(rb"([!-9;-~]+):[ \t]?")
_FROM_LINE = re.compile(rb"\AFrom \S.*\r?\n")
# What only mail programs write, and what every message has.
_TECHNICAL = {b"message-id", b"mime-version", b"received", b"return-path", b"content-type"}
_USUAL = {b"from", b"to", b"subject", b"date", b"delivered-to", b"reply-to"}
_SHOWN = ("From", "To", "Cc", "Date")
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature"} | {
    "application/pgp-signature"
}
# Programs name these without looking; what is sound UTF-8 was meant as UTF-8.
_WESTERN = {"us-ascii", "iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "cp1252"}
# More addresses than anybody reads.
_LONGEST_FIELD = 10_000


def is_email(data: bytes, *, named: bool) -> bool:
    """Whether the bytes begin with the header of an e-mail.

    `named` says whether the file's name promises one; without it the header must hold fields that
    only mail programs write, since a memo may begin with `From:` as well.
    """
    names: set[bytes] = set()
    for line in _FROM_LINE.sub(b"", _message_bytes(data[:32_000])).splitlines():
        if line[:1] in (b" ", b"\t") and names:
            continue
        field = _FIELD.match(line)
        if field is None:
            break
        names.add(field.group(1).lower())
    usual = names & _USUAL
    return len(usual) >= 2 if named else b"from" in usual and bool(names & _TECHNICAL)


def load_eml(data: bytes) -> RawDocument:
    """Read an e-mail, or a mailbox of several: who wrote to whom and when, the message, the names
    of what is attached.

    The plain text is preferred to the HTML of the same message. Attachments are not read. Raises
    `ProtectedDocument` for an encrypted message.
    """
    # The library's newer parser of header fields takes minutes and gigabytes for some of them.
    message, *others = (
        message_from_bytes(each, policy=policy.compat32)
        for each in separate_messages(_message_bytes(data))
    )
    if others:
        blocks = (
            text
            for each in (message, *others)
            for text in (_header(each, "Subject"), *_blocks(each))
        )
        return RawDocument(
            media_type=MEDIA_TYPE, text=normal_form("\n\n".join(filter(None, blocks)))
        )
    _refuse_enveloped(message)
    if _is_saved_page(message):
        return RawDocument(
            media_type="text/html",
            text=normal_form("\n\n".join(_texts(message))),
            title=plain_name(_header(message, "Subject")),
        )
    senders = [name or address for name, address in getaddresses([_header(message, "From")])]
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=normal_form("\n\n".join(filter(None, _blocks(message)))),
        title=plain_name(_header(message, "Subject")),
        author=people(senders),
        published_at=_day(_header(message, "Date")),
    )


def _refuse_enveloped(message: Message) -> None:
    kind = message.get_content_type()
    if kind == "application/pkcs7-mime" and message.get_param("smime-type") == "signed-data":
        raise ProtectedDocument(
            "is a signed e-mail that keeps its text inside the signature: save its text in a mail"
            " program and add that."
        )
    if kind in ("multipart/encrypted", "application/pkcs7-mime"):
        raise ProtectedDocument("is an encrypted e-mail: save its text unencrypted and add that.")


def _message_bytes(data: bytes) -> bytes:
    """The message without what an editor put before it, in bytes that hold ASCII."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", errors="replace").encode()
    return data.removeprefix(codecs.BOM_UTF8)


def _blocks(message: Message) -> Iterator[str]:
    yield from _written(message)
    attached = ", ".join(_attached(message))
    yield f"Attachments: {attached}" if attached else ""


def _written(message: Message) -> Iterator[str]:
    """Who wrote to whom and when on one line, then the message."""
    head = {name: _header(message, name) for name in _SHOWN}
    yield row_line(f"{name}: {value}" for name, value in head.items() if value)
    yield from _texts(message)


def _header(message: Message, name: str) -> str:
    """A header field decoded, on one line; empty where there is none."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    # Bytes beyond ASCII are kept as surrogates; today they are UTF-8.
    written = (
        str(raw)[:_LONGEST_FIELD].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    )
    return " ".join(normal_form(_words(written)).split())


def _words(field: str) -> str:
    """A field with its encoded words, such as `=?utf-8?q?Gr=C3=B6=C3=9Fe?=`, as text."""
    try:
        pieces = decode_header(field)
    except (MessageError, ValueError):
        return field
    return "".join(
        piece if isinstance(piece, str) else _in_charset(piece, charset or "raw-unicode-escape")
        for piece, charset in pieces
    )


def _in_charset(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, errors="replace")
    except LookupError:
        return data.decode("utf-8", errors="replace")


def _day(stated: str) -> date | None:
    """The day on which the message was written, where its writer was."""
    try:
        written: date | None = parsedate_to_datetime(stated).date()
    except (ValueError, TypeError, OverflowError):
        written = find_date(stated)
    # A clock that was never set.
    return written if written is not None and written.year > 1970 else None


def _is_saved_page(message: Message) -> bool:
    """Whether a browser saved a page in this form: nobody wrote it on the day it states."""
    return "snapshot-content-location" in message or _header(message, "From").startswith(
        "<Saved by"
    )


def _texts(part: Message) -> Iterator[str]:
    """The texts of the message in order; of the same text in several forms the plain one."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        # A message that was passed on whole is part of what is said.
        for passed_on in _inside(part):
            yield _header(passed_on, "Subject")
            yield from _written(passed_on)
    elif kind.startswith("message/") or _is_attachment(part):
        return
    elif kind == "multipart/alternative":
        forms = [(form.get_content_type(), list(_texts(form))) for form in _inside(part)]
        said = [(kind, texts) for kind, texts in forms if any(text.strip() for text in texts)]
        plain = [texts for kind, texts in said if kind == "text/plain"]
        yield from (plain or [texts for _, texts in said[-1:]] or [[]])[0]
    elif part.is_multipart():
        for each in _inside(part):
            yield from _texts(each)
    elif kind == "text/html":
        page = _decoded(part)
        yield load_html(page).text if page.strip() else ""
    elif kind == "text/plain":
        yield _decoded(part).strip()


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return (
        [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
    )


def _decoded(part: Message) -> str:
    """The text of a part by the character set it states, else by its bytes."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    try:
        if charset in _WESTERN:
            return data.decode("utf-8")
    except ValueError:
        pass
    try:
        return data.decode(charset)
    except (LookupError, ValueError):
        return decode(data, "The message") if data.strip() else ""


def _is_attachment(part: Message) -> bool:
    place = part.get_content_disposition()
    # What a message shows between its own words is part of what it says, whatever its name.
    if place == "inline" and part.get_content_type() in ("text/plain", "text/html"):
        return False
    return place == "attachment" or part.get_filename() is not None


def _attached(message: Message) -> Iterator[str]:
    """The names of attached files, those of messages passed on included."""
    for part in _inside(message):
        name = part.get_filename()
        if part.is_multipart():
            yield from _attached(part)
        elif name and _is_attachment(part) and part.get_content_type() not in _SIGNATURES:
            yield " ".join(normal_form(_words(name)).split())
