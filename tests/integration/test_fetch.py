"""Documents from the web, against a real server: what is fetched, what is refused, what ends."""

from __future__ import annotations

import gzip
import socket
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.children import Stopped
from index.errors import DocumentError, EmptyDocument, FetchFailed, OversizedDocument
from index.fetch import Fetched, fetch
from tests.integration.web_server import Answer, Asked, WebServer, answer, endlessly, redirect

PAGE = b"<html><title>Ferry</title><p>The ferry runs every hour.</p></html>"
METADATA = "169.254.169.254"
MEGABYTE = 1024 * 1024


@pytest.fixture
def serve() -> Iterator[Callable[..., WebServer]]:
    opened: list[WebServer] = []

    def start(answers: dict[str, Answer], *, certificate: Path | None = None) -> WebServer:
        opened.append(WebServer(answers, certificate=certificate).__enter__())
        return opened[-1]

    yield start
    for server in opened:
        server.__exit__(None, None, None)


Serve = Callable[..., WebServer]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of good.test that signs itself, with its key."""
    path = tmp_path_factory.mktemp("tls") / "good.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=good.test "
        f"-addext subjectAltName=DNS:good.test -keyout {path} -out {path}.crt"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def here(url: str, **options: object) -> Fetched:
    """Fetched from this machine, every name being one of its own."""
    named = {"resolve": lambda host, port: ["127.0.0.1"], **options}
    return fetch(url, allow_private=True, **named)  # type: ignore[arg-type]


def refusal(url: str, **options: object) -> str:
    with pytest.raises(DocumentError) as refused:
        here(url, **options)
    return str(refused.value)


class TestWhatIsFetched:
    def test_a_page_comes_as_it_is(self, serve: Serve) -> None:
        server = serve({"/news/ferry.html": answer(PAGE)})
        got = here(server.at("/news/ferry.html", host="news.test"))
        assert (got.data, got.name) == (PAGE, "ferry.html")
        assert got.url == server.at("/news/ferry.html", host="news.test")

    def test_the_request_says_who_asks_and_nothing_else(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "netrc").write_text("machine news.test login ada password secret\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        server = serve(
            {
                "/a": answer(status=302, Location="/b", Set_Cookie="seen=1; Path=/"),
                "/b": answer(PAGE),
            }
        )
        assert here(server.at("/a#part", host="news.test")).data == PAGE
        assert [path for path, _ in server.asked] == ["/a", "/b"]
        for _, headers in server.asked:
            assert headers.pop("User-Agent").startswith("pincite/")
            assert headers == {
                "Host": f"news.test:{server.port}",
                "Accept": "*/*",
                "Accept-Encoding": "gzip",
            }

    def test_packed_answers_are_unpacked(self, serve: Serve) -> None:
        packed = answer(gzip.compress(PAGE), Content_Encoding="gzip")
        assert here(serve({"/a": packed}).at("/a")).data == PAGE

    def test_a_pdf_served_as_a_page_stays_what_it_is(self, serve: Serve) -> None:
        pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
        server = serve({"/a": answer(pdf, kind="text/html; charset=iso-8859-1")})
        assert here(server.at("/a")).data == pdf

    @pytest.mark.parametrize(
        ("charset", "codec"),
        [("ISO-8859-2", "iso-8859-2"), ("windows-1251", "cp1251"), ("Shift_JIS", "cp932")],
    )
    def test_the_character_set_is_the_servers(self, serve: Serve, charset: str, codec: str) -> None:
        text = {"cp1251": "Паром", "cp932": "フェリー"}.get(codec, "Žluťoučký přívoz")
        server = serve({"/a": answer(text.encode(codec), kind=f"text/plain; charset={charset}")})
        assert here(server.at("/a")).data.decode() == text

    def test_bytes_that_are_utf8_are_believed_before_the_server(self, serve: Serve) -> None:
        text = "fähre – überfällig".encode()
        server = serve({"/a": answer(text, kind="text/plain; charset=iso-8859-1")})
        assert here(server.at("/a")).data == text

    def test_an_unknown_character_set_changes_nothing(self, serve: Serve) -> None:
        text = "Fähre".encode("latin-1")
        server = serve({"/a": answer(text, kind="text/plain; charset=cp-none")})
        assert here(server.at("/a")).data == text

    def test_of_several_addresses_the_first_that_answers_is_taken(self, serve: Serve) -> None:
        server = serve({"/a": answer(PAGE)})
        got = here(server.at("/a", host="news.test"), resolve=lambda *_: ["127.0.0.9", "127.0.0.1"])
        assert got.data == PAGE


class TestWhereNothingIsFetched:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:7f00:1]"]
    )
    def test_this_machine_unless_allowed(self, serve: Serve, host: str) -> None:
        """With the system's own way of looking names up, which knows these spellings."""
        server = serve({"/a": answer(PAGE)})
        with pytest.raises(FetchFailed, match="allow_private_addresses"):
            fetch(server.at("/a", host=host))
        assert server.asked == []

    def test_this_machine_if_allowed(self, serve: Serve) -> None:
        server = serve({"/a": answer(PAGE)})
        assert fetch(server.at("/a"), allow_private=True).data == PAGE

    @pytest.mark.parametrize(
        "addresses", [[METADATA], ["127.0.0.1", METADATA], ["::ffff:a9fe:a9fe"]]
    )
    def test_metadata_even_if_private_is_allowed(self, serve: Serve, addresses: list[str]) -> None:
        server = serve({"/a": answer(PAGE)})
        assert "link-local" in refusal(server.at("/a", host="x.test"), resolve=lambda *_: addresses)
        assert server.asked == []

    def test_one_private_address_among_public_ones(self) -> None:
        with pytest.raises(FetchFailed, match="private network"):
            fetch("http://x.test/", resolve=lambda *_: ["1.1.1.1", "10.0.0.1"])

    def test_a_redirect_is_checked_again(self, serve: Serve) -> None:
        server = serve({"/b": answer(PAGE)})
        server.answers["/a"] = redirect(server.at("/b", host="inner.test"))
        places = {"news.test": "127.0.0.1", "inner.test": METADATA}
        said = refusal(server.at("/a", host="news.test"), resolve=lambda host, port: [places[host]])
        assert "inner.test leads to an address that is no web site's" in said
        assert [path for path, _ in server.asked] == ["/a"]

    def test_a_name_is_looked_up_once_and_that_address_is_connected_to(self, serve: Serve) -> None:
        """A name that means another address the second time leads nowhere else."""
        server = serve({"/a": answer(PAGE)})
        answers = iter([["127.0.0.1"], [METADATA]])
        assert here(server.at("/a", host="x.test"), resolve=lambda *_: next(answers)).data == PAGE
        assert next(answers) == [METADATA]

    @pytest.mark.parametrize(
        "target", ["file:///etc/passwd", "ftp://x.test/", "gopher://x.test/", "http://u:p@x.test/"]
    )
    def test_a_redirect_away_from_the_web(self, serve: Serve, target: str) -> None:
        server = serve({"/a": redirect(target)})
        assert refusal(server.at("/a"))

    def test_a_redirect_in_a_circle(self, serve: Serve) -> None:
        server = serve({"/a": redirect("/b", status=301), "/b": redirect("/a", status=307)})
        assert "leads on more than 5 times" in refusal(server.at("/a"))
        assert len(server.asked) == 6


