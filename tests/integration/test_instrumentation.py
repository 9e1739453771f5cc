"""The stages of an answer as LlamaIndex's spans and events, seen by real handlers."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.instrumentation.span_handlers import SimpleSpanHandler
from llama_index_instrumentation import root_dispatcher
from llama_index_instrumentation.dispatcher import instrument_tags
from llama_index_instrumentation.span import active_span_id
from pydantic import Field

import rag
from rag.listeners import observed, somebody_listens
from rag.models import Question

from .given_models import Chatting, Hanging, Raising

ROOT = Path(__file__).parents[2]
QUESTION = "How many containers did the White House report?"
STAGES = ["searching", "reading", "writing", "checking"]


class Listener(BaseEventHandler):
    """Keeps every event, with the name of the thread it came from."""

    heard: list[Any] = Field(default_factory=list)

    def handle(self, event: BaseEvent, **kwargs: Any) -> None:
        self.heard.append(event)

    def names(self) -> list[str]:
        return [event.class_name() for event in self.heard]

    def of(self, name: str) -> list[Any]:
        return [event for event in self.heard if event.class_name() == name]


class Spans(SimpleSpanHandler):
    """LlamaIndex's own handler of spans, which also keeps what they were given."""

    given: dict[str, Any] = Field(default_factory=dict)
    results: dict[str, Any] = Field(default_factory=dict)

    def new_span(self, id_: str, bound_args: Any, **kwargs: Any) -> Any:
        self.given[id_] = dict(bound_args.arguments)
        return super().new_span(id_, bound_args, **kwargs)

    def prepare_to_exit_span(self, id_: str, bound_args: Any, **kwargs: Any) -> Any:
        self.results[id_] = kwargs.get("result")
        return super().prepare_to_exit_span(id_, bound_args, **kwargs)

    def tree(self) -> dict[str | None, list[str]]:
        """The names of finished spans by the name of their parent, in order of their beginning."""
        spans = sorted((*self.completed_spans, *self.dropped_spans), key=lambda s: s.start_time)
        found: dict[str | None, list[str]] = {}
        for span in spans:
            parent = name(span.parent_id) if span.parent_id else None
            found.setdefault(parent, []).append(name(span.id_))
        return found


def name(span_id: str) -> str:
    """`Assistant.reading` of `Assistant.reading-8a4f...`."""
    return span_id.partition("-")[0]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("instrumented") / "library"
    with rag.open_assistant(path) as assistant:
        assistant.add(ROOT / "examples" / "articles")
    return path


@pytest.fixture(scope="module")
def assistant(library: Path) -> Iterator[rag.Assistant]:
    with rag.open_assistant(library) as opened:
        yield opened


@pytest.fixture
def listening() -> Iterator[tuple[Listener, Spans]]:
    listener, spans = Listener(), Spans()
    root_dispatcher.add_event_handler(listener)
    root_dispatcher.add_span_handler(spans)
    yield listener, spans
    root_dispatcher.event_handlers.remove(listener)
    root_dispatcher.span_handlers.remove(spans)
    assert spans.open_spans == {}
    assert active_span_id.get() is None


Listening = tuple[Listener, Spans]


def test_an_answer_is_one_span_with_its_stages_beneath(
    assistant: rag.Assistant, listening: Listening
) -> None:
    _, spans = listening
    answer = assistant.ask(QUESTION)
    assert spans.tree() == {
        None: ["Assistant.answer"],
        "Assistant.answer": [f"Assistant.{stage}" for stage in STAGES],
    }
    assert spans.dropped_spans == []
    (root,) = [span for span in spans.completed_spans if span.parent_id is None]
    assert spans.given[root.id_] == {"question": QUESTION}
    assert spans.results[root.id_] is answer
    assert all(span.end_time >= span.start_time for span in spans.completed_spans)


