"""`Assistant`: all that is done with a library. `stream` reads like the way of a question."""

from __future__ import annotations

import asyncio
import copy
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from index.build import ingest
from index.errors import SourceNotFound
from index.library import Library
from index.models import (
    Document,
    DocumentBytes,
    DocumentSummary,
    Filters,
    IngestReport,
    Passage,
    ProgressListener,
    Span,
    StopRequest,
    VerifyReport,
    WebAddress,
)
from index.page_drawing import PageImage
from index.removal import HeldDocument, hold, put_back
from index.storage import Storage
from index.web_address import is_address
from rag.answering import Answering
from rag.citation_states import CitationStates
from rag.conversations import CONVERSATIONS_FILE, Conversations
from rag.finder import Finder
from rag.given_model import with_given_model
from rag.listeners import observed
from rag.models import Answer, AnswerReady, Citation, CitationState, Event, Hit
from rag.pairs import Pair
from rag.question import understand
from rag.reader import Reader
from rag.settings import (
    FIXED_WHILE_OPEN,
    Settings,
    WriterName,
    load_settings,
)
from rag.suggestions import Suggester

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from rag.llamaindex import PinciteQueryEngine, PinciteRetriever

_WARM_UP = Pair(question="Ready?", title="", passage="Ready.", sentences=())


