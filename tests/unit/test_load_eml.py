"""Reading e-mails."""

from __future__ import annotations

import contextlib
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from index.clean import clean
from index.errors import DocumentError, EmptyDocument, ProtectedDocument
from index.load import load
from tests.made_files import mail

HEAD = (
    "From: Ida Roe <ida@example.org> | To: Tom Ash <tom@example.org>"
    " | Date: Thu, 5 Oct 2023 23:30:00 -0700"
)


def message(**fields: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"] = "Ida Roe <ida@example.org>"
    made["Subject"] = "The ferry"
    made["Message-ID"] = "<1@example.org>"
    for name, value in fields.items():
        made[name] = value
    return made


def text_of(made: EmailMessage) -> str:
    """What is read of a message below the line of its header."""
    return load(bytes(made), "a.eml").text.partition("\n\n")[2]


def test_the_header_states_title_author_and_day() -> None:
    raw = load(mail("The crews walked out.\n"), "a.eml")
    assert (raw.media_type, raw.title, raw.author) == ("message/rfc822", "The ferry", "Ida Roe")
    # The day where the writer was; in Greenwich it was the next one already.
    assert raw.published_at == date(2023, 10, 5)
    assert raw.text == f"{HEAD}\n\nThe crews walked out."
    assert clean(raw, "a.eml").text == raw.text


def test_plain_text_is_preferred_to_html() -> None:
    made = message()
    made.set_content("Plain words.")
    made.add_alternative("<p>Rich words.</p>", subtype="html")
    assert text_of(made) == "Plain words."


def test_html_is_read_where_the_plain_text_is_missing_or_blank() -> None:
    made = message()
    made.set_content(" \n")
    made.add_alternative("<p>Rich <b>words</b>.</p><p>And more.</p>", subtype="html")
    assert text_of(made) == "Rich words.\n\nAnd more."


def test_attachments_are_named_and_not_read() -> None:
    made = message()
    made.set_content("See below.")
    made.add_attachment("Inside the file.", filename="Größe.txt")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="plan.pdf")
    assert text_of(made) == "See below.\n\nAttachments: Größe.txt, plan.pdf"


@pytest.mark.parametrize(("subtype", "words"), [("plain", "Fog."), ("html", "<p>Fog.</p>")])
def test_a_text_with_a_name_that_is_shown_in_the_message_is_read(subtype: str, words: str) -> None:
    made = message()
    made.set_content("Before.")
    made.add_attachment(words, subtype=subtype, filename="notes", disposition="inline")
    made.add_attachment(b"GIF89a", "image", "gif", filename="a.gif", disposition="inline")
    assert text_of(made) == "Before.\n\nFog.\n\nAttachments: a.gif"


def test_texts_around_an_attachment_are_all_read() -> None:
    made = message()
    made.set_content("Before.")
    made.add_attachment(b"GIF89a", maintype="image", subtype="gif", filename="a.gif")
    last = EmailMessage()
    last.set_content("After.")
    made.attach(last)
    assert text_of(made) == "Before.\n\nAfter.\n\nAttachments: a.gif"


def test_a_message_passed_on_whole_is_read() -> None:
    inner = message(To="Tom Ash <tom@example.org>")
    inner.replace_header("Subject", "The old plan")
    inner.set_content("Sail at noon.")
    made = message()
    made.set_content("See what she wrote.")
    made.add_attachment(inner)
    assert text_of(made).split("\n\n") == [
        "See what she wrote.",
        "The old plan",
        "From: Ida Roe <ida@example.org> | To: Tom Ash <tom@example.org>",
        "Sail at noon.",
    ]


@pytest.mark.parametrize(
    "charset", ["utf-8", "iso-8859-1", "windows-1252", "koi8-r", "iso-2022-jp"]
)
def test_bodies_in_any_character_set(charset: str) -> None:
    text = {"koi8-r": "Паром остановился.", "iso-2022-jp": "船は港を出ました。"}.get(
        charset, "Größe."
    )
    body = text.encode(charset).decode("latin-1")
    header = f"Content-Type: text/plain; charset={charset}\n"
    assert load(mail(body, header=header).decode().encode("latin-1"), "a.eml").text.endswith(text)


def test_a_wrong_or_unknown_character_set_costs_no_letter() -> None:
    for stated in ("iso-8859-1", "x-unknown", "us-ascii"):
        data = mail("Größe – neun.", header=f"Content-Type: text/plain; charset={stated}\n")
        assert load(data, "a.eml").text.endswith("Größe – neun.")


