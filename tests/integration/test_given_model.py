"""A LlamaIndex model handed in: it leads, its limits hold, and its failures are sentences."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.llms import MockLLM
from llama_index.llms.openai_like import OpenAILike

import rag
from index.errors import EndpointError, ModelError, SettingsError
from index.models import Document, Passage
from pincite.ui.welcome import render_header
from rag.embedded import EmbeddedServer
from rag.given_model import with_given_model
from rag.model_writer import ModelWriter
from rag.models import Draft, Evidence, Hit, Question
from rag.prompt import estimate_tokens
from rag.settings import Settings

from .given_models import (
    Chatting,
    Completing,
    Hanging,
    LateRefusal,
    Nameless,
    Raising,
    SilentStream,
    StreamingCompletion,
    Talker,
)

ROOT = Path(__file__).parents[2]
GRACE = 3.0
ASKED = "Who closed the schools?"
QUESTION = Question(text=ASKED, standalone=ASKED, parts=(ASKED,))
TEXT = "The storm came at dawn. The mayor of Lund closed all schools on Tuesday. Trains ran again."
QUOTE = "The mayor of Lund closed all schools on Tuesday."
DOCUMENT = Document(id="d", sources=("d.txt",), title="Storm", text=TEXT)


def evidence(repeated: int = 1) -> tuple[Evidence, ...]:
    passage = Passage(id="p", document_id="d", start=0, end=len(TEXT), text=TEXT)
    hit = Hit(passage=passage, score=1.0, rank=1, stage="fused")
    start = TEXT.index(QUOTE)
    entry = Evidence(hit=hit, start=start, end=start + len(QUOTE), text=QUOTE, score=0.9)
    return (entry,) * repeated


def write(llm, *, repeated: int = 1, **options) -> tuple[list[str], Draft]:
    settings = with_given_model(Settings(**{"llm_timeout": 20.0, **options}), llm)
    writer = ModelWriter(llm, settings=settings)
    *pieces, draft = writer.write(QUESTION, evidence(repeated), {"d": DOCUMENT})
    assert isinstance(draft, Draft)
    return [str(piece) for piece in pieces], draft


SAID = "The mayor of Lund closed all schools on Tuesday [1]."


# Every kind of model is heard.
@pytest.mark.parametrize(
    ("llm", "streams"),
    [
        (Completing(), False),
        (SilentStream(), False),
        (LateRefusal(), False),
        (StreamingCompletion(), True),
        (Chatting(), True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_chat_or_completion_streaming_or_not_it_writes(llm, streams: bool) -> None:
    pieces, draft = write(llm)
    assert draft.text == "".join(pieces).strip() == SAID
    assert draft.evidence == evidence()
    assert (len(pieces) > 1) is streams


def test_a_completion_model_gets_one_text_with_the_rules_and_the_sources() -> None:
    llm = Completing()
    write(llm)
    (prompt,) = llm.prompts
    assert prompt.startswith("system: You answer questions from numbered sources")
    assert f"[1] “Storm”: {QUOTE}" in prompt
    assert prompt.endswith("assistant: ")


def test_a_completion_models_own_way_of_writing_a_conversation_is_used() -> None:
    llm = Completing(messages_to_prompt=lambda messages: f"### {messages[1].content}")
    write(llm)
    assert llm.prompts[0].startswith("### Sources:")


def test_a_chat_model_gets_two_messages_the_first_in_the_role_it_wants() -> None:
    llm = Chatting(system_role="developer")
    write(llm)
    roles = [message.role.value for message in llm.conversations[0]]
    assert roles == ["developer", "user"]


# Its limits.
def test_its_own_limits_bound_the_prompt() -> None:
    llm, wide = Completing(window=700, output=100), Completing(window=100_000)
    _, short = write(llm, repeated=80)
    _, long = write(wide, repeated=80)
    assert estimate_tokens(llm.prompts[0]) <= 600
    assert len(short.evidence) < len(long.evidence)
    assert estimate_tokens(wide.prompts[0]) <= 4096 - 256


def test_a_model_that_sets_all_its_output_aside_gets_a_prompt_that_leaves_it() -> None:
    llm = Completing(window=2000, output=1000)
    write(llm, repeated=200)
    assert 500 < estimate_tokens(llm.prompts[0]) <= 1000


@pytest.mark.parametrize("unknown", [0, -1])
def test_limits_that_a_model_does_not_know_limit_nothing(unknown: int) -> None:
    llm = Completing(window=unknown, output=unknown)
    write(llm, repeated=200, llm_context_tokens=2000)
    assert 1000 < estimate_tokens(llm.prompts[0]) <= 2000 - 256


def test_a_context_too_small_for_anything_is_a_sentence() -> None:
    with pytest.raises(ModelError, match="context_window of a model that was handed in"):
        write(Completing(window=120))


def test_one_that_does_not_end_is_ended() -> None:
    llm = Talker()
    _, draft = write(llm, llm_max_tokens=16)
    assert draft.text.endswith("And so on it went.")
    assert len(draft.text) < 16 * 12 + 40
    assert llm.closings == ["closed"]


def test_leaving_early_ends_its_stream() -> None:
    llm = Talker()
    settings = with_given_model(Settings(llm_max_tokens=32_768, llm_context_tokens=99_999), llm)
    llm.window = 0
    pieces = ModelWriter(llm, settings=settings).write(QUESTION, evidence(), {"d": DOCUMENT})
    next(pieces)
    pieces.close()
    deadline = time.monotonic() + 5.0
    while not llm.closings and time.monotonic() < deadline:
        time.sleep(0.01)
    assert llm.closings == ["closed"]


# Its failures.
class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


class Refused(Exception):
    status_code = 401


@pytest.mark.parametrize(
    ("llm", "words"),
    [
        (Raising(error=ValueError("the GPU\ncaught fire")), "(ValueError: the GPU caught fire)"),
        (Raising(error=KeyError()), "(KeyError)"),
        (Raising(error=Unprintable()), "(Unprintable)"),
        (Raising(error=SystemExit(3)), "(SystemExit: 3)"),
        (Raising(error=asyncio.CancelledError()), "(CancelledError)"),
        (Raising(error=OSError("half way"), after="The mayor "), "(OSError: half way)"),
        (Raising(error=NotImplementedError(), after="The mayor "), "only after it had begun"),
        (Raising(error=ValueError("key-of-a-given-model is bad")), "((key) is bad"),
        (Raising(error=Refused("no: key-of-a-given-model")), "refused by its server (status 401)"),
        (Completing(says=""), "wrote nothing"),
        (Completing(says="  \n"), "wrote nothing"),
        (Chatting(says=""), "wrote nothing"),
        (Completing(says="<think>much"), "raise its own limit of tokens or llm_max_tokens"),
    ],
)
def test_whatever_it_does_is_a_sentence_with_its_name(llm, words: str) -> None:
    with pytest.raises(ModelError) as caught:
        write(llm)
    message = str(caught.value)
    assert f"The language model {llm.metadata.model_name}" in message
    assert words.replace("((key)", "(ValueError: (key)") in message
    assert "key-of-a-given-model" not in message
    assert "llm_base_url" not in message
    assert "http" not in message
    assert not isinstance(caught.value, EndpointError)


def test_one_that_hangs_is_given_up_in_time() -> None:
    llm = Hanging()
    started = time.monotonic()
    with pytest.raises(ModelError, match=r"completing-model did not finish within 0\.5 seconds"):
        write(llm, llm_timeout=0.5)
    assert time.monotonic() - started < 0.5 + GRACE
    llm.released.set()


def test_one_that_cannot_say_its_name_goes_by_its_class() -> None:
    with pytest.raises(ModelError, match=r"The language model Nameless failed \(OSError: down\)"):
        write(Nameless(error=OSError("down")))
    assert write(Completing(name="unknown"))[1].writer == "Completing"


def test_llamaindexs_own_mock_model_is_heard_and_refused_by_the_check() -> None:
    _, draft = write(MockLLM(max_tokens=5))
    assert draft.text == "text text text text text"
    assert draft.writer == "MockLLM"


# Who writes is never in doubt.
@pytest.mark.parametrize("writer", ["quotes", "embedded", "endpoint"])
def test_two_writers_are_an_error_before_a_library_is_made(writer: str, tmp_path: Path) -> None:
    options = {"llm_base_url": "http://127.0.0.1:9/v1"} if writer == "endpoint" else {}
    with pytest.raises(SettingsError, match=f"writer is {writer}, but .* leave writer at auto"):
        rag.open_assistant(tmp_path / "library", llm=Completing(), writer=writer, **options)
    assert not (tmp_path / "library").exists()


def test_what_is_no_model_is_an_error_that_says_what_one_is(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="llm is a str; it must be a LlamaIndex LLM"):
        rag.open_assistant(tmp_path / "library", llm="a-model")  # type: ignore[arg-type]


def test_the_settings_tell_of_it() -> None:
    plain = Settings(answer_words=30)
    first, second = with_given_model(plain, Completing()), with_given_model(plain, Chatting())
    assert first.resolved_writer == second.resolved_writer == "given"
    assert plain.resolved_writer == "quotes"
    assert first.answer_words == 30
    assert len({entry.fingerprint for entry in (plain, first, second)}) == 3
    assert with_given_model(plain, None) is plain
    assert with_given_model(first, Completing()) is first
    with pytest.raises(SettingsError, match="hand the model in here too"):
        with_given_model(first, None)


# As a whole, over the example articles.
@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("given") / "library"
    with rag.open_assistant(path) as assistant:
        assistant.add(ROOT / "examples" / "articles")
    return path


ARTICLES_QUESTION = "How many containers did the White House report?"


@pytest.fixture
def copy(library: Path, tmp_path: Path) -> Path:
    return shutil.copytree(library, tmp_path / "library")


@pytest.mark.parametrize("llm", [Completing(), Chatting()], ids=["completes", "chats"])
def test_it_leads_and_the_trace_names_it(copy: Path, llm) -> None:
    with rag.open_assistant(copy, llm=llm, llm_base_url="http://127.0.0.1:9/v1") as assistant:
        assert assistant.settings.resolved_writer == "given"
        assert f"go to the language model <bdi>{llm.metadata.model_name}</bdi>" in render_header(
            assistant
        )
        events = list(assistant.stream(ARTICLES_QUESTION))
    answer = events[-1].answer
    assert "".join(event.text for event in events if isinstance(event, rag.DraftText))
    assert answer.trace.models["writer"] == llm.metadata.model_name
    assert answer.trace.settings_fingerprint == assistant.settings.fingerprint
    assert len(answer.claims) == 1
    assert answer.claims[0].citations
    assert answer.notices == ()


def test_what_it_invents_is_refused_and_the_quotes_stand(copy: Path) -> None:
    invented = "The White House reported seven purple submarines [1]."
    with rag.open_assistant(copy) as assistant:
        quotes = assistant.ask(ARTICLES_QUESTION)
    with rag.open_assistant(copy, llm=Completing(says=invented)) as assistant:
        answer = assistant.ask(ARTICLES_QUESTION)
    assert answer.claims == quotes.claims
    assert any("purple" in entry.text for entry in answer.trace.rejected)
    assert "Nothing that the language model wrote passed the check" in answer.notices[0]


def test_its_failure_is_a_notice_and_the_quotes_stand(copy: Path) -> None:
    with rag.open_assistant(copy, llm=Raising(error=RuntimeError("no power"))) as assistant:
        answer = assistant.ask(ARTICLES_QUESTION)
    assert answer.claims
    assert "completing-model failed (RuntimeError: no power)" in answer.notices[0]
    assert answer.trace.models["writer"] != "completing-model"


def test_it_is_not_closed(copy: Path) -> None:
    llm = Completing()
    with rag.open_assistant(copy, llm=llm) as assistant:
        assistant.ask(ARTICLES_QUESTION)
    assert llm.closings == []


def test_an_assistant_takes_one_too(copy: Path, embedder, evidence_reader) -> None:
    from index.library import open_library

    settings = Settings()
    opened = open_library(copy, embedder=embedder, create=False)
    with rag.Assistant(opened, settings=settings, reader=evidence_reader, llm=Chatting()) as found:
        assert found.settings.resolved_writer == "given"
        assert found.ask(ARTICLES_QUESTION).trace.models["writer"] == "chatting-model"


# A real server, reached by a client that is not ours.
@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with EmbeddedServer(threads=1, context_tokens=1024) as running:
        yield running


def reached(server: EmbeddedServer, **options) -> OpenAILike:
    running = server.start()
    values = {
        "model": "small-model",
        "api_base": f"http://{running.host}:{running.port}/v1",
        "api_key": running.key,
        "is_chat_model": True,
        "context_window": 1024,
        "max_tokens": 48,
        "temperature": 0.0,
        "max_retries": 0,
    }
    return OpenAILike(**{**values, **options})


@pytest.mark.parametrize("chats", [True, False], ids=["chats", "completes"])
def test_a_real_server_behind_another_client_writes(server: EmbeddedServer, chats: bool) -> None:
    pieces, draft = write(reached(server, is_chat_model=chats), llm_timeout=60.0)
    assert len(pieces) > 1
    assert draft.writer == "small-model"
    assert any(character.isalpha() for character in draft.text)


def test_a_real_server_answers_over_a_library(copy: Path, server: EmbeddedServer) -> None:
    with rag.open_assistant(copy, llm=reached(server)) as assistant:
        answer = assistant.ask(ARTICLES_QUESTION)
    assert answer.claims
    assert all(source.quote for source in answer.sources)
    # What so small a model writes may be refused; that it failed may not be said.
    assert not any("failed" in notice for notice in answer.notices)
    assert server.process_id is not None


def test_a_real_servers_refusal_names_the_model_and_not_the_key(server: EmbeddedServer) -> None:
    llm = reached(server, api_key="the-wrong-key-entirely")
    with pytest.raises(ModelError, match=r"small-model was refused .*status 401") as caught:
        write(llm)
    assert "wrong-key" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


def test_a_real_server_that_is_gone_is_a_sentence() -> None:
    llm = OpenAILike(
        model="gone",
        api_base="http://127.0.0.1:9/v1",
        api_key="x",
        is_chat_model=True,
        max_retries=0,
    )
    with pytest.raises(ModelError, match=r"The language model gone failed .*Connection error"):
        write(llm)
