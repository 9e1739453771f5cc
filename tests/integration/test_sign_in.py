"""Who is let in, who is kept apart from whom, and that other sites reach nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import httpx
import pytest
from gradio_client import Client

from index.errors import RateLimited, UsageError
from pincite.accounts import ACCESS_FILE, Accounts
from pincite.ui.page import serve
from rag import Assistant, open_assistant

from .served import PASSWORD, QUESTION, Server, free_port, server

# Gradio's own, of which some ask nobody to sign in by themselves.
GRADIO_PATHS = (
    "/config",
    "/gradio_api/info",
    "/gradio_api/queue/data?session_hash=x",
    "/gradio_api/heartbeat/x",
    "/gradio_api/stream/x/1/1/playlist.m3u8",
    "/gradio_api/token",
    "/assets/index.js",
    "/theme.css",
)
API_PATHS = ("/api/v1/documents", "/api/v1/docs", "/api/v1/openapi.json", "/v1/models")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Server]:
    """With the users anna and ben."""
    with server(tmp_path_factory.mktemp("users"), tiny_model) as running:
        accounts = Accounts(running.assistant.library_path)
        accounts.add_user("anna", PASSWORD)
        accounts.add_user("ben", PASSWORD)
        yield running


class TestSigningIn:
    def test_nothing_is_served_to_who_has_not(self, site: Server) -> None:
        with site.client() as client:
            for path in (*GRADIO_PATHS, *API_PATHS, "/"):
                assert client.get(path).status_code == 401, path
            for path in ("/gradio_api/queue/join", "/gradio_api/upload", "/api/v1/ask"):
                assert client.post(path, json={}).status_code == 401, path
            page = client.get("/", headers={"accept": "text/html"})
            assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
            assert "Aldermoor" not in client.get("/sign-in").text

    def test_the_cookie_is_for_this_site_and_no_script(self, site: Server) -> None:
        with site.client() as client:
            answer = client.post("/sign-in", data={"name": "Anna", "password": PASSWORD})
            assert answer.headers["location"] == "/"
            cookie = answer.headers["set-cookie"]
            assert re.match(r"pincite_\d+=[\w-]{40,}; HttpOnly; Path=/; SameSite=strict$", cookie)
            assert client.get("/", headers={"accept": "text/html"}).status_code == 200
            assert client.get("/config").status_code == 200
            assert client.get("/api/v1/documents").json()["total"] == 2
            assert "signed in as anna" in client.get("/sign-in").text

    def test_signing_out_ends_the_session_and_not_the_cookie_alone(self, site: Server) -> None:
        with site.signed_in("anna") as client:
            kept = dict(client.cookies)
            assert client.post("/sign-out").headers["location"] == "/sign-in"
        with site.client(cookies=kept) as thief:
            assert thief.get("/config").status_code == 401

    def test_a_wrong_password_says_nothing_about_the_name(self, site: Server) -> None:
        with site.client() as client:
            told = [
                client.post("/sign-in", data={"name": name, "password": "a wrong password"})
                for name in ("anna", "nobody")
            ]
        assert [answer.status_code for answer in told] == [403, 403]
        assert told[0].text == told[1].text
        assert "set-cookie" not in told[0].headers

    def test_tries_are_counted(self, tmp_path: Path, tiny_model: Path) -> None:
        with server(tmp_path, tiny_model) as site, site.client() as client:
            Accounts(site.assistant.library_path).add_user("anna", PASSWORD)
            wrong = {"name": "anna", "password": "a wrong password"}
            statuses = [client.post("/sign-in", data=wrong).status_code for _ in range(11)]
            assert statuses == [403] * 10 + [429]
            right = client.post("/sign-in", data={"name": "Anna", "password": PASSWORD})
            assert right.status_code == 429  # whoever guesses right now learns nothing
            assert "too many tries" in right.text

    def test_a_removed_user_is_out_at_once(self, site: Server) -> None:
        accounts = Accounts(site.assistant.library_path)
        accounts.add_user("carl", PASSWORD)
        with site.signed_in("carl") as client:
            assert client.get("/config").status_code == 200
            accounts.remove_user("carl")
            assert client.get("/config").status_code == 401

    def test_a_file_of_users_that_cannot_be_read_closes_everything(
        self, tmp_path: Path, tiny_model: Path
    ) -> None:
        with server(tmp_path, tiny_model) as site, site.client() as client:
            assert client.get("/config").status_code == 200
            (site.assistant.library_path / ACCESS_FILE).write_text("{")
            for path in ("/", "/config", "/api/v1/documents"):
                answer = client.get(path)
                assert answer.status_code == 500
                assert "Until then nobody is let in." in answer.json()["detail"]


class TestVisitorsApart:
    def test_no_visitor_sees_what_another_asked(self, site: Server) -> None:
        """Over the interface, by every way that takes a conversation's name."""
        with site.signed_in("anna") as anna, site.signed_in("ben") as ben:
            hers = anna.post("/api/v1/ask", json={"question": QUESTION, "conversation": "new"})
            name = hers.headers["pincite-conversation"]
            going_on = {"question": "and why?", "conversation": name}
            his = ben.post("/api/v1/ask", json=going_on)
            assert (his.status_code, his.json()["error"]) == (404, "UnknownConversation")
            assert "ferry" not in his.text.lower()
            assert anna.post("/api/v1/ask", json=going_on).status_code == 200
        conversations = site.assistant.conversations
        assert conversations.find(name).owner == "anna"
        assert conversations.of("ben").newest_first() == ()

    def test_a_key_has_conversations_of_its_own(self, site: Server) -> None:
        key = Accounts(site.assistant.library_path).add_key("anna")  # called as a user is
        headers = {"authorization": f"Bearer {key}"}
        with site.client(headers=headers) as program, site.signed_in("anna") as anna:
            asked = {"question": QUESTION, "conversation": "new"}
            name = program.post("/api/v1/ask", json=asked).headers["pincite-conversation"]
            going_on = {"question": "and why?", "conversation": name}
            assert anna.post("/api/v1/ask", json=going_on).status_code == 404
            assert program.post("/api/v1/ask", json=going_on).status_code == 200

    @pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # a proxy may stand before either
    def test_browsers_that_need_not_sign_in_are_told_apart(
        self, tmp_path: Path, tiny_model: Path, host: str
    ) -> None:
        with (
            server(tmp_path, tiny_model, host=host, sign_in=False) as site,
            site.client() as one,
            site.client() as other,
        ):
            # Strict would be left away by whoever follows a link, who then got another.
            assert "HttpOnly; SameSite=Lax" in one.get("/config").headers["set-cookie"]
            assert "set-cookie" not in one.get("/config").headers
            asked = {"question": QUESTION, "conversation": "new"}
            name = one.post("/api/v1/ask", json=asked).headers["pincite-conversation"]
            going_on = {"question": "and why?", "conversation": name}
            assert other.post("/api/v1/ask", json=going_on).status_code == 404
            assert one.post("/api/v1/ask", json=going_on).status_code == 200


