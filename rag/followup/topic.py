"""What a conversation is about: the question before, and how a follow-up goes on from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.followup.clause import ASKING, AUXILIARIES, clause
from rag.models import Answer
from rag.words import STOP_WORDS, words

# Characters: room for two plain questions, and far from `QUESTION_LIMIT`, however long the talk.
STANDALONE_LIMIT = 500
_PERSON_OR_PLACE = {"who": "who", "anyone": "who", "anybody": "who", "where": "where"}
ON_THE_QUESTION = ", on the question “"
AS_TO = ", as to "

_CLAUSE_BEGINS = r"(?:who|whom|whose|what|when|where|why|how|which|whether)\b"
_COMPOSED = (
    re.compile(rf"^(?P<own>.+?){re.escape(ON_THE_QUESTION)}(?P<question>.+)”$"),
    re.compile(rf"^(?P<own>.+?){re.escape(AS_TO)}(?P<clause>{_CLAUSE_BEGINS}.+)\?$"),
    re.compile(rf"^(?P<own>.+?) about (?P<clause>{_CLAUSE_BEGINS}.+)\?$", re.IGNORECASE),
)
_ASKED_BESIDE = re.compile(
    rf", for example\?$|, and (?:\w+ ){{0,2}}(?:{'|'.join(ASKING)})"
    r"(?: (?:many|much|long|often|soon|far|so|come|not|for|ones?|else))?\?$",
    re.IGNORECASE,
)
_LEADING_AND = re.compile(r"^(?:and|but|so)[,\s]+", re.IGNORECASE)
# "What did Seoul say", and it may go on "about ...".
_SAYS = re.compile(
    r"^(?:what|how) .*\b(?:say|said|saying|says|think|thinks|thought|thinking|know|knows|feel|feels"
    r"|written|write|wrote|told|tell|comment|report|reported)$|\b(?:disagrees?|comments?|"
    r"commented|complains?|complained|talks?|talked|asks?|asked)$",
    re.IGNORECASE,
)
_ADVERBIAL = r"(?:since when|until when|how long|how often|when|where|why|how)"
_SWAPPABLE = re.compile(rf"^{_ADVERBIAL}(?= (?:{'|'.join(AUXILIARIES)})\b)", re.IGNORECASE)
_NOT_SWAPPED = frozenset({"how so", "how come", "why not"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """The question before, as it was understood, and who spoke in its answer.

    `own` and `tail` are its own words and what they were joined to, if it was itself a follow-up
    ("who disagrees" and ", as to what Kim wants?"); else `own` is all of it. `root` is what the
    next follow-up is joined to: a question, or as a clause `known` where that is certain.
    """

    question: str
    own: str
    tail: str
    root: str
    known: str | None
    speakers: tuple[str, ...]

    def is_held_by(self, text: str) -> bool:
        """Whether a text says already what it goes on from: a follow-up mended by the reader."""
        composed = any(pattern.match(text) for pattern in _COMPOSED[:2])
        if composed or self.known is None:
            return composed
        return text.rstrip(" ?").endswith(self.known) and words(text) != words(self.known)

    def about(self, question: str) -> str:
        """A follow-up that keeps its words, joined to what the conversation is about."""
        body = question.rstrip(" ?.!…")
        if words(body) == words(self.own):
            return self.question
        if self.known is not None:
            link = " about " if _SAYS.search(body) else AS_TO
            joined = f"{body}{link}{self.known}?"
            if len(joined) <= STANDALONE_LIMIT:
                return joined
        room = STANDALONE_LIMIT - len(body) - len(ON_THE_QUESTION) - 1
        return f"{body}{ON_THE_QUESTION}{shortened(_unquoted(self.root), room)}”"

    def asking(self, bare: str) -> str:
        """The question before, with a question word of the reader's own: "why?"."""
        bare = {"who says": "according to whom", "says who": "according to whom"}.get(bare, bare)
        bare = "according to whom" if bare == "who says so" else bare
        swappable = bare not in _NOT_SWAPPED and re.fullmatch(_ADVERBIAL, bare)
        if swappable and (helped := _helped(self.own)):
            return _capital(f"{bare} {helped}", self.own) + self.tail
        return self._beside(bare)

    def asking_more(self, typed: str) -> str:
        """What else there is to the question before; who or where else if that was typed."""
        asked = _PERSON_OR_PLACE.get(typed.split(maxsplit=1)[0].lower())
        opening = re.match(
            rf"(?:who|(?:what|where)(?= (?:{'|'.join(AUXILIARIES)})\b))(?! else)\b", self.own, re.I
        )
        if asked and (opening is None or opening.group().lower() != asked):
            return self._beside(f"{asked} else")
        if opening is None:
            return self._beside("what else") if self.own[:4].lower() != "what" else self.question
        return f"{opening.group()} else{self.own[opening.end() :]}{self.tail}"

    def with_examples(self) -> str:
        """The question before, asked for examples."""
        return f"{self.question.rstrip(' ?.!')}, for example?"

    def _beside(self, bare: str) -> str:
        joined = f"{self.question.rstrip(' ?.!')}, and {bare}?"
        return joined if len(joined) <= STANDALONE_LIMIT else self.question


