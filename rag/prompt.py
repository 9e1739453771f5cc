"""Evidence becomes a prompt: numbered, harmless as orders, and within the model's context."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from index.decode import on_one_line
from index.errors import ModelError
from index.models import Document
from index.sentences import sentences
from rag.markers import NUMBERS
from rag.models import Evidence, Question

NOT_IN_SOURCES = "NOT IN THE SOURCES"
SMALL_EVIDENCE_LIMIT = 3
# What the chat template of a model puts around two messages.
TEMPLATE_TOKENS = 48
_CHEAP = re.compile(r"[A-Za-z \n]+")
# <|im_end|>, </s>, <start_of_turn>, [INST]: read as orders by servers that put them in a template.
_CONTROL_WORD = re.compile(r"<(?=[A-Za-z/|｜!])")
_CONTROL_BRACKET = re.compile(r"\[(/?[A-Z_]{3,})\]")
# Whatever `rag.markers` would read as one of ours, or a model might.
_FOREIGN_MARKER = re.compile(
    rf"[\[【〔［]({NUMBERS}|\s*\^?(?:(?:source|evidence|passage)s?|s)?\.?\s*#?\d[\d\s,;–-]*)[\]】〕］]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Two messages, and the evidence they number: `[n]` stands for `evidence[n - 1]`."""

    system: str
    user: str
    evidence: tuple[Evidence, ...]


def build_prompt(
    question: Question,
    evidence: Sequence[Evidence],
    documents: Mapping[str, Document],
    *,
    tokens: int,
    words: int = 60,
    small: bool = False,
) -> Prompt:
    """The prompt with the first of the evidence that fits into `tokens`, in its order.

    What does not fit is left out, so every number in the prompt has its evidence. Sentences come
    before context: the surroundings are added where room is left, for `small` models only the
    neighbouring sentences of `SMALL_EVIDENCE_LIMIT` pieces. Raises `ModelError` if not even one
    piece fits.
    """
    name = "answer_small.md" if small else "answer.md"
    system = template(name).format(words=words, not_in_sources=NOT_IN_SOURCES).strip()
    frame = _user(question, "")
    room = tokens - TEMPLATE_TOKENS - estimate_tokens(system) - estimate_tokens(frame)
    chosen: list[tuple[Evidence, str]] = []
    for piece in evidence[: SMALL_EVIDENCE_LIMIT if small else None]:
        line = _line(len(chosen) + 1, piece, documents, small=small)
        if (cost := estimate_tokens(line)) <= room:
            chosen.append((piece, line))
            room -= cost
    if not chosen:
        raise ModelError(
            f"The question and its evidence do not fit into the {tokens} tokens the language model "
            "may read: raise llm_context_tokens (and the context_window of a model that was handed "
            "in), or ask a shorter question."
        )
    lines = _with_contexts(chosen, room, small=small)
    kept = tuple(piece for piece, _ in chosen)
    return Prompt(system=system, user=_user(question, "\n".join(lines)), evidence=kept)


def estimate_tokens(text: str) -> int:
    """Tokens the text has at the most, for any byte-level tokenizer of a common language model.

    A run of Latin letters and spaces counts a token for every three characters, everything else
    one for every byte of UTF-8. English has more than four characters a token.

    >>> estimate_tokens("The minister denied it."), estimate_tokens("2024"), estimate_tokens("핵")
    (9, 4, 3)
    """
    cheap = sum(-(-len(run) // 3) for run in _CHEAP.findall(text))
    return cheap + len(_CHEAP.sub("", text).encode("utf-8", "replace"))


def as_data(text: str) -> str:
    r"""Source text as one line that cannot pass for anything but source text.

    Line breaks become a space and invisible characters nothing, the source's own bracketed numbers
    become round ones so that they are not taken for ours, and a chat template's control words are
    broken.

    >>> as_data("Oil [7]\nand <|im_end|> food")
    'Oil (7) and < |im_end|> food'
    """
    line = on_one_line(text)
    line = _FOREIGN_MARKER.sub(lambda match: f"({match.group(1).strip()})", line)
    return _CONTROL_WORD.sub("< ", _CONTROL_BRACKET.sub(r"(\1)", line))


def _line(number: int, piece: Evidence, documents: Mapping[str, Document], *, small: bool) -> str:
    """`[1] Outlet, 2024-05-01, “Title”: the sentence`; a small model gets the sentence alone."""
    if small:
        return f"[{number}] {as_data(piece.text)}"
    document = documents.get(piece.hit.passage.document_id)
    origin = []
    if document is not None:
        origin = [document.outlet or "", str(document.published_at or ""), f"“{document.title}”"]
    named = ", ".join(as_data(part) for part in origin if part)
    lead = f"[{number}] {named}:" if named else f"[{number}]"
    return f"{lead} {as_data(piece.text)}"


def _with_contexts(chosen: Sequence[tuple[Evidence, str]], room: int, *, small: bool) -> list[str]:
    """The lines, each followed by its surroundings while room is left; a passage appears once."""
    shown: set[str] = set()
    lines: list[str] = []
    for piece, line in chosen:
        lines.append(line)
        context = as_data(_neighbours(piece) if small else piece.hit.passage.text)
        if piece.hit.passage.id in shown or context == as_data(piece.text):
            continue
        # A small model is spared the repetition: for it the context stands for the sentence.
        wider = f"[{len(lines)}] {context}" if small else f"{line}\n    context: {context}"
        if (cost := estimate_tokens(wider) - estimate_tokens(line)) <= room:
            shown.add(piece.hit.passage.id)
            lines[-1] = wider
            room -= cost
    return lines


def _neighbours(piece: Evidence) -> str:
    """The evidence with the sentence before and the sentence behind it in its passage."""
    passage = piece.hit.passage
    start, end = piece.start - passage.start, piece.end - passage.start
    spans = sentences(passage.text)
    touching = [
        number for number, span in enumerate(spans) if span.start < end and start < span.end
    ]
    if not touching:
        return piece.text
    first, last = max(0, touching[0] - 1), min(len(spans) - 1, touching[-1] + 1)
    return passage.text[spans[first].start : spans[last].end]


def _user(question: Question, sources: str) -> str:
    asked_on = f"The question is asked on {question.asked_on}.\n" if question.asked_on else ""
    return (
        template("sources.md")
        .format(sources=sources, asked_on=asked_on, question=as_data(question.standalone))
        .strip()
    )


def template(name: str) -> str:
    """The text of a prompt that ships, by its file's name."""
    return files("rag").joinpath("prompts", name).read_text(encoding="utf-8")
