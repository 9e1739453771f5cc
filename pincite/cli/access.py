"""`pincite users` and `pincite keys`: who may use the server of a library."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import LibraryNotFound
from pincite.cli.console import output, print_json, print_notice
from pincite.cli.failures import CommandTree, Subcommand
from pincite.cli.options import DEFAULT_LIBRARY, JsonOption, LibraryOption

if TYPE_CHECKING:
    from pincite.accounts import Accounts

USERS_EXAMPLES = """[bold]Examples[/bold]
  pincite users add anna
  pass show pincite/anna | pincite users add anna
  pincite users list
  pincite users remove anna"""

KEYS_EXAMPLES = """[bold]Examples[/bold]
  pincite keys add reports
  pincite keys list
  pincite keys remove reports"""

users = typer.Typer(
    cls=CommandTree, help="Add and remove people who sign in on the page.", epilog=USERS_EXAMPLES
)
keys = typer.Typer(cls=CommandTree, help="Make and remove keys for programs.", epilog=KEYS_EXAMPLES)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits and . _ @ -.")]


@users.callback(invoke_without_command=True)
def about_users(context: typer.Context) -> None:
    """Add and remove people who sign in on the page."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@keys.callback(invoke_without_command=True)
def about_keys(context: typer.Context) -> None:
    """Make and remove keys for programs."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@users.command("add", cls=Subcommand, epilog=USERS_EXAMPLES)
def add_user(name: NameArgument, *, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Add a user. The password is asked for, or read from the first line of stdin.

    From the first user on, a running server asks everybody to sign in.
    """
    accounts = _accounts(library)
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    user = accounts.add_user(name, password)
    output().print(f"Added the user {user.name}.", soft_wrap=True)


@users.command("list", cls=Subcommand, epilog=USERS_EXAMPLES)
def list_users(*, json: JsonOption = False, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """List the users."""
    found = _accounts(library).access.users
    if json:
        print_json({"users": [{"name": one.name, "added_at": one.added_at} for one in found]})
        return
    for one in found:
        output().print(f"{one.name}  since {one.added_at[:10]}", soft_wrap=True)
    if not found:
        output().print("No users: nobody is asked to sign in, and the page is for this machine.")


@users.command("remove", cls=Subcommand, epilog=USERS_EXAMPLES)
def remove_user(name: NameArgument, *, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Remove a user, who is signed out at once. Stored conversations stay."""
    _accounts(library).remove_user(name)
    output().print(f"Removed the user {name}.", soft_wrap=True)
    print_notice(
        "Their stored conversations stay: whoever is added by this name again will see them. "
        "`pincite conversations list` has all, `pincite conversations delete` erases one."
    )


@keys.command("add", cls=Subcommand, epilog=KEYS_EXAMPLES)
def add_key(
    name: NameArgument, *, json: JsonOption = False, library: LibraryOption = DEFAULT_LIBRARY
) -> None:
    """Make a key for a program and print it; nobody can be shown it again."""
    key = _accounts(library).add_key(name)
    if json:
        print_json({"name": name, "key": key})
        return
    output().print(key, soft_wrap=True)
    print_notice("Keep it now: it is stored as a hash only, and will not be shown again.")


@keys.command("list", cls=Subcommand, epilog=KEYS_EXAMPLES)
def list_keys(*, json: JsonOption = False, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """List the names of the keys."""
    found = _accounts(library).access.keys
    if json:
        print_json({"keys": [{"name": one.name, "added_at": one.added_at} for one in found]})
        return
    for one in found:
        output().print(f"{one.name}  since {one.added_at[:10]}", soft_wrap=True)
    if not found:
        output().print("No keys.")


@keys.command("remove", cls=Subcommand, epilog=KEYS_EXAMPLES)
def remove_key(name: NameArgument, *, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Remove a key; programs that have it are refused at once."""
    _accounts(library).remove_key(name)
    output().print(f"Removed the key {name}.", soft_wrap=True)


def _accounts(library: Path) -> Accounts:
    from index.library import CATALOG_FILE
    from pincite.accounts import Accounts
    from rag.opening import library_path

    folder = library_path(library).absolute()
    if not (folder / CATALOG_FILE).is_file():
        raise LibraryNotFound(
            f"There is no library at {folder}: add documents to make one, or name another folder."
        )
    return Accounts(folder)
