"""A run that was interrupted goes on as if nothing had been."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from rag.network import WORD_EMBEDDINGS, EvidenceNetwork
from tests.training_groups import tiny_network, write_records
from training.checkpoint import Progress, restore, save, write_weights
from training.data import Group, load_groups
from training.learn import Learner, train
from training.recipe import Recipe
from training.run_folder import CHECKPOINT, CURVE, WEIGHTS
from training.start import tokenizer

TOKENIZER = tokenizer()
RECIPE = Recipe(seed=3, epochs=2.0, batch=8, dropout=0.2)
EVERY = 3


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> list[Group]:
    return load_groups(write_records(tmp_path_factory.mktemp("data")))


def run(groups: list[Group], folder: Path, network: EvidenceNetwork | None = None) -> None:
    train(
        groups,
        groups,
        network=network or tiny_network(dropout=RECIPE.dropout),
        tokenizer=TOKENIZER,
        recipe=RECIPE,
        folder=folder,
        every=EVERY,
    )


def curve(folder: Path) -> list[dict[str, float]]:
    """The points without what they took."""
    points = [json.loads(line) for line in (folder / CURVE).read_text().splitlines()]
    return [
        {name: value for name, value in point.items() if not name.endswith("seconds")}
        for point in points
    ]


def stop_after_first_checkpoint(network: EvidenceNetwork, folder: Path) -> None:
    """Ctrl-C a step or two behind it, while a batch is read."""
    parts = 0

    def count(module: torch.nn.Module, _: object) -> None:
        nonlocal parts
        parts += module.training and (folder / CHECKPOINT).is_file()
        if parts == 3:
            raise KeyboardInterrupt

    network.register_forward_pre_hook(count)


def test_interrupted_and_resumed_is_bit_for_bit_the_uninterrupted(
    groups: list[Group], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    whole.mkdir()
    parted.mkdir()
    run(groups, whole)
    network = tiny_network(dropout=RECIPE.dropout)
    stop_after_first_checkpoint(network, parted)
    with pytest.raises(KeyboardInterrupt):
        run(groups, parted, network)
    assert not (parted / WEIGHTS).exists()
    capsys.readouterr()
    run(groups, parted)
    assert f"from step {EVERY}" in capsys.readouterr().out
    assert curve(parted) == curve(whole)
    for name in (CHECKPOINT, WEIGHTS):
        one, other = load_file(whole / name), load_file(parted / name)
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert torch.equal(value, other[key]), key


def test_dropout_and_seed_matter(groups: list[Group], tmp_path: Path) -> None:
    """Else the comparison above would prove little."""
    run(groups, tmp_path, tiny_network())
    other = tmp_path / "other"
    other.mkdir()
    run(groups, other)
    one, two = load_file(tmp_path / WEIGHTS), load_file(other / WEIGHTS)
    assert any(not torch.equal(one[name], two[name]) for name in one)


def test_a_run_at_its_end_is_not_trained_on(groups: list[Group], tmp_path: Path) -> None:
    run(groups, tmp_path)
    before = (tmp_path / WEIGHTS).read_bytes()
    (tmp_path / WEIGHTS).unlink()
    run(groups, tmp_path)
    assert (tmp_path / WEIGHTS).read_bytes() == before


def test_what_is_restored_is_what_was_saved(groups: list[Group], tmp_path: Path) -> None:
    learner = Learner(tiny_network(), tokenizer=TOKENIZER, recipe=RECIPE)
    from training.batches import epoch_batches

    batch = epoch_batches(groups, seed=1, epoch=0, size=8)[0]
    learner.learn(batch, step=1, steps=2)
    progress = Progress(step=1, seconds=2.5, cpu_seconds=4.0)
    save(tmp_path, learner.network, learner.optimizer, progress)
    other = Learner(tiny_network(seed=9), tokenizer=TOKENIZER, recipe=RECIPE)
    # The word embeddings are no part of a checkpoint: they come with the embedding model.
    other.network.get_parameter(WORD_EMBEDDINGS).data.copy_(
        learner.network.get_parameter(WORD_EMBEDDINGS)
    )
    assert restore(tmp_path, other.network, other.optimizer) == progress
    for made in (learner, other):
        made.learn(batch, step=2, steps=2)
    for name, weight in learner.network.named_parameters():
        assert torch.equal(weight, other.network.get_parameter(name)), name


def test_without_a_checkpoint_there_is_no_progress(tmp_path: Path) -> None:
    learner = Learner(tiny_network(), tokenizer=TOKENIZER, recipe=RECIPE)
    assert restore(tmp_path, learner.network, learner.optimizer) == Progress()


def test_the_weights_that_ship_are_all_but_the_frozen_ones(tmp_path: Path) -> None:
    network = tiny_network()
    write_weights(tmp_path / "weights.safetensors", network)
    found = load_file(tmp_path / "weights.safetensors")
    assert found.keys() == {name for name, _ in network.named_parameters()} - {WORD_EMBEDDINGS}
    assert {value.dtype for value in found.values()} == {torch.bfloat16}
    for name, value in found.items():
        torch.testing.assert_close(
            value.float(), network.get_parameter(name).detach(), atol=1e-2, rtol=1e-2
        )


def test_word_embeddings_stay_and_everything_else_learns(
    groups: list[Group], tmp_path: Path
) -> None:
    network = tiny_network()
    before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    run(groups, tmp_path, network)
    for name, weight in network.named_parameters():
        assert torch.equal(weight.cpu(), before[name]) == (name == WORD_EMBEDDINGS), name
