"""Figures that differ side by side, and the newest of them where others are superseded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from index.dates import MONTH, WEEKDAY, YEAR, find_date
from rag.evidence import ScoredHit
from rag.figures import LEAST_SHARE, Figure, counted_noun, figures_told
from rag.followup.mentions import times
from rag.models import Citation, Disagreement, Evidence, Question
from rag.question import answer_kind
from rag.words import content_stems

SIDES_LIMIT = 4
# The counted share: at least so probable, relative to the best sentence, is one with another number
# where the question says what is counted, so that both are surely of the same thing.
_COUNTED_SHARE = 0.1
# The measured share: the same where it does not say so, and they may be of different things.
_MEASURED_SHARE = 0.5
# The newer share: the same where a number is to supersede others by its date alone.
_NEWER_SHARE = 0.5
_WHEN = re.compile(rf"\b(?:{YEAR}|{MONTH})\b")
_YEAR = re.compile(YEAR)
# Times that a report of the day names: the days of its own week.
_THESE_DAYS = re.compile(
    rf"(?:(?:in|on|since|during|before|after|until|by|from)\s+)?"
    rf"(?:{WEEKDAY}|yesterday|today|tonight)",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(
    r"\b(?:ago|earlier|previously|formerly|once|then|used to|at the time|at first|originally"
    r"|initially|decades?|centur(?:y|ies))\b",
    re.IGNORECASE,
)
_WEEK = 7  # days


def differing_figures(question: Question, ranked: Sequence[ScoredHit]) -> Disagreement | None:
    """The numbers of the same thing that what was read tells, if there is more than one.

    The oldest source comes first where days are known. A number that certainly replaces others
    comes last: sources for it are all newer than those for the others, or take the others back.
    """
    if answer_kind(question.standalone) != "number":
        return None
    noun = counted_noun(question.standalone)
    told = figures_told(question, ranked, noun=noun)
    sides = _sides(question, told, share=_COUNTED_SHARE if noun else _MEASURED_SHARE)
    newest, replaced = None, []
    # Who asks for a time of its own may ask for what was told then.
    if not times(question.standalone):
        newest, replaced = (
            _by_withdrawal(told, sides) or _by_date(question, told, sides) or (None, [])
        )
    if newest is not None:
        settled = (*replaced, newest)
        open_ = [side for side in sides if not any(side.is_same(one) for one in settled)]
        sides = [*replaced, *open_, newest]
    if len(sides) < 2:
        return None
    values = [
        "withdrawn" if one is newest and one.withdrawn else one.quantity.text for one in sides
    ]
    point = (", then " if len(replaced) == len(sides) - 1 else " or ").join(values)
    return Disagreement(
        point=f"{noun}: {point}" if noun else point,
        sides=tuple(one.place for one in sides),
        superseded=tuple(one.place for one in replaced),
        since=_first_day(newest, told) if newest else None,
    )


def newest_first(
    evidence: Sequence[Evidence], difference: Disagreement | None
) -> tuple[Evidence, ...]:
    """The evidence with that of the newest figure first, if it supersedes others."""
    if difference is None or not difference.superseded:
        return tuple(evidence)
    newest = difference.sides[-1]
    leads = [
        entry.hit.passage.document_id == newest.document_id
        and entry.start <= newest.start < entry.end
        for entry in evidence
    ]
    order = sorted(range(len(evidence)), key=lambda number: not leads[number])
    return tuple(evidence[number] for number in order)


def _sides(question: Question, told: Sequence[Figure], *, share: float) -> list[Figure]:
    """The most probable sentence for each number, the oldest first where all days are known."""
    correcting = {one.place.document_id for one in told if one.withdrawn}
    sides: list[Figure] = []
    for one in told:
        corrects = one.place.document_id in correcting
        beside = [question.standalone, *(side.place.quote for side in sides)]
        if (
            one.share < (LEAST_SHARE if corrects else share)
            or any(one.is_same(side) for side in sides)
            # Numbers of two years are no difference.
            or (not corrects and any(_of_two_times(one.place.quote, text) for text in beside))
        ):
            continue
        if len(sides) < SIDES_LIMIT:
            sides.append(one)
    if all(one.place.published_at for one in sides):
        sides.sort(key=lambda one: str(one.place.published_at))
    return sides


def _of_two_times(first: str, second: str) -> bool:
    """Whether both texts name years or months, and not the same ones."""
    one, other = frozenset(_WHEN.findall(first)), frozenset(_WHEN.findall(second))
    return bool(one and other) and one != other


def _by_withdrawal(
    told: Sequence[Figure], sides: Sequence[Figure]
) -> tuple[Figure, list[Figure]] | None:
    """What replaces a number that its source takes back, and that number's side.

    It is another total of that document, or else the withdrawal itself. Whoever tells the number
    later still stands by it.
    """
    for taken in (one for one in told if one.withdrawn):
        again = [one for one in told if one.is_same(taken) and not one.withdrawn]
        if any(_is_later(one.place, taken.place) for one in again):
            continue
        replaced = [side for side in sides if side.is_same(taken)]
        instead = [
            one
            for one in told
            if one.place.document_id == taken.place.document_id and one.total and not one.withdrawn
        ]
        for side in sides:
            if side not in replaced and any(side.is_same(one) for one in instead):
                return side, replaced
        elsewhere = [one for one in again if one.place != taken.place]
        if elsewhere:
            return taken, elsewhere[:1]
    return None


def _by_date(
    question: Question, told: Sequence[Figure], sides: Sequence[Figure]
) -> tuple[Figure, list[Figure]] | None:
    """The number whose sources are all newer than those of every other, and the others' sides.

    None where a day is not known, and where the newer figure may be of something else: it is lower,
    as a part is, or of an earlier time, or another's sentence has more of the question's words.
    """
    if len(sides) < 2 or not all(side.plain for side in sides):
        return None
    days = [
        [one.place.published_at for one in told if one.is_same(side) and not one.withdrawn]
        for side in sides
    ]
    certain = [[day for day in found if day] for found in days]
    if certain != days or not all(certain):
        return None
    last = max(range(len(sides)), key=lambda number: min(certain[number]))
    others = [number for number in range(len(sides)) if number != last]
    asked = content_stems(question.standalone)
    shared = max(len(asked & content_stems(sides[number].place.quote)) for number in others)
    highest = max(sides[number].quantity.value for number in others)
    newest = [
        one
        for one in told
        if one.is_same(sides[last])
        and (one.plain and not one.withdrawn)
        and one.share >= _NEWER_SHARE
        and one.quantity.value > highest
        and _is_of_its_day(one.place)
        and len(asked & content_stems(one.place.quote)) >= shared
    ]
    if not newest or any(max(certain[number]) >= min(certain[last]) for number in others):
        return None
    return newest[0], [sides[number] for number in others]


def _is_of_its_day(place: Citation) -> bool:
    """Whether what is told names no time but the days of the week in which it was published."""
    quote, published = place.quote, place.published_at
    if published is None or _LONG_AGO.search(quote):
        return False
    for _, told in times(quote):
        day = find_date(told) or find_date(f"{told} {published.year}")
        if not _THESE_DAYS.fullmatch(told) and (
            day is None or not 0 <= (published - day).days <= _WEEK
        ):
            return False
    return all(int(year) == published.year for year in _YEAR.findall(quote))


def _first_day(newest: Figure, told: Sequence[Figure]) -> date | None:
    """The first day on which the number was published, or taken back, as far as days are known."""
    days = [
        one.place.published_at
        for one in told
        if one.is_same(newest) and one.withdrawn == newest.withdrawn
    ]
    return min((day for day in days if day), default=None)


def _is_later(first: Citation, second: Citation) -> bool:
    days = first.published_at, second.published_at
    return days[0] is not None and days[1] is not None and days[0] > days[1]
