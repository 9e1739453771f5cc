"""The sentences of written answers: what the check made of each, and what their wording settles."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from checked_drafts import Condition, Written

from eval.metrics.answers import holds, normalise, plain
from rag.cite import check
from rag.judge import hold
from rag.markers import read_statements
from rag.reader import Reader

# What the wording of a sentence nearly settles, by rules that share no code with the check:
# "copied" stands word for word in what the model was given; "answers" holds the gold answer, as
# does what was given, and no name or number from elsewhere; "invented" holds a name or a number
# that stands neither in the passages and titles nor in the question.
Form = Literal["copied", "answers", "invented", "open"]
Label = Literal["right", "wrong", "empty"]
_WORD = re.compile(r"[^\W_][\w.,’'-]*")
_POSSESSIVE = re.compile(r"['’]s?$")
# Word forms of a name share so many letters ("Ukraine", "Ukrainian").
_BEGINNING = 5
# The sample is drawn by digest: three of eight sentences, the same wherever they are written.
SAMPLED = "6"
# Fewer words are found by chance.
_LEAST_COPIED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an answer; `given` is what the model was given, piece by piece."""

    question: str
    query: str
    condition: Condition
    text: str
    markers: tuple[int, ...]
    given: tuple[str, ...]
    form: Form
    removed: bool

    @property
    def key(self) -> str:
        """A digest of question and sentence, for judgements that are kept without either."""
        told = f"{self.query}\0{self.condition}\0{self.text}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def sentences_of(written: Written, reader: Reader) -> list[Sentence]:
    """The distinct sentences of an answer, each as the check left it."""
    draft = written.draft
    checked = check(draft, written.documents, reader=reader)
    kept = {claim.text for claim in checked.claims}
    found = {statement.text: statement for statement in reversed(read_statements(draft.text))}
    given = tuple(
        hold("", entry, written.documents[entry.hit.passage.document_id]).surroundings
        for entry in draft.evidence
    )
    return [
        Sentence(
            question=written.case.query.question,
            query=written.case.query.id,
            condition=written.case.condition,
            text=text,
            markers=statement.markers,
            given=given,
            form=_form(text, written, given),
            removed=text not in kept,
        )
        for text, statement in reversed(found.items())
    ]


def _form(text: str, written: Written, given: Sequence[str]) -> Form:
    short = len(normalise(text).split()) < _LEAST_COPIED
    if not short and any(holds(piece, text) for piece in given):
        return "copied"
    known = [
        written.case.query.question,
        *(entry.hit.passage.text for entry in written.draft.evidence),
        *(document.title for document in written.documents.values()),
    ]
    if _foreign(text, " ".join(known)):
        return "invented"
    gold = written.case.query.answers if written.case.condition == "as asked" else ()
    if any(holds(text, answer) and any(holds(one, answer) for one in given) for answer in gold):
        return "answers"
    return "open"


def _foreign(text: str, known: str) -> bool:
    """Whether a name or number of the text is not known.

    >>> _foreign("The Ukrainian sent 300 tanks.", "Ukraine sent 300 tanks.")
    False
    >>> _foreign("Ukraine sent Poland 300 tanks.", "Ukraine sent 300 tanks.")
    True
    """
    tokens = {_bare(word) for word in _WORD.findall(known)}
    beginnings = {word[:_BEGINNING] for word in tokens}
    for place, word in enumerate(_WORD.findall(text)):
        is_number = any(character.isdigit() for character in word)
        if is_number and _bare(word) not in tokens:
            return True
        # The first word has a capital whatever it is.
        is_name = place > 0 and word[0].isupper() and len(word) > 1
        if is_name and not is_number and _bare(word)[:_BEGINNING] not in beginnings:
            return True
    return False


def _bare(word: str) -> str:
    return plain(_POSSESSIVE.sub("", word.rstrip(".,-")))


def write_sample(path: Path, sentences: Sequence[Sentence]) -> None:
    """Writes what is to be judged, without what the check made of it."""
    shown = [
        "\n".join(
            (
                f"{entry.key}  {entry.question}",
                *(f"  [{number}] {piece}" for number, piece in enumerate(entry.given, 1)),
                f"  -> {entry.text}",
            )
        )
        for entry in sorted(sentences, key=lambda entry: entry.key)
        if entry.key < SAMPLED
    ]
    path.write_text("\n\n".join(shown) + "\n", encoding="utf-8")


def labels(path: Path) -> dict[str, Label]:
    """The judgements by the digests of their sentences."""
    kept: dict[Label, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return {key: label for label, keys in kept.items() for key in keys}
