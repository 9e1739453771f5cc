"""A language model at an endpoint: whatever the server does, a draft or a clear error, in time."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest
from llama_index.core.llms import ChatMessage

from index.errors import EndpointError, EndpointRefused, EndpointUnreachable, ModelError
from index.models import Document, Passage
from rag.embedded import EmbeddedServer
from rag.llm import ATTEMPTS_LIMIT, close, connect, retry_delay
from rag.model_writer import ModelWriter
from rag.models import Draft, Evidence, Hit, Question
from rag.settings import Settings

from .misbehaving_server import RETRY_AFTER, WORDS, Behaviours, MisbehavingServer

TEXT = "The ministry denied the deal on Friday. Reporters had asked about it all week."
DOCUMENT = Document(id="d", sources=("d.txt",), title="Denial", outlet="Example", text=TEXT)
KEY = "secret-key-of-the-test"
ASKED = "Who denied the deal?"
QUESTION = Question(text=ASKED, standalone=ASKED, parts=(ASKED,))
# Seconds a failure may take longer than llm_timeout: two shared cores, not a promise.
GRACE = 3.0


def evidence() -> tuple[Evidence, ...]:
    passage = Passage(id="p", document_id="d", start=0, end=len(TEXT), text=TEXT)
    hit = Hit(passage=passage, score=1.0, rank=1, stage="fused")
    return (Evidence(hit=hit, start=0, end=39, text=TEXT[:39], score=0.9),)


def settings(base_url: str, **options: object) -> Settings:
    values = {"llm_timeout": 20.0, "llm_model": "m", "llm_api_key": KEY, "llm_max_tokens": 24}
    return Settings(llm_base_url=base_url, **{**values, **options})


def ask(chosen: Settings) -> tuple[list[str], Draft]:
    """The pieces that were streamed, and the draft, which must come last and once."""
    writer = ModelWriter(connect(chosen), settings=chosen)
    try:
        *pieces, draft = writer.write(QUESTION, evidence(), {"d": DOCUMENT})
    finally:
        writer.close()
    assert isinstance(draft, Draft)
    assert all(isinstance(piece, str) for piece in pieces)
    return [str(piece) for piece in pieces], draft


def ask_misbehaving(behaviour: str, **options: object) -> tuple[list[str], Draft]:
    with MisbehavingServer(behaviour) as server:
        return ask(settings(server.base_url, **options))


# The road that works.
def test_an_answer_streams_and_ends_in_a_draft_with_the_numbered_evidence() -> None:
    pieces, draft = ask_misbehaving("well")
    assert pieces == list(WORDS)
    assert draft == Draft(
        text="The ministry denied the deal [1].",
        evidence=evidence(),
        writer="m",
        prompt_tokens=80,
        completion_tokens=9,
    )


def test_the_request_carries_the_key_the_limits_and_nothing_about_this_machine() -> None:
    with MisbehavingServer("well") as server:
        ask(settings(server.base_url, llm_temperature=0.5))
    (headers, body), *others = server.requests
    assert not others
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert not [name for name in headers if name.lower().startswith(("x-stainless", "openai-"))]
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("m", 24, 0.5)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert "[1] Example, “Denial”: The ministry denied the deal" in body["messages"][1]["content"]


def test_a_key_of_another_service_in_the_environment_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-someone-else")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-someone-else")
    with MisbehavingServer("well") as server:
        ask(settings(server.base_url, llm_api_key=None))
    assert "someone-else" not in str(server.requests)
    assert "Authorization" not in server.requests[0][0]


def test_a_proxy_in_the_environment_does_not_stand_before_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert ask_misbehaving("well")[1].text == "The ministry denied the deal [1]."


def test_a_proxy_in_the_environment_is_used_for_other_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with MisbehavingServer("well") as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url.removesuffix("/v1"))
        monkeypatch.setenv("http_proxy", proxy.base_url.removesuffix("/v1"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        _, draft = ask(settings("http://models.invalid/v1"))
    assert draft.text == "The ministry denied the deal [1]."


def test_the_key_is_in_no_printed_form_of_the_model() -> None:
    llm = connect(settings("http://127.0.0.1:9/v1"))
    assert KEY not in repr(llm) + str(llm) + str(llm.to_dict()) + str(llm.model_dump())
    close(llm)


def test_a_model_answers_asynchronously_too(run_async) -> None:
    with MisbehavingServer("well") as server:
        llm = connect(settings(server.base_url))

        async def streamed() -> str:
            stream = await llm.astream_chat([ChatMessage(content="hello")])
            return "".join([response.delta or "" async for response in stream])

        assert run_async(streamed()) == "".join(WORDS)
    assert server.requests[0][0]["Authorization"] == f"Bearer {KEY}"


def test_missing_token_counts_are_zero() -> None:
    _, draft = ask_misbehaving("without_usage")
    assert (draft.prompt_tokens, draft.completion_tokens) == (0, 0)


def test_a_rate_limit_is_waited_out_as_long_as_the_server_asks() -> None:
    with MisbehavingServer("after_a_rate_limit") as server:
        _, draft = ask(settings(server.base_url))
    assert draft.text == "The ministry denied the deal [1]."
    first, second, third = server.moments
    assert min(second - first, third - second) >= float(RETRY_AFTER)


def test_a_server_that_says_to_ask_again_at_once_is_not_besieged() -> None:
    with MisbehavingServer("impatient_rate_limit") as server, pytest.raises(EndpointRefused):
        ask(settings(server.base_url, llm_timeout=2.0))
    first, second, third = server.moments
    assert second - first >= 0.5
    assert third - second >= 1.0


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": "nan"}])
def test_the_delay_doubles_until_asking_again_is_given_up(headers: dict[str, str]) -> None:
    request = httpx.Request("POST", "http://127.0.0.1:9/v1/chat/completions")
    response = httpx.Response(429, headers=headers, request=request)
    refusal = openai.RateLimitError("slow down", response=response, body=None)
    delays = [retry_delay(refusal, attempt) for attempt in range(ATTEMPTS_LIMIT)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, None]


def test_a_server_that_is_still_loading_is_waited_for() -> None:
    assert ask_misbehaving("after_loading")[1].text == "The ministry denied the deal [1]."


def test_what_a_model_thinks_aloud_is_not_shown() -> None:
    pieces, draft = ask_misbehaving("thinking")
    assert "".join(pieces).strip() == draft.text == "It was denied [1]."


def test_invented_markers_reach_the_draft_for_the_check_to_count() -> None:
    draft = ask_misbehaving("with_invented_markers")[1]
    assert draft.text == "Pyongyang wants oil [7]. Seoul doubts it 【2】."
    assert len(draft.evidence) == 1


@pytest.mark.parametrize("behaviour", ["cut_off", "ending_early"])
def test_an_answer_that_breaks_off_ends_with_its_last_whole_sentence(behaviour: str) -> None:
    assert ask_misbehaving(behaviour)[1].text == "It was denied [1]."


@pytest.mark.parametrize("behaviour", ["pings", "endless_line"])
def test_a_response_without_end_is_given_up_without_the_writer_too(behaviour: str) -> None:
    started = time.monotonic()
    with MisbehavingServer(behaviour) as server:
        llm = connect(settings(server.base_url, llm_timeout=1.0))
        with pytest.raises(httpx.TransportError):
            list(llm.stream_chat([ChatMessage(content="hello")]))
        close(llm)
    assert time.monotonic() - started < 1.0 + GRACE


def test_a_server_that_ignores_the_limit_is_cut_off() -> None:
    with MisbehavingServer("endlessly") as server:
        chosen = settings(server.base_url)
        llm = connect(chosen)
        *_, draft = ModelWriter(llm, settings=chosen).write(QUESTION, evidence(), {"d": DOCUMENT})
        assert server.hung_up.wait(5.0)
    close(llm)
    assert isinstance(draft, Draft)
    assert draft.text.endswith("It was denied [1].")
    assert len(draft.text) <= 24 * 12 + 20


def test_leaving_a_stream_early_hangs_up() -> None:
    with MisbehavingServer("slowly") as server:
        chosen = settings(server.base_url)
        llm = connect(chosen)
        pieces = ModelWriter(llm, settings=chosen).write(QUESTION, evidence(), {"d": DOCUMENT})
        next(pieces)
        del pieces
        assert server.hung_up.wait(5.0)
    close(llm)


# Failures: the kind of error and the words that help.
@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        ("wrong_key", EndpointRefused, "refused the key (status 401): set PINCITE_LLM_API_KEY"),
        ("unknown_model", EndpointRefused, "(status 404): check llm_model, which is 'm'"),
        ("rate_limit", EndpointRefused, "(status 429): its rate limit or quota is used up"),
        ("impatient_rate_limit", EndpointRefused, "(status 429): its rate limit or quota is"),
        ("long_rate_limit", EndpointRefused, "(status 429): its rate limit or quota is used up"),
        ("too_long", EndpointRefused, "lower llm_context_tokens, which is 4096"),
        ("internal_error", EndpointRefused, "(status 500): the fault is the server's"),
        ("error_page", EndpointRefused, "(status 502): the fault is the server's"),
        ("redirect", EndpointRefused, "(status 307): it sends requests elsewhere"),
        ("garbage_json", EndpointRefused, "does not answer as an OpenAI-compatible"),
        ("wrong_shape", EndpointRefused, "does not answer as an OpenAI-compatible"),
        ("other_shape", EndpointRefused, "does not answer as an OpenAI-compatible"),
        ("error_event", EndpointRefused, "the GPU caught fire"),
        ("garbage_bytes", EndpointRefused, "does not answer as an OpenAI-compatible"),
        ("web_page", EndpointRefused, "(no part of an answer came): check that llm_base_url"),
        ("nothing", ModelError, "wrote nothing"),
        ("blank", ModelError, "wrote nothing"),
        ("only_thoughts", ModelError, "raise llm_max_tokens"),
        ("cut_off_at_once", ModelError, "llm_max_tokens, 256, is probably too small: raise it"),
        ("slowly", EndpointUnreachable, "did not finish within 1.5 seconds; raise llm_timeout"),
        ("never", EndpointUnreachable, "in"),
        ("pings", EndpointUnreachable, "did not finish within 1.5 seconds"),
        ("trickled_headers", EndpointUnreachable, "did not finish within 1.5 seconds"),
        ("endless_line", ModelError, ""),
        ("hang_up", EndpointUnreachable, "broke off"),
        ("die_midway", EndpointUnreachable, "broke off"),
    ],
)
def test_misbehaviour_is_a_clear_error_in_time(
    behaviour: str, kind: type[ModelError], words: str
) -> None:
    started = time.monotonic()
    with MisbehavingServer(behaviour) as server:
        with pytest.raises(ModelError) as caught:
            ask(settings(server.base_url, llm_timeout=1.5, llm_max_tokens=256))
        assert time.monotonic() - started < 1.5 + GRACE
        assert isinstance(caught.value, kind)
        assert words in str(caught.value)
        assert KEY not in str(caught.value)
        if isinstance(caught.value, EndpointError):
            assert server.base_url in str(caught.value)


def test_every_misbehaviour_of_the_server_is_tried() -> None:
    files = Path(__file__).parent.glob("test_*.py")
    tests = "".join(file.read_text(encoding="utf-8") for file in sorted(files))
    offered = [name for name in vars(Behaviours) if name.startswith("answer_")]
    assert len(offered) > 30
    assert [name for name in offered if f'"{name.removeprefix("answer_")}"' not in tests] == []


def test_a_server_without_a_key_in_the_settings_says_so() -> None:
    with pytest.raises(EndpointRefused, match=r"asks for a key \(status 401\)"):
        ask_misbehaving("wrong_key", llm_api_key=None)


def test_a_closed_port_is_said_at_once() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    started = time.monotonic()
    with pytest.raises(EndpointUnreachable, match=f"Nothing answers at {address}: check"):
        ask(settings(address))
    assert time.monotonic() - started < GRACE


@pytest.mark.parametrize(
    "address",
    ["http://", "http://[::1", "http://127.0.0.1:99999/v1", "http://nowhere.invalid/v1"],
)
def test_an_impossible_address_is_an_endpoint_that_cannot_be_reached(address: str) -> None:
    started = time.monotonic()
    with pytest.raises(EndpointUnreachable):
        ask(settings(address))
    assert time.monotonic() - started < 10.0 + GRACE


def test_a_password_in_the_address_is_not_repeated() -> None:
    with pytest.raises(EndpointUnreachable) as caught:
        ask(settings("http://user:pass-word@127.0.0.1:9/v1"))
    assert "http://127.0.0.1:9/v1" in str(caught.value)
    assert "pass-word" not in str(caught.value)


# The same server as an endpoint of somebody else's.
@pytest.fixture(scope="module")
def llama_server() -> Iterator[tuple[str, str]]:
    """Address and key of a real OpenAI-compatible server: llama.cpp with a small model."""
    with EmbeddedServer(threads=1, context_tokens=1024) as server:
        running = server.start()
        yield f"http://{running.host}:{running.port}/v1", running.key


def test_a_real_server_answers_with_the_right_key(llama_server: tuple[str, str]) -> None:
    address, key = llama_server
    pieces, draft = ask(settings(address, llm_api_key=key, llm_context_tokens=1024))
    assert len(pieces) > 1
    assert draft.text
    assert "".join(pieces).strip().startswith(draft.text)
    assert draft.prompt_tokens > 50
    assert 0 < draft.completion_tokens <= 24


def test_a_real_server_refuses_the_wrong_key(llama_server: tuple[str, str]) -> None:
    address, _ = llama_server
    with pytest.raises(EndpointRefused, match=f"{address} refused the key .status 401.: set PINC"):
        ask(settings(address))


def test_a_real_server_refuses_a_prompt_longer_than_its_context(
    llama_server: tuple[str, str],
) -> None:
    address, key = llama_server
    llm = connect(chosen := settings(address, llm_api_key=key, llm_context_tokens=65_536))
    long = "A long way to go. " * 1000
    asked = Question(text="?", standalone=long, parts=(long,))
    with pytest.raises(EndpointRefused, match="lower llm_context_tokens, which is 65536"):
        list(ModelWriter(llm, settings=chosen).write(asked, evidence(), {"d": DOCUMENT}))
    close(llm)
