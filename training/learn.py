"""The training loop of the evidence model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from statistics import fmean

import torch
from tokenizers import Tokenizer

from index.processor import prepare_torch
from rag.network import WORD_EMBEDDINGS, EvidenceNetwork, NetworkOutput, collate, joined
from rag.pairs import Tokenised, tokenise
from training import checkpoint
from training.batches import batches, epoch_batches
from training.checkpoint import Progress
from training.data import Group
from training.examples import Example
from training.held_out import figures
from training.objective import loss
from training.recipe import Recipe, rate_share
from training.run_folder import WEIGHTS, add_to_curve

HEAD_RATE = 5.0  # times the encoder's: the heads begin from nothing
LONGEST_GRADIENT = 1.0  # in the Euclidean norm; longer ones are shortened
PART = 8  # pairs read together on a processor


class Learner:
    """A network and its optimizer; word embeddings are frozen, half of all parameters.

    It learns on a GPU where torch finds one.
    """

    def __init__(self, network: EvidenceNetwork, *, tokenizer: Tokenizer, recipe: Recipe) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.network = network.to(self.device)
        self.tokenizer = tokenizer
        self._recipe = recipe
        network.get_parameter(WORD_EMBEDDINGS).requires_grad = False
        encoder = [weight for weight in network.encoder.parameters() if weight.requires_grad]
        heads = [
            weight for name, weight in network.named_parameters() if not name.startswith("encoder.")
        ]
        self.optimizer = torch.optim.AdamW(
            [{"params": encoder}, {"params": heads}], lr=recipe.rate, weight_decay=recipe.decay
        )

    def learn(self, examples: Sequence[Example], *, step: int, steps: int) -> dict[str, float]:
        """Takes one step of the run; the parts of its loss."""
        # Each step has its own seed, so that a run that was interrupted drops out the same.
        torch.manual_seed(self._recipe.seed * 1_000_003 + step)
        for group, times in zip(self.optimizer.param_groups, (1.0, HEAD_RATE), strict=True):
            group["lr"] = self._recipe.rate * times * rate_share(step, steps)
        self.network.train()
        tokens = tokenise([example.pair for example in examples], self.tokenizer)
        with torch.autocast(self.device, torch.bfloat16):
            output = read(self.network, tokens, device=self.device)
        total, parts = loss(output, examples, tokens)
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), LONGEST_GRADIENT)
        self.optimizer.step()
        return parts


def read(network: EvidenceNetwork, tokens: Sequence[Tokenised], *, device: str) -> NetworkOutput:
    """One forward pass over a batch, in parts of like length on a processor: padding costs time."""
    size = len(tokens) if device == "cuda" else PART
    order = sorted(range(len(tokens)), key=lambda row: len(tokens[row].ids))
    parts = [
        network(collate([tokens[row] for row in order[start : start + size]], device=device))
        for start in range(0, len(order), size)
    ]
    return joined(parts, order)


def train(
    groups: Sequence[Group],
    unseen: Sequence[Group],
    *,
    network: EvidenceNetwork,
    tokenizer: Tokenizer,
    recipe: Recipe,
    folder: Path,
    every: int,
) -> None:
    """Trains to the end of the recipe, going on from the folder's checkpoint where there is one.

    Every so many steps, and at the end, the curve gets a point with the mean losses since the last
    and the figures on the `unseen` groups, and the checkpoint is replaced.
    """
    prepare_torch()
    learner = Learner(network, tokenizer=tokenizer, recipe=recipe)
    first = epoch_batches(groups, seed=recipe.seed, epoch=0, size=recipe.batch)
    steps = round(recipe.epochs * len(first))
    done = checkpoint.restore(folder, learner.network, learner.optimizer)
    began = time.monotonic() - done.seconds, time.process_time() - done.cpu_seconds
    start = f", from step {done.step:,}" if done.step else ""
    print(f"{steps:,} steps on {learner.device}{start}", flush=True)
    losses: list[dict[str, float]] = []
    numbered = enumerate(batches(groups, seed=recipe.seed, size=recipe.batch), start=1)
    for step, examples in islice(numbered, done.step, steps):
        losses.append(learner.learn(examples, step=step, steps=steps))
        if step % every == 0 or step == steps:
            means = {f"loss_{name}": fmean(part[name] for part in losses) for name in losses[0]}
            known = figures(learner.network, unseen, tokenizer=tokenizer, device=learner.device)
            progress = Progress(
                step=step,
                seconds=time.monotonic() - began[0],
                cpu_seconds=time.process_time() - began[1],
            )
            add_to_curve(folder, {**asdict(progress), "steps": steps, **means, **known})
            checkpoint.save(folder, learner.network, learner.optimizer, progress)
            losses = []
    checkpoint.write_weights(folder / WEIGHTS, learner.network)
