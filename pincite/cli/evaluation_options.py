"""The options of `pincite eval`, several of which its commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

TargetArgument = Annotated[
    Path, typer.Argument(metavar="TARGET", help="A folder or a file of questions.")
]
RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="A folder that `pincite eval run --out` wrote.")
]
LimitOption = Annotated[
    int | None,
    typer.Option("--limit", min=1, metavar="N", help="Ask so many questions, spread over the set."),
]
SeedOption = Annotated[
    int, typer.Option("--seed", metavar="N", help="Seed of everything that is drawn.")
]
ParallelOption = Annotated[
    int,
    typer.Option(
        "--parallel", min=1, metavar="N", help="Do so many at once; of use with an endpoint."
    ),
]
CorpusOption = Annotated[
    Path | None,
    typer.Option(
        "--corpus", metavar="PATH", help="Documents of the set, if not beside the questions."
    ),
]
AskedLibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="DIR",
        help="Ask this library as it is, instead of making one of the set's documents. "
        "PINCITE_LIBRARY is not read here.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Write the report there, as HTML and otherwise; go on there if ended early.",
    ),
]
RetrievalOnlyOption = Annotated[
    bool, typer.Option("--retrieval-only", metavar="", help="Only search, ask nothing.")
]
EvidenceRemovedOption = Annotated[
    bool,
    typer.Option(
        "--evidence-removed",
        metavar="",
        help="Ask again with the passages withheld that hold an answer: it should refuse.",
    ),
]
BaselineOption = Annotated[
    Literal["bm25", "dense", "llamaindex"] | None,
    typer.Option(
        "--baseline",
        metavar="NAME",
        help="Ask a plain alternative instead: bm25, dense or llamaindex.",
    ),
]
