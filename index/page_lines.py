"""The lines of printed pages become paragraphs by where they stand on the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_PAGE_NUMBER = re.compile(
    r"(?:page|seite|página|pagina|p\.|стр\.)\s*\d{1,4}(?:\s*(?:of|/|von|de|sur|из)\s*\d{1,4})?"
    r"|\d{1,4}\s*(?:of|/|von|sur|из)\s*\d{1,4}|[-–—]\s*\d{1,4}\s*[-–—]",
    re.IGNORECASE,
)
_COMPLETE = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")
_LIST_ITEM = re.compile(r"[•●○▪■‣◦·–—-]\s|\(?(?:\d{1,2}|[a-z])[.)]\s")
_HYPHENATED = re.compile(r"\w[-\u00ad]$")
_WORD = re.compile(r"[^\W\d_]+")
_PAIR = re.compile(r"(?=(?<![^\W\d_])([^\W\d_]+-[^\W\d_]+))")
_WORD_BROKEN = re.compile(r"([^\W\d_]{1,60})-$")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a page; lengths in points, `bottom` measured from the foot of the page."""

    text: str
    left: float
    right: float
    bottom: float
    height: float


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without page numbers and without lines that stand on most pages' edge."""
    edges = [[*lines[:2], *lines[2:][-2:]] for lines in pages]
    seen = Counter(key for lines in edges for key in {_running_key(line) for line in lines})
    # Left and right pages may have different heads, hence well below one half.
    running = {key for key, count in seen.items() if count >= max(3, 0.4 * len(pages))}
    kept = []
    for number, (lines, edge) in enumerate(zip(pages, edges, strict=True), start=1):
        dropped = [
            line
            for line in edge
            if _running_key(line) in running
            or _PAGE_NUMBER.fullmatch(line.text)
            or (line.text == str(number) and len(pages) > 1 and line in (lines[0], lines[-1]))
        ]
        kept.append([line for line in lines if line not in dropped])
    return kept


def _running_key(line: Line) -> tuple[str, int]:
    # Numbers count up in a running head; in a line that ends a sentence they are content.
    text = line.text if _is_complete(line.text) else re.sub(r"\d+", "#", line.text)
    return text, round(line.bottom / 6)


def words_of(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """The words of all lines, and the pairs that a hyphen joins inside a line, in lower case."""
    texts = [line.text.lower() for lines in pages for line in lines]
    return frozenset(
        word for text in texts for form in (_WORD, _PAIR) for word in form.findall(text)
    )


def paragraphs(lines: Sequence[Line], words: Collection[str]) -> Iterator[str]:
    """The page's paragraphs in order, each on one line; `words` are those of the document."""
    spacing = _usual_spacing(lines)
    paragraph = ""
    for number, line in enumerate(lines):
        if not paragraph:
            paragraph = line.text
        elif _new_paragraph(lines, number, spacing):
            yield paragraph
            paragraph = line.text
        else:
            paragraph = _joined(paragraph, line.text, words)
    if paragraph:
        yield paragraph


def _usual_spacing(lines: Sequence[Line]) -> float:
    """From one line to the next inside a paragraph, in heights of the line."""
    steps = [
        (above.bottom - below.bottom) / below.height
        for above, below in pairwise(lines)
        if above.bottom > below.bottom and _same_size(above, below)
    ]
    return median(steps) if steps else 1.2


def _same_size(above: Line, below: Line) -> bool:
    return abs(above.height - below.height) <= 0.12 * max(above.height, below.height)


def _new_paragraph(lines: Sequence[Line], number: int, spacing: float) -> bool:
    """Whether the line with this number begins a paragraph."""
    above, below = lines[number - 1], lines[number]
    step = (above.bottom - below.bottom) / below.height
    complete = _is_complete(above.text)
    goes_on = not complete and below.text[:1].islower()
    if _LIST_ITEM.match(below.text):
        return True
    if step < -1:
        # The next column; a sentence may run on there.
        return not goes_on
    if 0 < step < 0.5 and goes_on:
        return False
    if not _same_size(above, below) or step > 1.25 * spacing:
        return not (goes_on and step < 2 * spacing)
    if complete and below.left - above.left > 0.8 * below.height:
        return True
    near = [
        line.right
        for line in lines[max(0, number - 4) : number + 5]
        if abs(line.left - above.left) < 3 * above.height
    ]
    room = max(near) - above.right
    first_word = below.text.split(maxsplit=1)[0]
    per_character = (below.right - below.left) / max(1, len(below.text))
    # The first word of this line would have fitted on the line above.
    fitted = room > 1.5 * (len(first_word) + 1) * per_character + above.height
    return fitted and not goes_on


def _is_complete(text: str) -> bool:
    # Only the end matters, and the text may be a whole book.
    return _COMPLETE.search(text[-8:]) is not None


def _joined(paragraph: str, line: str, words: Collection[str]) -> str:
    """Where the document has the word elsewhere in one piece, the hyphen at the end of a line goes.

    Otherwise it stays: whether it belongs to the word cannot be seen.
    """
    if _WIDE.match(paragraph[-1]) and _WIDE.match(line[0]):
        return paragraph + line
    if not _HYPHENATED.search(paragraph[-2:]) or not line[0].isalnum():
        return f"{paragraph} {line}"
    broken, rest = _WORD_BROKEN.search(paragraph[-80:]), _WORD.match(line)
    if broken and rest:
        beginning, end = broken.group(1).lower(), rest.group().lower()
        if beginning + end in words and f"{beginning}-{end}" not in words:
            return paragraph[:-1] + line
    return paragraph + line


def join_pages(pages: Sequence[str], words: Collection[str]) -> tuple[str, tuple[int, ...]]:
    """One text, and the offset at which each page begins.

    A sentence that runs over the page goes on in the same paragraph. A page without text begins
    where the next one does. `words` are those of the document.
    """
    pieces: list[str] = []
    starts: list[int] = []
    length = 0
    for page in pages:
        if pieces and page:
            last = pieces[-1]
            runs_over = not _is_complete(last) and page[:1].islower()
            joined = _joined(last, page, words) if runs_over else f"{last}\n\n{page}"
            pieces[-1] = joined[: -len(page)]
            length += len(pieces[-1]) - len(last)
        starts.append(length)
        pieces += [page] if page else []
        length += len(page)
    # A last page without text must not begin behind the end.
    return "".join(pieces), tuple(min(start, max(0, length - 1)) for start in starts)
