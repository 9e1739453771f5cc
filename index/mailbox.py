"""A mailbox file (mbox) is taken apart into the e-mails that it holds."""

from __future__ import annotations

import re

# A line that ends with a year, as no e-mail has, then a first field; after a blank line, but once.
_BEGINNING = re.compile(rb"(?:\A|\r?\n\r?\n)From \S[^\r\n]*\d\d\r?\n(?=[!-9;-~]+:)")
# So that a line of an e-mail is not taken for a beginning, mailboxes put a mark before it.
_MARKED = re.compile(rb"^>(?=>*From )", re.MULTILINE)


def separate_messages(data: bytes) -> list[bytes]:
    r"""The bytes of each e-mail in order; bytes that begin like no mailbox are one e-mail.

    >>> separate_messages(b"From a@b 2026\nTo: c\n\nHi.\n\nFrom d@e 2026\nTo: f\n\n>From me.")
    [b'To: c\n\nHi.', b'To: f\n\nFrom me.']
    """
    if not _BEGINNING.match(data):
        return [data]
    return [_MARKED.sub(b"", message) for message in _BEGINNING.split(data)[1:]]