def test_the_events_come_in_order_each_within_its_span(
    assistant: rag.Assistant, listening: Listening
) -> None:
    listener, _ = listening
    answer = assistant.ask(QUESTION)
    claims = ["ClaimCheckedEvent"] * len(answer.claims)
    assert [(event.class_name(), name(event.span_id)) for event in listener.heard] == [
        ("QueryStartEvent", "Assistant.answer"),
        ("StageStartedEvent", "Assistant.searching"),
        ("RetrievalStartEvent", "Assistant.searching"),
        ("RetrievalEndEvent", "Assistant.searching"),
        ("StageStartedEvent", "Assistant.reading"),
        ("StageStartedEvent", "Assistant.writing"),
        ("StageStartedEvent", "Assistant.checking"),
        *((claim, "Assistant.checking") for claim in claims),
        ("AnswerReadyEvent", "Assistant.answer"),
        ("QueryEndEvent", "Assistant.answer"),
    ]
    assert [event.stage for event in listener.of("StageStartedEvent")] == STAGES
    assert [event.claim for event in listener.of("ClaimCheckedEvent")] == list(answer.claims)
    assert listener.of("AnswerReadyEvent")[0].answer is answer
    assert listener.of("QueryStartEvent")[0].query == QUESTION
    response = listener.of("QueryEndEvent")[0].response
    assert str(response) == answer.text
    assert [node.node.text for node in response.source_nodes] == [s.quote for s in answer.sources]
    nodes = listener.of("RetrievalEndEvent")[0].nodes
    assert len(nodes) == assistant.settings.passages
    assert nodes[0].node.node_id


def test_every_event_can_be_dumped(assistant: rag.Assistant, listening: Listening) -> None:
    listener, _ = listening
    answer = assistant.ask(QUESTION)
    for event in listener.heard:
        assert event.model_dump()["class_name"] == event.class_name()
    (ready,) = listener.of("AnswerReadyEvent")
    assert json.loads(ready.model_dump_json())["answer"]["sources"][0]["quote"] == (
        answer.sources[0].quote
    )


def test_a_refusal_ends_its_spans_too(assistant: rag.Assistant, listening: Listening) -> None:
    listener, spans = listening
    assert assistant.ask("What is the GDP of Japan?").abstained
    assert spans.tree()["Assistant.answer"] == ["Assistant.searching", "Assistant.reading"]
    assert spans.dropped_spans == []
    assert listener.names()[-2:] == ["AnswerReadyEvent", "QueryEndEvent"]


def test_a_language_model_reports_beneath_the_writing(library: Path, listening: Listening) -> None:
    listener, spans = listening
    with rag.open_assistant(copied(library), llm=Chatting()) as opened:
        opened.ask(QUESTION)
    tree = spans.tree()
    assert "Chatting.stream_chat" in tree["Assistant.writing"]
    assert set(tree) == {None, "Assistant.answer", "Assistant.writing"} | {
        parent for parent in tree if parent and parent.startswith("Chatting.")
    }
    assert name(listener.of("LLMChatStartEvent")[0].span_id).startswith("Chatting.")
    assert listener.of("LLMChatEndEvent")


def test_a_query_engine_is_told_of_once(assistant: rag.Assistant, listening: Listening) -> None:
    listener, spans = listening
    assistant.as_query_engine().query(QUESTION)
    assert listener.names().count("QueryStartEvent") == 1
    assert listener.names().count("QueryEndEvent") == 1
    tree = spans.tree()
    assert tree[None] == ["PinciteQueryEngine.query"]
    assert tree["PinciteQueryEngine._query"] == ["Assistant.answer"]
    listener.heard.clear()
    assistant.ask(QUESTION)
    assert listener.names().count("QueryStartEvent") == 1


def test_a_retriever_is_told_of_once(assistant: rag.Assistant, listening: Listening) -> None:
    listener, spans = listening
    assistant.as_retriever(limit=3).retrieve(QUESTION)
    assert listener.names() == ["RetrievalStartEvent", "RetrievalEndEvent"]
    assert len(listener.heard[-1].nodes) == 3
    assert spans.tree() == {
        None: ["PinciteRetriever.retrieve"],
        "PinciteRetriever.retrieve": ["PinciteRetriever._retrieve"],
    }


