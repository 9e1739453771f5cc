"""The language of a text is known where it is certain, and left unknown where it is not."""

from __future__ import annotations

import pytest

from index.language import written_language
from index.read import read_document

TEXTS = {
    "en": "The harbour ferries stopped for a second day on Thursday, because the crews would "
    "not accept the company's offer. Passengers waited on the quay in the rain, and "
    "the town council asked both sides to come back to the table before the weekend, "
    "when the islands expect guests.",
    "de": "Die Fähren im Hafen standen am Donnerstag den zweiten Tag still, weil die "
    "Mannschaften das Angebot der Reederei nicht annehmen wollten. Die Fahrgäste "
    "warteten im Regen am Kai, und der Stadtrat bat beide Seiten, noch vor dem "
    "Wochenende an den Tisch zurückzukehren.",
    "fr": "Les bacs du port sont restés à quai jeudi pour la deuxième journée, car les "
    "équipages n'ont pas voulu accepter l'offre de la compagnie. Les passagers "
    "attendaient sous la pluie, et la mairie a demandé aux deux parties de revenir à "
    "la table avant la fin de la semaine.",
    "es": "Los transbordadores del puerto pararon el jueves por segundo día, porque las "
    "tripulaciones no quisieron aceptar la oferta de la empresa. Los pasajeros "
    "esperaban bajo la lluvia y el ayuntamiento pidió a las dos partes que volvieran a "
    "la mesa antes del domingo.",
    "ru": "Паромы в гавани стояли в четверг второй день подряд, потому что экипажи не "
    "захотели принять предложение компании. Пассажиры ждали под дождём на причале, а "
    "городской совет попросил обе стороны вернуться за стол переговоров до конца "
    "недели.",
    "zh": "港口的渡轮星期四第二天停航，因为船员不愿意接受公司提出的条件。乘客们冒着雨在码头上"
    "等候，市议会要求双方在周末之前回到谈判桌上，因为岛上的旅馆正在等待客人。公司的代表"
    "说，他们明天上午会提出新的方案，工会则说先要看到文字。",
    "ja": "港のフェリーは木曜日、二日続けて運航を停止した。乗組員が会社の提案を受け入れなかっ"
    "たためだ。乗客は雨の中、岸壁で待ち続け、市議会は週末までに交渉の席に戻るよう双方に"
    "求めた。島の旅館では客の到着を待っているという。",
    "ko": "항구의 여객선이 목요일에 이틀째 운항을 멈추었다. 승무원들이 회사의 제안을 "
    "받아들이지 않았기 때문이다. 승객들은 빗속에서 부두에 서서 기다렸고, 시의회는 주말 "
    "전에 협상 자리로 돌아오라고 양쪽에 요청했다.",
    "ar": "توقفت العبارات في الميناء يوم الخميس لليوم الثاني على التوالي لأن الطواقم لم ترغب "
    "في قبول عرض الشركة. وانتظر الركاب تحت المطر على الرصيف، وطلب مجلس المدينة من "
    "الطرفين العودة إلى طاولة التفاوض قبل نهاية الأسبوع.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_in_one_language_is_known(code: str) -> None:
    assert written_language(TEXTS[code]) == code
    assert read_document(TEXTS[code].encode(), "a.txt").language == code


def test_a_text_in_two_languages_has_none() -> None:
    assert written_language(TEXTS["de"] * 8 + TEXTS["fr"] * 8) is None


@pytest.mark.parametrize(
    "text", ["", "Paris Berlin 1999", "x = 3; " * 5, "123 456 " * 100, TEXTS["de"][:80]]
)
def test_too_few_words_tell_none(text: str) -> None:
    assert written_language(text) is None


def test_what_a_file_states_is_believed() -> None:
    page = f'<html lang="nl-BE"><body><article><p>{TEXTS["de"]}</p></article></body></html>'
    assert read_document(page.encode(), "a.html").language == "nl"
