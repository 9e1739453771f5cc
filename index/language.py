"""The language that a text is written in, where that is certain."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Names and numbers tell no language: shorter texts are taken for whatever they name most. Bytes, as
# the classifier reads: a Chinese character says as much as three letters.
LEAST_BYTES = 200
LEAST_PROBABILITY = 0.95
_SAMPLE = 1_500
_SAMPLES = 3


def written_language(text: str) -> str | None:
    """The code of the text's language, such as `de`; `None` if it is short, mixed or doubtful.

    Beginning, middle and end are looked at, by a classifier of over a hundred languages
    (py3langid), and must agree.

    >>> written_language("Too short to tell.") is None
    True
    """
    letters = "".join(filter(str.isalpha, text[: 10 * LEAST_BYTES]))
    if len(letters.encode()) < LEAST_BYTES:
        return None
    step = max(0, len(text) - _SAMPLE) // (_SAMPLES - 1)
    starts = sorted({number * step for number in range(_SAMPLES)})
    found = {_language(text[start : start + _SAMPLE]) for start in starts}
    return found.pop() if len(found) == 1 else None


def _language(sample: str) -> str | None:
    code, probability = _identifier().classify(sample)
    return str(code) if probability >= LEAST_PROBABILITY else None


@cache
def _identifier() -> LanguageIdentifier:
    # Loading takes a second, and a hundred MB in the process that reads.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Standard Arabic is as near to the Moroccan as Nigerian Pidgin is to English: of such kin only
    # those with a code of two letters are told apart.
    identifier.set_languages({code for code in identifier.nb_classes if len(code) == 2})
    return identifier
