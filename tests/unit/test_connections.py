"""What is deleted from a file of a library is deleted from its bytes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index.connections import Connections

SECRET = "quetzalplotzl"


# With these, secure_delete alone leaves a row's copy behind, where rows moved between pages.
@pytest.mark.parametrize("seed", [3, 60, 80, 270])
def test_no_deleted_or_overwritten_row_is_left_in_the_bytes(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    connections = Connections(tmp_path / "rows.sqlite3")
    with connections.writing() as connection:
        connection.execute("CREATE TABLE rows(name TEXT, number INTEGER, text TEXT)")
        connection.execute("CREATE UNIQUE INDEX by_name ON rows(name, number)")
    names: list[tuple[str, bool]] = []
    for number in range(150):
        secret = chance.random() < 0.3
        word = f"{SECRET}{number:05}" if secret else "plain"
        text = word + "x" * chance.choice([10, 200, 700, 1500, 3000, 9000])
        names.append((f"{chance.getrandbits(128):032x}", secret))
        with connections.writing() as connection:
            connection.execute("INSERT INTO rows VALUES (?, 1, ?)", [names[-1][0], text])
        if chance.random() < 0.1:
            name, secret = chance.choice(names)
            text = (SECRET if secret else "p") + "y" * chance.choice([10, 500, 2500])
            with connections.writing() as connection:
                connection.execute("UPDATE rows SET text = ? WHERE name = ?", [text, name])
    for name, secret in names:
        if not secret:
            continue
        with connections.writing() as connection:
            if chance.random() < 0.5:
                connection.execute("DELETE FROM rows WHERE name = ?", [name])
            else:
                text = "gone" + "z" * chance.choice([5, 300])
                connection.execute("UPDATE rows SET text = ? WHERE name = ?", [text, name])
    connections.compact()
    assert not any(SECRET.encode() in path.read_bytes() for path in tmp_path.iterdir())
    with connections.reading() as connection:
        (left,) = connection.execute("SELECT count(*) FROM rows").fetchone()
    assert 0 < left < 150
    connections.close()
