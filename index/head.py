"""The head block of an article: headline, byline, day of publication."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from index.dates import find_date, without_dates
from index.models import RawDocument

# The head block is looked for in the first lines that hold text.
_HEAD_LINES = 8

_END_OF_SENTENCE = re.compile(r"[.!…。！;,:][\"'”’»)\]]*$")
_BODY_LINE = re.compile(r"[.!?…。！？:][\"'”’»)\]]*$")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TWO_SENTENCES = re.compile(r"\w{3}[.!?…][\"”’)]*\s+\S|[!?]\S*\s+[A-Z]")
_NO_HEADLINE = re.compile(
    r"://|@|\t| \| |^[-*•]\s|^\d{1,3}[.)]\s|[–—-]$|^\(|^by\s|\bwire reports$|\bspecial (?:for|to)\b"
    r"|^editors?['’]?s? note\b|\bthis (?:story|page|article) (?:was|has been|is)\b|^warning\b",
    re.IGNORECASE,
)

_BYLINE = re.compile(r"^(?:by|von|par|por)[:\s]\s*(\S.{1,110})$", re.IGNORECASE)
_BYLINE_MARKS = re.compile(r"\s+[|·•–—]\s+")
_ROLE = re.compile(
    r"\b(?:correspondent|reporter|editor|writer|columnist|contributor|analyst|bureau|chief"
    r"|producer|professor|fellow|staff|journalist|phd)\b",
    re.IGNORECASE,
)
_PARTICLES = {"and", "de", "del", "der", "den", "van", "von", "bin", "al", "la", "le", "da", "di"}
_NO_PERSON = re.compile(
    r"(?:the|a|an|then|mon|tues|wednes|thurs|fri|satur|sun|(?:jan|febr)uary|march|april|may|june"
    r"|july|august|(?:septem|octo|novem|decem)ber)(?:day)?",
    re.IGNORECASE,
)

_PUBLISHED = re.compile(
    r"^(?:first\s+)?(?:published|publication date|date published|posted|veröffentlicht|publié"
    r"|publicado)\b",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(?:last\s+)?(?:updated|modified|aktualisiert|mis à jour|actualizado)\b", re.IGNORECASE
)
_READING_TIME = re.compile(r"\b\d+\s*(?:min(?:ute)?s?)\.?\s+read\b", re.IGNORECASE)
_SMALL_PRINT = re.compile(
    r"\b(?:(?:first\s+)?(?:published|posted)|publication date|date published|veröffentlicht|publié"
    r"|publicado|(?:last\s+)?(?:updated|modified)|aktualisiert|mis à jour|actualizado"
    r"|\d+ (?:minute|hour|day|week|month)s? ago"
    r"|on|at|am|pm|le|el|um|à|uhr|gmt|utc|[ecmp][sd]?t|bst|kst|jst|ist|cest?"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?\s?m\.?)?|\d{1,2}\s*[ap]\.?\s?m\.?)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the head block says, and the numbers of the lines it takes up."""

    lines: frozenset[int] = field(default_factory=frozenset)
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published_at: date | None = None


def read_head(texts: Sequence[str], dropped: Collection[int], raw: RawDocument) -> Head:
    """Read the lines before the body; `texts` are all lines, those in `dropped` do not count."""
    shown = [number for number, text in enumerate(texts) if text and number not in dropped]
    head = Head()
    taken: set[int] = set()
    for place, number in enumerate(shown[:_HEAD_LINES]):
        text = texts[number]
        known = head.title or raw.title
        after = [texts[later] for later in shown[place + 1 :]]
        if known and _same_headline(text, known):
            taken.add(number)
        elif byline := _read_byline(text):
            head = replace(head, author=byline[0], outlet=byline[1])
            taken.add(number)
        elif day_line := _read_day(text):
            head = replace(head, published_at=day_line[0] or head.published_at)
            taken.add(number)
        elif known is None and _could_be_headline(text, after):
            confirmed = _confirms(after[0], text)
            if not confirmed and not _stands_alone(texts, number):
                break
            head = replace(head, title=text)
            # A question may be the first sentence of the article: it serves as title and stays.
            below_date = bool(taken) and len(text.split()) <= 12
            if confirmed or below_date or not text.endswith(("?", "？")):
                taken.add(number)
        else:
            break
    title = head.title and _without_outlet(head.title, head.outlet)
    return replace(head, lines=frozenset(taken), title=title)


