"""A follow-up question becomes one that stands alone: by rule, offline, in English.

The rules are tried in order and each is sure of its case or passes it on; a question that none of
them takes is left as it is. They do not guess: where not exactly one thing fits, the follow-up
keeps its own words and says which question it goes on from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.followup.antecedents import replaced
from rag.followup.clause import ALL_VERB_FORMS, ASKING, AUXILIARIES, BE, PREPOSITIONS
from rag.followup.exchange import exchanged
from rag.followup.mentions import names, times
from rag.followup.pronouns import pointing
from rag.followup.topic import Topic, topic_of
from rag.models import Answer
from rag.words import STOP_WORDS, stem, words

# Each question is kept as it was understood, so the newest holds what those before it were about.
# A few more are looked at only to pass over what is no question, such as "thanks".
EARLIER_LIMIT = 3
# A longer text is no short follow-up but says what it is about.
LONGEST_FOLLOW_UP = 300

_CONTINUES = re.compile(r"^(?:(?:ok|okay|well|and|but|so|also|then|or)\b[,\s]+)+", re.IGNORECASE)
_GOES_ON = re.compile(r"\b(?:too|as well|either|instead|next|then|else)\s*[?.!]*$", re.IGNORECASE)
_AGAIN = re.compile(
    r"(?:are you (?:really |quite )?(?:sure|certain)|(?:really|sure|seriously)|is (?:that|this|it) "
    r"(?:really )?(?:true|right|so|certain|correct|sure)|how (?:sure|certain) (?:is that|are you))"
    r"(?: (?:about|of) (?:that|this|it))?",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:what|who|where|anything|anyone|anybody) else|(?:tell me |any |is there )?more"
    r"|go on|continue|(?:any |give me |tell me )?more details?",
    re.IGNORECASE,
)
_SUCH_AS = re.compile(r"such as(?: what)?|like what|for (?:example|instance)", re.IGNORECASE)
_BARE = re.compile(
    r"(?:according to|by|with|from|to|against|for|about|since|until|till) (?:whom?|what|when|where)"
    r"|(?:for )?how (?:many|much|long|often|soon|far|so|come)|why not|what for|who says(?: so)?"
    r"|says who|(?:why|when|where|who|whom|whose|how|which|which ones?)",
    re.IGNORECASE,
)
_EXACTLY = re.compile(r"\s+(?:exactly|precisely|then|though)$|^(?:exactly|precisely)\s+", re.I)
# To say, to react, to happen: with at most a subject beside it, such a question goes on from
# another. "What does the union want?" does not.
_THIN = frozenset(
    map(
        stem,
        """say said tell told think thought respond responded react reacted reaction response reply
        replied answer answered comment commented happen happened happens do mean deny denied
        confirm confirmed agree agreed disagree disagreed object objected believe claim argue admit
        next else exactly really still true involved new view opinion position stance side sides
        others one ones thing things detail details example evidence proof reason reasons
        consequences result results outcome many much long often soon""".split(),
    )
)
_DEFINES = re.compile(
    rf"^(?:who|what|where)(?:['’]s|\s+(?:{'|'.join(BE)}))\s+(?!(?:he|she|it|they)\b)", re.IGNORECASE
)
_WEATHER = re.compile(r"\bit\s+(?:rain|snow)", re.IGNORECASE)


def standalone(text: str, *, earlier: Sequence[Answer]) -> str:
    """The question made independent of the conversation; the text, tidied, where it already is.

    `earlier` holds the answers given before, oldest first; of each counts how its question was
    understood, whether it was answered or refused.
    """
    tidy = " ".join(text.split())
    topic = topic_of(earlier[-EARLIER_LIMIT:])
    if topic is None or len(tidy) > LONGEST_FOLLOW_UP or topic.is_held_by(tidy):
        return tidy
    for rule in (_asked_again, _asked_bare, exchanged, _pointed_back, _continued):
        found = rule(tidy, topic)
        if found is not None:
            return found
    return tidy


def _asked_again(text: str, topic: Topic) -> str | None:
    """The same once more, for "are you sure?", or the rest of it, for "what else?"."""
    body = _body(text)
    if _AGAIN.fullmatch(body):
        return topic.question
    if re.fullmatch(r"then|next|what (?:then|next)", body, re.IGNORECASE):
        return topic.about("what happened next")
    if _SUCH_AS.fullmatch(body):
        return topic.with_examples()
    return topic.asking_more(body) if _MORE.fullmatch(body) else None


def _asked_bare(text: str, topic: Topic) -> str | None:
    """A question word alone: "why?", "since when?", "according to whom?"."""
    body = _EXACTLY.sub("", _body(text))
    if not _BARE.fullmatch(body):
        return None
    return topic.asking(body.lower())


def _pointed_back(text: str, topic: Topic) -> str | None:
    """A question whose pronoun stands for something said before."""
    body = _continuing(text)
    pronouns = pointing(body)
    if not pronouns or len(words(body)) < 2:
        return None
    new = replaced(body, pronouns, earlier=topic.question, speakers=topic.speakers)
    return topic.about(body) if new is None else new


def _continued(text: str, topic: Topic) -> str | None:
    """A question of its own that yet goes on: "and what did Seoul say?".

    "And" alone does not make a follow-up: "and who owns the moon?" names what it is about. What
    has at most one word of substance, a name included, goes on from the question before if it
    says so; what has none always does.
    """
    body = _continuing(text)
    goes_on = body != text or _GOES_ON.search(text) is not None
    if not _is_question(body) or _WEATHER.search(body) or "you" in words(body):
        return None
    if _is_fragment(body):
        return topic.about(body)
    substance = _substance(body)
    defines = _DEFINES.match(body) and substance
    if defines or substance > 1 or (substance and not goes_on):
        return None
    return topic.about(body)


def _substance(text: str) -> int:
    """How many things a question speaks of: names, and other words that carry meaning."""
    rest = text
    named = names(text)
    for name in reversed(named):
        rest = rest[: name.span.start] + " " + rest[name.span.end :]
    for span, _ in reversed(times(rest)):
        rest = rest[: span.start] + " " + rest[span.end :]
    meant = {stem(word) for word in words(rest) if word not in STOP_WORDS} - _THIN
    return len({name.key for name in named}) + len(meant)


def _is_fragment(text: str) -> bool:
    """Whether a question word stands with one other word: "who pays?", "which countries?"."""
    found = words(text)
    return len(found) == 2 and found[0] in ASKING and found[1] not in {"cares", "else"}


def _is_question(text: str) -> bool:
    """Whether the text asks in a whole sentence: a question word or a helping verb, and a verb."""
    found = words(text)
    if not found or (found[0] not in ASKING | AUXILIARIES and found[0] not in PREPOSITIONS):
        return False
    verbs = [word for word in found if word in AUXILIARIES | ALL_VERB_FORMS]
    return bool(verbs) or (found[0] in ASKING and len(found) > 1)


def _continuing(text: str) -> str:
    """The text without a first "and", its capital letter kept."""
    rest = _CONTINUES.sub("", text)
    if not rest or rest == text:
        return text
    return rest[0].upper() + rest[1:] if text[0].isupper() else rest


def _body(text: str) -> str:
    return _CONTINUES.sub("", text).strip(" ?.!…")
