"""The embedded language model: a real child process that answers, ends, and may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.llms import LLM, ChatMessage

from index.errors import EndpointError, ModelError
from index.models import Document, Passage
from rag.embedded import EmbeddedServer
from rag.llm import close, connect
from rag.model_writer import ModelWriter
from rag.models import Draft, Evidence, Hit, Question
from rag.prompt import build_prompt, estimate_tokens
from rag.settings import Settings

TEXT = (
    "The storm reached the coast at dawn. The mayor of Lund ordered all schools closed on Tuesday. "
    "Trains ran again by the evening."
)
QUOTE = "The mayor of Lund ordered all schools closed on Tuesday."
DOCUMENT = Document(id="d", sources=("d.txt",), title="Storm", text=TEXT)
ASKED = "Who closed the schools?"
QUESTION = Question(text=ASKED, standalone=ASKED, parts=(ASKED,))
SETTINGS = Settings(
    writer="embedded", threads=1, llm_max_tokens=64, llm_context_tokens=1024, llm_timeout=60.0
)


def evidence() -> tuple[Evidence, ...]:
    passage = Passage(id="p", document_id="d", start=0, end=len(TEXT), text=TEXT)
    hit = Hit(passage=passage, score=1.0, rank=1, stage="fused")
    start = TEXT.index(QUOTE)
    return (Evidence(hit=hit, start=start, end=start + len(QUOTE), text=QUOTE, score=0.9),)


def ask(llm: LLM, settings: Settings = SETTINGS, question: Question = QUESTION) -> Draft:
    writer = ModelWriter(llm, settings=settings)
    *pieces, draft = writer.write(question, evidence(), {"d": DOCUMENT})
    assert isinstance(draft, Draft)
    assert all(isinstance(piece, str) for piece in pieces)
    return draft


def exists(process_id: int) -> bool:
    """Whether the process runs; a child that ended but was not waited for counts as running."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def gone_within(process_id: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while exists(process_id) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not exists(process_id)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with EmbeddedServer(threads=1, context_tokens=1024) as running:
        yield running


@pytest.fixture(scope="module")
def llm(server: EmbeddedServer) -> LLM:
    return connect(SETTINGS, server=server)


def test_the_process_starts_with_the_first_question_and_ends_with_close() -> None:
    server = EmbeddedServer(threads=1, context_tokens=1024)
    llm = connect(SETTINGS, server=server)
    assert server.process_id is None
    draft = ask(llm)
    process_id = server.process_id
    assert process_id is not None
    assert any(character.isalpha() for character in draft.text)
    assert draft.writer == "SmolLM2-135M-Instruct"
    assert draft.evidence == evidence()
    assert draft.prompt_tokens > 30
    assert 0 < draft.completion_tokens <= 64
    close(llm)
    assert not exists(process_id)
    with pytest.raises(ModelError):
        ask(llm)
    with pytest.raises(ModelError, match="after it was closed"):
        server.start()
    server.close()


def test_it_takes_no_more_threads_than_the_environment_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert EmbeddedServer().threads == 1
    assert EmbeddedServer(threads=3).threads == 3


def test_the_same_question_gets_the_same_answer_whatever_was_asked_between(llm: LLM) -> None:
    other = Question(text="?", standalone="When did trains run?", parts=("When did trains run?",))
    first = ask(llm)
    ask(llm, question=other)
    assert ask(llm) == first


def test_no_prompt_is_taken_from_the_cache_which_would_change_the_last_digits(llm: LLM) -> None:
    for _ in range(2):
        response = llm.chat([ChatMessage(content="Name a colour.")])
        assert response.raw.model_extra["timings"]["cache_n"] == 0


def test_the_process_is_shared_by_all_questions(server: EmbeddedServer, llm: LLM) -> None:
    ask(llm)
    process_id = server.process_id
    ask(llm)
    assert server.process_id == process_id


def test_a_killed_process_is_replaced_by_the_next_question(
    server: EmbeddedServer, llm: LLM
) -> None:
    ask(llm)
    killed = server.process_id
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert ask(llm).text
    assert server.process_id not in {None, killed}


