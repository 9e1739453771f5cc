"""A dozen invented groups in the shape of the open training pairs, and a network as small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# Title, passage, question, its answer in the passage.
FACTS = (
    (
        "Harbour of Velmora",
        "Velmora lies on a cold bay. Its harbour was dug by Ines Calder in 1871. Gulls nest "
        "on the mole. The fish market opens at six.",
        "Who dug the harbour of Velmora?",
        "Ines Calder",
    ),
    (
        "Lake Ordin",
        "Lake Ordin is fed by snow. Divers measured a depth of 214 metres near the northern "
        "shore. Trout are rare there. The shore road is closed in winter.",
        "How deep is Lake Ordin near its northern shore?",
        "214 metres",
    ),
    (
        "Tram of Pellworth",
        "Pellworth is built on two hills. A tram has joined them since 1926. It runs on steel"
        " rails and carries nine hundred people a day. Bread is baked at both ends.",
        "Since when has a tram joined the hills of Pellworth?",
        "1926",
    ),
    (
        "The Marrow Bell",
        "The Marrow Bell hangs in Saint Osric. It was cast from the guns of a sunken frigate."
        " Nobody has rung it since the storm. Its rope was sold to a circus.",
        "What was the Marrow Bell cast from?",
        "the guns of a sunken frigate",
    ),
    (
        "Council of Dunmere",
        "Dunmere may lose its library. The council will vote on Thursday, said the mayor "
        "Tobias Renn. Readers have gathered names. A bakery offered its cellar for the books.",
        "When will the council of Dunmere vote?",
        "Thursday",
    ),
    (
        "Quillan moth",
        "The Quillan moth feeds on thistles. Its wings turn blue when it is cold. Children "
        "collect its empty cocoons. It was first drawn by the monk Aldous Prine.",
        "What do the wings of the Quillan moth do when it is cold?",
        "turn blue",
    ),
    (
        "Copper of Hask",
        "Copper is dug at Hask. The mine exported 3,400 tonnes to Norrland last year. Its "
        "foreman plays the organ. A second shaft is being sunk.",
        "How much copper did the mine at Hask export to Norrland?",
        "3,400 tonnes",
    ),
    (
        "Sela Brandt",
        "Sela Brandt painted doors. She learned the craft from her aunt in Corvane. Her last "
        "door is green. Visitors knock on it for luck.",
        "Where did Sela Brandt learn her craft?",
        "Corvane",
    ),
    (
        "Night ferry",
        "The night ferry leaves at eleven. It was cancelled because its rudder had broken. "
        "Passengers slept in the school. The captain cooked soup.",
        "Why was the night ferry cancelled?",
        "its rudder had broken",
    ),
    (
        "Bridge of Emmel",
        "Emmel has one bridge. Its architect Jonas Whitlow never saw it finished. The toll "
        "was raised in spring. Swallows live beneath it.",
        "Who was the architect of the bridge of Emmel?",
        "Jonas Whitlow",
    ),
)
# Only the sentence is marked: passage, question, its sentence, another passage of the same page.
SELECTED = (
    "Orrin cheese ripens in caves. The caves stay at nine degrees all year. Salt is rubbed in.",
    "How warm are the caves of Orrin cheese?",
    "The caves stay at nine degrees all year.",
    "Orrin lies by a slow river. Its people keep goats.",
)
# A passage, and a question that it does not answer.
UNANSWERED = (
    "The observatory of Tamsin was built on a roof. Its telescope was lent by a school.",
    "Who paid for the telescope of Tamsin?",
)


def records() -> list[dict[str, Any]]:
    """One for each line of a training file; see the data's README for the fields."""
    found = [_marked(number) for number in range(len(FACTS))]
    passage, question, sentence, same_page = SELECTED
    found.append(
        _record(
            question,
            [
                _item("Orrin", passage, "gold"),
                _item("Orrin", sentence, "sent+"),
                _item("Orrin", same_page, "samedoc"),
            ],
        )
    )
    passage, question = UNANSWERED
    found.append(_record(question, [_item("", passage, "unans")]))
    return found


def write_records(folder: Path) -> Path:
    """A data folder such as PINCITE_DATA names, with `records` as its training file."""
    path = folder / "train" / "train_open.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records()), encoding="utf-8")
    return path


def _marked(number: int) -> dict[str, Any]:
    title, passage, question, answer = FACTS[number]
    start = passage.index(answer)
    sentence = next(part for part in passage.split(". ") if answer in part).rstrip(".") + "."
    less = " ".join(passage.replace(sentence, "").split())
    other = FACTS[(number + 1) % len(FACTS)]
    gold = _item(title, passage, "gold") | {"s": start, "e": start + len(answer)}
    return _record(
        question,
        [gold, _item(title, less, "removed"), _item(other[0], other[1], "bm25")],
    )


def _record(question: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"src": "invented", "q": question, "items": items}


def _item(title: str, passage: str, kind: str) -> dict[str, Any]:
    return {"t": title, "p": passage, "y": int(kind in {"gold", "sent+"}), "k": kind}


def tiny_network(*, seed: int = 1, dropout: float = 0.0) -> Any:
    """An evidence network of 0.5 million random weights for the real tokenizer's vocabulary."""
    import torch
    from transformers import BertConfig

    from rag.network import new_network

    torch.manual_seed(seed)
    return new_network(
        BertConfig(
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=0.0,
        )
    )
