"""JSON and JSON Lines become text: their values in order, with the names they are stored under."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from index.decode import normal_form, on_one_line
from index.errors import BrokenDocument
from index.metadata import stated_facts
from index.models import RawDocument
from index.records import Field, joined, record_blocks, table_blocks

MEDIA_TYPE = "application/json"

_TITLES = ("title", "headline", "subject", "name")
# Pictures and keys written in letters; no word of any language is that long.
_ENCODED = re.compile(r"(?:data:[\w/+.-]+[;,].*|[A-Za-z0-9+/=_-]{200,})", re.DOTALL)


def is_json(text: str, *, named: bool) -> bool:
    """Whether the text is a JSON object or array; if its name says so, even a damaged one."""
    bare = text.strip()
    if named:
        return bare[:1] in ("{", "[")
    return bare[:1] + bare[-1:] in ("{}", "[]") and _parses(bare)


def is_json_lines(text: str, *, named: bool) -> bool:
    """Whether the first two lines that hold anything are a JSON object each; one if named so."""
    lines = [line for line in text[:1_000_000].split("\n", 50) if line.strip()][:2]
    if named and lines:
        return lines[0].lstrip()[:1] in ("{", "[")
    return len(lines) == 2 and all(line.lstrip()[:1] == "{" and _parses(line) for line in lines)


def load_json(text: str) -> RawDocument:
    """Read one JSON value: objects as records, arrays of them one after the other.

    Numbers stay as they are written. The title and what else an article states are taken from an
    outermost object that also holds its text.
    """
    return _document(_parsed(text, line=None))


def load_json_lines(text: str) -> RawDocument:
    """Read one JSON value from each line, as if they were an array."""
    values = [
        _parsed(line, line=number)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    return _document(values)


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _parsed(text: str, *, line: int | None) -> object:
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise BrokenDocument(
            f"cannot be read as JSON: {error.msg} in line {line or error.lineno}, column"
            f" {error.colno}; mend it or export it again."
        ) from error


def _document(value: object) -> RawDocument:
    text = normal_form(joined(_blocks(value)))
    if not isinstance(value, Mapping):
        return RawDocument(media_type=MEDIA_TYPE, text=text)
    facts = stated_facts(value)
    title = next(
        (
            on_one_line(value[key])
            for key in value
            if key.lower() in _TITLES and _is_name(value[key])
        ),
        None,
    )
    return RawDocument(
        media_type=MEDIA_TYPE,
        text=text,
        title=title,
        outlet=facts.outlet,
        author=facts.author,
        published_at=facts.published_at,
        language=facts.language,
    )


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 300 and "\n" not in value.strip()


def _blocks(value: object) -> Iterator[str]:
    """The text of a value, in the order of the file."""
    if isinstance(value, Mapping):
        fields = list(_fields(value, ""))
        yield from record_blocks([field for field in fields if isinstance(field, Field)])
        for name, nested in (field for field in fields if not isinstance(field, Field)):
            yield name
            yield from _blocks(nested)
    elif not isinstance(value, list):
        yield from filter(None, [_scalar(value)])
    elif value and all(isinstance(each, list) and _is_flat(each) for each in value):
        yield from table_blocks([[_scalar(cell) for cell in row] for row in value])
    elif _is_flat(value):
        yield _listed(value)
    else:
        for each in value:
            yield from _blocks(each)


def _fields(value: Mapping[str, object], prefix: str) -> Iterator[Field | tuple[str, object]]:
    """The fields of an object and of those inside it, and, by name, the arrays that need more."""
    for key, each in value.items():
        name = f"{prefix}{key}"
        if isinstance(each, Mapping):
            yield from _fields(each, f"{name}.")
        elif isinstance(each, list) and not _is_flat(each):
            yield name, each
        elif text := (_listed(each) if isinstance(each, list) else _scalar(each)):
            yield Field(name, text)


def _is_flat(values: list[object]) -> bool:
    return not any(isinstance(each, Mapping | list) for each in values)


def _listed(values: list[object]) -> str:
    """An array of plain values: names on a line, lines that were cut apart as they were."""
    texts = [text for each in values if (text := _scalar(each))]
    if len(texts) > 1 and all(each.endswith("\n") for each in texts[:-1]):
        return "".join(texts)
    return ("\n\n" if any(len(each) > 80 for each in texts) else ", ").join(texts)


def _scalar(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return "" if _ENCODED.fullmatch(text.strip()) else text
