"""The evidence model: a small cross-encoder that reads a question and a passage together.

Imported only when the model is loaded or trained: torch takes seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from transformers import BertModel

from rag.pairs import Tokenised

if TYPE_CHECKING:
    from transformers import BertConfig

# What a passage is judged on, in the order of the outputs of `passage_head`.
JUDGEMENTS = ("answers", "relevant", "supports")
# Frozen in training and taken from the embedding model at load: half of all parameters.
WORD_EMBEDDINGS = "encoder.embeddings.word_embeddings.weight"
# Stands for minus infinity, whose gradients would be no numbers.
LEAST = -1e4


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkInput:
    """A padded batch of B pairs of at most L tokens, whose passages have at most S sentences.

    `token_ids`, `token_types` (0 question, 1 title and passage) and `attended` (1, padding 0) have
    the shape (B, L). `passage_tokens`, shape (B, L), and `sentence_tokens`, shape (B, S, L), are
    true for the tokens of each passage, title left out, and of each of its sentences.
    """

    token_ids: Tensor
    token_types: Tensor
    attended: Tensor
    passage_tokens: Tensor
    sentence_tokens: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkOutput:
    """Logits: `passages` (B, 3) in the order of `JUDGEMENTS`, `sentences` (B, S).

    Behind the last sentence of a pair, its row of `sentences` means nothing. `starts` and
    `ends`, shape (B, L), are those of the answer's first and last token; position 0 stands for no
    answer, positions outside the passage are `LEAST`.
    """

    passages: Tensor
    sentences: Tensor
    starts: Tensor
    ends: Tensor


class EvidenceNetwork(nn.Module):
    """BERT with three linear heads: on the passage, on each sentence and on the answer's span.

    A sentence is judged by its tokens, their mean and the most telling among them, beside the
    state of the whole pair: it is read in its surroundings and not alone. Spans are read as in
    Devlin et al. 2019 for SQuAD 2.0, the first token standing for no answer.
    """

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width: int = encoder.config.hidden_size
        self.encoder = encoder
        self.passage_head = nn.Linear(2 * width, len(JUDGEMENTS))
        self.sentence_head = nn.Linear(2 * width, 1)
        self.token_head = nn.Linear(width, 3)  # start, end, and how telling for its sentence

    def forward(self, given: NetworkInput) -> NetworkOutput:
        states: Tensor = self.encoder(
            input_ids=given.token_ids,
            token_type_ids=given.token_types,
            attention_mask=given.attended,
        ).last_hidden_state
        pair = states[:, 0]
        passage = _means(states, given.passage_tokens.unsqueeze(1)).squeeze(1)
        sentences = _means(states, given.sentence_tokens)
        around = pair.unsqueeze(1).expand_as(sentences)
        starts, ends, telling = self.token_head(states).float().unbind(-1)
        allowed = given.passage_tokens.clone()
        allowed[:, 0] = True
        return NetworkOutput(
            passages=self.passage_head(torch.cat([pair, passage], -1)).float(),
            sentences=self.sentence_head(torch.cat([sentences, around], -1)).squeeze(-1).float()
            + _most(telling, given.sentence_tokens),
            starts=starts.masked_fill(~allowed, LEAST),
            ends=ends.masked_fill(~allowed, LEAST),
        )


def new_network(config: BertConfig) -> EvidenceNetwork:
    """The network with random weights, for tensors to be loaded into."""
    return EvidenceNetwork(BertModel(config, add_pooling_layer=False))


def _means(states: Tensor, masks: Tensor) -> Tensor:
    """The mean state of the tokens in each mask (B, S, L): shape (B, S, width), zeros for none."""
    shares = masks.to(states.dtype)
    return (shares @ states) / shares.sum(-1, keepdim=True).clamp(min=1)


def _most(values: Tensor, masks: Tensor) -> Tensor:
    """The log of the mean of exp over each mask (B, S, L): a smooth maximum; 0 for none.

    `values` has the shape (B, L), the result (B, S).
    """
    inside = values.unsqueeze(1).masked_fill(~masks, LEAST)
    count = masks.sum(-1)
    smooth = torch.logsumexp(inside, -1) - count.clamp(min=1).log()
    return torch.where(count > 0, smooth, torch.zeros_like(smooth))


def collate(pairs: Sequence[Tokenised], *, device: str = "cpu") -> NetworkInput:
    """A padded batch; the padding token of every BERT vocabulary used here is 0."""
    longest = max(len(pair.ids) for pair in pairs)
    most = max(1, *(pair.sentence_count for pair in pairs))
    ids = np.zeros((len(pairs), longest), dtype=np.int64)
    types = np.zeros_like(ids)
    attended = np.zeros_like(ids)
    inside = np.zeros(ids.shape, dtype=np.bool_)
    sentences = np.zeros((len(pairs), most, longest), dtype=np.bool_)
    for row, pair in enumerate(pairs):
        length = len(pair.ids)
        ids[row, :length], types[row, :length], attended[row, :length] = pair.ids, pair.types, 1
        inside[row, :length] = pair.starts >= 0
        sentences[row, :, :length] = pair.sentence_of == np.arange(most)[:, None]
    return NetworkInput(
        token_ids=torch.from_numpy(ids).to(device),
        token_types=torch.from_numpy(types).to(device),
        attended=torch.from_numpy(attended).to(device),
        passage_tokens=torch.from_numpy(inside).to(device),
        sentence_tokens=torch.from_numpy(sentences).to(device),
    )


def joined(parts: Sequence[NetworkOutput], order: Sequence[int]) -> NetworkOutput:
    """The outputs of several batches as one; row `order[i]` is the i-th of all parts."""
    places = torch.argsort(torch.tensor(order)).to(parts[0].passages.device)

    def one(values: Sequence[Tensor], fill: float) -> Tensor:
        width = max(value.shape[1] for value in values)
        padded = [pad(value, (0, width - value.shape[1]), value=fill) for value in values]
        return torch.cat(padded)[places]

    return NetworkOutput(
        passages=one([part.passages for part in parts], 0.0),
        sentences=one([part.sentences for part in parts], 0.0),
        starts=one([part.starts for part in parts], LEAST),
        ends=one([part.ends for part in parts], LEAST),
    )