def test_a_process_killed_while_it_writes_is_a_clear_error(
    server: EmbeddedServer, llm: LLM
) -> None:
    settings = Settings(
        writer="embedded", llm_max_tokens=512, llm_context_tokens=1024, llm_timeout=60.0
    )
    long = connect(settings, server=server)
    pieces = ModelWriter(long, settings=settings).write(QUESTION, evidence(), {"d": DOCUMENT})
    next(pieces)
    process_id = server.process_id
    assert process_id is not None
    os.kill(process_id, signal.SIGKILL)
    with pytest.raises(ModelError, match="embedded language model stopped while") as caught:
        list(pieces)
    assert not isinstance(caught.value, EndpointError)
    assert ask(llm).text


def test_a_model_too_slow_for_its_time_is_a_clear_error(server: EmbeddedServer) -> None:
    settings = Settings(writer="embedded", llm_context_tokens=1024, llm_timeout=0.1)
    started = time.monotonic()
    with pytest.raises(ModelError, match=r"did not finish within 0\.1 seconds; raise llm_timeout"):
        ask(connect(settings, server=server), settings)
    assert time.monotonic() - started < 3.0


def test_it_answers_asynchronously_too(llm: LLM, run_async) -> None:
    async def answered() -> str:
        response = await llm.achat([ChatMessage(content="Say hello.")])
        return str(response.message.content)

    assert run_async(answered())
    assert run_async(answered())


def test_nobody_else_gets_in(server: EmbeddedServer) -> None:
    running = server.start()
    assert running.host == "127.0.0.1"
    assert running.key not in repr(running)
    request = urllib.request.Request(
        f"http://{running.host}:{running.port}/v1/models", headers={"Origin": "http://a.example"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as caught:
        opener.open(request, timeout=10)
    with caught.value as refusal:
        assert refusal.code == 401
        assert refusal.headers["Access-Control-Allow-Origin"] not in {"*", "http://a.example"}


def test_the_key_is_on_no_command_line(server: EmbeddedServer) -> None:
    running = server.start()
    command = Path(f"/proc/{running.process.pid}/cmdline")
    if not command.exists():
        pytest.skip("this system shows no command lines under /proc")
    assert running.key.encode() not in command.read_bytes()


def test_an_interrupt_in_the_terminal_is_not_for_the_child(server: EmbeddedServer) -> None:
    assert os.getpgid(server.start().process.pid) != os.getpgid(0)


def test_the_child_ends_when_its_parent_is_killed() -> None:
    program = (
        "import sys; from rag.embedded import EmbeddedServer; server = EmbeddedServer(threads=1); "
        "server.start(); print(server.process_id, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert exists(child)
        parent.kill()
    assert gone_within(child, 5.0)


def test_the_child_ends_with_a_program_that_never_closed_it() -> None:
    program = (
        "from rag.embedded import EmbeddedServer; server = EmbeddedServer(threads=1); "
        "server.start(); print(server.process_id)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True
    )
    assert gone_within(int(done.stdout), 5.0)


def test_weights_that_are_none_are_a_clear_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF but not really")
    with (
        EmbeddedServer(threads=1, weights=broken) as server,
        pytest.raises(ModelError, match=r"did not start: .* Set writer to quotes"),
    ):
        server.start()


def test_a_process_that_does_not_start_in_time_is_a_clear_error_and_gone() -> None:
    with (
        EmbeddedServer(threads=1, start_seconds=0.01) as server,
        pytest.raises(ModelError, match="did not start"),
    ):
        server.start()
    assert server.process_id is None


def test_the_estimate_of_tokens_is_never_below_the_truth(server: EmbeddedServer) -> None:
    import httpx

    running = server.start()
    texts = (
        TEXT,
        "It rose by 12.5 % to 1,234,567 on 2026-03-04; see https://a.example/x?y=1#z.",
        "Правительство опровергло сделку. 政府は合意を否定した。 정부는 합의를 부인했다.",
        "Zażółć gęślą jaźń, 🚀 naïve façade; Straßenbahnhaltestelle.",
        "supercalifragilisticexpialidocious pneumonoultramicroscopicsilicovolcanoconiosis",
        build_prompt(QUESTION, evidence(), {"d": DOCUMENT}, tokens=900).system,
    )
    with httpx.Client(trust_env=False) as client:
        for text in texts:
            answer = client.post(
                f"http://{running.host}:{running.port}/tokenize",
                json={"content": text},
                headers={"Authorization": f"Bearer {running.key}"},
            )
            assert 0 < len(answer.json()["tokens"]) <= estimate_tokens(text)
