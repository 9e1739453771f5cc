"""Pairs become tokens that know their places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.models import Span
from index.sentences import sentences
from index.weights import embedding_weights
from rag.pairs import MOST_QUESTION_TOKENS, MOST_TOKENS, Pair, Tokenised, tokenise

TOKENIZER = Tokenizer.from_file(str(embedding_weights() / "tokenizer.json"))
TOKENIZER.no_truncation()
TOKENIZER.no_padding()
PASSAGE = "Velmora lies on a bay. Ines Calder dug its harbour in 1871. Gulls nest there."
QUESTION = "Who dug the harbour?"

plain = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=120)
any_text = st.text(
    alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from(" \n“”’é北朝鮮한e\u0301ﬁß")),
    max_size=80,
)


def tokens(passage: str = PASSAGE, *, title: str = "", question: str = QUESTION) -> Tokenised:
    found = tuple(sentences(passage, "en"))
    pair = Pair(question=question, title=title, passage=passage, sentences=found)
    return tokenise([pair], TOKENIZER)[0]


def words(found: Tokenised) -> list[str]:
    """What the model reads of the passage."""
    return [TOKENIZER.id_to_token(number) for number in found.ids[found.starts >= 0]]


@given(passage=plain, title=plain)
def test_every_token_is_the_text_at_its_place(passage: str, title: str) -> None:
    found = tokens(passage, title=title)
    places = np.flatnonzero(found.starts >= 0)
    for place, word in zip(places, words(found), strict=True):
        text = passage[found.starts[place] : found.ends[place]]
        assert word in {text.lower(), f"##{text.lower()}", "[UNK]"}
    read = "".join(passage[found.starts[place] : found.ends[place]] for place in places)
    assert read == "".join(passage.split())


@given(passage=any_text, title=any_text, question=any_text)
def test_places_lie_in_the_passage_and_in_order(passage: str, title: str, question: str) -> None:
    found = tokens(passage, title=title, question=question)
    starts, ends = found.starts[found.starts >= 0], found.ends[found.starts >= 0]
    assert (ends > starts).all()
    assert (ends <= len(passage)).all()
    assert (starts[1:] >= starts[:-1]).all()
    assert ((found.starts < 0) == (found.ends < 0)).all()
    assert {len(array) for array in (found.ids, found.types, found.ends, found.sentence_of)} == {
        len(found.starts)
    }


def test_a_title_is_read_but_has_no_places() -> None:
    bare, titled = tokens(), tokens(title="Harbour of Velmora")
    assert words(bare) == words(titled)
    inside = titled.starts >= 0
    assert (titled.starts[~inside] == -1).all()
    assert bare.starts[bare.starts >= 0].tolist() == titled.starts[inside].tolist()
    assert bare.sentence_of[bare.starts >= 0].tolist() == titled.sentence_of[inside].tolist()
    read = [TOKENIZER.id_to_token(number) for number in titled.ids[titled.types == 1]]
    assert read[:2] == ["harbour", "of"]
    assert len(read) == (bare.types == 1).sum() + len(TOKENIZER.encode("Harbour of Velmora")) - 2


def test_the_question_comes_first_and_has_no_places() -> None:
    found = tokens()
    asked = found.types == 0
    assert [TOKENIZER.id_to_token(number) for number in found.ids[asked]] == [
        *("[CLS]", "who", "dug", "the", "harbour", "?", "[SEP]")
    ]
    assert (found.starts[asked] == -1).all()


def test_every_token_belongs_to_the_sentence_it_stands_in() -> None:
    found = tokens()
    spans = list(sentences(PASSAGE, "en"))
    assert found.sentence_count == len(spans) == 3
    for place in np.flatnonzero(found.starts >= 0):
        span = spans[found.sentence_of[place]]
        assert span.start <= found.starts[place] < found.ends[place] <= span.end
    assert (found.sentence_of[found.starts < 0] == -1).all()


def test_tokens_between_sentences_belong_to_none() -> None:
    pair = Pair(question="?", title="", passage="One. Two.", sentences=[Span(5, 9)])
    (found,) = tokenise([pair], TOKENIZER)
    assert found.sentence_of[found.starts >= 0].tolist() == [-1, -1, 0, 0]


def test_long_pairs_lose_their_end() -> None:
    passage = "Rain fell on the town. " * 100
    found = tokens(passage.strip())
    assert len(found.ids) == MOST_TOKENS
    assert found.sentence_count < 100
    whole = tokens("Rain fell on the town. " * 20)
    assert len(whole.ids) < MOST_TOKENS
    assert whole.sentence_count == 20


@pytest.mark.parametrize("word", ["why ", "unfathomably "])
def test_long_questions_lose_their_end(word: str) -> None:
    found = tokens(question=word * 200)
    assert (found.types == 0).sum() <= MOST_QUESTION_TOKENS + 2
    assert words(found) == words(tokens())


def test_pairs_stay_in_order_and_questions_apart() -> None:
    pairs = [
        Pair(question=question, title="", passage=passage, sentences=())
        for question in ("Who?", "When?")
        for passage in ("Rain.", "Snow fell.")
    ]
    alone = [tokenise([pair], TOKENIZER)[0] for pair in pairs]
    for one, other in zip(tokenise(pairs, TOKENIZER), alone, strict=True):
        assert one.ids.tolist() == other.ids.tolist()


def test_an_empty_passage_has_no_tokens_and_no_sentences() -> None:
    found = tokens("")
    assert (found.starts == -1).all()
    assert found.sentence_count == 0
