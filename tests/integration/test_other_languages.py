"""Questions in other languages than English over articles in them, read by the real models."""

from __future__ import annotations

from pathlib import Path

import pytest

import rag

ARTICLES = {
    "de": "Die Fähre „Erlenstern“ von Velmora fährt ab dem 3. Juni wieder täglich zur Insel Orlan. "
    "Die Werft hat den Motor für 240.000 Euro erneuert. Das Schiff lag seit Februar im "
    "Trockendock, weil ein Riss im Rumpf entdeckt worden war. Eine einfache Fahrt kostet künftig "
    "neun Euro, für Kinder die Hälfte. Der Fischer Tobias Renn kritisierte, dass am Sonntag keine "
    "Abendfahrt angeboten wird.",
    "fr": "Le marché couvert de Velmora rouvrira ses portes le 12 septembre. Les travaux ont duré "
    "quatorze mois et ont coûté 3,2 millions d’euros. Soixante marchands ont signé un bail, soit "
    "dix de plus qu’avant la fermeture. Le loyer d’un étal est fixé à 210 euros par mois. Le "
    "fromager Tobias Renne regrette que le parking ait été supprimé.",
    "es": "La biblioteca de Velmora abrirá también los domingos a partir del 1 de octubre. El "
    "ayuntamiento destinará 95.000 euros a contratar a cuatro bibliotecarios. Hasta ahora el "
    "edificio cerraba los domingos por falta de personal. El carné será gratuito para los menores "
    "de veinte años. La sala de lectura tiene 130 plazas.",
    "ko": "벨모라 시립 천문대가 5월 20일에 다시 문을 연다고 이네스 칼더 관장이 밝혔다. 천문대는 "
    "지붕 수리를 위해 8개월 동안 문을 닫았다. 하루 관람객은 90명으로 제한된다. 첫 주에는 토성을 "
    "관측하는 행사가 열린다.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("languages")
    (folder / "articles").mkdir()
    for language, text in ARTICLES.items():
        stated = f"---\nlanguage: {language}\n---\n\n{text}\n"
        (folder / "articles" / f"{language}.md").write_text(stated, "utf-8")
    with rag.open_assistant(folder / "library") as assistant:
        assert assistant.add(folder / "articles").count("added") == len(ARTICLES)
    return folder / "library"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Warum lag das Schiff im Trockendock?", "ein Riss im Rumpf"),
        ("Was kostet eine einfache Fahrt?", "neun Euro"),
        ("Combien de marchands ont signé un bail ?", "Soixante marchands"),
        ("Quel est le loyer d’un étal ?", "210 euros"),
        ("¿Por qué cerraba el edificio los domingos?", "falta de personal"),
        ("¿Cuántas plazas tiene la sala de lectura?", "130 plazas"),
    ],
)
def test_the_sentence_that_answers_is_quoted_in_its_language(
    library: Path, question: str, told: str
) -> None:
    with rag.open_assistant(library) as assistant:
        answer = assistant.ask(question)
        (first, *_) = answer.claims
        assert told in first.text
        for source in answer.sources:
            text = assistant.document(source.document_id).text
            assert text[source.start : source.end] == source.quote


@pytest.mark.parametrize(
    "question",
    [
        "Wie viele Einwohner hat die Stadt Orlan?",
        "Quel est le prix du pain au marché ?",
        "¿Cuánto cuesta un libro nuevo?",
        "벨모라의 시장은 누구인가요?",
    ],
)
def test_what_no_article_says_is_refused_in_words_that_hold_the_question(
    library: Path, question: str
) -> None:
    with rag.open_assistant(library) as assistant:
        answer = assistant.ask(question)
    assert answer.abstained_because
    assert question in answer.abstained_because
    assert answer.nearest
