"""`pincite ask` and `pincite chat`: questions in, checked answers out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from index.errors import LibraryError, ModelError, QuestionError
from index.models import Filters
from pincite.cli.answers import (
    markers_so_far,
    print_answer,
    print_claim,
    print_supplement,
    print_understood,
)
from pincite.cli.console import doing, output, print_error, print_json, print_notice, working
from pincite.cli.filter_options import with_filters
from pincite.cli.keeping import Keeping, NoStoreOption, StoreInOption, name_to_keep
from pincite.cli.options import (
    DEFAULT_LIBRARY,
    AskedOnOption,
    JsonOption,
    LibraryOption,
    PassagesOption,
    WriterOption,
    read_question,
)
from rag.models import (
    Answer,
    AnswerReady,
    Claim,
    ClaimChecked,
    DraftText,
    FollowUpUnderstood,
    StageStarted,
)
from rag.settings import SettingOptions, WriterName

if TYPE_CHECKING:
    from pincite.cli.remote import RemoteAssistant
    from rag.assistant import Assistant

ASK_EXAMPLES = """[bold]Examples[/bold]
  pincite ask "what does North Korea want in return?"
  pincite ask "who denied the deal?" --outlet "Civic Signal" --from 2024-10-01
  pincite ask "who resigned this week?" --asked-on 2024-10-25
  pincite ask "who denied the deal?" --conversation new
  echo "what was delivered?" | pincite ask - --json"""

CHAT_EXAMPLES = """[bold]Examples[/bold]
  pincite chat
  pincite chat --tag asia --writer quotes
  pincite chat --conversation last"""

# A line of `pincite chat` after which questions no longer go on from what was said before.
NEW_CONVERSATION = "/new"

QuestionArgument = Annotated[
    list[str],
    typer.Argument(metavar="QUESTION", help="The question; - reads it from stdin."),
]


@with_filters
def ask(
    question: QuestionArgument,
    *,
    filters: Filters,
    asked_on: AskedOnOption = None,
    passages: PassagesOption = None,
    writer: WriterOption = None,
    conversation: StoreInOption = None,
    json: JsonOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Answer a question, every claim pinned to the sentence it rests on."""
    from pincite.cli.remote import opened

    text = read_question(question)
    options = _options(writer=writer, passages=passages)
    with opened(library, create=False, **options) as assistant:
        keeping = Keeping(assistant, conversation, library=library)
        answer = _answer(assistant, text, filters, asked_on, keeping.earlier)
        # Shown before it is stored: what was worked out is not lost to a full disk.
        if json:
            from rag.render import to_json

            for notice in answer.notices:
                print_notice(notice)
            print_json(to_json(answer))
        else:
            print_understood(output(), answer.question)
            print_answer(output(), answer)
        keeping.add(answer)
    keeping.tell()


@with_filters
def chat(
    *,
    filters: Filters,
    asked_on: AskedOnOption = None,
    passages: PassagesOption = None,
    writer: WriterOption = None,
    conversation: StoreInOption = None,
    no_store: NoStoreOption = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Ask one question after another, also "and why?"; /new begins anew, Ctrl-D or exit leaves."""
    from pincite.cli.remote import opened

    options = _options(writer=writer, passages=passages)
    name = name_to_keep(conversation, no_store=no_store)
    with opened(library, create=False, **options) as assistant:
        keeping = Keeping(assistant, name, library=library)
        with working("loading the models"):
            assistant.warm()
        _greet(assistant)
        keeping.greet()
        try:
            for text in _questions():
                if text.lower() == NEW_CONVERSATION:
                    keeping.begin_anew()
                    continue
                try:
                    answer = _converse(assistant, text, filters, asked_on, keeping.earlier)
                    keeping.add(answer)
                except (QuestionError, ModelError, LibraryError) as error:
                    print_error(str(error))
        finally:
            keeping.farewell()


def _options(*, writer: WriterName | None, passages: int | None) -> SettingOptions:
    options = SettingOptions()
    if writer is not None:
        options["writer"] = writer
    if passages is not None:
        options["passages"] = passages
    return options


def _answer(
    assistant: Assistant | RemoteAssistant,
    text: str,
    filters: Filters,
    asked_on: date | None,
    earlier: Sequence[Answer],
) -> Answer:
    """The answer, with its stages shown on stderr while they are worked out."""
    events = assistant.stream(text, filters=filters, asked_on=asked_on, earlier=earlier)
    with working("loading the models") as status:
        assistant.warm()
        for event in events:
            if isinstance(event, StageStarted):
                status.update(doing(event.message))
            elif isinstance(event, AnswerReady):
                return event.answer
    raise AssertionError("a stream ends with an answer")


def _greet(assistant: Assistant | RemoteAssistant) -> None:
    documents = len(assistant.documents())
    output().print(
        Text(
            f"{documents} document{'s' * (documents != 1)} in {assistant.library_path}. "
            f"Ask a question; {NEW_CONVERSATION} begins a new conversation, exit or Ctrl-D leaves.",
            style="dim",
        )
    )


def _questions() -> Iterator[str]:
    """The questions typed, until the end of the input or the word exit."""
    interactive = sys.stdin.isatty()
    if interactive:
        # Gives `input` line editing and a history; not every Python has it.
        with suppress(ImportError):
            import readline  # noqa: F401
    while True:
        output().print()
        try:
            text = input("> " if interactive else "").strip()
        except EOFError:
            return
        if text.lower() in {"exit", "quit"}:
            return
        if text:
            yield text


def _converse(
    assistant: Assistant | RemoteAssistant,
    text: str,
    filters: Filters,
    asked_on: date | None,
    earlier: Sequence[Answer],
) -> Answer:
    """Answer one question, showing the stages and each claim as soon as it is checked."""
    console = output()
    shown: list[Claim] = []
    drafted = 0
    with working("searching") as status:
        for event in assistant.stream(text, filters=filters, asked_on=asked_on, earlier=earlier):
            if isinstance(event, StageStarted):
                status.update(doing(event.message))
            elif isinstance(event, FollowUpUnderstood):
                print_understood(console, event.question)
            elif isinstance(event, DraftText):
                drafted += len(event.text)
                status.update(doing(f"writing, {drafted} characters, not checked yet"))
            elif isinstance(event, ClaimChecked):
                shown.append(event.claim)
                status.stop()
                print_claim(console, event.claim, markers=markers_so_far(shown))
                status.start()
            else:
                answer = event.answer
    if tuple(shown) == answer.claims and shown:
        print_supplement(console, answer)
    else:
        print_answer(console, answer)
    return answer
