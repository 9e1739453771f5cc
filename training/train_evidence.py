"""Train the evidence model on the open pairs.

    make train-evidence [ARGS="--out runs/evidence --epochs 1.7 --seed 7 --share 1"]
    python -m training.train_evidence [--out FOLDER] ...

Uses a GPU where torch finds one, else the processor's cores. Interrupted, the same command goes on
from the last checkpoint in `--out`. See docs/training.md.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path

from training.recipe import Recipe
from training.run_folder import NEIGHBOURS, WEIGHTS, is_begun, is_finished, keep_recipe

INTERRUPTED = 130  # the exit status shells give to what Ctrl-C ended


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    folder: Path = options.out
    recipe = Recipe(
        seed=options.seed,
        epochs=options.epochs,
        share=options.share,
        rate=options.rate,
        first=_sha256(options.first) if options.first else "",
    )
    try:
        _run(recipe, folder=folder, every=options.every, first=options.first)
    except KeyboardInterrupt:
        place = f"from the last checkpoint in {folder}" if is_begun(folder) else "from the start"
        print(f"\nInterrupted: run the same command again to go on {place}.", flush=True)
        raise SystemExit(INTERRUPTED) from None


def _run(recipe: Recipe, *, folder: Path, every: int, first: Path | None) -> None:
    # Imported here: torch takes seconds, and help and mistakes should not wait for it.
    from training.data import load_groups, split_held_out, training_file, with_second_readings

    source = training_file()
    keep_recipe(folder, recipe)
    if is_finished(folder):
        print(
            f"This run is finished, its weights are {folder / WEIGHTS}: give another folder with "
            "--out to train again."
        )
        return
    from index.embed import SentenceTransformerEmbedder
    from index.weights import EMBEDDING_MODEL
    from rag.evidence_weights import load_network
    from training.learn import train
    from training.neighbours import with_neighbours
    from training.start import new_network, tokenizer

    groups = with_neighbours(
        load_groups(source),
        embedder=SentenceTransformerEmbedder(EMBEDDING_MODEL),
        cache=folder / NEIGHBOURS,
    )
    kept, held_out = split_held_out(groups)
    random.Random(recipe.seed).shuffle(kept)
    kept = kept[: round(recipe.share * len(kept))]
    if not kept:
        raise SystemExit(f"{source} and --share {recipe.share} leave no question to learn from.")
    print(f"{len(kept):,} questions to learn from, {len(held_out):,} held out", flush=True)
    train(
        with_second_readings(kept),
        held_out,
        network=(
            load_network(first) if first else new_network(seed=recipe.seed, dropout=recipe.dropout)
        ),
        tokenizer=tokenizer(),
        recipe=recipe,
        folder=folder,
        every=every,
    )


def _sha256(path: Path) -> str:
    if not path.is_file():
        raise SystemExit(f"{path} is not a file: --first takes the weights that a run wrote.")
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    default = Recipe()
    parser = argparse.ArgumentParser(
        prog="python -m training.train_evidence",
        description=__doc__.splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--out", type=Path, default=Path("runs/evidence"), help="the folder of the run")
    add("--epochs", type=float, default=default.epochs, help="passes over the data")
    add("--share", type=float, default=default.share, help="of the questions, up to 1")
    add("--seed", type=int, default=default.seed, help="decides all that is drawn")
    add("--rate", type=float, default=default.rate, help="the encoder's highest learning rate")
    add("--first", type=Path, help="weights of an earlier run to begin with")
    add("--every", type=int, default=250, help="steps between checkpoints")
    options = parser.parse_args(arguments)
    above_nothing = (options.epochs, options.rate, options.every)
    if not (0 < options.share <= 1 and min(above_nothing) > 0):
        parser.error("--epochs, --rate and --every must be above 0, --share above 0 and at most 1")
    return options


if __name__ == "__main__":
    main()
