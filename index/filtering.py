"""Which documents pass a search's filters, and why none does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence

from index.models import DocumentSummary, Filters
from index.walk import sources_meant

_PATTERN = re.compile(r"[*?[]")
_PARTS = re.compile(r"\*\*/|\*\*\Z|\*|\?|\[\[\]|\[[^]/\\\[]+\]|.", re.DOTALL)
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "[[]": r"\[", "*": "[^/]*", "?": "[^/]"}
_NAMED = 8


def document_condition(filters: Filters) -> tuple[str, list[object]]:
    """A condition on the columns of `documents`, and its parameters; lists travel as JSON.

    It needs the functions `folded` and `regexp` of the connections.
    """
    conditions, parameters = ["1"], list[object]()

    def among(column: str, values: Sequence[str]) -> None:
        if values:
            conditions.append(f"{column} IN (SELECT value FROM json_each(?))")  # noqa: S608
            parameters.append(json.dumps(values))

    among("documents.id", filters.document_ids)
    among("folded(documents.outlet)", _folded(filters.outlets))
    among("folded(documents.author)", _folded(filters.authors))
    among("folded(documents.language)", _folded(filters.languages))
    if filters.tags:
        conditions.append(
            "EXISTS (SELECT 1 FROM json_each(documents.tags) AS tag "
            "WHERE folded(tag.value) IN (SELECT value FROM json_each(?)))"
        )
        parameters.append(json.dumps(_folded(filters.tags)))
    if filters.sources:
        either = " OR ".join(_source_condition(source, parameters) for source in filters.sources)
        conditions.append(
            "EXISTS (SELECT 1 FROM sources "  # noqa: S608
            f"WHERE sources.document_id = documents.id AND ({either}))"
        )
    if filters.published_from is not None:
        conditions.append("documents.published_at >= ?")
        parameters.append(filters.published_from.isoformat())
    if filters.published_until is not None:
        conditions.append("documents.published_at <= ?")
        parameters.append(filters.published_until.isoformat())
    return " AND ".join(conditions), parameters


def _folded(values: Sequence[str]) -> list[str]:
    return [value.casefold() for value in values]


def _source_condition(given: str, parameters: list[object]) -> str:
    """A condition on `sources.source`: the source itself, what lies below it, what fits it."""
    conditions = ["0"]  # what nobody named is nowhere
    for name in sources_meant(given) if given.strip() else ():
        below = name.rstrip("/") + "/"
        conditions.append("sources.source = ? OR substr(sources.source, 1, ?) = ?")
        parameters += [name, len(below), below]
        if _PATTERN.search(given):
            conditions.append("sources.source REGEXP ?")
            parameters.append(pattern_expression(name))
    return " OR ".join(conditions)


def pattern_expression(pattern: str) -> str:
    """A pattern of paths as a regular expression: `**` are folders in folders, `*` is no `/`.

    One without a folder before it fits the names of files wherever they are.

    >>> bool(re.fullmatch(pattern_expression("a/**/*.pdf"), "a/b/c/one.pdf"))
    True
    >>> bool(re.fullmatch(pattern_expression("o*.pdf"), "a/one.pdf"))
    True
    >>> bool(re.fullmatch(pattern_expression("a/*.pdf"), "a/b/one.pdf"))
    False
    >>> bool(re.fullmatch(pattern_expression("a/**"), "a/b/one[[].pdf"))
    True
    """
    anywhere = pattern if "/" in pattern else f"**/{pattern}"
    return "".join(map(_meaning, _PARTS.findall(anywhere)))


def _meaning(part: str) -> str:
    if part in _MEANINGS or len(part) < 3 or part[0] != "[":
        return _MEANINGS.get(part, re.escape(part))
    characters = re.sub(r"^\[!", "[^", part)
    try:
        re.compile(characters)
    except re.error:  # a range that runs backwards
        return re.escape(part)
    return characters


def why_nothing_passes(
    filters: Filters, passing: Callable[[Filters], Sequence[DocumentSummary]]
) -> str | None:
    """A sentence on the first filter that no document passes; `None` if each is passed by some.

    `passing` are the documents that pass filters.
    """
    everything = passing(Filters())
    for name, alone, known in (
        ("outlet", Filters(outlets=filters.outlets), [d.outlet for d in everything]),
        ("author", Filters(authors=filters.authors), [d.author for d in everything]),
        ("language", Filters(languages=filters.languages), [d.language for d in everything]),
        ("tag", Filters(tags=filters.tags), [tag for d in everything for tag in d.tags]),
    ):
        if not passing(alone):
            wanted = " or ".join(alone.outlets + alone.authors + alone.languages + alone.tags)
            return f"No document has the {name} {wanted}: {_some(known)}."
    if not passing(Filters(sources=filters.sources)):
        return f"No document came from {' or '.join(filters.sources)}: list them to see whence."
    from_, until = filters.published_from, filters.published_until
    if not passing(Filters(published_from=from_, published_until=until)):
        dates = [d.published_at for d in everything if d.published_at]
        if not dates:
            return "No document has a known date: leave the dates out."
        return (
            "No document is known to be published in the period asked for: the known dates are "
            f"from {min(dates)} until {max(dates)}."
        )
    return None


def _some(known: Iterable[str | None]) -> str:
    names = sorted({name for name in known if name}, key=str.casefold)
    if not names:
        return "none is known of any"
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"there {'is' if len(names) == 1 else 'are'} {', '.join(names[:_NAMED])}{more}"
