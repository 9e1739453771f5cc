"""Whether words have the form that an order wants: reversed, enciphered, in another language.

Every rule compares the words with what is known without the order, and counts too much rather
than too little.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from rag.words import STOP_WORDS, words

# Words shorter than this are too often another word read backwards or shifted.
_LONG = 4
# Words in a row that stand in the document in the opposite order.
_RUN = 3
_CODE_LENGTH = 8
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
_CODE = re.compile(r"[A-Za-z0-9+/_-]+=*")
_FEELINGS = frozenset("positive negative neutral mixed sentiment mood joyful disappointed".split())
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LANGUAGES = {
    "spanish": "el los las una que del por para con pero como está fue han sus",
    "french": "le les des une est dans pour avec sur pas qui cette été sont aux",
    "german": "der die das und ist nicht ein eine mit auf für von dem den wurde",
    "italian": "il gli della che non una per con sono è nel dei alla ha stato",
    "portuguese": "os uma que não com para por dos das foi está são mais pelo na",
}


def is_turned_round(own: str, known: str) -> bool:
    """Whether a word is one of the known ones backwards, or known words stand in reverse order.

    >>> is_turned_round("tuhs si trop", "The port is shut."), is_turned_round("shut", "It is shut.")
    (True, False)
    >>> is_turned_round("noon boats leave", "Boats leave at noon.")
    False
    """
    held, said = words(known), words(own)
    vocabulary = set(held)
    if any(len(one) >= _LONG and one not in vocabulary and one[::-1] in vocabulary for one in said):
        return True
    runs = set(_runs(held))
    return any(run[::-1] in runs and run not in runs for run in _runs(said) if run != run[::-1])


def is_enciphered(own: str, known: str) -> bool:
    """Whether a word becomes a known one when its letters are shifted, or no word is any word.

    >>> is_enciphered("Wkh sruw lv vkxw", "The port is shut.")
    True
    >>> is_enciphered("The port is open", "The port is shut.")
    False
    """
    vocabulary = {word for word in words(known) if len(word) >= _LONG}
    strange = [word for word in words(own) if len(word) >= _LONG and word not in vocabulary]
    if any(_shifted(word, by) in vocabulary for word in strange for by in range(1, 26)):
        return True
    plain = STOP_WORDS | set(words(known))
    return len(strange) > 1 and plain.isdisjoint(words(own))


def is_encoded(own: str, known: str) -> bool:
    """Whether a run of characters, not one of the known, decodes to readable text.

    >>> is_encoded("VGhlIHBvcnQgaXMgc2h1dC4=", "The port is shut.")
    True
    >>> is_encoded("Harbourmaster", "The port is shut.")
    False
    """
    return any(
        (len(run) >= _CODE_LENGTH or run.endswith("=")) and run not in known and _decodes(run)
        for run in _CODE.findall(own)
    )


def has_emoji(own: str, known: str) -> bool:
    """Whether there is a pictogram that is not among the known characters.

    >>> has_emoji("The port is shut 🚢", "The port is shut."), has_emoji("It is shut.", "Shut.")
    (True, False)
    """
    return not set(_EMOJI.findall(own)) <= set(known)


def gives_a_feeling(own: str, known: str) -> bool:
    """Whether a mood is told that is not among the known words.

    >>> gives_a_feeling("Negative.", "The port is shut."), gives_a_feeling("Shut.", "It is shut.")
    (True, False)
    """
    return not _FEELINGS.isdisjoint(set(words(own)) - set(words(known)))


def is_in(language: str) -> Callable[[str, str], bool]:
    """The rule for a language: two of its small words that are not among the known.

    >>> is_in("french")("Le port est fermé.", "The port is shut.")
    True
    >>> is_in("french")("The port is shut.", "The port is shut.")
    False
    """
    small = frozenset(_LANGUAGES[language].split())
    return lambda own, known: len(small & set(words(own)) - set(words(known))) > 1


FORMS: dict[str, Callable[[str, str], bool]] = {
    "reverse": is_turned_round,
    "cipher": is_enciphered,
    "encoding": is_encoded,
    "emoji": has_emoji,
    "feeling": gives_a_feeling,
    **{language: is_in(language) for language in _LANGUAGES},
}


def _runs(found: list[str]) -> list[tuple[str, ...]]:
    return [tuple(found[start : start + _RUN]) for start in range(len(found) - _RUN + 1)]


def _shifted(word: str, by: int) -> str:
    return "".join(
        chr((ord(one) - 97 + by) % 26 + 97) if "a" <= one <= "z" else one for one in word
    )


def _decodes(run: str) -> bool:
    whole = run + "=" * (-len(run) % 4)
    attempts: tuple[Callable[[], bytes], ...] = (
        lambda: bytes.fromhex(run),
        lambda: base64.b64decode(
            whole, altchars=b"-_" if set(run) & set("-_") else None, validate=True
        ),
        lambda: base64.b32decode(run.rstrip("=") + "=" * (-len(run.rstrip("=")) % 8)),
        lambda: _base58(run),
    )
    return any(map(_is_readable, attempts))


def _is_readable(attempt: Callable[[], bytes]) -> bool:
    try:
        text = attempt().decode("ascii")
    except (ValueError, binascii.Error):
        return False
    return bool(text) and text.isprintable()


def _base58(run: str) -> bytes:
    number = 0
    for character in run:
        number = number * 58 + _BASE58.index(character)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
