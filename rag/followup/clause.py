"""A direct question becomes a clause: "what does Kim want?", "what Kim wants"; only where certain.

The words of questions that this needs, auxiliaries and verbs, are here for others too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

DO = frozenset("do does did".split())
BE = frozenset("am are is was were".split())
HAVE = frozenset("has have had".split())
MODALS = frozenset("can could may might must shall should will would".split())
AUXILIARIES = DO | BE | HAVE | MODALS
ASKING = frozenset("who whom whose what when where why how which".split())
DETERMINERS = frozenset("the a an my our your his her its their this that these those".split())
PREPOSITIONS = frozenset(
    """about above across after against along among around as at before behind below between by
    during for from in inside into near of off on onto out outside over since through to toward
    towards under until up upon via with within without""".split()
)
# A verb whose past is not its base with -ed, and its past; the participle where it differs.
_IRREGULAR = dict(
    pair.split(":")
    for pair in """
    admit:admitted ban:banned become:became begin:began break:broke bring:brought build:built
    buy:bought catch:caught choose:chose come:came commit:committed cut:cut do:did draw:drew
    drop:dropped fall:fell feel:felt fight:fought find:found fly:flew forbid:forbade get:got
    give:gave go:went grow:grew happen:happened have:had hear:heard hit:hit hold:held keep:kept
    know:knew lead:led learn:learned leave:left lose:lost make:made mean:meant meet:met
    occur:occurred pay:paid permit:permitted plan:planned put:put read:read rise:rose run:ran
    say:said see:saw sell:sold send:sent set:set ship:shipped show:showed shut:shut sink:sank
    speak:spoke spend:spent stand:stood steal:stole stop:stopped strike:struck take:took
    teach:taught tell:told think:thought understand:understood win:won write:wrote
    """.split()
)
_PARTICIPLES = frozenset(
    "been begun broken chosen done drawn fallen flown forbidden given gone grown known risen "
    "run seen shown sunk spoken stolen taken written become come".split()
)
_REGULAR = frozenset(
    """accept accuse add address advise affect agree aim allow announce answer appear approve argue
    arrange arrest arrive ask assess attack avoid believe belong blame block borrow call cancel
    carry cause change charge claim close comment compare complain conclude condemn confirm connect
    consider contain continue control cost count cover create criticise criticize cross damage
    decide declare defend delay deliver demand deny depend describe design destroy develop die
    disagree discover discuss dismiss earn employ end enter escape estimate exist expect explain
    export express face fail fear finance finish fire follow gain guess handle help hope import
    improve include increase indicate intend invest investigate involve join judge kill last launch
    like limit list live look love matter mention move name need negotiate note offer open operate
    oppose order own owe plead pledge point prefer prepare present prevent produce promise propose
    protect protest prove provide publish question raise reach react receive recommend reduce refuse
    reject release rely remain remove repair repeat replace reply report request require resign
    respond return reveal search seek serve share sign start stay strike study succeed suffer
    suggest support suppose suspect talk test threaten trade travel try turn use value visit vote
    wait want warn watch wish work worry""".split()
) - frozenset(["cost", "seek", "strike"])
PAST = {
    **{base: base + ("d" if base.endswith("e") else "ed") for base in _REGULAR},
    **{base: base[:-1] + "ied" for base in _REGULAR if re.search(r"[^aeiou]y$", base)},
    **_IRREGULAR,
    "cost": "cost",
    "seek": "sought",
}
VERBS = frozenset(PAST)
ALL_VERB_FORMS = (
    VERBS
    | frozenset(PAST.values())
    | _PARTICIPLES
    | frozenset(base + "s" for base in VERBS)
    | frozenset("denies goes does has relies tries worries reaches discusses".split())
)
_ADVERBS = frozenset("also first now really still then".split())
_UNSAFE = re.compile(
    rf"[;:“”\"()?!]|,|n['’]t\b|\bnot\b|\.\s|\band\s+(?:{'|'.join(ASKING | AUXILIARIES)})\b", re.I
)
_LONGEST = 160  # characters of a question; a longer one hides more than one clause
_LONGEST_SUBJECT = 6


def clause(question: str) -> str | None:
    """The question as a part of a sentence, its verb in its place; `None` where not certain.

    >>> clause("What does North Korea want in return?"), clause("Where did the leaders meet?")
    ('what North Korea wants in return', 'where the leaders met')
    >>> clause("Did Russia deny the deal?"), clause("Who denied the deal?")
    ('whether Russia denied the deal', 'who denied the deal')
    >>> clause("What did the old port plan to build cost?") is None
    True
    """
    text = question.rstrip(" ?")
    if len(text) > _LONGEST or _UNSAFE.search(text):
        return None
    tokens = text.split()
    lowered = [token.lower() for token in tokens]
    at = next((place for place, word in enumerate(lowered) if word in AUXILIARIES), None)
    if not tokens or (lowered[0] not in ASKING and at != 0 and lowered[1:2] != ["whom"]):
        return None
    tokens[0] = lowered[0]
    if at is None:
        # Without any helping verb the question word, or its noun, is what acts.
        return " ".join(tokens) if len(tokens) > 1 and lowered[0] not in {"why", "how"} else None
    if DO & set(lowered[at + 1 :]) or at > _LONGEST_SUBJECT:
        return None
    if at and _acts(lowered, at):
        return " ".join(tokens)
    verb = _verb_place(tokens, lowered, at)
    if verb is None:
        return None
    before = tokens[:at] or ["whether"]
    subject, rest = tokens[at + 1 : verb], tokens[verb:]
    if lowered[at] in DO:
        helped = [token for token in rest if token.lower() in VERBS][:1]
        bent = inflected(helped[0].lower(), lowered[at])
        place = rest.index(helped[0])
        return " ".join([*before, *subject, *rest[:place], bent, *rest[place + 1 :]])
    return " ".join([*before, *subject, tokens[at].lower(), *rest])


def inflected(verb: str, helper: str) -> str:
    """The verb as it stands without its helper: "want" with "does" is "wants".

    >>> inflected("deny", "does"), inflected("deny", "did"), inflected("meet", "do")
    ('denies', 'denied', 'meet')
    """
    if helper == "did":
        return PAST[verb]
    if helper != "does":
        return verb
    if verb == "have":
        return "has"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ies"
    return verb + ("es" if re.search(r"(?:[sxzo]|ch|sh)$", verb) else "s")


def is_participle(word: str) -> bool:
    """Whether a word may follow "has" or "was": denied, met, taken."""
    return word in _PARTICIPLES or word in PAST.values() or word.endswith("ed")


def _acts(lowered: Sequence[str], at: int) -> bool:
    """Whether who or what is asked for acts itself: "who is leading the talks"."""
    if lowered[0] not in {"who", "what", "which", "how"} or at + 1 >= len(lowered):
        return False
    if lowered[0] in {"what", "who"} and at > 1:
        return lowered[0] == "who"
    if lowered[0] == "how" and (at < 3 or lowered[1] not in {"many", "much"}):
        return False
    following = lowered[at + 1]
    if lowered[at] in MODALS:
        return following in VERBS or following == "be"
    if lowered[at] in BE:
        return following.endswith("ing") or is_participle(following)
    return lowered[at] in HAVE and is_participle(following)


def _verb_place(tokens: Sequence[str], lowered: Sequence[str], at: int) -> int | None:
    """Where what follows the subject begins; the subject stands behind the helper `at`."""
    helper, start = lowered[at], at + 1
    named = end_of_name(tokens, start)
    if helper in BE | HAVE:
        return _complement_place(tokens, lowered, start, named, is_be=helper in BE)
    verbs = VERBS | {"be"} if helper in MODALS else VERBS
    for place in range(start, min(len(tokens), start + _LONGEST_SUBJECT)):
        if lowered[place] in verbs and place >= named:
            alone = lowered[start] in DETERMINERS and place == start + 1
            again = named == start and _another_verb(lowered, place)
            if place == start or alone or again:
                return None
            return place - 1 if lowered[place - 1] in _ADVERBS and place - 1 > start else place
        if lowered[place] in (PREPOSITIONS | ASKING) - {"of"} and place >= named:
            return None
    return None


def _another_verb(lowered: Sequence[str], place: int) -> bool:
    """Whether behind the verb stands what may be the verb instead: "the plan to build cost"."""
    leading = PREPOSITIONS | DETERMINERS | {"to", "and", "or"}
    return any(
        lowered[later] in VERBS and lowered[later - 1] not in leading
        for later in range(place + 1, len(lowered))
    )


def _complement_place(
    tokens: Sequence[str], lowered: Sequence[str], start: int, named: int, *, is_be: bool
) -> int | None:
    """Where "signed", "offering" or "on strike" begins, behind a name or a plain "the deal"."""
    if named > start:
        if tokens[named - 1].endswith(("'s", "’s")):
            return None
        following = lowered[named] if named < len(lowered) else ""
        in_course = not following or following.endswith("ing") or following in PREPOSITIONS - {"of"}
        return named if is_participle(following) or (is_be and in_course) else None
    if lowered[start : start + 1] not in (["the"], ["a"], ["an"]):
        return None
    for place in range(start + 2, min(len(tokens), start + 4)):
        is_last = place == len(tokens) - 1
        if is_participle(lowered[place]) and (is_last or lowered[place + 1] in PREPOSITIONS):
            return place
        if lowered[place] in PREPOSITIONS:
            # "On strike"; of more words, some may belong to the subject.
            return place if is_be and lowered[place] != "of" and place == len(tokens) - 2 else None
    return None


def end_of_name(tokens: Sequence[str], start: int) -> int:
    """The end of the capitalised words from `start` on; `start` if there are none."""
    place = start
    if tokens[place : place + 1] and tokens[place].lower() == "the":
        place += 1
    first = place
    while place < len(tokens) and tokens[place][:1].isupper():
        place += 1
    return place if place > first else start