def test_encoded_words_and_folded_lines_of_the_header() -> None:
    header = "Cc: =?utf-8?q?Bj=C3=B6rn?= <b@example.org>,\n Zo <z@example.org>\n"
    assert (
        "Cc: Björn <b@example.org>, Zo <z@example.org>" in load(mail("x", header=header), "a").text
    )


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2023-10-05T08:00:00Z", date(2023, 10, 5)),
        ("yesterday", None),
        ("Thu, 1 Jan 1970 00:00:00 +0000", None),
        ("Mon, 32 Foo 20233 99:99:99", None),
    ],
)
def test_a_day_is_known_only_when_it_is_stated(stated: str, day: date | None) -> None:
    data = mail("Text.").replace(b"Thu, 5 Oct 2023 23:30:00 -0700", stated.encode())
    assert load(data, "a.eml").published_at == day


def test_headers_far_from_what_they_should_be_are_survived() -> None:
    odd = b"From: <<<@@@>>\nTo: ,,,;:;\nDate: =?\nSubject: =?utf-8?b?!!!?=\nMIME-Version: 1.0\n"
    assert load(odd + b"\nText.", "a.eml").text.endswith("Text.")


def test_a_message_of_a_mailbox_and_one_in_utf16() -> None:
    assert load(b"From ida@example.org Thu Oct  5 2023\n" + mail("Text."), "a").title == "The ferry"
    assert load(mail("Text.").decode().encode("utf-16"), "a.eml").title == "The ferry"


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_all_messages_of_a_mailbox_are_read(line_end: bytes) -> None:
    first = mail("Sail at noon.\n\n>From Gull, that is.\n\nFrom here\non nobody knows.\n")
    second = mail("Nobody sails.\n").replace(b"The ferry", b"Storm").replace(b"5 Oct", b"6 Oct")
    data = b"From ida@b Thu Oct  5 2023\n" + first + b"\nFrom - Fri Oct  6 2023\n" + second
    raw = load(data.replace(b"\n", line_end), "harbour office.mbox")
    # Nothing that holds for one message holds for all.
    assert (raw.title, raw.author, raw.published_at) == (None, None, None)
    assert clean(raw, "harbour office.mbox").title == "Harbour office"
    assert raw.text.split("\n\n") == [
        "The ferry",
        HEAD,
        "Sail at noon.",
        "From Gull, that is.",
        "From here\non nobody knows.",
        "Storm",
        HEAD.replace("5 Oct", "6 Oct"),
        "Nobody sails.",
    ]


def test_a_message_that_quotes_the_first_lines_of_another_is_one_message() -> None:
    body = "They wrote:\n\nFrom ida@b Thu Oct 5 2023\nTo: all\n\nNo.\n"
    assert load(mail(body), "a.eml").text == f"{HEAD}\n\n{body.strip()}"


def test_a_memo_is_no_message() -> None:
    memo = b"From: The director\nTo: All hands\nDate: 5 May\n\nNobody sails today."
    assert load(memo, "memo.txt").media_type == "text/plain"


def test_a_page_saved_by_a_browser_was_written_by_nobody_that_day() -> None:
    data = mail(
        "<html><body><p>The crews walked out.</p></body></html>",
        header="Snapshot-Content-Location: https://example.org\nContent-Type: text/html\n",
    )
    raw = load(data, "page.mhtml")
    assert (raw.media_type, raw.text) == ("text/html", "The crews walked out.")
    assert (raw.author, raw.published_at) == (None, None)


@pytest.mark.parametrize("kind", ["multipart/encrypted", "application/pkcs7-mime"])
def test_an_encrypted_message_is_protected(kind: str) -> None:
    with pytest.raises(ProtectedDocument, match="encrypted"):
        load(mail("xxxx", header=f"Content-Type: {kind}; boundary=b\n"), "a.eml")


def test_a_message_inside_its_signature_is_not_called_encrypted() -> None:
    header = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
    with pytest.raises(ProtectedDocument, match="is a signed e-mail"):
        load(mail("xxxx", header=header), "a.eml")


def test_messages_inside_messages_without_end_are_refused_or_read() -> None:
    depth = 500
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth)
    )
    data = mail("").rstrip(b"\n") + b"\n" + parts.encode() + b"\nText."
    with contextlib.suppress(DocumentError):
        assert load(data, "a.eml").title == "The ferry"


def test_a_header_alone_is_read_and_nothing_is_empty() -> None:
    assert load(mail(""), "a.eml").text == HEAD
    with pytest.raises(EmptyDocument):
        load(b"\n\n", "a.eml")


@pytest.mark.parametrize("word", ["=?utf-8?q?ab=20c?= ", "(", '"a\\', "Ida Roe <i@example.org>, "])
@pytest.mark.timeout(90)  # without the care taken, it takes minutes or for ever
def test_a_field_without_end_takes_no_time(word: str) -> None:
    """The library's newer parser takes a minute and 11 GB for the first of these."""
    raw = load(mail("Text.", header=f"Cc: {word * 20_000}\n"), "a.eml")
    assert raw.text.endswith("Text.")
    assert len(raw.text) < 12_000
