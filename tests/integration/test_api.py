"""The HTTP interface on the page's own server and port, asked over loopback."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import jsonschema
import pytest

from index.errors import LibraryUnwritable
from pincite.accounts import Accounts
from pincite.server_note import read_note
from rag import Conversations
from rag.render import from_json, json_schema

from .served import FERRY, PIER, QUESTION, Server, server


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Server]:
    """Nothing in here changes its documents for good."""
    with server(tmp_path_factory.mktemp("api"), tiny_model, questions_per_minute=1_000) as running:
        yield running


@pytest.fixture
def client(site: Server) -> Iterator[httpx.Client]:
    with site.client() as opened:
        yield opened


def events_of(answer: httpx.Response) -> list[tuple[int, str, Any]]:
    """Number, name and data of server-sent events."""
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block for block in answer.text.split("\n\n") if block]
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [(int(one["id"]), one["event"], json.loads(one["data"])) for one in fields]


class TestAsking:
    def test_an_answer_is_what_the_schema_says(self, client: httpx.Client) -> None:
        answer = client.post("/api/v1/ask", json={"question": QUESTION})
        assert answer.status_code == 200
        jsonschema.validate(answer.json(), json_schema())
        claims = from_json(answer.json()).claims
        assert claims[0].citations[0].quote == FERRY.strip()
        assert "pincite-conversation" not in answer.headers
        assert client.get("/api/v1/answer.schema.json").json() == json_schema()

    def test_events_come_numbered_and_end_with_the_same_answer(self, client: httpx.Client) -> None:
        plain = client.post("/api/v1/ask", json={"question": QUESTION}).json()
        answer = client.post(
            "/api/v1/ask", json={"question": QUESTION}, headers={"accept": "text/event-stream"}
        )
        events = events_of(answer)
        assert [number for number, *_ in events] == list(range(1, len(events) + 1))
        names = [name for _, name, _ in events]
        assert names[0] == "stage"
        assert names[-2:] == ["claim", "answer"]
        assert events[-1][2]["claims"] == plain["claims"]
        assert events[-2][2] == {"claim": plain["claims"][-1]}

    def test_filters_choose_the_documents(self, client: httpx.Client) -> None:
        pier = client.get("/api/v1/documents", params={"source": "**/pier.txt"}).json()
        (document,) = pier["documents"]
        asked = {"question": QUESTION, "filters": {"document_ids": [document["id"]]}}
        sources = client.post("/api/v1/ask", json=asked).json()["sources"]
        assert {source["document_id"] for source in sources} == {document["id"]}

    def test_a_conversation_goes_on_from_what_was_stored(self, client: httpx.Client) -> None:
        first = client.post("/api/v1/ask", json={"question": QUESTION, "conversation": "new"})
        name = first.headers["pincite-conversation"]
        follow_up = {"question": "and why?", "conversation": name}
        headers = {"accept": "text/event-stream"}
        events = events_of(client.post("/api/v1/ask", json=follow_up, headers=headers))
        assert events[-1][1:] == ("stored", {"conversation": name, "number": 2})
        (understood,) = (data for _, event, data in events if event == "understood")
        assert "ferry to Aldermoor" in understood["question"]["standalone"]
        unknown = client.post("/api/v1/ask", json=follow_up | {"conversation": "ffff"})
        assert (unknown.status_code, unknown.json()["error"]) == (404, "UnknownConversation")

    @pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
    def test_an_answer_that_cannot_be_stored_is_given_all_the_same(
        self, site: Server, client: httpx.Client, accept: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: Any, **__: Any) -> None:
            raise LibraryUnwritable("The disk is full: make room.")

        monkeypatch.setattr(Conversations, "add", full)
        asked = {"question": QUESTION, "conversation": "new"}
        answer = client.post("/api/v1/ask", json=asked, headers={"accept": accept})
        assert answer.status_code == 200
        if accept == "application/json":
            assert answer.json()["claims"]
            assert unquote(answer.headers["pincite-unstored"]).startswith("The disk is full")
            return
        events = events_of(answer)
        assert [event for _, event, _ in events][-2:] == ["answer", "unstored"]
        assert events[-1][2] == {"reason": "The disk is full: make room."}

    @pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
    def test_a_question_that_is_none_is_refused_with_a_sentence(
        self, client: httpx.Client, accept: str
    ) -> None:
        for question in ("", "?", "x" * 2_001):
            answer = client.post(
                "/api/v1/ask", json={"question": question}, headers={"accept": accept}
            )
            assert answer.status_code == 422
            assert answer.headers["content-type"] == "application/problem+json"
            told = answer.json()
            assert told["error"] == "QuestionError"
            assert told["status"] == 422
            assert re.match("The question (is empty|has 2,001 characters)", told["detail"])

    def test_what_is_misspelt_is_refused(self, client: httpx.Client) -> None:
        answer = client.post("/api/v1/ask", json={"question": QUESTION, "filter": {}})
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith("filter: Extra inputs are not permitted.")
        empty = {"question": QUESTION, "filters": {"tags": [""]}}
        assert client.post("/api/v1/ask", json=empty).status_code == 400

    def test_a_client_that_goes_away_stops_the_answer(self, site: Server) -> None:
        """The next steps are not made: the place is free for somebody else at once."""
        made: list[str] = []
        released = threading.Event()
        real = site.assistant.stream

        def slow(*args: Any, **options: Any) -> Iterator[Any]:
            for event in real(*args, **options):
                made.append(type(event).__name__)
                released.wait(10)
                yield event

        site.assistant.stream = slow  # type: ignore[method-assign]
        try:
            with pytest.raises(httpx.ReadTimeout), site.client() as client:
                client.post("/api/v1/ask", json={"question": QUESTION}, timeout=0.5)
            time.sleep(0.2)
            released.set()
            time.sleep(1.0)
        finally:
            del site.assistant.stream
        assert made == ["StageStarted"]

    def test_search_gives_passages_with_their_documents(self, client: httpx.Client) -> None:
        hits = client.post("/api/v1/search", json={"query": "new pier", "limit": 1}).json()["hits"]
        assert [(hit["rank"], hit["passage"]["text"], hit["title"]) for hit in hits] == [
            (1, PIER.strip(), "Pier")
        ]


class TestDocuments:
    def test_the_list_has_pages(self, client: httpx.Client) -> None:
        first = client.get("/api/v1/documents", params={"limit": 1}).json()
        second = client.get("/api/v1/documents", params={"limit": 1, "offset": 1}).json()
        assert first["total"] == second["total"] == 2
        assert [first["documents"][0]["title"], second["documents"][0]["title"]] == [
            "Ferry",
            "Pier",
        ]
        none = client.get("/api/v1/documents", params={"tag": "nothing"}).json()
        assert none["documents"] == []
        assert none["nothing_passes"].startswith("No document has the tag nothing")
        assert client.get("/api/v1/documents", params={"limit": 0}).status_code == 422

    def test_a_document_has_its_text_and_passages(self, client: httpx.Client) -> None:
        summary = client.get("/api/v1/documents").json()["documents"][0]
        document = client.get(f"/api/v1/documents/{summary['id'][:8]}").json()["document"]
        passages = client.get(f"/api/v1/documents/{summary['id']}/passages").json()["passages"]
        assert document["text"] == FERRY.strip()
        for passage in passages:
            assert document["text"][passage["start"] : passage["end"]] == passage["text"]
        unknown = client.get("/api/v1/documents/ffffffff")
        assert (unknown.status_code, unknown.json()["error"]) == (404, "UnknownDocument")

    def test_tags_are_given_and_taken(self, client: httpx.Client) -> None:
        summary = client.get("/api/v1/documents").json()["documents"][0]
        path = f"/api/v1/documents/{summary['id'][:8]}"
        given = client.patch(path, json={"add_tags": ["boats", "sea"]})
        assert given.json() == {"id": summary["id"], "tags": ["boats", "sea"]}
        taken = client.patch(path, json={"remove_tags": ["Boats", "sea"]})
        assert taken.json()["tags"] == []
        assert client.patch(path, json={"add_tags": [" "]}).status_code == 400
        assert client.patch("/api/v1/documents/ffffffff", json={}).status_code == 404

    def test_files_are_uploaded_reported_and_removed(
        self, site: Server, client: httpx.Client
    ) -> None:
        files = [
            ("file", ("../tower.txt", b"The tower was painted green in June, the mayor said.")),
            ("file", ("broken.pdf", b"%PDF-1.7\nno object follows\n%%EOF")),
        ]
        report = client.post("/api/v1/documents", files=files, data={"tag": ["towns", "june"]})
        assert report.status_code == 200
        rows = {Path(row["path"]).name: row for row in report.json()["files"]}
        assert (rows["tower.txt"]["status"], rows["broken.pdf"]["status"]) == ("added", "failed")
        assert "it is damaged or incomplete" in rows["broken.pdf"]["reason"]
        assert report.json()["failed"] is True
        name = rows["tower.txt"]["document_id"]
        assert site.assistant.document(name).tags == ("towns", "june")
        assert not (site.assistant.library_path / "uploads").exists()
        stored = client.post(
            "/api/v1/ask",
            json={
                "question": "What colour was the tower painted?",
                "filters": {"document_ids": [name]},
                "conversation": "new",
            },
        ).headers["pincite-conversation"]
        gone = client.delete(f"/api/v1/documents/{name}").json()
        assert gone == {"removed": [name], "still_quoted_in": [stored]}
        assert client.delete(f"/api/v1/documents/{name}").status_code == 404
        site.assistant.conversations.delete(stored)

    def test_progress_is_told_as_events(self, site: Server, client: httpx.Client) -> None:
        text = "\n\n".join(f"Boat {number} sails on day {number}." for number in range(400))
        answer = client.post(
            "/api/v1/documents",
            files={"file": ("boats.txt", text.encode())},
            headers={"accept": "text/event-stream"},
        )
        events = events_of(answer)
        assert {name for _, name, _ in events[:-1]} == {"progress"}
        assert events[-1][1] == "report"
        (row,) = events[-1][2]["files"]
        assert row["status"] == "added"
        site.assistant.remove(row["document_id"])

    def test_addresses_are_fetched_as_for_any_visitor(self, client: httpx.Client) -> None:
        report = client.post("/api/v1/documents", json={"urls": ["http://127.0.0.1:9/a"]}).json()
        assert "private network" in report["files"][0]["reason"]
        nothing = client.post("/api/v1/documents", json={})
        assert (nothing.status_code, nothing.json()["error"]) == (400, "UsageError")
        assert client.post("/api/v1/documents", content=b"{").status_code == 422

    def test_files_of_the_server_are_out_of_reach(self, site: Server, client: httpx.Client) -> None:
        secret = site.assistant.library_path.parent / "ferry.txt"
        for answer in (
            client.post("/api/v1/documents", json={"paths": [str(secret)]}),
            client.get("/api/v1/documents", params={"gone": str(secret.parent)}),
            client.post(
                "/api/v1/documents", files={"file": ("a.txt", b"a")}, data={"name": "ferry.txt"}
            ),
        ):
            assert answer.status_code == 403
            assert "only commands of its own machine" in answer.json()["detail"]
        assert len(site.assistant.documents()) == 2


class TestConversations:
    @pytest.fixture
    def doors(self, tmp_path: Path, tiny_model: Path) -> Iterator[dict[str, httpx.Client]]:
        """Clients with the keys anna and ben, and one with the token of the owner's commands."""
        with server(tmp_path, tiny_model) as site, ExitStack() as opened:
            accounts = Accounts(site.assistant.library_path)
            note = read_note(site.assistant.library_path)
            assert note is not None
            secrets = {name: accounts.add_key(name) for name in ("anna", "ben")}
            yield {
                name: opened.enter_context(
                    site.client(headers={"authorization": f"Bearer {secret}"})
                )
                for name, secret in {**secrets, "owner": note.token}.items()
            }

    def test_each_visitor_has_their_own(self, doors: dict[str, httpx.Client]) -> None:
        asked = doors["anna"].post(
            "/api/v1/ask", json={"question": QUESTION, "conversation": "new"}
        )
        name = asked.headers["pincite-conversation"]
        listed = {
            who: [one["id"] for one in door.get("/api/v1/conversations").json()["conversations"]]
            for who, door in doors.items()
        }
        assert listed == {"anna": [name], "ben": [], "owner": [name]}
        path = f"/api/v1/conversations/{name}"
        for answer in (
            doors["ben"].get(path),
            doors["ben"].patch(path, json={"title": "Mine now"}),
            doors["ben"].delete(path),
        ):
            assert (answer.status_code, answer.json()["error"]) == (404, "UnknownConversation")
        shown = doors["anna"].get(path).json()
        assert (shown["schema"], shown["title"]) == ("pincite.conversation/1", QUESTION)
        (row,) = shown["answers"]
        assert from_json(row["answer"]) == from_json(asked.json())
        assert set(row["states"]["sources"]) == {"same"}
        renamed = doors["anna"].patch(path, json={"title": "Ferries"}).json()["conversation"]
        assert (renamed["title"], renamed["count"], renamed["owner"]) == ("Ferries", 1, "key:anna")
        assert doors["anna"].patch(path, json={"title": " "}).status_code == 400
        assert doors["anna"].delete(path[:-24]).json() == {"deleted": name}
        assert doors["owner"].get("/api/v1/conversations").json() == {"conversations": []}

    def test_what_the_owners_commands_may_ask_for_nobody_else_may(
        self, doors: dict[str, httpx.Client]
    ) -> None:
        """A visitor neither chooses a language model nor brings answers along."""
        given = doors["anna"].post("/api/v1/ask", json={"question": QUESTION}).json()
        for method, path, body, status in (
            ("POST", "/ask", {"question": QUESTION, "writer": "endpoint"}, 400),
            ("POST", "/ask", {"question": QUESTION, "writer": "quotes"}, 200),
            ("POST", "/ask", {"question": QUESTION, "passages": 50}, 200),
            ("POST", "/ask", {"question": "and why?", "earlier": [given]}, 200),
            ("POST", "/conversations", {"answer": given}, 200),
            ("GET", "/verify", None, 200),
        ):
            own = doors["owner"].request(method, f"/api/v1{path}", json=body)
            other = doors["anna"].request(method, f"/api/v1{path}", json=body)
            assert (own.status_code, other.status_code) == (status, 403), (path, body)
            assert "only commands of its own machine" in other.json()["detail"]
        assert doors["anna"].get("/api/v1/conversations").json() == {"conversations": []}

    @pytest.mark.parametrize(
        "body",
        [
            {"writer": "http://127.0.0.1:9/v1"},
            {"passages": 51},
            {"passages": 0},
            {"earlier": [{}] * 4},
            {"earlier": [{"claims": []}]},
            {"llm_base_url": "http://127.0.0.1:9/v1"},
        ],
    )
    def test_nothing_beyond_the_limits_can_be_asked_for(
        self, doors: dict[str, httpx.Client], body: dict[str, Any]
    ) -> None:
        for who, statuses in (("owner", {400, 422}), ("anna", {403, 422})):
            asked = doors[who].post("/api/v1/ask", json={"question": QUESTION, **body})
            assert asked.status_code in statuses

    def test_an_answer_that_is_none_is_not_stored(self, doors: dict[str, httpx.Client]) -> None:
        refused = doors["owner"].post("/api/v1/conversations", json={"answer": {"text": "Yes."}})
        assert (refused.status_code, refused.json()["error"]) == (400, "UsageError")
        assert doors["owner"].get("/api/v1/conversations").json() == {"conversations": []}