class TestWhatEnds:
    @pytest.mark.parametrize(
        "drip",
        [
            endlessly(b"x", pause=0.05),
            endlessly(b"H", pause=0.05, begin=False),
            endlessly(b"\x1f\x8b", pause=0.05, Content_Encoding="gzip"),
        ],
        ids=["body", "header", "packed"],
    )
    def test_a_slow_drip(self, serve: Serve, drip: Answer) -> None:
        server = serve({"/a": drip})
        begun = time.monotonic()
        assert refusal(server.at("/a"), seconds=0.6)
        assert time.monotonic() - begun < 3
        assert server.hung_up.wait(3)

    def test_a_server_that_says_nothing(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("index.fetch.SILENCE_SECONDS", 0.3)
        server = serve({"/a": lambda asked: asked.owner.closing.wait(5) and None})
        assert "said nothing" in refusal(server.at("/a"))

    def test_a_wait_is_no_longer_than_what_is_left_of_the_time(self, serve: Serve) -> None:
        server = serve({"/a": lambda asked: asked.owner.closing.wait(10) and None})
        begun = time.monotonic()
        assert "was not done after" in refusal(server.at("/a"), seconds=0.5)
        assert time.monotonic() - begun < 3

    def test_redirects_share_the_time(self, serve: Serve) -> None:
        def slowly(asked: Asked) -> None:
            time.sleep(0.25)
            redirect(asked.path + "x")(asked)

        server = serve({"/" + "x" * count: slowly for count in range(1, 8)})
        assert "was not done after" in refusal(server.at("/x"), seconds=0.6)

    def test_more_than_the_limit_is_refused_before_it_is_read(self, serve: Serve) -> None:
        def boast(asked: Asked) -> None:
            asked.begin(200, {"Content-Length": str(500 * MEGABYTE)})
            asked.owner.closing.wait(5)

        with pytest.raises(OversizedDocument, match="limit of 100 MB"):
            here(serve({"/a": boast}).at("/a"))

    def test_more_than_the_limit_without_saying_so(self, serve: Serve) -> None:
        server = serve({"/a": endlessly(b"x" * 65_536)})
        with pytest.raises(OversizedDocument):
            here(server.at("/a"), size=MEGABYTE)
        assert server.hung_up.wait(3)

    def test_a_bomb_is_not_unpacked(self, serve: Serve) -> None:
        bomb = gzip.compress(bytes(64 * MEGABYTE))
        assert len(bomb) < MEGABYTE
        server = serve({"/a": answer(bomb, Content_Encoding="gzip")})
        tracemalloc.start()
        try:
            with pytest.raises(OversizedDocument):
                here(server.at("/a"), size=MEGABYTE)
            assert tracemalloc.get_traced_memory()[1] < 8 * MEGABYTE
        finally:
            tracemalloc.stop()

    def test_exactly_the_limit_is_taken(self, serve: Serve) -> None:
        body = b"x" * 1000
        server = serve(
            {"/a": answer(body), "/b": answer(gzip.compress(body), Content_Encoding="gzip")}
        )
        for path in ("/a", "/b"):
            assert here(server.at(path), size=1000).data == body
            with pytest.raises(OversizedDocument):
                here(server.at(path), size=999)


class TestWhatIsSaid:
    @pytest.mark.parametrize(
        ("status", "said"),
        [
            (404, "has nothing at this address (HTTP 404)"),
            (403, "does not show this to everybody (HTTP 403)"),
            (503, "try again later"),
            (304, "HTTP 304 and no document"),
            (418, "HTTP 418 and no document"),
        ],
    )
    def test_of_a_status(self, serve: Serve, status: int, said: str) -> None:
        assert said in refusal(serve({"/a": answer(status=status)}).at("/a"))

    def test_of_nothing(self, serve: Serve) -> None:
        with pytest.raises(EmptyDocument):
            here(serve({"/a": answer(b"")}).at("/a"))

    def test_of_a_name_that_is_unknown(self) -> None:
        def unknown(host: str, port: int) -> list[str]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        assert "The name x.test is not known" in refusal("http://x.test/", resolve=unknown)

    def test_of_a_name_that_is_none(self) -> None:
        with pytest.raises(FetchFailed, match="is not known"):
            fetch(f"http://{'a' * 64}.test/")

    def test_of_a_port_where_nobody_listens(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            assert f"Nothing answers at x.test:{port}" in refusal(f"http://x.test:{port}/")

    @pytest.mark.parametrize(
        "broken",
        [
            answer(b"short", Content_Length="500"),
            answer(gzip.compress(PAGE)[:-9], Content_Encoding="gzip"),
            answer(PAGE, Content_Encoding="gzip"),
            lambda asked: asked.wfile.write(b"220 mail.test ESMTP\r\n"),
        ],
        ids=["cut off", "cut off, packed", "not packed", "no web server"],
    )
    def test_of_an_answer_that_is_broken(self, serve: Serve, broken: Answer) -> None:
        assert "broke off or could not be understood" in refusal(serve({"/a": broken}).at("/a"))

    def test_of_a_packing_that_nobody_asked_for(self, serve: Serve) -> None:
        server = serve({"/a": answer(b"\x8b", Content_Encoding="br")})
        assert "'br', unasked" in refusal(server.at("/a"))


class TestEncryption:
    @pytest.fixture
    def trusted(self, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")

    def test_a_certificate_of_unknown_origin_is_refused(
        self, serve: Serve, certificate: Path
    ) -> None:
        server = serve({"/a": answer(PAGE)}, certificate=certificate)
        said = refusal(server.at("/a", host="good.test", scheme="https"))
        assert "cannot prove that it is good.test (self-signed certificate)" in said
        assert server.asked == []

    @pytest.mark.usefixtures("trusted")
    def test_a_certificate_is_that_of_the_name_and_not_of_the_address(
        self, serve: Serve, certificate: Path
    ) -> None:
        server = serve({"/a": answer(PAGE)}, certificate=certificate)
        assert here(server.at("/a", host="good.test", scheme="https")).data == PAGE
        said = refusal(server.at("/a", host="other.test", scheme="https"))
        assert "cannot prove that it is other.test" in said
        assert len(server.asked) == 1

    @pytest.mark.usefixtures("trusted")
    def test_a_redirect_to_what_is_not_encrypted_is_refused(
        self, serve: Serve, certificate: Path
    ) -> None:
        plain = serve({"/b": answer(PAGE)})
        secure = serve({"/a": redirect(plain.at("/b"))}, certificate=certificate)
        said = refusal(secure.at("/a", host="good.test", scheme="https"))
        assert "is not encrypted" in said
        assert plain.asked == []


def test_a_stop_ends_a_fetch_while_the_server_is_silent(serve: Serve) -> None:
    def silent(asked: Asked) -> None:
        time.sleep(8)
        asked.begin(200, {})

    server, begun = serve({"/a": silent}), time.monotonic()
    with pytest.raises(Stopped):
        fetch(
            server.at("/a"),
            allow_private=True,
            should_stop=lambda: time.monotonic() > begun + 0.3,
        )
    assert time.monotonic() - begun < 6


@pytest.mark.parametrize("host", ["xn--a", "xn--", "a\udce9"])
def test_a_name_that_cannot_be_decoded_is_refused_wherever_it_comes_from(
    serve: Serve, host: str
) -> None:
    with pytest.raises(FetchFailed):
        fetch(f"http://{host}/")
    if host.isascii():
        with pytest.raises(FetchFailed):
            fetch(serve({"/a": redirect(f"http://{host}/")}).at("/a"), allow_private=True)
