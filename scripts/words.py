"""Brings the catalogues of the page's words up to date with the sentences in its source.

    python scripts/words.py

New sentences come in without a translation, and those that are gone go; a test names what is
missing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from rag.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "pincite"
CATALOGUES = PAGE / "locale"
Sentence = str | tuple[str, str]


def template() -> Catalog:
    """Every sentence of the page and every setting's meaning, without translations."""
    found = Catalog(project="Pincite", charset="utf-8")
    for path in sorted(PAGE.rglob("*.py")):
        place = (path.relative_to(ROOT).as_posix(), 0)
        for sentence, context in _sentences(ast.parse(path.read_text(encoding="utf-8"))):
            found.add(sentence, None, [place], context=context)
    for entry in fields(Settings):
        found.add(str(entry.metadata["help"]), None, [("rag/settings.py", 0)])
    return found


def _sentences(tree: ast.Module) -> Iterator[tuple[Sentence, str | None]]:
    """What stands as a literal in a call of `pincite.words`, with its context if it has one."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        given = [
            argument.value
            for argument in node.args[:2]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        ]
        match node.func.id, given:
            case "t" | "mark", [sentence]:
                yield sentence, None
            case "plural" | "mark_plural", [one, several]:
                yield (one, several), None
            case "t_as", [context, sentence]:
                yield sentence, context


def main() -> None:
    """Rewrites every catalogue; what is translated stays."""
    wanted = template()
    for path in sorted(CATALOGUES.glob("*/LC_MESSAGES/pincite.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        wanted.creation_date = catalogue.creation_date  # nothing changes where nothing is new
        catalogue.update(wanted, no_fuzzy_matching=True, update_header_comment=False)
        with path.open("wb") as file:
            write_po(
                file,
                catalogue,
                width=100,
                include_lineno=False,
                sort_by_file=True,
                ignore_obsolete=True,
            )
        missing = sum(not message.string for message in catalogue if message.id)
        print(f"{path.relative_to(ROOT)}: {missing} without a translation")


if __name__ == "__main__":
    main()
