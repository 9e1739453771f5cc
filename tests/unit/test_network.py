"""The evidence network reads each pair alone, however it is batched."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import sentences
from rag.network import JUDGEMENTS, LEAST, NetworkOutput, _most, collate, joined
from rag.pairs import Pair, Tokenised, tokenise
from tests.training_groups import FACTS, tiny_network
from training.start import tokenizer

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
NETWORK = tiny_network().eval()
TOKENIZER = tokenizer()


def pair(number: int, *, title: str = "") -> Pair:
    _, passage, question, _ = FACTS[number]
    spans = tuple(sentences(passage, "en"))
    return Pair(question=question, title=title, passage=passage, sentences=spans)


def short() -> Pair:
    return Pair(
        question="Why?", title="", passage="Rain.", sentences=tuple(sentences("Rain.", "en"))
    )


@pytest.fixture(scope="module")
def tokens() -> list[Tokenised]:
    pairs = [pair(0), short(), pair(3, title=FACTS[3][0]), pair(6), short()]
    return tokenise(pairs, TOKENIZER)


def read(tokens: list[Tokenised]) -> NetworkOutput:
    with torch.inference_mode():
        output: NetworkOutput = NETWORK(collate(tokens))
    return output


def test_a_batch_knows_tokens_passages_and_sentences(tokens: list[Tokenised]) -> None:
    given = collate(tokens)
    longest = max(len(entry.ids) for entry in tokens)
    assert given.token_ids.shape == (len(tokens), longest)
    assert given.sentence_tokens.shape == (len(tokens), 4, longest)
    for row, entry in enumerate(tokens):
        length = len(entry.ids)
        assert given.token_ids[row].tolist() == entry.ids.tolist() + [0] * (longest - length)
        assert given.attended[row].tolist() == [1] * length + [0] * (longest - length)
        assert given.token_types[row, :length].tolist() == entry.types.tolist()
        assert given.passage_tokens[row, :length].tolist() == (entry.starts >= 0).tolist()
        assert not given.passage_tokens[row, length:].any()
        for number in range(4):
            marked = given.sentence_tokens[row, number].nonzero().flatten().tolist()
            assert marked == (entry.sentence_of == number).nonzero()[0].tolist()


def test_every_output_has_its_shape(tokens: list[Tokenised]) -> None:
    output, given = read(tokens), collate(tokens)
    assert output.passages.shape == (len(tokens), len(JUDGEMENTS))
    assert output.sentences.shape == given.sentence_tokens.shape[:2]
    assert output.starts.shape == output.ends.shape == given.token_ids.shape


def test_padding_changes_nothing(tokens: list[Tokenised]) -> None:
    together = read(tokens)
    for row, entry in enumerate(tokens):
        alone, length, count = read([entry]), len(entry.ids), entry.sentence_count
        torch.testing.assert_close(together.passages[row], alone.passages[0], **CLOSE)
        torch.testing.assert_close(together.sentences[row, :count], alone.sentences[0], **CLOSE)
        torch.testing.assert_close(together.starts[row, :length], alone.starts[0], **CLOSE)
        torch.testing.assert_close(together.ends[row, :length], alone.ends[0], **CLOSE)


def test_parts_are_joined_to_what_one_batch_gives(tokens: list[Tokenised]) -> None:
    order = [1, 4, 0, 3, 2]
    parts = [read([tokens[row] for row in rows]) for rows in (order[:2], order[2:3], order[3:])]
    found, wanted = joined(parts, order), read(tokens)
    for name in ("passages", "starts", "ends"):
        torch.testing.assert_close(getattr(found, name), getattr(wanted, name), **CLOSE)
    for row, entry in enumerate(tokens):
        count = entry.sentence_count
        torch.testing.assert_close(
            found.sentences[row, :count], wanted.sentences[row, :count], **CLOSE
        )


def test_answers_lie_in_the_passage_or_nowhere(tokens: list[Tokenised]) -> None:
    output, given = read(tokens), collate(tokens)
    allowed = given.passage_tokens.clone()
    allowed[:, 0] = True
    for found in (output.starts, output.ends):
        assert (found[~allowed] == LEAST).all()
        assert (found[allowed].abs() < 100).all()


def test_a_sentence_is_read_in_its_surroundings() -> None:
    one = pair(0)
    other = Pair(
        question="Where do gulls nest?", title="", passage=one.passage, sentences=one.sentences
    )
    asked, else_asked = read(tokenise([one, other], TOKENIZER)).sentences
    assert (asked - else_asked).abs().min() > 1e-6


def test_nothing_to_read_still_gives_numbers() -> None:
    empty = Pair(question="", title="", passage="", sentences=())
    network = tiny_network()
    output = network(collate(tokenise([empty, short()], TOKENIZER)))
    total = sum(value[value > LEAST].sum() for value in (output.passages, output.sentences))
    (total + output.starts[:, 0].sum()).backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None, name
        assert torch.isfinite(weight.grad).all(), name


@settings(deadline=None)
@given(values=st.lists(st.floats(-50, 50, width=32), min_size=2, max_size=9))
def test_the_most_telling_token_rules_the_smooth_maximum(values: list[float]) -> None:
    row = torch.tensor([[*values, 77.0]])  # the last stands outside
    inside = torch.tensor([[[True] * len(values) + [False], [False] * (len(values) + 1)]])
    found, nothing = _most(row, inside)[0].tolist()
    assert max(values) - 2.2 <= found <= max(values) + 1e-3  # log 9 < 2.2
    assert found >= sum(values) / len(values) - 1e-3
    assert nothing == 0.0
