"""The mean of the weights of several trainings: often better than each, and no slower to read.

    python -m training.average FIRST SECOND ... --out FILE

The trainings must have begun from the same weights, or one from the other (Wortsman et al. 2022,
"Model soups"; Izmailov et al. 2018 for points of one run).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from training.run_folder import WEIGHTS


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.average", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("weights", type=Path, nargs="+", help="what trainings wrote")
    parser.add_argument("--out", type=Path, default=Path("runs") / WEIGHTS, help="the mean")
    options = parser.parse_args(arguments)
    for path in options.weights:
        if not path.is_file():
            parser.error(f"{path} is not a file: give the {WEIGHTS} of finished runs")
    if len(options.weights) < 2:
        parser.error("one file is its own mean: give the weights of two runs or more")
    # Imported here: torch takes seconds, and help and mistakes should not wait for it.
    from index.errors import ModelError
    from training.checkpoint import write_mean

    options.out.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_mean(options.out, options.weights)
    except ModelError as error:
        parser.error(str(error))
    print(f"The mean of {len(options.weights)} is in {options.out}.")


if __name__ == "__main__":
    main()
