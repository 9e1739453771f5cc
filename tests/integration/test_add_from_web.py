"""Web addresses in a library: sources, new versions, failures, and every way to name them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pincite.cli import app
from pincite.ui.adding import Adding, add, at_addresses
from rag import Assistant, WebAddress, open_assistant
from tests.integration.web_server import WebServer, answer, redirect

FERRY = "The ferry to Aldermoor will run every hour from May, the company said."
TOWER = "The tower was painted green in June, the mayor of Aldermoor said."
ARTICLES = Path(__file__).parents[2] / "examples" / "articles"


def page(text: str, title: str = "") -> bytes:
    head = f"<title>{title}</title>" if title else ""
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode()


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer(
        {
            "/ferry": answer(page(FERRY, "The ferry runs every hour")),
            "/news/tower-painted-green.txt": answer(TOWER.encode(), kind="text/plain"),
        }
    ) as started:
        yield started


@pytest.fixture
def assistant(tiny_model: Path, tmp_path: Path) -> Iterator[Assistant]:
    with open_assistant(
        tmp_path / "library", embedding_model=str(tiny_model), allow_private_addresses=True
    ) as opened:
        yield opened


class TestFromPython:
    def test_a_page_is_a_document_whose_source_is_its_address(
        self, assistant: Assistant, server: WebServer
    ) -> None:
        address = server.at("/ferry")
        (row,) = assistant.add(f"{address}#timetable").files
        assert (row.status, row.path, row.reason) == ("added", address, None)
        document = assistant.document(f"{address}#fares")
        assert document.sources == (address,)
        assert (document.title, document.text) == ("The ferry runs every hour", FERRY)

    def test_without_a_title_it_is_called_by_its_path(
        self, assistant: Assistant, server: WebServer
    ) -> None:
        assistant.add(server.at("/news/tower-painted-green.txt"))
        (row,) = assistant.documents()
        assert row.title == "Tower painted green"

    def test_without_a_path_it_is_called_by_its_host(
        self, assistant: Assistant, server: WebServer
    ) -> None:
        server.answers["/"] = answer(page(FERRY))
        assistant.add(server.at("/", host="localhost"))
        assert [row.title for row in assistant.documents()] == ["Localhost"]

    def test_what_is_there_later_replaces_what_was(
        self, assistant: Assistant, server: WebServer
    ) -> None:
        address = server.at("/ferry")
        statuses = [assistant.add(address).files[0].status for _ in range(2)]
        server.answers["/ferry"] = answer(page(TOWER, "Green"))
        statuses.append(assistant.add(address).files[0].status)
        assert statuses == ["added", "unchanged", "replaced"]
        assert [row.title for row in assistant.documents()] == ["Green"]
        assert assistant.document(address).text == TOWER

    def test_the_same_bytes_at_two_places_are_one_document(
        self, assistant: Assistant, server: WebServer, tmp_path: Path
    ) -> None:
        copy = tmp_path / "tower.txt"
        copy.write_text(TOWER, "utf-8")
        address = server.at("/news/tower-painted-green.txt")
        assert [row.status for row in assistant.add(address, copy).files] == ["added", "duplicate"]
        (row,) = assistant.documents()
        assert set(row.sources) == {address, str(copy)}

    def test_where_an_address_leads_is_told(self, assistant: Assistant, server: WebServer) -> None:
        server.answers["/short"] = redirect("/ferry")
        (row,) = assistant.add(server.at("/short")).files
        assert (row.status, row.path) == ("added", server.at("/short"))
        assert row.reason == f"The address leads on to {server.at('/ferry')}."

    def test_what_fails_is_a_row_and_stops_nothing(
        self, assistant: Assistant, server: WebServer
    ) -> None:
        server.answers["/picture"] = answer(b"\x89PNG\r\n\x1a\n" + bytes(99), kind="text/html")
        server.answers["/nothing"] = answer(b"")
        word = next(ARTICLES.glob("*.docx"))
        server.answers["/download"] = answer(word.read_bytes(), kind="text/html")
        given = {
            "ftp://news.example/a": ("failed", "begins with https:// or http://"),
            server.at("/gone"): ("failed", "HTTP 404"),
            server.at("/picture"): ("skipped", "PNG image"),
            server.at("/nothing"): ("skipped", "sends nothing"),
            server.at("/download"): ("added", ""),
            server.at("/ferry"): ("added", ""),
        }
        rows = {row.path: row for row in assistant.add(*given).files}
        assert list(rows) == list(given)
        for path, (status, said) in given.items():
            assert rows[path].status == status
            assert said in (rows[path].reason or "")

    def test_an_address_is_fetched_once_however_often_it_is_named(
        self, assistant: Assistant, server: WebServer
    ) -> None:
        assistant.add(
            server.at("/ferry"),
            server.at("/ferry#a"),
            server.at("/ferry").upper()[:4] + server.at("/ferry")[4:],
        )
        assert len(server.asked) == 1

    def test_a_removed_address_is_gone(self, assistant: Assistant, server: WebServer) -> None:
        assistant.add(server.at("/ferry"))
        assistant.remove(server.at("/ferry#top"))
        assert assistant.documents() == ()
        assert assistant.verify().sound

    def test_this_machine_is_refused_by_default(
        self, tiny_model: Path, tmp_path: Path, server: WebServer
    ) -> None:
        with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as careful:
            (row,) = careful.add(server.at("/ferry")).files
        assert row.status == "failed"
        assert "allow_private_addresses" in (row.reason or "")
        assert server.asked == []

    def test_strangers_are_refused_whatever_is_allowed(
        self, assistant: Assistant, server: WebServer
    ) -> None:
        (row,) = assistant.add(WebAddress(url=server.at("/ferry"), public_only=True)).files
        assert row.status == "failed"
        assert server.asked == []


class TestInTheTerminal:
    @pytest.fixture
    def place(self, tiny_model: Path, tmp_path: Path) -> dict[str, str]:
        return {
            "PINCITE_LIBRARY": str(tmp_path / "library"),
            "PINCITE_EMBEDDING_MODEL": str(tiny_model),
            "PINCITE_ALLOW_PRIVATE_ADDRESSES": "true",
        }

    def run(self, place: dict[str, str], *arguments: str) -> Result:
        return CliRunner(env=place).invoke(app, list(arguments))

    def test_addresses_and_files_are_added_together(
        self, place: dict[str, str], tmp_path: Path, server: WebServer
    ) -> None:
        (tmp_path / "tower.txt").write_text(TOWER, "utf-8")
        given = (server.at("/ferry"), str(tmp_path / "tower.txt"), server.at("/gone"))
        added = self.run(place, "add", *given, "--json")
        rows = {row["path"]: row for row in json.loads(added.stdout)["files"]}
        assert {path: row["status"] for path, row in rows.items()} == dict(
            zip(given, ("added", "added", "failed"), strict=True)
        )
        assert added.exit_code == 1
        said = self.run(place, "add", given[2])
        assert said.stdout.startswith(f"Failed (1)\n  {given[2]}\n    127.0.0.1 has nothing at")

    def test_a_document_is_shown_and_removed_by_its_address(
        self, place: dict[str, str], server: WebServer
    ) -> None:
        address = server.at("/ferry")
        assert self.run(place, "add", address).exit_code == 0
        shown = self.run(place, "show", address)
        assert FERRY in shown.stdout
        assert address in shown.stdout
        assert self.run(place, "remove", address).stdout.startswith("Removed ")
        unknown = self.run(place, "show", address)
        assert unknown.exit_code == 2


class TestOnThePage:
    def last(self, assistant: Assistant, typed: str, *, public_only: bool) -> Adding:
        *_, last = add(assistant, at_addresses(typed, public_only=public_only))
        return last

    def test_several_addresses_are_added(self, assistant: Assistant, server: WebServer) -> None:
        typed = f" {server.at('/ferry')}\n{server.at('/gone')} {server.at('/ferry')}"
        last = self.last(assistant, typed, public_only=False)
        assert [row.status for row in last.done] == ["added", "failed"]

    def test_a_visitor_of_others_reaches_nothing_private(
        self, assistant: Assistant, server: WebServer
    ) -> None:
        last = self.last(assistant, server.at("/ferry"), public_only=True)
        assert [row.status for row in last.done] == ["failed"]
        assert server.asked == []

    def test_a_visitor_cannot_name_a_file_of_the_machine(
        self, assistant: Assistant, tmp_path: Path
    ) -> None:
        secret = tmp_path / "secret.txt"
        secret.write_text(TOWER, "utf-8")
        for typed in (str(secret), f"file://{secret}", "secret.txt", "*", "-"):
            last = self.last(assistant, typed, public_only=False)
            assert [row.status for row in last.done] == ["failed"], typed
        assert assistant.documents() == ()
