"""The options that choose documents: seven on the command line, one value for a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Annotated, Any

import typer

from index.errors import UsageError
from index.models import Filters
from pincite.cli.options import read_date

_PANEL = "Which documents"


def _several(name: str, *, metavar: str, meaning: str) -> Any:  # noqa: ANN401  # typer's own type
    """An option that may be given several times; one of its values is enough."""
    return typer.Option(
        name,
        metavar=metavar,
        help=f"Only documents {meaning}; may be repeated.",
        rich_help_panel=_PANEL,
    )


def _day(name: str, *, meaning: str) -> Any:  # noqa: ANN401  # typer's own type
    return typer.Option(
        name,
        parser=read_date,
        metavar="DATE",
        help=f"Only documents published on this day or {meaning}.",
        rich_help_panel=_PANEL,
    )


SourceOption = Annotated[
    list[str] | None,
    _several("--source", metavar="PATH", meaning="from this file, folder or quoted pattern"),
]
OutletOption = Annotated[
    list[str] | None, _several("--outlet", metavar="NAME", meaning="of this outlet")
]
AuthorOption = Annotated[
    list[str] | None, _several("--author", metavar="NAME", meaning="by this author")
]
LanguageOption = Annotated[
    list[str] | None,
    _several("--language", metavar="CODE", meaning="in this language, such as de"),
]
TagOption = Annotated[list[str] | None, _several("--tag", metavar="TAG", meaning="with this tag")]
FromOption = Annotated[date | None, _day("--from", meaning="later")]
UntilOption = Annotated[date | None, _day("--until", meaning="earlier")]


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