def test_an_asynchronous_query_keeps_its_tree(
    assistant: rag.Assistant, listening: Listening, run_async
) -> None:
    _, spans = listening
    run_async(assistant.as_query_engine().aquery(QUESTION))
    tree = spans.tree()
    assert tree[None] == ["PinciteQueryEngine.aquery"]
    assert "Assistant.answer" in tree["PinciteQueryEngine._query"]
    run_async(assistant.aask(QUESTION))
    assert spans.tree()[None] == ["PinciteQueryEngine.aquery", "Assistant.answer"]


# Streams that are read by others, elsewhere, or not to their end.
def test_a_closed_stream_drops_its_spans(assistant: rag.Assistant, listening: Listening) -> None:
    listener, spans = listening
    stream = assistant.stream(QUESTION)
    assert next(stream) == rag.StageStarted(stage="searching", message="searching")
    assert next(stream).stage == "reading"
    stream.close()
    assert [name(span.id_) for span in spans.dropped_spans] == [
        "Assistant.reading",
        "Assistant.answer",
    ]
    assert spans.dropped_spans[0].metadata == {"error": "nobody waited for the answer"}
    assert listener.names()[-2:] == ["SpanDropEvent", "SpanDropEvent"]


def test_a_forgotten_stream_drops_its_spans(assistant: rag.Assistant, listening: Listening) -> None:
    _, spans = listening
    stream = assistant.stream(QUESTION)
    next(stream)
    del stream
    gc.collect()
    assert len(spans.dropped_spans) == 2


def test_a_stream_that_is_never_read_has_no_span(
    assistant: rag.Assistant, listening: Listening
) -> None:
    listener, spans = listening
    assistant.stream(QUESTION).close()
    assert listener.heard == spans.completed_spans == spans.dropped_spans == []


def test_a_stream_left_while_a_model_writes_ends_the_model_and_the_spans(
    library: Path, listening: Listening
) -> None:
    _, spans = listening
    with rag.open_assistant(copied(library), llm=Chatting(says="A word. " * 400)) as opened:
        stream = opened.stream(QUESTION)
        while not isinstance(next(stream), rag.DraftText):
            pass
        stream.close()
    deadline = time.monotonic() + 5.0
    while spans.open_spans and time.monotonic() < deadline:
        time.sleep(0.01)
    dropped = [name(span.id_) for span in spans.dropped_spans]
    assert dropped == ["Assistant.writing", "Assistant.answer"]


def test_a_failure_drops_its_spans_with_its_words(library: Path, listening: Listening) -> None:
    _, spans = listening
    opened = rag.open_assistant(copied(library))
    stream = opened.stream(QUESTION)
    next(stream)
    opened.close()
    with pytest.raises(rag.LibraryError):
        list(stream)
    assert [name(span.id_) for span in spans.dropped_spans] == [
        "Assistant.searching",
        "Assistant.answer",
    ]
    assert "closed" in spans.dropped_spans[0].metadata["error"]


def test_a_model_that_fails_or_hangs_leaves_no_span_of_ours_open(
    library: Path, listening: Listening
) -> None:
    _, spans = listening
    hanging = Hanging()
    for llm in (Raising(error=ValueError("no power")), hanging):
        with rag.open_assistant(copied(library), llm=llm, llm_timeout=0.5) as opened:
            assert opened.ask(QUESTION).notices
    assert not [span for span in spans.open_spans if span.startswith("Assistant.")]
    assert not [span for span in spans.dropped_spans if span.id_.startswith("Assistant.")]
    hanging.released.set()
    deadline = time.monotonic() + 5.0
    while spans.open_spans and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_stream_read_from_another_thread_each_time_keeps_its_tree(
    assistant: rag.Assistant, listening: Listening
) -> None:
    _, spans = listening
    stream = assistant.stream(QUESTION)
    done: list[Any] = []
    for _ in range(100):
        if done and isinstance(done[-1], rag.AnswerReady):
            break
        reading = threading.Thread(target=lambda: done.append(next(stream)))
        reading.start()
        reading.join()
        assert active_span_id.get() is None
    assert spans.tree()["Assistant.answer"] == [f"Assistant.{stage}" for stage in STAGES]