class TestServer:
    def test_it_says_that_it_is_well(self, client: httpx.Client) -> None:
        assert client.get("/api/v1/health").json()["documents"] == 2

    def test_a_path_that_is_not_there_says_where_to_look(self, client: httpx.Client) -> None:
        for answer, status in ((client.get("/api/v1/no"), 404), (client.put("/api/v1/ask"), 405)):
            assert answer.status_code == status
            assert "/api/v1/docs" in answer.json()["detail"]

    def test_large_requests_are_refused_while_they_come_in(self, client: httpx.Client) -> None:
        answer = client.post("/api/v1/ask", json={"question": "x" * 1_100_000})
        assert answer.status_code == 413
        assert "larger than 1 MB" in answer.json()["detail"]

    def test_uploads_have_a_limit_of_their_own(
        self, site: Server, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("pincite.api.gate.UPLOAD_LIMIT", 2 * 1024 * 1024)
        files = [("file", (f"{number}.txt", b"x" * 1_000_000)) for number in range(3)]
        answer = client.post("/api/v1/documents", files=files)
        assert (answer.status_code, answer.json()["status"]) == (413, 413)
        assert "larger than 2 MB" in answer.json()["detail"]
        assert len(site.assistant.documents()) == 2

    def test_the_reference_names_every_path_and_fetches_nothing(self, client: httpx.Client) -> None:
        schema = client.get("/api/v1/openapi.json").json()
        page = client.get("/api/v1/docs")
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                assert f"{method.upper()} {path}" in page.text
                assert operation["description"]
        assert not re.search(r"<script|<link|src=|url\(|https?://", page.text)
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")

    def test_a_fault_of_ours_says_so_and_nothing_of_its_inside(
        self, site: Server, client: httpx.Client
    ) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("secret of the inside")

        site.assistant.search = fail  # type: ignore[method-assign]
        try:
            answer = client.post("/api/v1/search", json={"query": "pier"})
        finally:
            del site.assistant.search
        assert answer.status_code == 500
        assert answer.json()["detail"].startswith("Something went wrong inside Pincite.")
        assert "secret" not in answer.text


def test_a_visitor_who_asks_too_much_is_told_when_to_come_back(
    tmp_path: Path, tiny_model: Path
) -> None:
    with server(tmp_path, tiny_model, questions_per_minute=2) as site, site.client() as client:
        body = {"question": QUESTION}
        answers = [client.post("/api/v1/ask", json=body) for _ in range(3)]
        chat = client.post(
            "/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}]}
        )
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 30
    assert answers[-1].json()["detail"].startswith("These were too many questions in a short time")
    assert chat.status_code == 429
    assert chat.json()["error"]["code"] == "RateLimited"


def test_who_asks_many_questions_at_once_does_not_keep_others_waiting(
    tmp_path: Path, tiny_model: Path
) -> None:
    with server(tmp_path, tiny_model, questions_per_minute=1_000) as site:
        accounts = site.assistant.library_path
        keys = {name: Accounts(accounts).add_key(name) for name in ("busy", "other")}
        real = site.assistant.stream

        def slow(*args: Any, **options: Any) -> Iterator[Any]:
            time.sleep(0.3)
            yield from real(*args, **options)

        site.assistant.stream = slow  # type: ignore[method-assign]
        order: list[str] = []

        def ask(name: str) -> None:
            headers = {"authorization": f"Bearer {keys[name]}"}
            with site.client(headers=headers) as client:
                assert client.post("/api/v1/ask", json={"question": QUESTION}).is_success
            order.append(name)

        with ThreadPoolExecutor(21) as pool:
            jobs = [pool.submit(ask, "busy") for _ in range(20)]
            time.sleep(0.5)
            jobs.append(pool.submit(ask, "other"))
            for job in jobs:
                job.result()
    assert order.index("other") <= 12  # four at work and four that may finish beside it, not twenty
