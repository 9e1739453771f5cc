"""A follow-up that only names something: the question before, with that in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.models import Span
from rag.followup.antecedents import agreeing
from rag.followup.clause import ALL_VERB_FORMS, ASKING, AUXILIARIES, DO, PREPOSITIONS, VERBS
from rag.followup.mentions import Mention, is_adjective, is_plural, names, spans_of, things, times
from rag.followup.places import acts, written
from rag.followup.topic import Topic
from rag.words import words

_NAMED = re.compile(
    r"^(?:(?:ok|okay|well|and|but|so|or)[,\s]+)*"
    r"(?P<how>(?:what|how) about\s+|the same for\s+|and\s+|or\s+|but\s+)"
    r"(?P<what>.+?)\s*(?:then|too|as well)?[\s?.!…]*$",
    re.IGNORECASE,
)
_LONGEST = 8  # words; more are no mere name
_PLACED = re.compile(r"^(?P<preposition>\w+)\s+(?P<rest>.+)$")
_JOINING = frozenset("and or but so the a an".split())
_POINTS = frozenset("he she it they him her them this that these those there".split())


def exchanged(text: str, topic: Topic) -> str | None:
    """The same question of another name, time or thing: "what about Russia?", "and in 2023?".

    `None` where the text is no such follow-up. Where not exactly one thing of the question before
    can be exchanged, "what about" is asked with regard to it.
    """
    wanted = _wanted(text)
    if wanted is None:
        return None
    # "What about the reef?" may open a new side of the matter; "and the reef?" does not.
    likewise = not re.search(r"\b(?:what|how) about\b", text, re.IGNORECASE)
    time = times(wanted)
    if time and len(time[0][1]) >= len(wanted.strip()):
        found = _another_time(topic.own, wanted)
    elif (placed := _PLACED.match(wanted)) and placed["preposition"].lower() in PREPOSITIONS:
        found = _another_place(topic.own, wanted, placed["preposition"], placed["rest"])
    else:
        found = _another(topic.own, wanted, likewise=likewise)
        if found is None and topic.tail and not names(topic.own):
            tail = _another(topic.tail, wanted, likewise=likewise)
            if tail is not None:
                return topic.own + tail
    if found is not None:
        return found + topic.tail
    return topic.about(f"what about {wanted}")


def _wanted(text: str) -> str | None:
    """What is named, if the text only names something."""
    match = _NAMED.match(text)
    what = match["what"] if match else text.rstrip(" ?.!…")
    if re.search(r"\b[A-Z]\.[A-Z]$", what):  # the last point of "U.S." is no full stop
        what += "."
    # "May" is a month; "may" helps.
    found = words(re.sub(r"\bMay\b", "month", what))
    if not found or len(found) > _LONGEST or _POINTS & set(found) or _JOINING.issuperset(found):
        return None
    if match is None or match["how"].strip().lower() in {"and", "or", "but"}:
        verbs = ALL_VERB_FORMS - {"offer", "deal", "plan"}
        if found[0] in ASKING | AUXILIARIES or any(word in AUXILIARIES for word in found):
            return None
        if any(word in verbs for word in found[1:]):
            return None
    if match is not None:
        return written(re.sub(r"^for\s+", "", what, flags=re.IGNORECASE))
    # Without "and" only a name, a time or a single word goes on, and only as a question: others
    # type what to search for.
    if not text.endswith("?"):
        return None
    named, time = names(what), times(what)
    whole = [*(name.span for name in named), *(span for span, _ in time)]
    if Span(0, len(what)) in whole:
        return written(what)
    return what if len(found) == 1 and found[0] not in _CHATTER else None


_CHATTER = frozenset(
    "ok okay hello hi thanks yes no really sure test more pardon sorry huh".split()
)


def _another_time(question: str, wanted: str) -> str | None:
    """The question at another time; one that names none gets it at its end."""
    held = times(question)
    if len(held) > 1:
        return None
    if re.match(r"last\b|yesterday\b|the (?:past|previous)\b", wanted, re.IGNORECASE):
        question = re.sub(r"^(\w+) do(?:es)?\b", r"\1 did", question)
        held = times(question)
    if not held:
        end = len(question.rstrip(" ?.!"))
        bare = re.match(r"(?:19|20)\d\d|[A-Z]", wanted)
        return f"{question[:end]} {'in ' if bare else ''}{wanted}{question[end:]}"
    span, old = held[0]
    first = re.match(r"(?:in|on|since|during|before|after|until|by|from)\s+", old, re.IGNORECASE)
    has_own = re.match(r"(?:in|on|since|during|before|after|until|by|from)\s+", wanted, re.I)
    relative = re.match(r"(?:this|last|next|yesterday|today|tomorrow|tonight)\b", wanted, re.I)
    lead = first.group() if first and not has_own and not relative else ""
    return question[: span.start] + lead + wanted + question[span.end :]


def _another_place(question: str, wanted: str, preposition: str, rest: str) -> str | None:
    """What stands behind the same preposition exchanged, else added: "and in Seoul?"."""
    held = [
        name
        for name in names(question)
        if re.search(rf"\b{preposition}\s+$", question[: name.span.start], re.IGNORECASE)
    ]
    if _one(held):
        return question[: held[0].span.start] + rest + question[held[0].span.end :]
    if held or preposition.lower() not in {"in", "at"}:
        return None
    end = len(question.rstrip(" ?.!"))
    return f"{question[:end]} {wanted}{question[end:]}"


def _another(question: str, wanted: str, *, likewise: bool) -> str | None:
    """The question with its one name, or its one thing, exchanged for what is wanted."""
    named = names(question)
    is_name = bool(names(wanted))
    described = re.match(r"(?:the|an?)\s", wanted, re.IGNORECASE) is not None
    if is_name and named:
        if not _one(named) or is_adjective(question, named[0]):
            return None
        return _put(question, list(spans_of(question, named[0].key)), named[0], wanted)
    if is_name or (described and acts(wanted)):
        chosen = [entry for entry in _actors(question) if is_subject(question, entry.span)]
        return _put(question, [chosen[0].span], chosen[0], wanted) if len(chosen) == 1 else None
    if described:
        known = things(question) or []
        fits = likewise and len(known) == 1 and not acts(known[0].text)
        return _put(question, [known[0].span], known[0], wanted) if fits else None
    if named and not is_name:
        return None
    plain = _plain_thing(question)
    return None if plain is None else _put(question, [plain.span], plain, wanted)


def _put(question: str, places: Sequence[Span], old: Mention, wanted: str) -> str:
    """The question with `wanted` in all the places of `old`, and the helper agreeing."""
    plural = is_plural(wanted) or (not old.text.lower().startswith("the ") and _ends_plural(wanted))
    for place in reversed(places):
        before = question[: place.start]
        if old.plural != plural:
            before = agreeing(before, plural=plural)
        question = before + wanted + question[place.end :]
    return question


def _ends_plural(text: str) -> bool:
    last = text.rsplit(maxsplit=1)[-1]
    return last.islower() and last.endswith("s") and not last.endswith(("ss", "us", "is"))


def _actors(question: str) -> list[Mention]:
    """Who may act in the question: its names, and things such as "the union"."""
    found = [*names(question), *(entry for entry in things(question) or () if acts(entry.text))]
    for match in re.finditer(r"\b(?:he|she|they)\b", question):
        span = Span(*match.span())
        found.append(Mention(text=match.group(), span=span, plural=match.group() == "they"))
    return found


def is_subject(question: str, span: Span) -> bool:
    """Whether something stands behind the first helper, where the subject stands."""
    before = words(question[: span.start])
    helpers = [word for word in before if word in AUXILIARIES]
    return len(helpers) == 1 and before[-1] in AUXILIARIES


def _plain_thing(question: str) -> Mention | None:
    """The one thing without an article, "tea" in "how much does tea cost?"; behind "about" too."""
    helpers, verbs = "|".join(DO), "|".join(VERBS)
    patterns = (
        rf"\b(?:{helpers})\s+(?P<thing>(?!the\b|an?\b)[a-z]+(?:\s[a-z]+)?)\s+(?:{verbs})\b",
        r"\b(?:about|of)\s+(?P<thing>(?!the\b|an?\b|what\b|who\b)[a-z]+)\s*\??$",
    )
    found = [match for pattern in patterns for match in re.finditer(pattern, question, re.I)]
    found = [match for match in found if match["thing"].lower() not in _POINTS]
    if len(found) != 1:
        return None
    span = Span(*found[0].span("thing"))
    text = found[0]["thing"]
    return Mention(text=text, span=span, plural=_ends_plural(text))


def _one(entries: Sequence[Mention]) -> bool:
    return len({entry.key for entry in entries}) == 1