def test_streams_read_by_turns_and_in_threads_do_not_mix(
    assistant: rag.Assistant, listening: Listening
) -> None:
    listener, spans = listening
    for pair in zip(assistant.stream(QUESTION), assistant.stream(QUESTION), strict=True):
        assert type(pair[0]) is type(pair[1])
        assert active_span_id.get() is None
    with ThreadPoolExecutor(max_workers=3) as pool:
        assert len(list(pool.map(assistant.ask, [QUESTION] * 3))) == 3
    roots = [span for span in spans.completed_spans if span.parent_id is None]
    assert len(roots) == 5
    for root in roots:
        children = [span for span in spans.completed_spans if span.parent_id == root.id_]
        assert sorted(name(span.id_) for span in children) == sorted(
            f"Assistant.{stage}" for stage in STAGES
        )
    assert len(listener.of("AnswerReadyEvent")) == 5


def test_the_parent_is_what_was_active_when_it_was_asked(
    assistant: rag.Assistant, listening: Listening
) -> None:
    _, spans = listening
    dispatcher = get_dispatcher("program")

    @dispatcher.span
    def program() -> Any:
        with instrument_tags({"desk": "night"}):
            return assistant.stream(QUESTION)

    list(program())
    answers = [span for span in spans.completed_spans if name(span.id_) == "Assistant.answer"]
    assert [name(span.parent_id) for span in answers] == [
        "test_the_parent_is_what_was_active_when_it_was_asked.<locals>.program"
    ]
    assert answers[0].tags == {"desk": "night"}


def test_a_handler_that_breaks_does_not_break_the_answer(assistant: rag.Assistant) -> None:
    class Broken(Listener):
        def handle(self, event: BaseEvent, **kwargs: Any) -> None:
            raise RuntimeError("broken handler")

    broken = Broken()
    root_dispatcher.add_event_handler(broken)
    try:
        assert assistant.ask(QUESTION).claims
    finally:
        root_dispatcher.event_handlers.remove(broken)


# Without listeners.
def test_nobody_listens_unless_a_handler_is_attached(assistant: rag.Assistant) -> None:
    assert not somebody_listens()
    stream = (event for event in ())
    question = Question(text="?", standalone="?", parts=("?",))
    assert observed(stream, question) is stream
    for dispatcher in (root_dispatcher, get_dispatcher("rag")):
        listener = Listener()
        dispatcher.add_event_handler(listener)
        assert somebody_listens()
        dispatcher.event_handlers.remove(listener)
    spans = Spans()
    root_dispatcher.add_span_handler(spans)
    assert somebody_listens()
    root_dispatcher.span_handlers.remove(spans)
    assert not somebody_listens()


def test_asking_whether_somebody_listens_costs_nothing_noticeable() -> None:
    rounds = 1000
    started = time.perf_counter()
    for _ in range(rounds):
        somebody_listens()
    # An answer takes hundreds of milliseconds; this takes a few thousandths of one.
    assert (time.perf_counter() - started) / rounds < 0.0005


def test_an_answer_by_quotes_loads_nothing_of_llamaindex(library: Path) -> None:
    program = (
        "import sys, rag\n"
        f"with rag.open_assistant({str(copied(library))!r}) as assistant:\n"
        f"    assert assistant.ask({QUESTION!r}).claims\n"
        "print([name for name in sys.modules if name.startswith('llama_index')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def copied(library: Path) -> Path:
    """A copy beside it, since one process opens a library once."""
    number = len(list(library.parent.iterdir()))
    return shutil.copytree(
        library, library.with_name(f"copy-{number}"), ignore=shutil.ignore_patterns("*.lock")
    )
