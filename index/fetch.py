"""A web address becomes the bytes of one document, within limits of size, time and place."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING

import httpcore

from index.connect import CheckedConnections, Resolve, resolved
from index.decode import recoded
from index.errors import DocumentError, EmptyDocument, FetchFailed, OversizedDocument
from index.load import SIZE_LIMIT
from index.models import StopRequest
from index.sniff import sniff_bytes
from index.web_address import document_name, parsed

if TYPE_CHECKING:
    import httpx

TOTAL_SECONDS = 120.0
SILENCE_SECONDS = 20.0
MOST_REDIRECTS = 5

_REDIRECTS = {301, 302, 303, 307, 308}
_BY_HAND = "open it in your browser, save the page and add that file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document from the web: where the address led to, the name for readers, and the bytes.

    Text whose character set only the server tells has become UTF-8.
    """

    url: str
    name: str
    data: bytes = field(repr=False)


def fetch(
    address: str,
    *,
    allow_private: bool = False,
    resolve: Resolve = resolved,
    seconds: float = TOTAL_SECONDS,
    size: int = SIZE_LIMIT,
    should_stop: StopRequest = lambda: False,
) -> Fetched:
    """What is at the address now. No cookies, no proxies, no passwords; nothing is tried twice.

    `resolve` gives the IP addresses of a host. `allow_private` lets them lie in a private network
    or on this machine. It ends after `seconds`, though a look-up is not cut short, and the answer
    has at most `size` bytes, unpacked. Raises `FetchFailed`, `OversizedDocument`, `EmptyDocument`,
    or `Stopped` soon after `should_stop` says so.
    """
    until = time.monotonic() + seconds
    connections = CheckedConnections(
        resolve=resolve, allow_private=allow_private, until=until, should_stop=should_stop
    )
    url = parsed(address)
    with httpcore.ConnectionPool(ssl_context=_trust(), network_backend=connections) as pool:
        for _ in range(MOST_REDIRECTS + 1):
            with _explained(url, seconds, until), _asked(pool, url) as response:
                onward = _onward(response, url)
                if onward is None:
                    return _document(response, url, size)
            url = onward
    raise FetchFailed(
        f"{address} leads on more than {MOST_REDIRECTS} times: {_BY_HAND}, if it opens there."
    )


def _trust() -> ssl.SSLContext:
    """Certificates that the system trusts, and those of Mozilla where a system has none."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@contextmanager
def _asked(pool: httpcore.ConnectionPool, url: httpx.URL) -> Iterator[httpcore.Response]:
    place = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    headers = {
        b"Host": url.netloc,
        b"User-Agent": f"pincite/{version('pincite')}".encode(),
        b"Accept": b"*/*",
        b"Accept-Encoding": b"gzip",
    }
    silence = dict.fromkeys(("connect", "read", "write", "pool"), SILENCE_SECONDS)
    with pool.stream(
        "GET", place, headers=list(headers.items()), extensions={"timeout": silence}
    ) as response:
        yield response


def _onward(response: httpcore.Response, url: httpx.URL) -> httpx.URL | None:
    """Where the answer says to go instead, if it does."""
    target = _header(response, b"location")
    if response.status not in _REDIRECTS or not target:
        return None
    import httpx

    try:
        joined = str(url.join(target))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchFailed(f"{url.host} leads on to {target!r}, which is no address.") from error
    onward = parsed(joined)
    if url.scheme == "https" and onward.scheme == "http":
        raise FetchFailed(
            f"The address leads on to {onward}, which is not encrypted, so that anybody on the way "
            "could alter it: add that address itself if you trust it."
        )
    return onward


def _document(response: httpcore.Response, url: httpx.URL, size: int) -> Fetched:
    """Raises what `fetch` raises, and `zlib.error`."""
    if not 200 <= response.status < 300:
        raise FetchFailed(_refused(response.status, url))
    content_type = _header(response, b"content-type")
    name = document_name(url, content_type.partition(";")[0].strip().lower())
    data = _body(response, url, size)
    if not data:
        raise EmptyDocument(f"{url.host} sends nothing: {_BY_HAND}, if it shows anything there.")
    return Fetched(url=str(url), name=name, data=_as_read(data, content_type, name))


def _as_read(data: bytes, content_type: str, name: str) -> bytes:
    """The bytes, a text's in UTF-8; a document of another format stays as it is."""
    text = recoded(data, content_type)
    try:
        return text if text is data or sniff_bytes(data, name) == "text" else data
    except DocumentError:  # whoever reads it says what it is
        return data


def _refused(status: int, url: httpx.URL) -> str:
    if status in {404, 410}:
        return f"{url.host} has nothing at this address (HTTP {status}): check it."
    if status in {401, 402, 403, 407, 451}:
        return f"{url.host} does not show this to everybody (HTTP {status}): {_BY_HAND}."
    if status == 429 or status >= 500:
        return f"{url.host} does not serve this just now (HTTP {status}): try again later."
    return f"{url.host} answers with HTTP {status} and no document: {_BY_HAND}."


def _body(response: httpcore.Response, url: httpx.URL, size: int) -> bytes:
    """The answer, unpacked. Packed more than a thousandfold it takes no more memory than plain."""
    packing = _header(response, b"content-encoding").strip().lower() or "identity"
    if packing not in {"identity", "gzip", "x-gzip"}:
        raise FetchFailed(f"{url.host} packs its answer as {packing!r}, unasked: {_BY_HAND}.")
    oversized = OversizedDocument(
        f"{url.host} sends more than the limit of {size / 1024 / 1024:,.0f} MB: download it, split "
        "it into smaller files and add these."
    )
    stated = _header(response, b"content-length")
    if stated.isdecimal() and int(stated) > size:
        raise oversized
    unpacker = None if packing == "identity" else zlib.decompressobj(wbits=31)
    data, received = bytearray(), 0
    for piece in response.iter_stream():
        received += len(piece)
        # One byte more than may be: enough to see that there is more.
        data += unpacker.decompress(piece, size + 1 - len(data)) if unpacker else piece
        if max(received, len(data)) > size:
            raise oversized
    if (
        unpacker is not None
        and received
        and (not unpacker.eof or unpacker.unused_data.strip(b"\0"))
    ):
        raise zlib.error
    return bytes(data)


def _header(response: httpcore.Response, name: bytes) -> str:
    found = (value for key, value in response.headers if key.lower() == name)
    return next(found, b"").decode("latin-1")


@contextmanager
def _explained(url: httpx.URL, seconds: float, until: float) -> Iterator[None]:
    """What may go wrong on the way, as `FetchFailed`."""
    try:
        yield
    except httpcore.TimeoutException as error:
        if time.monotonic() >= until:
            said = (
                f"{url.host} was not done after {seconds:,.0f} seconds: download it and add that."
            )
        else:
            said = f"{url.host} said nothing for {SILENCE_SECONDS:.0f} seconds: try again later."
        raise FetchFailed(said) from error
    except httpcore.ConnectError as error:
        raise FetchFailed(
            f"Nothing answers at {url.netloc.decode('ascii')}: check the address, and that this "
            "machine is connected."
        ) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, zlib.error) as error:
        raise FetchFailed(
            f"What {url.host} sent broke off or could not be understood: try again later."
        ) from error
