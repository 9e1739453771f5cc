"""The real encoder learns a dozen invented groups, and Ctrl-C says how to go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers.utils import logging

from rag.network import WORD_EMBEDDINGS
from tests.training_groups import write_records
from training.average import main as average
from training.checkpoint import write_weights
from training.data import load_groups
from training.learn import train
from training.recipe import Recipe
from training.run_folder import CHECKPOINT, WEIGHTS
from training.start import new_network, tokenizer
from training.train_evidence import main as command

ROOT = Path(__file__).parents[2]


def test_the_loss_falls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    groups = load_groups(write_records(tmp_path / "data"))
    recipe = Recipe(epochs=5.0, batch=12)
    train(
        groups,
        groups,
        network=new_network(seed=recipe.seed),
        tokenizer=tokenizer(),
        recipe=recipe,
        folder=tmp_path,
        every=3,
    )
    points = [json.loads(line) for line in capsys.readouterr().out.splitlines()[1:]]
    totals = [
        sum(value for name, value in point.items() if name.startswith("loss_")) for point in points
    ]
    assert totals[-1] < 0.8 * totals[0]
    assert points[-1]["auc_answers"] > points[0]["auc_answers"]
    assert points[-1]["step"] == points[-1]["steps"]
    assert points[-1]["seconds"] > points[0]["seconds"] > 0
    weights = load_file(tmp_path / WEIGHTS)
    assert WORD_EMBEDDINGS not in weights
    assert all(torch.isfinite(value).all() for value in weights.values())


def test_a_run_goes_on_from_another_and_their_weights_are_averaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_records(tmp_path)
    monkeypatch.setenv("PINCITE_DATA", str(tmp_path))
    one, other = tmp_path / "one", tmp_path / "other"
    command(["--out", str(one), "--epochs", "2"])
    command(["--out", str(other), "--first", str(one / WEIGHTS), "--rate", "1e-9"])
    first, second = load_file(one / WEIGHTS), load_file(other / WEIGHTS)
    # At a rate of nothing, what the second ends with is what it began with.
    for name, value in first.items():
        torch.testing.assert_close(second[name], value, atol=1e-3, rtol=1e-2)

    write_weights(other / WEIGHTS, new_network(seed=2))
    average([str(one / WEIGHTS), str(other / WEIGHTS), "--out", str(tmp_path / "new" / WEIGHTS)])
    second, mean = load_file(other / WEIGHTS), load_file(tmp_path / "new" / WEIGHTS)
    assert mean.keys() == first.keys()
    for name, value in mean.items():
        expected = ((first[name].float() + second[name].float()) / 2).to(torch.bfloat16)
        assert torch.equal(value, expected), name
    assert not torch.equal(mean["passage_head.weight"], first["passage_head.weight"])


def test_loading_is_quiet_and_leaves_the_loggers_as_they_were(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logging.enable_progress_bar()
    level = logging.get_verbosity()
    one, other = new_network(seed=1), new_network(seed=1)
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == (level, True)
    for name, weight in one.named_parameters():
        assert torch.equal(weight, other.get_parameter(name)), name
    heads = new_network(seed=2).passage_head.weight
    assert not torch.equal(heads, one.passage_head.weight)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another thing there")
@pytest.mark.usefixtures("heeds_control_c")
def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    write_records(tmp_path)
    out = tmp_path / "run"
    begin = [sys.executable, "-m", "training.train_evidence", "--out", str(out)]
    with subprocess.Popen(
        [*begin, "--epochs", "1000", "--every", "1"],
        cwd=ROOT,
        env=os.environ | {"PINCITE_DATA": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        printed = [next(line for line in lines if line.startswith('{"step": 2,'))]
        process.send_signal(signal.SIGINT)
        printed += lines
    assert process.returncode == 130
    told = f"Interrupted: run the same command again to go on from the last checkpoint in {out}."
    assert printed[-1].strip() == told
    assert "Traceback" not in "".join(printed)
    assert (out / CHECKPOINT).is_file()
