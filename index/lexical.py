"""Word search: a question's words, any of them, ranked by BM25 over the catalog's word index."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from index.catalog import Catalog
from index.filtering import document_condition
from index.models import Filters, ScoredPassage
from index.schema import PASSAGE_COLUMNS, to_passage

# Every passage repeats its document's title, so a word there says less than one in the passage.
TITLE_WEIGHT = 0.5

# Words so frequent that looking for them costs time and finds everything.
STOP_WORDS = frozenset(
    """
    a about after all also an and any are as at be because been before being between both but by
    can could did do does doing done during each for from had has have having he her hers him his
    how i if in into is it its just me more most my no nor not of off on once only or other our
    out over own said same say says she should so some such than that the their them then there
    these they this those through to too under until up upon us very was we were what when where
    whether which while who whom whose why will with would you your d ll m re s t ve
    """.split()
)


def search_words(
    catalog: Catalog, query: str, *, limit: int, filters: Filters | None = None
) -> list[ScoredPassage]:
    """At most `limit` passages holding any of the query's words, best first.

    The score is the negated BM25 value of SQLite's FTS5 (a positive number, larger is better);
    passages of equal score follow their ids. A query without words finds nothing.
    """
    expression = match_expression(query)
    if not expression:
        return []
    condition, parameters = document_condition(filters or Filters())
    with catalog.reading() as connection:
        rows = connection.execute(
            f"SELECT {PASSAGE_COLUMNS}, -bm25(words, {TITLE_WEIGHT}, 1.0) AS score "  # noqa: S608
            "FROM words JOIN passages ON passages.number = words.rowid "
            "JOIN documents ON documents.id = passages.document_id "
            f"WHERE words MATCH ? AND {condition} "
            "ORDER BY score DESC, passages.id LIMIT ?",
            [expression, *parameters, limit],
        ).fetchall()
    return [ScoredPassage(passage=to_passage(row), score=row["score"]) for row in rows]


def passage_frequency(catalog: Catalog, words: Sequence[str]) -> dict[str, int]:
    """In how many passages each word occurs, whatever its ending."""
    found: dict[str, int] = {}
    with catalog.reading() as connection:
        for word in words:
            phrase = " ".join(_words(word.lower()))
            if phrase:
                row = connection.execute(
                    "SELECT count(*) FROM words WHERE words MATCH ?", [f'text : "{phrase}"']
                ).fetchone()
                found[word] = int(row[0])
    return found


def match_expression(query: str) -> str:
    """The query for FTS5: its words without stop words, quoted, joined by OR.

    Words in quotes are text to FTS5, never operators. A query of stop words alone keeps them.

    >>> match_expression('What did the "Senate" say -- NEAR(x)?')
    '"senate" OR "near" OR "x"'
    >>> match_expression("to be or not to be")
    '"to" OR "be" OR "or" OR "not"'
    """
    words = list(dict.fromkeys(_words(query.lower())))
    return " OR ".join(f'"{word}"' for word in _worth_searching(words))


def _words(text: str) -> list[str]:
    """Runs of letters, digits and the marks that combine with them, as the word index has them."""
    return "".join(
        character if character.isalnum() or unicodedata.category(character)[0] == "M" else " "
        for character in text
    ).split()


def _worth_searching(words: Sequence[str]) -> Sequence[str]:
    return [word for word in words if word not in STOP_WORDS] or words
