"""Does a sentence of a source carry a statement? By names, numbers, negation, hedges and words.

These rules do not see who does what to whom: "Kim asked Putin" passes for "Putin asked Kim".
"""

from __future__ import annotations

from rag.words import content_stems, is_hedged, is_negated, names, number_stems, numbers, opposite

# Share of a statement's content words that its evidence must hold. A stricter share refuses more
# good paraphrases, a looser one lets more inventions through.
LEAST_COVERAGE = 0.7


def why_unsupported(statement: str, evidence: str, *, context: str = "") -> str | None:
    """The first reason why `evidence` does not carry `statement`; `None` if it does.

    `context` is text that may supply names and words but no figures: the document's title.

    >>> why_unsupported("Kim asked for 300 tanks.", "Kim asked for 200 tanks.")
    'the number 300 is not in the sentence cited'
    >>> why_unsupported("Kim asked for tanks.", "Kim may have asked for tanks.")
    'the sentence cited speaks of a possibility, the statement of a fact'
    """
    missing_numbers = sorted(numbers(statement) - numbers(evidence))
    if missing_numbers:
        return f"the number {missing_numbers[0]} is not in the sentence cited"
    known = content_stems(evidence) | content_stems(context)
    # The first word is checked like a name: it is the subject more often than not.
    missing_names = sorted(names(statement, leading=True) - known)
    if missing_names:
        return f"the name “{missing_names[0]}” is not in the sentence cited"
    if is_negated(statement) != is_negated(evidence):
        return "one of statement and sentence cited denies what the other states"
    turned = opposite(statement, evidence)
    if turned is not None:
        return f"“{turned}” is the opposite of what the sentence cited says"
    if is_hedged(evidence) and not is_hedged(statement):
        return "the sentence cited speaks of a possibility, the statement of a fact"
    stems = content_stems(statement)
    stems -= number_stems(stems)
    if len(stems & known) < LEAST_COVERAGE * len(stems):
        return "the sentence cited does not say this"
    return None
