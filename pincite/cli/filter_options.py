"""The options that choose documents: seven on the command line, one value for a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Annotated

import typer

from index.errors import UsageError
from index.models import Filters
from pincite.cli.options import read_date

SourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="PATH",
        help="Only documents from this file, folder or quoted pattern; may be repeated.",
        rich_help_panel="Which documents",
    ),
]
OutletOption = Annotated[
    list[str] | None,
    typer.Option(
        "--outlet",
        metavar="NAME",
        help="Only documents of this outlet; may be repeated.",
        rich_help_panel="Which documents",
    ),
]
AuthorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--author",
        metavar="NAME",
        help="Only documents by this author; may be repeated.",
        rich_help_panel="Which documents",
    ),
]
LanguageOption = Annotated[
    list[str] | None,
    typer.Option(
        "--language",
        metavar="CODE",
        help="Only documents in this language, such as de; may be repeated.",
        rich_help_panel="Which documents",
    ),
]
TagOption = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="TAG",
        help="Only documents with this tag; may be repeated.",
        rich_help_panel="Which documents",
    ),
]
FromOption = Annotated[
    date | None,
    typer.Option(
        "--from",
        parser=read_date,
        metavar="DATE",
        help="Only documents published on this day or later.",
        rich_help_panel="Which documents",
    ),
]
UntilOption = Annotated[
    date | None,
    typer.Option(
        "--until",
        parser=read_date,
        metavar="DATE",
        help="Only documents published on this day or earlier.",
        rich_help_panel="Which documents",
    ),
]


def with_filters(command: Callable[..., None]) -> Callable[..., None]:
    """`command` for the command line, where its parameter `filters` is the options that make it."""

    @wraps(command)
    def run(*arguments: object, **given: object) -> None:
        chosen = {name: given.pop(name) for name in options}
        command(*arguments, filters=_filters_of(**chosen), **given)  # type: ignore[arg-type]

    options = inspect.signature(_filters_of, eval_str=True).parameters
    taken = inspect.signature(command, eval_str=True)
    parameters = [
        parameter
        for own in taken.parameters.values()
        for parameter in (options.values() if own.name == "filters" else (own,))
    ]
    run.__signature__ = taken.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _filters_of(
    *,
    source: SourceOption = None,
    outlet: OutletOption = None,
    author: AuthorOption = None,
    language: LanguageOption = None,
    tag: TagOption = None,
    published_from: FromOption = None,
    published_until: UntilOption = None,
) -> Filters:
    """The filters asked for. Raises `UsageError` for empty ones, and for an impossible period."""
    if any("" in values for values in (source, outlet, author, language, tag) if values):
        raise UsageError("A filter is empty: give it a value, or leave it out.")
    if published_from and published_until and published_from > published_until:
        raise UsageError(
            f"The period from {published_from} until {published_until} ends before it begins: "
            "exchange --from and --until."
        )
    return Filters(
        sources=tuple(source or ()),
        outlets=tuple(outlet or ()),
        authors=tuple(author or ()),
        languages=tuple(language or ()),
        tags=tuple(tag or ()),
        published_from=published_from,
        published_until=published_until,
    )
