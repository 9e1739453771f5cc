"""Hits become scored sentences with exact offsets."""

from __future__ import annotations

import numpy as np
import pytest

from index.models import Document, Passage
from rag.evidence import WEIGHTS, find_evidence, probabilities
from rag.features import FEATURES, features, rarities, read_question, split
from rag.models import Hit

HEAD = "The port was closed.\n\n"
TEXT = (
    "The harbour was quiet on Monday. Officials said Pyongyang wants satellite technology in "
    "return for shells. What do fishermen want? Nets and calm water. Dr. Ahn disagreed."
)
DOCUMENT = Document(id="d", sources=("a.txt",), title="A port town", text=HEAD + TEXT)
QUESTION = "what does Pyongyang want in return?"


def hit(document: Document = DOCUMENT, *, start: int = len(HEAD), rank: int = 1) -> Hit:
    text = document.text[start:]
    passage = Passage(
        id=f"p{rank}", document_id=document.id, start=start, end=start + len(text), text=text
    )
    return Hit(passage=passage, score=1.0, rank=rank, stage="fused")


def evidence(embedder, question: str = QUESTION):
    return find_evidence(question, [hit()], documents={"d": DOCUMENT}, embedder=embedder, rarity={})


def rows_for(embedder, question: str, text: str = TEXT, *, title: str = "A port town"):
    embedded = f"{title}\n{text}"
    (tokens,) = embedder.embed_tokens([embedded])
    asked = read_question(question, embedder=embedder, rarity={})
    found = split(text)
    rows = features(asked, found, tokens, title=title, offset=len(embedded) - len(text))
    return found, {name: rows[:, number] for number, name in enumerate(FEATURES)}


def test_sentences_know_their_neighbours_and_places() -> None:
    found = split(TEXT)
    assert [TEXT[entry.span.start : entry.span.end] for entry in found] == [
        entry.text for entry in found
    ]
    assert (found[0].before, found[-1].after) == ("", "")
    assert found[1].before == found[0].text


def test_one_weight_for_every_feature() -> None:
    assert len(WEIGHTS) == len(FEATURES)


def test_probabilities_are_the_logistic_of_the_weighted_sum() -> None:
    rows = np.zeros((2, len(FEATURES)))
    rows[1, 0] = 1.0
    low, high = probabilities(rows)
    assert 0 < low < 1
    assert np.log(high / (1 - high)) - np.log(low / (1 - low)) == pytest.approx(WEIGHTS[0])


def test_the_sentence_that_answers_comes_first(embedder) -> None:
    found = evidence(embedder)
    assert found[0].text.startswith("Officials said Pyongyang wants")
    assert [entry.score for entry in found] == sorted(
        (entry.score for entry in found), reverse=True
    )
    for entry in found:
        assert DOCUMENT.text[entry.start : entry.end] == entry.text
        assert 0.0 <= entry.score <= 1.0


def test_a_question_is_no_evidence_but_its_reply_is(embedder) -> None:
    found = evidence(embedder, "What do fishermen want?")
    assert all(not entry.text.endswith("?") for entry in found)
    assert found[0].text == "Nets and calm water."


def test_an_indirect_question_is_no_evidence_but_what_follows_is(embedder) -> None:
    text = (
        "The harbour was quiet. There are fears about what Pyongyang wants in return. "
        "Officials named submarines and grain. The ferry was late."
    )
    document = Document(id="d", sources=("a.txt",), title="A port town", text=text)
    found = find_evidence(
        QUESTION, [hit(document, start=0)], documents={"d": document}, embedder=embedder, rarity={}
    )
    assert found[0].text == "Officials named submarines and grain."
    assert all("fears about" not in entry.text for entry in found)


def test_no_hits_give_no_evidence(embedder) -> None:
    assert find_evidence("who?", [], documents={}, embedder=embedder, rarity={}) == ()


def test_a_word_that_stands_there_is_met_and_a_stranger_is_not(embedder) -> None:
    _, near = rows_for(embedder, "What do fishermen want?")
    _, far = rows_for(embedder, "What do violinists want?")
    assert near["weakest"].max() > far["weakest"].max() + 0.1


def test_every_feature_lies_within_its_range(embedder) -> None:
    _, columns = rows_for(embedder, "When did the 3 fishermen of Aldermoor go to sea?")
    for name, values in columns.items():
        low = -1.0 if name in {"similarity", "before"} else 0.0
        assert (values >= low - 1e-3).all(), name
        assert (values <= 1.001).all(), name


def test_a_sentence_beyond_what_the_model_reads_still_gets_a_row(embedder) -> None:
    found, columns = rows_for(embedder, QUESTION, "Rain fell on the town all day long. " * 60)
    assert len(columns["similarity"]) == len(found) == 60
    assert columns["similarity"][-1] == 0.0


def test_rare_words_weigh_more_and_all_weights_are_within_bounds() -> None:
    weights = rarities({"everywhere": 100, "once": 1, "never": 0}, passages=100)
    assert 0.25 < weights["everywhere"] < weights["once"] < weights["never"] == 1.0
