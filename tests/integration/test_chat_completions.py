"""The OpenAI-compatible interface, asked by OpenAI's own client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from index.errors import EndpointRefused

from .served import FERRY, QUESTION, Server, server


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("chat"), tiny_model) as running:
        yield running


@pytest.fixture
def client(site: Server) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{site.address}/v1", api_key="none is needed", max_retries=0
    ) as opened:
        yield opened


def test_a_reply_has_its_markers_sources_and_places(client: openai.OpenAI, site: Server) -> None:
    reply = client.chat.completions.create(
        model="pincite", messages=[{"role": "user", "content": QUESTION}]
    )
    message = reply.choices[0].message
    assert message.content is not None
    assert message.content.startswith(f"- {FERRY.strip()} [1]")
    assert "### Sources\n\n1. “The ferry to Aldermoor" in message.content
    assert QUESTION not in message.content
    assert message.annotations
    place = message.annotations[0].url_citation
    assert message.content[place.start_index : place.end_index] == "[1]"
    document = site.assistant.documents()[0]
    assert place.url == f"{site.address}/api/v1/documents/{document.id}"
    assert place.title == "Ferry"
    (citation, *_) = reply.citations  # type: ignore[attr-defined]
    assert citation["number"] == 1
    text = site.assistant.document(citation["document_id"]).text
    assert text[citation["start"] : citation["end"]] == citation["quote"] == FERRY.strip()
    assert reply.usage is not None
    assert reply.usage.total_tokens == 0  # no language model wrote
    assert reply.choices[0].finish_reason == "stop"


def test_a_stream_says_the_same_in_pieces(client: openai.OpenAI) -> None:
    asked = {"model": "pincite", "messages": [{"role": "user", "content": QUESTION}]}
    whole = client.chat.completions.create(**asked)  # type: ignore[call-overload]
    chunks = list(
        client.chat.completions.create(  # type: ignore[call-overload]
            **asked, stream=True, stream_options={"include_usage": True}
        )
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(pieces) == whole.choices[0].message.content
    assert len(pieces) > 3
    finished = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    assert len(finished) == 1
    assert finished[0].citations == whole.citations
    assert chunks[-1].usage.total_tokens == 0


def test_a_follow_up_goes_on_from_the_messages_before(client: openai.OpenAI) -> None:
    first = client.chat.completions.create(
        model="pincite", messages=[{"role": "user", "content": QUESTION}]
    )
    reply = client.chat.completions.create(
        model="pincite",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": first.choices[0].message.content or ""},
            {"role": "user", "content": [{"type": "text", "text": "and why?"}]},
        ],
    )
    content = reply.choices[0].message.content
    assert content is not None
    assert content.startswith("Understood as: ")
    assert "ferry to Aldermoor" in content.splitlines()[0]


def test_mistakes_are_openais_errors_with_our_sentence(client: openai.OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        client.chat.completions.create(
            model="pincite", messages=[{"role": "user", "content": "  "}]
        )
    assert caught.value.body["message"].startswith("The question is empty")  # type: ignore[index]
    with pytest.raises(openai.UnprocessableEntityError, match="No message is the user's"):
        client.chat.completions.create(
            model="pincite", messages=[{"role": "system", "content": "Hello."}]
        )
    with pytest.raises(openai.NotFoundError, match="There is nothing at /v1/embeddings"):
        client.embeddings.create(model="pincite", input="a")


def test_what_fails_on_the_way_is_an_error_of_the_stream(
    client: openai.OpenAI, site: Server
) -> None:
    def fail(*_: object, **__: object) -> Iterator[object]:
        raise EndpointRefused("The endpoint has had enough.")
        yield

    site.assistant.stream = fail  # type: ignore[method-assign, assignment]
    try:
        with pytest.raises(openai.APIError, match="The endpoint has had enough"):
            list(
                client.chat.completions.create(
                    model="pincite", messages=[{"role": "user", "content": QUESTION}], stream=True
                )
            )
        with pytest.raises(openai.InternalServerError, match="The endpoint has had enough"):
            client.chat.completions.create(
                model="pincite", messages=[{"role": "user", "content": QUESTION}]
            )
    finally:
        del site.assistant.stream


def test_the_model_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["pincite"]


def test_a_key_is_asked_for_once_there_is_one(tmp_path: Path, tiny_model: Path) -> None:
    from pincite.accounts import Accounts

    with server(tmp_path, tiny_model) as site:
        key = Accounts(site.assistant.library_path).add_key("chat")
        asked = {"model": "pincite", "messages": [{"role": "user", "content": QUESTION}]}
        with openai.OpenAI(base_url=f"{site.address}/v1", api_key=key) as client:
            assert client.chat.completions.create(**asked).choices  # type: ignore[call-overload]
        with (
            openai.OpenAI(base_url=f"{site.address}/v1", api_key=key + "x") as client,
            pytest.raises(openai.AuthenticationError, match="Sign in first"),
        ):
            client.chat.completions.create(**asked)  # type: ignore[call-overload]
