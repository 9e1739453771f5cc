"""Does a sentence of a source carry a statement? By names, numbers, negation, hedges and words.

These rules see who does what to whom only in plain sentences ("Kim asked Putin" for "Putin asked
Kim"), and do not know which other words mean the same. `rag.judge` asks the evidence model too.
"""

from __future__ import annotations

import re

from index.dates import MONTH_DAY, MONTHS, WEEKDAYS
from rag.attribution.speakers import other_speaker
from rag.roles import changed_places
from rag.words import content_stems, is_hedged, is_negated, names, number_stems, numbers, opposite

# Share of a statement's content words that its evidence must hold. A stricter share refuses more
# good paraphrases, a looser one lets more inventions through.
LEAST_COVERAGE = 0.7
NOT_SAID = "the sentence cited does not say this"
_CALENDAR = content_stems(" ".join([*WEEKDAYS, *MONTHS]))
_MONTH_DAY = re.compile(rf"\b(?:{MONTH_DAY})\b(?![.,]?\d)")


def why_unsupported(statement: str, evidence: str, *, context: str = "") -> str | None:
    """The first reason why `evidence` does not carry `statement`; `None` if it does.

    `context` is text that may supply names and words but no figures: the document's title.

    >>> why_unsupported("Kim asked for 300 tanks.", "Kim asked for 200 tanks.")
    'the number 300 is not in the sentence cited'
    >>> why_unsupported("Kim asked for a loan in yen.", "Kim asked for tanks.")
    'the sentence cited does not say this'
    """
    found = objection(statement, evidence, context=context)
    if found is None and coverage(statement, evidence, context=context) < LEAST_COVERAGE:
        return NOT_SAID
    return found


def objection(statement: str, evidence: str, *, context: str = "") -> str | None:
    """What certainly speaks against the statement, whatever words are used; else `None`.

    >>> objection("Kim asked for tanks.", "Kim may have asked for tanks.")
    'the sentence cited speaks of a possibility, the statement of a fact'
    >>> objection("Kim asked for 13 tanks.", "On 13 October Kim asked for tanks.")
    'the number 13 is not in the sentence cited'
    """
    # "13 October" does not carry "13 containers": the day of a month counts nothing.
    counted = evidence if _MONTH_DAY.search(statement) else _MONTH_DAY.sub(" ", evidence)
    missing_numbers = sorted(numbers(statement) - numbers(counted))
    if missing_numbers:
        return f"the number {missing_numbers[0]} is not in the sentence cited"
    known = content_stems(evidence) | content_stems(context)
    # The first word is checked like a name: it is the subject more often than not.
    missing_names = sorted(names(statement, leading=True) - known)
    if missing_names:
        kind = "date" if missing_names[0] in _CALENDAR else "name"
        return f"the {kind} “{missing_names[0]}” is not in the sentence cited"
    if is_negated(statement) != is_negated(evidence):
        return "one of statement and sentence cited denies what the other states"
    turned = opposite(statement, evidence)
    if turned is not None:
        return f"“{turned}” is the opposite of what the sentence cited says"
    if is_hedged(evidence) and not is_hedged(statement):
        return "the sentence cited speaks of a possibility, the statement of a fact"
    verb = changed_places(statement, evidence)
    if verb is not None:
        return f"around “{verb}” the names have changed places against the sentence cited"
    speaker = other_speaker(statement, evidence)
    if speaker is not None:
        return f"in the sentence cited it is not {speaker} who says this"
    return None


def coverage(statement: str, evidence: str, *, context: str = "") -> float:
    """The share of the statement's content words, numbers left out, in evidence or context.

    >>> coverage("Kim wants cheap oil.", "Moscow offered Kim oil.")
    0.5
    """
    stems = content_stems(statement)
    stems -= number_stems(stems)
    held = stems & (content_stems(evidence) | content_stems(context))
    return len(held) / len(stems) if stems else 1.0