class Assistant:
    """Answers questions from one library. May be used from several threads at once."""

    def __init__(
        self,
        library: Library,
        *,
        settings: Settings,
        reader: Reader,
        llm: LLM | None = None,
        options: Mapping[str, object] | None = None,
    ) -> None:
        self._library = library
        self._llm = llm
        # Settings without a word on where they come from were all given.
        self.options = _all_given(settings) if options is None else options
        self._reader = reader
        self._changing = threading.Lock()
        self._before_closing: list[Callable[[], None]] = []
        self._after_closing: list[Callable[[], None]] = []
        self._use(with_given_model(settings, llm))
        self._suggester = Suggester(library, settings=self.settings, finder=self._finder)
        self._states = CitationStates(library)
        self._conversations = Conversations(library.path / CONVERSATIONS_FILE, kept=self._kept)

    def _use(self, settings: Settings) -> None:
        self.settings = settings
        self._finder = Finder(self._library, settings=settings, reader=self._reader)
        self._answering = Answering(
            self._library, settings=settings, finder=self._finder, llm=self._llm
        )

    def _kept(self, answer: Answer) -> Answer:
        if self.settings.removed_quotes == "drop":
            return self._states.without_removed(answer)
        return answer

    def reload_settings(self) -> tuple[str, ...]:
        """Read the settings again as `open_assistant` did; they hold from the next question on.

        What is being answered is finished as it was begun. Settings that the models were loaded
        with stay as they are: returns the names of those that would be others once the library is
        opened anew. `options`, given when it was opened, still count before file and environment.

        Raises `SettingsError` or `LibraryUnwritable`, and then nothing has changed.
        """
        with self._changing:
            read = load_settings(self.library_path, self.options)
            held = {name: getattr(self.settings, name) for name in FIXED_WHILE_OPEN}
            settings = with_given_model(replace(read, **held), self._llm)
            replaced, suggester = self._answering, self._suggester
            self._use(settings)
            self._suggester = Suggester(self._library, settings=settings, finder=self._finder)
        replaced.retire()
        suggester.close()
        return tuple(name for name, value in held.items() if getattr(read, name) != value)

    @contextmanager
    def pinned(self) -> Iterator[Assistant]:
        """The same with its settings of now, whatever is reloaded later; it is not to be closed.

        Its language model stays loaded until the block ends.
        """
        with ExitStack() as kept:
            with self._changing:
                kept.enter_context(self._answering.kept())
                same = copy.copy(self)
            yield same

    def asked_with(
        self, *, writer: WriterName | None = None, passages: int | None = None
    ) -> Assistant:
        """The same library and models asked with other settings; it is not to be closed.

        What is not given is as it is set now. A language model that this one has not loaded is
        loaded for each question and released after it. Raises `SettingsError`.
        """
        with self._changing:
            now = self.settings
            settings = replace(
                now,
                writer=now.writer if writer is None else writer,
                passages=now.passages if passages is None else passages,
            )
            settings = with_given_model(settings, self._llm)
            if settings == now:
                return self
            same = copy.copy(self)
        same._use(settings)  # noqa: SLF001  # one of ours
        same._answering.retire()  # noqa: SLF001  # it closes its model whenever nobody asks it
        return same

    def before_closing(self, call: Callable[[], None]) -> None:
        """Have something that asks this assistant ended before it is closed."""
        self._before_closing.append(call)

    def after_closing(self, call: Callable[[], None]) -> None:
        """Have something that this assistant asks released once it is closed."""
        self._after_closing.append(call)

    @property
    def conversations(self) -> Conversations:
        """The conversations stored in the library. What `ask` answers is stored only if added."""
        return self._conversations

    def citation_state(self, citation: Citation) -> CitationState:
        """Whether the library holds what was cited still: `same`, `changed` or `removed`."""
        return self._states.of(citation)

    def citation_states(self, answer: Answer) -> dict[Citation, CitationState]:
        """The state of every citation of an answer, as `rag.render` takes them."""
        return self._states.of_answer(answer)

    @property
    def library_path(self) -> Path:
        return self._library.path

    @property
    def library(self) -> Library:
        """The open library, for measuring its parts alone; it is closed with the assistant."""
        return self._library

    def add(
        self,
        *sources: str | Path | DocumentBytes | WebAddress,
        tags: Sequence[str] = (),
        on_progress: ProgressListener | None = None,
        should_stop: StopRequest | None = None,
    ) -> IngestReport:
        """Add files, folders, ZIP archives and patterns such as `reports/**/*.pdf`, or bytes.

        A string such as `https://news.example/a` is a web address, which is fetched. The report
        has one row for every file; a bad one stops none. Once `should_stop` says so, nothing more
        is begun and the report tells how many files are left; adding the same again goes on.
        Raises `SourceNotFound` before anything is written if a path does not exist.
        """
        if "" in sources:
            raise SourceNotFound("A path is empty: name a file or a folder. Nothing was added.")
        return ingest(
            self._library,
            [_typed(source) if isinstance(source, str) else source for source in sources],
            tags=tags,
            allow_private_addresses=self.settings.allow_private_addresses,
            on_progress=on_progress,
            should_stop=should_stop,
        )

    def remove(self, *documents: str) -> tuple[str, ...]:
        """Erase documents named by id, unique beginning of an id, or source; the ids erased.

        With the setting `removed_quotes` at `drop`, their words leave the stored conversations too.
        Raises `UnknownDocument` before anything is erased if one of them names nothing.
        """
        found = {document.id: document for document in map(self._library.document, documents)}
        self._library.require_model()
        # Quotes first: who was killed in between sees the documents still there, and tries again.
        self._drop_quotes(found.values())
        self._library.remove(*found)
        self._drop_quotes(found.values())  # of answers stored meanwhile
        return tuple(found)

    def take_out(
        self, *documents: str, hold_bytes: int
    ) -> tuple[tuple[str, ...], tuple[HeldDocument, ...]]:
        """`remove`, whose ids it returns, with what `put_back` needs to undo that.

        What is held is in memory alone, and who ends before it is put back has removed it. Nothing
        is held where that would take more than `hold_bytes`, or where an original is lost.
        """
        with self._library.changing:
            ids = list(dict.fromkeys(map(self._library.resolve, documents)))
            held = list[HeldDocument]()
            for each in hold(self._library, ids):
                held.append(each)
                if sum(some.size for some in held) > hold_bytes:
                    held.clear()
                    break
            return self.remove(*ids), tuple(held) if len(held) == len(ids) else ()

    def put_back(self, *held: HeldDocument) -> tuple[str, ...]:
        """Store documents as they were, and return the ids of those that are back.

        One stays away where other documents have taken all its sources since. Quotes that were
        erased from stored conversations do not come back.
        """
        return tuple(each.document.id for each in held if put_back(self._library, each))

    def storage(self) -> Storage:
        """The room that the library takes on its disk."""
        return self._library.storage()

    def _drop_quotes(self, documents: Collection[Document]) -> None:
        """Erase the words of documents, and of what came from their files earlier, if so set."""
        if self.settings.removed_quotes != "drop":
            return
        ids = {document.id for document in documents}
        sources = {source for document in documents for source in document.sources}
        self._conversations.erase_quotes(
            lambda citation: (
                citation.document_id in ids
                or (citation.source in sources and not self._states.holds(citation.document_id))
            ),
            naming=ids | sources,
        )

    def documents(self, filters: Filters | None = None) -> tuple[DocumentSummary, ...]:
        """Every document of the library, or those that pass `filters`, without their texts."""
        return self._library.documents(filters or Filters())

    def gone(self, folder: str | Path) -> tuple[DocumentSummary, ...]:
        """The documents whose files, all below `folder`, are not there any more.

        They stay in the library until they are removed: `remove(*(row.id for row in gone(...)))`.
        Raises `SourceNotFound` if the folder itself is not there.
        """
        return self._library.gone(Path(folder))

    def tag(self, *documents: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Give documents, named as for `remove`, tags and take others from them.

        Tags that differ in case only are one. Raises `UsageError` for a tag that is empty or has
        over a hundred characters, and `UnknownDocument`, before anything is changed.
        """
        self._library.tag(*documents, add=add, remove=remove)

    def document(self, document_id: str) -> Document:
        """A document with its text, by id, unique beginning of an id, or source.

        Raises `UnknownDocument`.
        """
        return self._library.document(document_id)

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """The passages of a document in the order of its text."""
        return self._library.passages(document_id)

    def original(self, document_id: str) -> bytes:
        """The bytes that a document was read from; `LibraryDamaged` if they are gone."""
        return self._library.original(document_id)

    def page_image(self, document_id: str, *, page: int, spans: Sequence[Span] = ()) -> PageImage:
        """A page of a PDF, counted from 1, as a picture with the places of spans of its text.

        It is drawn in a process apart, with limits of time and memory. Raises `UsageError` for a
        page that there is not, and `DocumentError` for one that cannot be drawn.
        """
        return self._library.page_image(document_id, page=page, spans=spans)

    def search(
        self,
        query: str,
        *,
        limit: int = 8,
        filters: Filters | None = None,
        asked_on: date | None = None,
        exclude: Collection[str] = (),
    ) -> tuple[Hit, ...]:
        """The best `limit` passages, best first; `asked_on` as for `ask`.

        Raises `QuestionError` for an unusable query.
        """
        question = understand(query, filters=filters, asked_on=asked_on)
        return self._finder.search(question, limit=limit, exclude=exclude)

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        asked_on: date | None = None,
        exclude: Collection[str] = (),
        earlier: Sequence[Answer] = (),
    ) -> Answer:
        """A checked answer, or one that says why there is none.

        `filters` choose the documents to read; passages whose id is in `exclude` are withheld.
        Questions about the news of a day get better answers with `asked_on`: what was published
        shortly before is preferred. Without it only "this week" and the like, seen from today, and
        dates that the question names let documents of that time come first.
        `earlier` are the answers given before in the conversation, oldest first: a question that
        goes on from them, such as "and what did Seoul say?", is made to stand alone.
        `Question.standalone` of the answer is what was understood.
        Raises `QuestionError` for an empty or overlong question.
        """
        events = self.stream(
            question, filters=filters, asked_on=asked_on, exclude=exclude, earlier=earlier
        )
        for event in events:
            if isinstance(event, AnswerReady):
                return event.answer
        raise AssertionError("a stream ends with an answer")

    def stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        asked_on: date | None = None,
        exclude: Collection[str] = (),
        earlier: Sequence[Answer] = (),
    ) -> Iterator[Event]:
        """The events of answering, the last of which is the one `AnswerReady`; see `ask`.

        `FollowUpUnderstood` comes before any claim, and only where the question goes on from
        `earlier`.

        Raises `QuestionError` at once, not at the first event.
        """
        given = tuple(earlier)
        asked = understand(question, filters=filters, asked_on=asked_on, earlier=given)
        events = self._answering.events(asked, exclude=frozenset(exclude), earlier=given)
        return observed(events, asked)

    async def aask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        asked_on: date | None = None,
        exclude: Collection[str] = (),
        earlier: Sequence[Answer] = (),
    ) -> Answer:
        """`ask` for asynchronous programs; works in a thread and does not block the loop."""
        return await asyncio.to_thread(
            self.ask,
            question,
            filters=filters,
            asked_on=asked_on,
            exclude=exclude,
            earlier=earlier,
        )

    def batch(
        self,
        questions: Iterable[str],
        *,
        filters: Filters | None = None,
        asked_on: date | None = None,
    ) -> Iterator[Answer]:
        """The answers to many questions, in their order, each as soon as it is ready.

        They are no conversation: each question stands alone.
        """
        for question in questions:
            yield self.ask(question, filters=filters, asked_on=asked_on)

    def suggestions(
        self,
        *,
        limit: int = 3,
        about: Collection[str] = (),
        besides: str = "",
        should_stop: StopRequest | None = None,
    ) -> tuple[str, ...]:
        """Up to `limit` questions that the documents answer, for who does not know what to ask.

        They ask of persons who speak in the newest documents, or in those with the ids `about`; who
        is named in `besides` is left out. Each was asked and found answered, in quotes, without a
        language model; that takes some seconds. There are none for languages other than English.
        Once `should_stop` says so, those found so far are returned.
        """
        return self._suggester.suggestions(
            limit=limit, about=about, besides=besides, should_stop=should_stop
        )

    def warm(self) -> None:
        """Load the models, so that the first question does not wait for them."""
        self._library.warm()
        self._reader.read([_WARM_UP])

    def verify(self) -> VerifyReport:
        """Compare the catalog with the word and vector indexes made from it."""
        return self._library.verify()

    def rebuild(self) -> None:
        """Make the word and vector indexes anew from the catalog.

        Nothing is embedded again, unless the settings name another embedding model than before.
        """
        self._library.rebuild()

    def as_retriever(
        self, *, limit: int = 8, filters: Filters | None = None, asked_on: date | None = None
    ) -> PinciteRetriever:
        """A LlamaIndex retriever over the library; options as for `search`."""
        from rag.llamaindex import PinciteRetriever

        return PinciteRetriever(self, limit=limit, filters=filters, asked_on=asked_on)

    def as_query_engine(
        self, *, filters: Filters | None = None, asked_on: date | None = None
    ) -> PinciteQueryEngine:
        """A LlamaIndex query engine, options as for `ask`; citations come as source nodes."""
        from rag.llamaindex import PinciteQueryEngine

        return PinciteQueryEngine(self, filters=filters, asked_on=asked_on)

    def close(self) -> None:
        """Release the library and the models, end the embedded one; twice does nothing."""
        while self._before_closing:
            self._before_closing.pop()()
        self._suggester.close()
        self._answering.close()
        self._conversations.close()
        self._library.close()
        while self._after_closing:
            self._after_closing.pop()()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _all_given(settings: Settings) -> Mapping[str, object]:
    return {entry.name: getattr(settings, entry.name) for entry in fields(Settings)}


def _typed(source: str) -> Path | WebAddress:
    return WebAddress(url=source) if is_address(source) else Path(source)
