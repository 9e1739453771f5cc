"""Which language a text seems to be written in, for splitting it into sentences only.

For texts too short or too mixed for `index.language` to be certain: a guess that costs nothing,
where that loads a classifier of 100 MB, and that always answers.
"""

from __future__ import annotations

import re
from collections import Counter

_SAMPLE = 2000
_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u3400-\u9fff\U00020000-\U0003134f]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
)
# Words that every text of the language has and few texts of the others.
_WORDS = {
    "en": "the and of to is that was with for they",
    "de": "der die und das nicht ist den mit ein auf von",
    "fr": "le les des et est une dans pour du au pas",
    "es": "el los las que y una con del por no",
}
_LANGUAGES = {
    word: [code for code, words in _WORDS.items() if word in words.split()]
    for words in _WORDS.values()
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_]+")


def guess_language(text: str) -> str:
    """A code such as `de`, by the script; Latin script is English unless its words say otherwise.

    >>> guess_language("Der Kapitän ist nicht da, und das Boot liegt auf dem Sand.")
    'de'
    >>> guess_language("Los Angeles burned."), guess_language("彼は来た。")
    ('en', 'ja')
    """
    sample = text[:_SAMPLE]
    letters = sum(character.isalpha() for character in sample)
    for code, pattern in _SCRIPTS:
        # Japanese and Korean mix in other scripts, hence a share well below one half.
        if len(pattern.findall(sample)) * 8 > letters:
            return code
    votes = Counter({"en": 0})
    votes.update(
        code for word in _WORD.findall(sample.lower()) for code in _LANGUAGES.get(word, ())
    )
    # Of equal numbers the first counts, which is English; and one word may be part of a name.
    best, number = max(votes.items(), key=lambda vote: vote[1])
    return best if number > 1 else "en"
