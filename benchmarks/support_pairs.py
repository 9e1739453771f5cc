"""Claims with what their sources say nearest to them, read by the evidence model once."""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evaluation_data import ROOT
from numpy.typing import NDArray

from index.sentences import sentences
from rag.features import rarities
from rag.judge import Held, signs
from rag.reader import Reader
from rag.support import why_unsupported
from rag.words import content_stems, names

SETS = ("scifact_pairs", "summedits_news")
MADE = "near copies"
# A claim is read against so many sentences of its source: a claim of several facts needs several.
NEAREST = 3
# The model reads a few hundred pairs at a time, so that progress is seen.
_AT_ONCE = 128
_COPIES = 6
# Shorter ones, in characters, are mostly headings.
_FRAGMENT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPair:
    """A claim and its source; `held` is the claim against what is nearest to it there."""

    set: str
    source: str
    held: Held
    is_supported: bool

    @property
    def has_foreign_name(self) -> bool:
        """Whether a name of the claim stands nowhere in the whole source."""
        return not names(self.held.claim, leading=True) <= content_stems(self.source)

    def rules_accept(self, *, sentence_only: bool) -> bool:
        """The verdict of the rules, on the nearest sentence or on all that is near."""
        evidence = self.held.evidence if sentence_only else self.held.surroundings
        return why_unsupported(self.held.claim, evidence) is None


def claim_pairs(folder: Path) -> list[ClaimPair]:
    """All pairs of grounding_pairs_a; what is not supported is refuted or not to be found."""
    found = []
    for name in SETS:
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            held = nearest(entry["claim"], entry["source"])
            supported = entry["label"] == "supported"
            found.append(
                ClaimPair(set=name, source=entry["source"], held=held, is_supported=supported)
            )
    return found


def near_copies(pairs: Sequence[ClaimPair], *, seed: int = 7) -> list[ClaimPair]:
    """Claims a faithful writer makes and a careless one: a sentence trimmed, or with a slip.

    Six of each a source where they can be made, as training makes them (docs/training.md) but from
    texts that training never saw; evidence is the sentence itself, among its neighbours.
    """
    sys.path.append(str(ROOT))  # the training is not installed with the package
    from training.perturb import claim_about

    rng = random.Random(seed)
    sources = list(dict.fromkeys(pair.source for pair in pairs))
    found = []
    for number, source in enumerate(sources):
        texts = _sentences(source)
        wanted = {True: _COPIES, False: _COPIES}
        for place in rng.sample(range(len(texts)), len(texts)):
            made = claim_about(
                texts[place],
                passage=source,
                question="",
                answer="",
                elsewhere=sources[number - 1],
                rng=rng,
            )
            # What was trimmed of nothing is a quotation, which is not judged.
            if made is None or made[0] == texts[place] or not wanted[made[1]]:
                continue
            if len(texts[place]) < _FRAGMENT:
                continue
            wanted[made[1]] -= 1
            around = " ".join(texts[max(0, place - 1) : place + 2])
            held = Held(claim=made[0], evidence=texts[place], surroundings=around, title="")
            found.append(ClaimPair(set=MADE, source=source, held=held, is_supported=made[1]))
    return found


def nearest(claim: str, source: str) -> Held:
    """The claim against the sentence that shares most of its rare words, and the next best two."""
    texts = _sentences(source)
    stems = [content_stems(text) for text in texts]
    counts = Counter(name for held in stems for name in held)
    rarity = rarities(counts, passages=len(texts))
    shared = [sum(rarity[name] for name in held & content_stems(claim)) for held in stems]
    order = sorted(range(len(texts)), key=lambda number: -shared[number])
    around = " ".join(texts[number] for number in sorted(order[:NEAREST]))
    return Held(claim=claim, evidence=texts[order[0]], surroundings=around, title="")


def sign_rows(
    pairs: Sequence[ClaimPair],
    reader: Reader,
    *,
    folder: Path,
    on_read: Callable[[int], None] = lambda _: None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The signs of every pair, shape (len(pairs), len(SIGNS)), and the model's logits.

    Readings are kept in `folder` under the model's name, which changes with its weights.
    """
    kept = folder / f"{reader.model_id.replace('/', '-')}.json"
    logits: dict[str, float] = json.loads(kept.read_text()) if kept.is_file() else {}
    unread = {key: pair for pair in pairs if (key := _key(pair.held)) not in logits}
    for keys in _parts(list(unread)):
        on_read(len(unread))
        readings = reader.read([unread[key].held.pair for key in keys])
        for key, reading in zip(keys, readings, strict=True):
            if reading.supports is None:
                raise SystemExit(f"{reader.model_id} does not judge claims.")
            logits[key] = reading.supports
            del unread[key]
    folder.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(logits))
    supports = np.array([logits[_key(pair.held)] for pair in pairs])
    rows = [signs(pair.held, logit) for pair, logit in zip(pairs, supports.tolist(), strict=True)]
    return np.array(rows), supports


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def _key(held: Held) -> str:
    text = "\0".join((held.claim, held.title, held.surroundings))
    return hashlib.sha256(text.encode()).hexdigest()


def _sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text, "en")]
