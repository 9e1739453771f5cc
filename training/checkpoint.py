"""Where a training run stands, kept so that an interrupted one goes on; and the weights to ship.

Both are safetensors, never pickles, and replaced in one move: a kill leaves the old file or the
new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from rag.evidence_weights import load_network
from rag.network import WORD_EMBEDDINGS, EvidenceNetwork
from training.run_folder import CHECKPOINT

# What AdamW keeps of each weight besides the step.
_MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Steps done and what they took, interruptions left out; `cpu_seconds` adds up all cores."""

    step: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0


def save(
    folder: Path,
    network: EvidenceNetwork,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
) -> None:
    """Keeps weights, the optimizer's moments and the progress; nothing else is random in a step."""
    tensors: dict[str, Tensor] = {}
    for name, weight in _trained(network).items():
        tensors[f"weight.{name}"] = weight
        tensors |= {f"{moment}.{name}": optimizer.state[weight][moment] for moment in _MOMENTS}
    _write(
        folder / CHECKPOINT,
        tensors,
        metadata={name: str(value) for name, value in asdict(progress).items()},
    )


def restore(folder: Path, network: EvidenceNetwork, optimizer: torch.optim.Optimizer) -> Progress:
    """Takes up the checkpoint of a folder; no progress where there is none."""
    path = folder / CHECKPOINT
    if not path.is_file():
        return Progress()
    with safe_open(str(path), framework="pt") as stream:
        kept = stream.metadata()
    progress = Progress(
        step=int(kept["step"]),
        seconds=float(kept["seconds"]),
        cpu_seconds=float(kept["cpu_seconds"]),
    )
    tensors = load_file(path)
    with torch.no_grad():
        for name, weight in _trained(network).items():
            weight.copy_(tensors[f"weight.{name}"])
            optimizer.state[weight] = {"step": torch.tensor(float(progress.step))} | {
                moment: tensors[f"{moment}.{name}"].to(weight.device) for moment in _MOMENTS
            }
    return progress


def write_weights(path: Path, network: EvidenceNetwork) -> None:
    """The tensors that training changed, in bfloat16: as they ship."""
    _write(
        path,
        {name: weight.to(torch.bfloat16) for name, weight in _trained(network).items()},
        metadata={},
    )


def write_mean(path: Path, weights: Sequence[Path]) -> None:
    """The mean of files of `write_weights`, in bfloat16. Raises `ModelError` for other files."""
    networks = [dict(load_network(one).named_parameters()) for one in weights]
    _write(
        path,
        {
            name: torch.stack([network[name] for network in networks]).mean(0).to(torch.bfloat16)
            for name in networks[0]
            if name != WORD_EMBEDDINGS
        },
        metadata={},
    )


def _trained(network: EvidenceNetwork) -> dict[str, Tensor]:
    return {name: value for name, value in network.named_parameters() if name != WORD_EMBEDDINGS}


def _write(path: Path, tensors: Mapping[str, Tensor], *, metadata: dict[str, str]) -> None:
    new = path.with_name(f"{path.name}.new")
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    save_file(plain, new, metadata=metadata)
    new.replace(path)
