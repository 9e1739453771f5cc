"""Where a splitter of sentences has cut, but the sentence goes on."""

from __future__ import annotations

import re

# As many characters before a cut as any rule looks at.
_SEEN = 40

_CLOSERS = "\"'”’»›“)]}」』）】》"
_QUOTED = re.compile(rf"[.!?…。！？؟][{re.escape(_CLOSERS)}]+$")

# A piece that ends like this is not finished: the next piece belongs to it.
_UNFINISHED = re.compile(
    r"""(?: \b(?: Mrs? | Ms | Mx | Dr | Prof | Gen | Col | Lt | Sgt | Capt | Cmdr | Adm | Maj | Cpl
            | Gov | Sen | Rep | Reps | Sens | Amb | Rev | Hon | Pres | St | Ste | Mt | Ft | Messrs
            | Mme | Mlle | Pr | [DS]ra? | Dña | Srta | Sta | Uds? | EE | Hrn? | Fr
            | vs | approx | ca | cf
            | ул | пл | пер | просп | наб | проф | акад | vgl | bzw | viz | e\.g | i\.e )\.
          | \d\s(?: Mio | Mrd )\.
          | ^\(?(?:\d{1,3}|[a-zA-Z])[.)]
        )$""",
    re.VERBOSE,
)
# Unfinished only before a number, a month, a time zone and the like.
_BEFORE_NUMBER = re.compile(
    r"(?:\b(?:[Nn]o|Nos|Nr|pp?|Figs?|Art|Sec|Vol|Ch|Abs|art|vol|figs?|ca|approx|env|[Rr]es"
    r"|pág|núm|[Рр]ис|[Тт]абл|стр|гл|ст|п"
    r"|janv|févr|avr|juill|oct|déc|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Okt|Nov|De[cz]"
    r"|янв|фев|февр|мар|апр|июн|июл|авг|сент?|окт|нояб?|дек)|\w[Ss]tr)\.$"
)
_TIME_OF_DAY = re.compile(r"\b[ap]\.m\.$")
_TIME_ZONE = re.compile(r"(?:[ECMP][SD]?T|GMT|UTC|BST|CES?T|KST|JST|Eastern|Central|Pacific)\b")
# Not in `Abb. 2.`, where a number counts something.
_ORDINAL = re.compile(r"(?:^|(?<!\.)\s)\d{1,2}\.$")
# No ordinal number stands before these: `Er wurde 12. Danach ging er.`
_BEGINS = re.compile(
    r"(?:Der|Die|Das|Eine?|Er|Sie|Es|Ich|Wir|Ihre?|Seine?|Diese?[rs]?|Alle|Man|Niemand|Am|Im|In|An"
    r"|Auf|Aus|Bei|Bis|Für|Mit|Nach|Seit|Um|Von|Vor|Zum?|Zur|Und|Aber|Auch|Doch|Als|Da|Danach|Dann"
    r"|Dort|Hier|Nun|Nur|So|Was|Wenn|Wer|Wie|Wo)\b"
)
_INITIALS = re.compile(r"(?:^|[\s(“\"])(?:[A-Z]\.[\s-]?)+$")
_SURNAME = re.compile(r"[A-Z][\w’'-]+")
# Words that come before a letter which ends a sentence and is no initial: `Vitamin C. He ate`.
_LETTER_NAMES = re.compile(
    r"\b(?:vitamine?|plan|grade|type|h[eé]patit[ei]s|groupe?)\s\w\.", re.IGNORECASE
)

# What these scripts begin a sentence with has no capital letter.
_WITHOUT_CAPITALS = {"ko", "ja", "zh", "ar"}
# A stop inside `R-N.Y.` or the like.
_INSIDE = re.compile(r"\b[^\W\d_]\.$")
# `2023. 10. 5.` is a day in Korea, and an ending may follow; a letter and a stop is a word in
# Arabic, unless a number stands before it.
_NUMBER = re.compile(r"\d\.$")
_ARABIC_LETTER = re.compile(r"(?:^|(?<!\d)[\s(«]|\w\.)[\u0621-\u064a]\.$")
# What goes on behind a quotation: its particle in Japanese, who said it in Chinese and Arabic.
_PARTICLE = re.compile(r"(?:と|って|など|という|は|が|を|に|の|も|で|へ|や|か)")
_SAID = {
    "zh": re.compile(r"[^，。！？“「\s]{0,8}[说說问問道喊叫答]"),
    "ar": re.compile(r"و?(?:قال|سأل|أضاف|صاح|أجاب|رد|تساءل|كتب|صرخ)ت?(?:وا)?\b"),
}


def goes_on(flat: str, begun: int, cut: int, end: int, language: str) -> bool:
    """Whether `flat[cut:end]` goes on with the sentence that begins at `begun`."""
    stop = cut
    while stop > begun and flat[stop - 1].isspace():
        stop -= 1
    words = flat[cut:end].strip()
    if stop == begun or not any(character.isalnum() for character in words):
        return True
    before = flat[max(begun, stop - _SEEN) : stop]
    apart = stop < cut or flat[cut].isspace()
    if not apart and words[0].isalnum():
        inside = _NUMBER if language == "ko" else _INSIDE
        if inside.search(before):
            return True
    if words[0] in "–—-" and words[1:].lstrip()[:1].islower():
        return True
    if _QUOTED.search(before):
        if _goes_on_behind_quotation(words, language, apart=apart):
            return True
    elif _is_abbreviation(before, words, language):
        return True
    if language not in _WITHOUT_CAPITALS and words[0].islower() and before[-1] not in "。！？":
        return True
    return _is_initial(before, words, language)


def _goes_on_behind_quotation(words: str, language: str, *, apart: bool) -> bool:
    if language == "ja":
        return _PARTICLE.match(words) is not None
    if language in _SAID:
        return _SAID[language].match(words) is not None
    # In Korean an ending follows, without a space.
    return language == "ko" and not apart


def _is_abbreviation(before: str, words: str, language: str) -> bool:
    if _UNFINISHED.search(before) or (language == "fr" and re.search(r"\bMM?\.$", before)):
        return True
    if words[0].isdigit() and (
        _BEFORE_NUMBER.search(before) or (language == "ko" and _NUMBER.search(before))
    ):
        return True
    if _TIME_OF_DAY.search(before) and _TIME_ZONE.match(words):
        return True
    if language == "ar" and _ARABIC_LETTER.search(before):
        return True
    if language == "de" and _ORDINAL.search(before):
        return words[0].isupper() and not _BEGINS.match(words)
    return False


def _is_initial(before: str, words: str, language: str) -> bool:
    """Whether `before` ends with a person's initials and `words` begin with the surname."""
    if not _INITIALS.search(before) or _LETTER_NAMES.search(before[-16:]):
        return False
    # In English only at the start of the sentence: elsewhere the library has weighed the words.
    return (language == "fr" or len(before) <= 6) and _SURNAME.match(words) is not None
