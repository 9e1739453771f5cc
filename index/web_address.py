"""A web address: what a person may type, what its document's source is, and what it is called."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from index.errors import FetchFailed

if TYPE_CHECKING:
    import httpx

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
_LONGEST = 8_000
_LONGEST_NAME = 200
_PORTS = {"http": 80, "https": 443}
# Kinds of text that cannot be told from their content alone.
_SUFFIXES = {
    "text/markdown": ".md",
    "text/x-rst": ".rst",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "message/rfc822": ".eml",
}


def is_address(text: str) -> bool:
    """Whether the text is meant as an address and not as a path: it begins as `https://` does.

    >>> is_address("https://news.example/a"), is_address("ftp://x"), is_address("news.example/a")
    (True, True, False)
    """
    return _SCHEME.match(text.strip()) is not None


def normal_address(text: str) -> str:
    """The address in one form, which is its document's source; nothing is fetched.

    The host is in small letters, what is not ASCII is encoded, and the fragment is dropped. Raises
    `FetchFailed` for what cannot be fetched whatever is there.

    >>> normal_address("HTTPS://News.Example:443/ferry strike#top")
    'https://news.example/ferry%20strike'
    """
    return str(parsed(text))


def parsed(text: str) -> httpx.URL:
    """As `normal_address`, in its parts."""
    import httpx

    typed = text.strip()
    scheme = _SCHEME.match(typed)
    if scheme is None or scheme[1].lower() not in _PORTS:
        raise FetchFailed(
            f"{typed!r} is no web address: give one that begins with https:// or http://."
        )
    if len(typed) > _LONGEST:
        raise FetchFailed(
            f"The address has {len(typed):,} characters, more than the limit of {_LONGEST:,}."
        )
    try:
        url = httpx.URL(typed)
        port = None if url.port == _PORTS[url.scheme] else url.port
        url = url.copy_with(fragment=None, port=port, raw_path=url.raw_path)
        host = url.host  # decodes what a name in other letters is written as
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchFailed(f"{typed!r} is no web address ({error}): check it.") from error
    if url.userinfo:
        raise FetchFailed(
            "The address holds a user's name or password: take out what stands before the @. To "
            "add a page behind a sign-in, save it in your browser and add that file."
        )
    if not host or "%" in host or (port is not None and not 0 < port < 65_536):
        raise FetchFailed(f"{typed!r} names no host, or an impossible one: check it.")
    return url


def document_name(url: httpx.URL, media_type: str) -> str:
    """What readers call the document: the last part of the path, else the host as a page.

    The media type ends a name that has no ending, where only that tells what kind of text it is.
    """
    path = unquote(url.raw_path.decode("ascii").partition("?")[0])
    last = PurePosixPath(path).name[-_LONGEST_NAME:]
    if not last:
        return f"{url.host.removeprefix('www.')}.html"
    return last if PurePosixPath(last).suffix else last + _SUFFIXES.get(media_type, "")