def test_behind_a_proxy_nobody_reaches_private_networks_through_this_machine(
    tmp_path: Path, tiny_model: Path
) -> None:
    with server(tmp_path, tiny_model, sign_in=False) as site, site.client() as client:
        settings = site.assistant.library_path / "settings.toml"
        settings.write_text("allow_private_addresses = true\n")
        site.assistant.reload_settings()
        asked = client.post("/api/v1/documents", json={"urls": [site.address]})
        (report,) = asked.json()["files"]
        assert report["status"] == "failed"
        assert "private" in report["reason"]


class TestThePage:
    """What an event of the page can ask about who caused it; the page itself is not looked at."""

    @pytest.fixture
    def asking(
        self, tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Server]:
        from pincite.ui.guard import place_of, visitor_of

        def ask(question: str, request: gr.Request) -> str:
            try:
                with place_of(request) as place:
                    assert place.ready(60)
                    return f"{visitor_of(request).owner} asked {question}"
            except RateLimited as error:
                return str(error)

        def build(_: Assistant, **__: object) -> gr.Blocks:
            with gr.Blocks() as page:
                asked, told = gr.Textbox(), gr.Textbox()
                asked.submit(ask, [asked], [told], api_name="ask")
            return page

        monkeypatch.setattr("pincite.ui.page.build_page", build)
        with server(tmp_path, tiny_model, questions_per_minute=2) as site:
            for name in ("anna", "ben"):
                Accounts(site.assistant.library_path).add_user(name, PASSWORD)
            yield site

    def test_an_event_knows_who_it_is_and_what_they_have_left(self, asking: Server) -> None:
        def through_the_queue(name: str) -> Client:
            with asking.signed_in(name) as browser:
                cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
            return Client(asking.address, headers={"cookie": cookie}, verbose=False)

        anna, ben = through_the_queue("anna"), through_the_queue("ben")
        assert anna.predict("why?", api_name="/ask") == "anna asked why?"
        assert ben.predict("who?", api_name="/ask") == "ben asked who?"
        assert anna.predict("and then?", api_name="/ask") == "anna asked and then?"
        assert "too many questions" in anna.predict("still?", api_name="/ask")
        with asking.signed_in("anna") as browser:  # one share, whichever way she asks
            answer = browser.post("/api/v1/ask", json={"question": QUESTION})
            assert answer.status_code == 429
        assert ben.predict("where?", api_name="/ask") == "ben asked where?"