def topic_of(earlier: Sequence[Answer]) -> Topic | None:
    """What the newest question among the answers is about; `None` if none of them asks anything."""
    answer = next((entry for entry in reversed(earlier) if _asks(entry)), None)
    if answer is None:
        return None
    asked = answer.question
    # Only the last word asked beside it goes: "..., and why?" must not become "..., and why, and".
    question = _ASKED_BESIDE.sub("?", _LEADING_AND.sub("", asked.standalone))
    question = shortened(question, STANDALONE_LIMIT)
    speakers = tuple(dict.fromkeys(claim.speaker for claim in answer.claims if claim.speaker))
    composed = None
    if asked.is_follow_up:
        found = (pattern.match(question) for pattern in _COMPOSED)
        composed = next((match for match in found if match is not None), None)
    if composed is None:
        return Topic(
            question=question,
            own=question,
            tail="",
            root=question,
            known=clause(question),
            speakers=speakers,
        )
    parts = composed.groupdict()
    root = parts.get("question") or question
    return Topic(
        question=question,
        own=parts["own"],
        tail=question[len(parts["own"]) :],
        root=root,
        known=parts.get("clause") or clause(root),
        speakers=speakers,
    )


def own_words(question: str) -> str:
    """What a question asks itself, without the question that it goes on from.

    >>> own_words("who disagrees, as to how many shells were sent?")
    'who disagrees'
    """
    found = (pattern.match(question) for pattern in _COMPOSED[:2])
    return next((match["own"] for match in found if match is not None), question)


def shortened(text: str, limit: int) -> str:
    """The text, or as many whole words of it as fit, with an ellipsis.

    >>> shortened("what does the union want?", 16)
    'what does the …'
    """
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(None, 1)[0].rstrip(" ,;") + " …"


def _asks(answer: Answer) -> bool:
    """Whether a question has something to be about: more than "thanks", and not only "why?"."""
    found = words(answer.question.standalone)
    meant = [word for word in found if word not in STOP_WORDS]
    return len(found) > 1 and len(meant) > 0


def _helped(own: str) -> str | None:
    """What of a question follows its question word and may follow another: "did the ferry stop"."""
    if match := _SWAPPABLE.match(own):
        return own[match.end() :].lstrip()
    first = own.split(None, 1)[0].lower() if own else ""
    return own[0].lower() + own[1:] if first in AUXILIARIES else None


def _capital(new: str, old: str) -> str:
    return new[0].upper() + new[1:] if old[:1].isupper() else new


def _unquoted(question: str) -> str:
    """The question without double quotation marks, so that it can stand in them."""
    return re.sub(r"[“”\"]", "’", question)