def _could_be_headline(text: str, after: Sequence[str]) -> bool:
    """Whether the line has the form of a headline and a body follows."""
    if _END_OF_SENTENCE.search(text) or _TWO_SENTENCES.search(text) or _NO_HEADLINE.search(text):
        return False
    body = next((line for line in after if _is_body(line)), None)
    if body is None or body[0].islower() or text[0].islower():
        return False
    return len(text) <= 200 and len(text.split()) <= 30


def _stands_alone(texts: Sequence[str], number: int) -> bool:
    """Whether an unconfirmed line is a headline: short, apart, and no list of names."""
    text = texts[number]
    apart = number + 1 < len(texts) and not texts[number + 1]
    if len(_WIDE.findall(text)) >= 6:
        return apart and len(text) <= 60
    words = text.split()
    lower = [word for word in words if word[0].islower() and word not in _PARTICLES]
    enough = 4 if lower else 5
    names = not lower and any(mark in text for mark in (", ", " and ", " & "))
    return apart and enough <= len(words) <= 20 and len(text) <= 130 and not names


def _confirms(following: str, text: str) -> bool:
    """Whether the next line proves that this one is a headline."""
    if len(text.split()) < 2:
        return False
    if _same_headline(following, text) or _read_byline(following) is not None:
        return True
    return len(text.split()) >= 4 and _read_day(following) is not None


def _is_body(line: str) -> bool:
    long_enough = 12 if _WIDE.search(line) else 40
    return len(line) >= long_enough and _BODY_LINE.search(line) is not None


def _same_headline(text: str, known: str) -> bool:
    """Whether the line is the headline again, perhaps with the outlet behind it."""
    plain, wanted = _plain(text), _plain(known)
    shortened = re.sub(r"\s+[:|·–—-]\s+[^:|·–—]{2,40}$", "", text)
    return plain == wanted or _plain(shortened) == wanted


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum()) or text


def _without_outlet(title: str, outlet: str | None) -> str:
    """The headline without the outlet behind it, when the byline names the same outlet."""
    if not outlet:
        return title
    shortened = re.sub(rf"\s+[:|·–—-]\s+{re.escape(outlet)}$", "", title, flags=re.IGNORECASE)
    return shortened or title


def _read_byline(text: str) -> tuple[str, str | None] | None:
    """Author and outlet of `By NAME, OUTLET`; `None` when the line is no byline."""
    matched = _BYLINE.match(text)
    if matched is None:
        return None
    parts = _BYLINE_MARKS.split(matched.group(1).strip())
    author, outlet = _author_and_outlet(parts[0])
    for part in parts[1:]:
        if _read_day(part) is None:
            # A second part that is no day and no outlet makes the line something else.
            outlet = outlet or part
    words = author.split()
    is_person = all(word[0].isupper() or not word[0].isalpha() for word in _significant(words))
    if not words or not is_person or len(words) > 12 or _NO_PERSON.fullmatch(words[0]):
        return None
    if author.endswith((".", "!", "?", ":")) and not re.search(r"\b(?:[JS]r|[A-Z])\.$", author):
        return None
    # One word alone, as in the heading `By Design`, is no certain name.
    return (author, outlet) if len(words) > 1 or outlet else None


def _significant(words: Sequence[str]) -> list[str]:
    return [word for word in words if word.lower() not in _PARTICLES]


def _author_and_outlet(text: str) -> tuple[str, str | None]:
    person, separator, employer = text.partition(" for ")
    employer = employer.strip().removeprefix("the ")
    if separator and employer[:1].isupper():
        return person.strip(), employer
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    names = re.split(r"\s+in\s+(?=[A-Z])", pieces[0])[0] if pieces else ""
    if len(pieces) > 1 and re.search(r"(?:^|\s)and\s", pieces[-1]):
        return ", ".join(pieces), None
    outlets = [piece for piece in pieces[1:] if not _ROLE.search(piece) and not piece.endswith(".")]
    return names, outlets[-1] if outlets else None


def _read_day(text: str) -> tuple[date | None] | None:
    """The day of publication on a line that holds nothing but dates and times.

    `None` when the line holds more; a tuple of `None` when no day on it is certainly the day of
    publication: a bare date may be that of the visit, and `updated` is another day.
    """
    if find_date(text) is None and not _READING_TIME.search(text):
        return None
    rest = _SMALL_PRINT.sub("", _READING_TIME.sub("", without_dates(text)))
    if any(character.isalnum() for character in rest):
        return None
    stated = _PUBLISHED.match(text.strip(" •·|-–—("))
    return (find_date(_UPDATED.split(text)[0]),) if stated else (None,)
