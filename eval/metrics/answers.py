"""How close the words of an answer are to the known ones; all values lie between 0 and 1.

An answer that abstained, or failed, is the empty text here and scores 0.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

WORD_LIMIT = 60

# SQuAD deletes ASCII punctuation. News text is set with typographic marks, which are treated as
# the ASCII ones they stand for; long dashes and ellipses, unlike hyphens, separate words.
_DELETED = dict.fromkeys(map(ord, string.punctuation + "‘’‚“”„«»‹›′″‐‑‒–·•"))
_SEPARATING = dict.fromkeys(map(ord, "—―…"), " ")
_TABLE = _DELETED | _SEPARATING
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalise(text: str) -> str:
    """SQuAD normalisation: lower-case, no punctuation, no articles, single spaces.

    Rajpurkar et al. 2016, with typographic punctuation treated like its ASCII counterpart.

    >>> normalise("The “Ben & Jerry’s” brand — sold!")
    'ben jerrys brand sold'
    """
    return " ".join(_ARTICLES.sub(" ", plain(text)).split())


def plain(text: str) -> str:
    """`normalise(text)` with its articles.

    >>> plain("The Who: “It’s hard”")
    'the who its hard'
    """
    return " ".join(text.lower().translate(_TABLE).split())


def holds(text: str, phrase: str) -> bool:
    """Whether the normalised phrase occurs in the normalised text, on whole tokens.

    >>> holds("Pyongyang wants food, oil and money.", "oil"), holds("the soil is poor", "oil")
    (True, False)
    """
    wanted = normalise(phrase)
    return bool(wanted) and f" {wanted} " in f" {normalise(text)} "


def exact_match(text: str, answers: Sequence[str]) -> float:
    """1 if the answer is one of the gold answers after normalisation, else 0.

    >>> exact_match("The Moon.", ["Mars", "moon"])
    1.0
    """
    found = normalise(text)
    return float(bool(found) and any(found == normalise(answer) for answer in answers))


def token_f1(text: str, answers: Sequence[str]) -> float:
    """The best harmonic mean of token precision and recall over the gold answers.

    F1 = 2·overlap / (tokens in answer + tokens in gold), tokens as a multiset (Rajpurkar et al.
    2016). A long recital shares a gold token and still scores near 0.

    >>> token_f1("submarine and satellite technology", ["satellite technology"])
    0.6666666666666666
    """
    found = Counter(normalise(text).split())
    return max((_f1(found, Counter(normalise(answer).split())) for answer in answers), default=0.0)


def contained(text: str, answers: Sequence[str], *, word_limit: int = WORD_LIMIT) -> float:
    """1 if the answer holds a gold answer and has at most `word_limit` words, else 0.

    >>> contained("They want food and oil.", ["oil"]), contained("word " * 60 + "oil", ["oil"])
    (1.0, 0.0)
    """
    return float(_is_short(text, word_limit) and any(holds(text, answer) for answer in answers))


def contained_share(text: str, answers: Sequence[str], *, word_limit: int = WORD_LIMIT) -> float:
    """The share of the gold answers that a text within the word limit holds; for lists.

    >>> contained_share("They want food and oil.", ["oil", "food", "money", "missiles"])
    0.5
    """
    if not answers or not _is_short(text, word_limit):
        return 0.0
    return sum(holds(text, answer) for answer in answers) / len(answers)


def _is_short(text: str, word_limit: int) -> bool:
    return len(text.split()) <= word_limit


def _f1(found: Counter[str], wanted: Counter[str]) -> float:
    overlap = (found & wanted).total()
    return 2.0 * overlap / (found.total() + wanted.total()) if overlap else 0.0
