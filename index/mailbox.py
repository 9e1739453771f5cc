"""A mailbox file (mbox) is taken apart into the e-mails that it holds."""

from __future__ import annotations

import re

# A line that no e-mail has, then the first field of one; behind the first, after a blank line.
_BEGINNING = re.compile(rb"(?:\A|\r?\n\r?\n)From \S[^\r\n]*\r?\n(?=[!-9;-~]+:)")
# So that a line of an e-mail is not taken for a beginning, mailboxes put a mark before it.
_MARKED = re.compile(rb"^>(?=>*From )", re.MULTILINE)


def separate_messages(data: bytes) -> list[bytes]:
    r"""The bytes of each e-mail in order; bytes that begin like no mailbox are one e-mail.

    >>> separate_messages(b"From a@b Thu\nTo: c\n\nHi.\n\nFrom d@e Fri\nTo: f\n\n>From me.")
    [b'To: c\n\nHi.', b'To: f\n\nFrom me.']
    """
    if not _BEGINNING.match(data):
        return [data]
    return [_MARKED.sub(b"", message) for message in _BEGINNING.split(data)[1:]]
