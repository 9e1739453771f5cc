"""Tags: the names by which people gather documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.decode import on_one_line
from index.errors import UsageError
from index.walk import readable

LONGEST_TAG = 100


def read_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: on one line each, without those that differ in case only.

    Raises `UsageError` for an empty one, and for one of more than `LONGEST_TAG` characters.

    >>> read_tags(["North  Korea", "north korea", "ships"])
    ('North Korea', 'ships')
    """
    found: dict[str, str] = {}
    for tag in (on_one_line(readable(tag)) for tag in tags):
        if not tag:
            raise UsageError("A tag is empty: give it a name, or leave it out.")
        if len(tag) > LONGEST_TAG:
            raise UsageError(
                f"The tag “{tag[:20]}…” has {len(tag):,} characters, more than the limit of "
                f"{LONGEST_TAG}: give it a shorter name."
            )
        found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def retagged(tags: Sequence[str], *, add: Iterable[str], remove: Iterable[str]) -> tuple[str, ...]:
    """A document's tags without those to remove, then those to add; case tells none apart.

    >>> retagged(("Korea", "draft"), add=["korea", "read"], remove=["DRAFT"])
    ('Korea', 'read')
    """
    removed = {tag.casefold() for tag in read_tags(remove)}
    kept = [tag for tag in tags if tag.casefold() not in removed]
    return read_tags([*kept, *add])
