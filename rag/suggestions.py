"""Questions that the documents answer, made by rule from who speaks and is introduced in them.

A question is suggested only after it was asked: what would be refused is never offered.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import date

from index.errors import UnknownDocument
from index.library import Library
from index.models import Document, Filters, StopRequest
from index.sentences import sentences
from rag.answering import Answering
from rag.attribution.speakers import sole_speech
from rag.finder import Finder
from rag.followup.mentions import Mention, may_be_person, names
from rag.models import Answer, AnswerReady
from rag.question import understand
from rag.settings import Settings

# So much of a document is looked at, in characters: whom it is about is introduced early.
READ_LIMIT = 4_000
DOCUMENTS_LIMIT = 40
# Questions asked for each suggestion wanted, before there are fewer.
TRIES = 2
# Of whom so many documents tell, a short question would have too many answers.
_TOO_COMMON = 5
_LANGUAGES = frozenset({None, "en"})
_LONGEST_NAME = 4  # words
_TITLE = r"(?:Mrs?|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Capt)\.?"
_LEADING_TITLE = re.compile(rf"^{_TITLE}\s+")
_TRAILING_TITLE = re.compile(rf"\s{_TITLE}$")
# What tells who somebody is stands right behind the name.
_INTRODUCED = r"(?:,\s+(?:an?|the|who|one of|chief|head)\b|\s+(?:is|was)\s+(?:an?|the)\b)"


@dataclass(slots=True)
class _Speaker:
    """Somebody who is let speak, with the documents that do so."""

    name: str
    documents: set[str] = field(default_factory=set)
    introduced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A question, and what the first statement of its answer must be like to be worth asking."""

    question: str
    name: str
    asks_who: bool

    def is_answered_by(self, answer: Answer) -> bool:
        """Whether the answer begins with what was asked for, and with nothing beside it."""
        if not answer.claims:
            return False
        first = answer.claims[0]
        if self.asks_who:
            return _is_introduced(self.name, first.text)
        return self.name in (first.speaker or "")


class Suggester:
    """Makes suggestions from one library, for one caller at a time.

    No language model is asked, whatever the settings say.
    """

    def __init__(self, library: Library, *, settings: Settings, finder: Finder) -> None:
        quoting = {entry.name: getattr(settings, entry.name) for entry in fields(Settings)}
        self._library = library
        self._turn = threading.Lock()
        self._closing = threading.Event()
        self._answering = Answering(
            library, settings=Settings(**quoting | {"writer": "quotes"}), finder=finder
        )

    def suggestions(
        self,
        *,
        limit: int,
        about: Collection[str] = (),
        besides: str = "",
        should_stop: StopRequest | None = None,
    ) -> tuple[str, ...]:
        """As `Assistant.suggestions`; what is found so far once this is closed."""

        def stopped() -> bool:
            return self._closing.is_set() or (should_stop is not None and should_stop())

        with self._turn:
            if stopped():
                return ()
            waiting = candidates(self._documents(about))
            return tuple(self._found(limit, waiting, besides, stopped))

    def close(self) -> None:
        """Stops, and waits for the step at hand: it uses what is released next."""
        self._closing.set()
        with self._turn:
            pass

    def _found(
        self, limit: int, waiting: Iterator[Suggestion], besides: str, stopped: StopRequest
    ) -> list[str]:
        found: list[str] = []
        taken: set[str] = set()
        tries = 0
        for suggestion in waiting:
            last_name = suggestion.name.split()[-1]
            if last_name in taken or last_name.casefold() in besides.casefold():
                continue
            if len(found) == limit or tries == TRIES * limit or stopped():
                break
            tries += 1
            answer = self._answer(suggestion.question, stopped)
            if answer is not None and suggestion.is_answered_by(answer):
                taken.add(last_name)
                found.append(suggestion.question)
        return found

    def _documents(self, about: Collection[str]) -> list[Document]:
        """The documents named, or else the newest, one of each story."""
        known = self._library.documents(Filters(document_ids=tuple(about)))
        told = {entry.story or entry.id: entry for entry in known}.values()
        newest = sorted(
            told, key=lambda entry: (entry.published_at or date.min, entry.id), reverse=True
        )
        documents = []
        for entry in newest[:DOCUMENTS_LIMIT]:
            with suppress(UnknownDocument):  # removed meanwhile
                documents.append(self._library.document(entry.id))
        return documents

    def _answer(self, question: str, stopped: StopRequest) -> Answer | None:
        """The answer in quotes, or nothing once it is stopped."""
        for event in self._answering.events(understand(question), exclude=()):
            if isinstance(event, AnswerReady):
                return event.answer
            if stopped():
                break
        return None


def candidates(documents: Sequence[Document]) -> Iterator[Suggestion]:
    """What could be asked, unchecked: of those first who speak in several documents, else in the
    first ones.
    """
    ranked = sorted(_speakers(documents), key=lambda one: -len(one.documents))
    for number, one in enumerate(one for one in ranked if len(one.documents) <= _TOO_COMMON):
        said = Suggestion(question=f"What did {one.name} say?", name=one.name, asks_who=False)
        who = Suggestion(question=f"Who is {one.name}?", name=one.name, asks_who=True)
        if not one.introduced:
            yield said
        else:
            yield from (who, said) if number % 2 == 0 else (said, who)


def _speakers(documents: Iterable[Document]) -> list[_Speaker]:
    found: dict[str, _Speaker] = {}
    for document in documents:
        if document.language not in _LANGUAGES:
            continue
        text = document.text[:READ_LIMIT]
        for start, end in sentences(text, document.language):
            sentence = " ".join(text[start:end].split())
            for mention in names(sentence):
                name = _person(mention)
                if name is None or name == document.author:
                    continue
                speech = sole_speech(sentence)
                if speech and speech.named and name in (speech.speaker or ""):
                    one = found.setdefault(name, _Speaker(name))
                    one.documents.add(document.id)
                    one.introduced |= _is_introduced(name, sentence)
    return list(found.values())


def _person(mention: Mention) -> str | None:
    """A person's name that says by itself who is meant: "Ines Calder", not "Calder"."""
    name = _LEADING_TITLE.sub("", mention.text)
    full = 2 <= len(name.split()) <= _LONGEST_NAME and not name.isupper()
    if not full or _TRAILING_TITLE.search(name) or not may_be_person(mention):
        return None
    return name


def _is_introduced(name: str, text: str) -> bool:
    if text.startswith("According to "):  # what follows the name is told, not who it is
        return False
    return re.search(re.escape(name) + _INTRODUCED, text) is not None
