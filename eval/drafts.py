"""Questions drafted from a library, for a person to write out, correct and keep.

Rules that reorder a sentence into a question were tried and are not used: see docs/evaluation.md.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from index.models import DocumentSummary
from index.sentences import sentences
from rag.assistant import Assistant
from rag.followup.mentions import is_adjective, names, times
from rag.models import StoredAnswer
from rag.quantities import quantities
from rag.words import is_hedged

_SHORTEST, _LONGEST = 8, 40  # words of a sentence
# Words that point at another sentence, or at whoever speaks: without them it stands alone.
_POINTING = frozenset(
    """he she it they him her them his hers its their theirs this that these those there here we us
    our i me my you your such other others another both former latter same also too however but
    then yesterday today tomorrow""".split()
)
# A day without its month or year is known to the reader of the document only.
_DATED = re.compile(r"\b(?:19|20)\d\d\b")
_WITHOUT_PREPOSITION = re.compile(
    r"^(?:in|on|since|during|before|after|until|by|from)\s+", re.IGNORECASE
)
_CURRENCIES = ("$", "€", "£", "¥")
_DATELINE = re.compile(r"[A-Z]{4,}\b")
_RATED = {"up": "good", "down": "not good"}
# A spreadsheet takes a cell that begins so for a formula, and documents are not to be trusted.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A question that nobody has looked at; `question` is empty where a person has to write it.

    `relevant` names documents as `eval run` finds them in the library, `document` is the title of
    the first. `type` is the kind of answer, `note` what somebody thought of the answer given.
    """

    question: str
    answers: tuple[str, ...]
    type: str
    evidence: tuple[str, ...]
    relevant: tuple[str, ...]
    document: str
    answerable: bool = True
    asked_on: date | None = None
    note: str = ""


def draft_sentences(assistant: Assistant, *, count: int, seed: int = 0) -> list[Draft]:
    """Sentences that stand alone, each with a name, a day or a number as the answer.

    They are drawn from all documents in turn, the kinds of answer in turn too; the same library and
    seed give the same drafts. A sentence that stands in several documents is drawn once and has
    them all as relevant.
    """
    chance = random.Random(seed)  # noqa: S311  # a sample, nothing secret
    documents = sorted(assistant.documents(), key=lambda document: document.id)
    chance.shuffle(documents)
    places: dict[str, list[DocumentSummary]] = defaultdict(list)
    for document in documents:
        for sentence in _alone(assistant, document):
            if document not in places[sentence]:
                places[sentence].append(document)
    by_document: dict[str, list[str]] = defaultdict(list)
    for sentence, holding in places.items():
        by_document[holding[0].id].append(sentence)
    for own in by_document.values():
        chance.shuffle(own)
    called = _names(documents)
    drafts: list[Draft] = []
    for sentence in _in_turn(list(by_document.values())):
        if len(drafts) == count:
            break
        if kinds := _answers(sentence):
            kind = sorted(kinds)[len(drafts) % len(kinds)]
            holding = places[sentence]
            drafts.append(
                Draft(
                    question="",
                    answers=(kinds[kind],),
                    type=kind,
                    evidence=(sentence,),
                    relevant=tuple(called[document.id] for document in holding),
                    document=holding[0].title,
                )
            )
    return drafts


def draft_conversations(
    assistant: Assistant, *, count: int, owner: str | None = None
) -> list[Draft]:
    """Questions that were asked and stored, the newest first, with what was answered.

    Those of all conversations, or of an `owner` alone.

    A question that went on from another is taken as it was understood; of those asked more than
    once, the newest counts. What the assistant answered is no gold until a person says so.
    """
    drafts: dict[str, Draft] = {}
    conversations = assistant.conversations.of(owner)
    for conversation in conversations.newest_first():
        for stored in reversed(conversations.answers(conversation.id)):
            if stored.unreadable is None:
                draft = _answered(stored)
                drafts.setdefault(draft.question.casefold(), draft)
    return list(drafts.values())[:count]


def draft_feedback(assistant: Assistant, *, count: int, owner: str | None = None) -> list[Draft]:
    """Questions whose answers somebody, or an `owner`, rated, the newest first.

    What was found good is drafted as it was answered; of what was not, the question and the note
    alone: what it should have been is for a person to say. The newest rating of a question counts.
    """
    drafts: dict[str, Draft] = {}
    for entry in assistant.conversations.of(owner).feedback():
        if entry.stored.unreadable is None:
            given = _answered(entry.stored)
            draft = replace(
                given, note=_plain(f"{_RATED[entry.rating]}: {entry.note}".rstrip(": "))
            )
            if entry.rating == "down":
                draft = replace(
                    draft, answers=(), evidence=(), relevant=(), document="", answerable=True
                )
            drafts.setdefault(draft.question.casefold(), draft)
    return list(drafts.values())[:count]


def _plain(note: str) -> str:
    return " ".join(note.split())


def _answered(stored: StoredAnswer) -> Draft:
    answer = stored.answer
    cited = [citation for claim in answer.claims for citation in claim.citations]
    return Draft(
        question=answer.question.standalone,
        answers=tuple(dict.fromkeys(claim.answer for claim in answer.claims if claim.answer)),
        type="",
        evidence=tuple(dict.fromkeys(citation.quote for citation in cited)),
        relevant=tuple(dict.fromkeys(Path(citation.source).name for citation in cited)),
        document=cited[0].title if cited else "",
        answerable=not answer.abstained,
        asked_on=answer.question.asked_on,
    )


def _alone(assistant: Assistant, summary: DocumentSummary) -> Iterator[str]:
    """The document's sentences that can be understood without another."""
    document = assistant.document(summary.id)
    for start, end in sentences(document.text, document.language):
        sentence = document.text[start:end].strip()
        words = re.findall(r"[\w’'-]+", sentence)
        if (
            _SHORTEST <= len(words) <= _LONGEST
            and sentence.endswith(".")
            and not sentence.startswith(_FORMULA)
            and "\n" not in sentence
            and _POINTING.isdisjoint(word.lower() for word in words)
            and not _DATELINE.match(sentence)
            and not is_hedged(sentence)
        ):
            yield sentence


def _answers(sentence: str) -> dict[str, str]:
    """What a question on the sentence could ask for, by kind; the first of each that is certain."""
    found: dict[str, str] = {}
    for mention in names(sentence):
        name = re.split(r"(?<=\w) of the ", mention.text)[0]
        if " " in name.removeprefix("the ") and not is_adjective(sentence, mention):
            found.setdefault("name", name)
    for span, _ in times(sentence):
        moment = _WITHOUT_PREPOSITION.sub("", sentence[span.start : span.end])
        if _DATED.search(moment):
            found.setdefault("date", moment)
    for one in quantities(sentence):
        if sentence[one.span.end : one.span.end + 1] != "-":  # "three-way" counts nothing
            start = one.span.start - (sentence[: one.span.start][-1:] in _CURRENCIES)
            found.setdefault("number", sentence[start : one.span.end])
    return {kind: text for kind, text in found.items() if not text.startswith(_FORMULA)}


def _in_turn(lists: list[list[str]]) -> Iterator[str]:
    """The first of each list, then the second of each, and so on."""
    for number in range(max(map(len, lists), default=0)):
        yield from (some[number] for some in lists if number < len(some))


def _names(documents: list[DocumentSummary]) -> Mapping[str, str]:
    """What to call each document by: its file's name, or its id where two have the same."""
    files = {document.id: Path(min(document.sources)).name for document in documents}
    return {
        name: file if list(files.values()).count(file) == 1 else name
        for name, file in files.items()
    }