class TestServing:
    def test_others_are_let_in_only_where_somebody_can_sign_in(
        self, tmp_path: Path, tiny_model: Path
    ) -> None:
        with open_assistant(tmp_path / "library", embedding_model=str(tiny_model)) as assistant:
            with pytest.raises(UsageError, match=r"has no user who could sign in.*users add NAME"):
                serve(assistant, host="0.0.0.0", port=free_port())
            accounts = Accounts(assistant.library_path)
            accounts.add_user("anna", PASSWORD)
            port = free_port()
            page = serve(assistant, host="0.0.0.0", port=port)
            try:
                site = Server(assistant=assistant, address=f"http://127.0.0.1:{port}")
                with site.client() as client:
                    assert client.get("/config").status_code == 401
                    accounts.remove_user("anna")  # the last one: nothing is opened by that
                    assert client.get("/config").status_code == 401
                    assert client.get("/api/v1/documents").status_code == 401
            finally:
                page.close(verbose=False)

    def test_keys_close_the_interface_and_not_the_page(
        self, tmp_path: Path, tiny_model: Path
    ) -> None:
        with server(tmp_path, tiny_model) as site, site.client() as client:
            assert client.get("/api/v1/documents").status_code == 200
            assert client.get("/v1/models", headers={"authorization": "Bearer x"}).is_success
            Accounts(site.assistant.library_path).add_key("reports")
            assert client.get("/api/v1/documents").status_code == 401
            assert client.get("/config").status_code == 200


class TestOtherSites:
    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://evil.example"},
            {"origin": "http://localhost:3000"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
        ],
    )
    def test_nothing_of_theirs_is_served(
        self, site: Server, tmp_path: Path, headers: dict[str, str]
    ) -> None:
        with site.signed_in("anna") as client:
            for path in (*GRADIO_PATHS, *API_PATHS):
                assert client.get(path, headers=headers).status_code == 403, path
            for path in (
                "/gradio_api/queue/join",
                "/gradio_api/upload",
                "/api/v1/ask",
                "/v1/chat/completions",
                "/sign-in",
                "/sign-out",
            ):
                answer = client.post(path, json={}, headers=headers)
                assert answer.status_code == 403, path
                assert "access-control-allow-origin" not in answer.headers
            document = site.assistant.documents()[0].id
            gone = client.delete(f"/api/v1/documents/{document}", headers=headers)
            assert gone.status_code == 403
            asked = headers | {"access-control-request-method": "POST"}
            allowed = client.options("/gradio_api/queue/join", headers=asked)
            assert allowed.status_code == 403
            assert "access-control-allow-origin" not in allowed.headers
        assert len(site.assistant.documents()) == 2

    def test_only_this_machines_names_are_answered_here(self, site: Server) -> None:
        for path in ("/", "/api/v1/documents", "/sign-in"):
            answer = httpx.get(f"{site.address}{path}", headers={"host": "rebound.example"})
            assert answer.status_code == 400, path
