"""`pincite eval make`: draft a set of questions from a library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pincite.cli.console import output, working
from pincite.cli.options import DEFAULT_LIBRARY, LibraryOption

MAKE_EXAMPLES = """[bold]Examples[/bold]
  pincite eval make --library .pincite --out questions.csv
  pincite eval make --from-conversations --out asked.csv
  pincite eval make --from-feedback --out rated.csv
  pincite eval run questions.csv --library .pincite --out runs/today"""


def make(
    *,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="The table to write, which must not exist yet."),
    ],
    count: Annotated[
        int, typer.Option("--count", min=1, metavar="N", help="Draft at most so many questions.")
    ] = 50,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Another seed draws other sentences.")
    ] = 0,
    from_conversations: Annotated[
        bool,
        typer.Option(
            "--from-conversations", metavar="", help="Draft from the questions asked and stored."
        ),
    ] = False,
    from_feedback: Annotated[
        bool,
        typer.Option(
            "--from-feedback", metavar="", help="Draft from the answers rated on the page."
        ),
    ] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
) -> None:
    """Draft a set of questions from a library, for you to write out and correct.

    Each row has a sentence and an answer in it; the question is yours to write. Take the word
    "draft" out of a row's status once it is right.
    """
    from eval.draft_file import write_drafts
    from eval.drafts import draft_conversations, draft_feedback, draft_sentences
    from index.errors import UsageError
    from pincite.cli.remote import alone
    from rag.opening import open_assistant

    if from_conversations and from_feedback:
        raise UsageError("Choose one of --from-conversations and --from-feedback.")
    with (
        working("reading the library"),
        alone(library),
        open_assistant(library, create=False) as assistant,
    ):
        if from_conversations:
            drafts = draft_conversations(assistant, count=count)
            missing = "no stored conversation holds a question"
        elif from_feedback:
            drafts = draft_feedback(assistant, count=count)
            missing = "no stored answer has been rated on the page"
        else:
            missing = "no sentence stands alone and holds a name, a day or a number"
            drafts = draft_sentences(assistant, count=count, seed=seed)
    if not drafts:
        raise UsageError(f"There is nothing to draft in {library}: {missing}.")
    write_drafts(drafts, out)
    output().print(
        f"Wrote {len(drafts):,} drafts to {out}: write or correct the questions, and take “draft” "
        "out of the status of those that are right.",
        soft_wrap=True,
    )
