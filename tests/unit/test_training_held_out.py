"""The figures on unseen groups lie between 0 and 1 and mean what they say."""

from __future__ import annotations

import random

import pytest
import torch

from tests.training_groups import tiny_network, write_records
from training.data import Group, load_groups
from training.held_out import figures
from training.start import tokenizer

TOKENIZER = tokenizer()
NAMES = {"auc_answers", "auc_near", "auc_supports", "sentence_first", "span_f1"}


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> list[Group]:
    return load_groups(write_records(tmp_path_factory.mktemp("data")))


def test_there_is_a_figure_for_everything(groups: list[Group]) -> None:
    # Claims are drawn of a third of the groups: of so few, true and false ones need not be there.
    found = figures(tiny_network(), groups * 4, tokenizer=TOKENIZER, device="cpu")
    assert found.keys() == NAMES
    assert all(0.0 <= value <= 1.0 for value in found.values())


def test_they_hang_on_the_network_alone(groups: list[Group]) -> None:
    network = tiny_network(dropout=0.2).train()  # none is dropped out to measure it
    first = figures(network, groups, tokenizer=TOKENIZER, device="cpu")
    random.seed(5)
    torch.manual_seed(5)
    assert figures(network, groups, tokenizer=TOKENIZER, device="cpu") == first
    assert figures(tiny_network(seed=2), groups, tokenizer=TOKENIZER, device="cpu") != first


def test_what_nothing_is_known_of_is_left_out(groups: list[Group]) -> None:
    assert figures(tiny_network(), groups[-1:], tokenizer=TOKENIZER, device="cpu") == {}
    assert figures(tiny_network(), [], tokenizer=TOKENIZER, device="cpu") == {}
