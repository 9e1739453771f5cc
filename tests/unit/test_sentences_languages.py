"""Hard sentences of nine languages: abbreviations, dates, quotations, scripts without spaces."""

from __future__ import annotations

from itertools import accumulate

import pytest

from index.sentences import sentences

# Each text is its sentences, joined by a space, or by nothing where the script has none. A short
# quotation of several sentences is one sentence: it cannot be quoted in part.
TEXTS: dict[str, list[str]] = {
    "en": [
        "Dr. Halvard Quist met Mrs. Roe at 4 p.m. in St. Olave.",
        "The U.S. Navy sent no ship.",
        "It rose by 3.5 percent to $4.10 a share.",
        "J. K. Marlowe wrote it with T. S. Brandt.",
        "See Fig. 3 on p. 12 for the rest.",
        "“Really?” he asked.",
        "“We must sail!” she cried, and left.",
        "He works for Gull Ltd. and for nobody else.",
        "She wrote to ida.roe@example.org and read www.example.org/a.b?c=1 twice.",
        "Nobody (not even Prof. Ash) answered.",
        "They waited… and waited.",
        "Was it No. 5 or No. 7?",
        "The boats, e.g. the Petrel, were old, i.e. built before 1950.",
        "He was born on Sept. 14, 1950, in Kelp.",
        "What a day!",
        "The office closed in Jan. 2020.",
        "Then came vol. 2 of the report.",
        "The firm is Kelp Inc. and the owner Tom Ash.",
        "They left at 5 a.m.",
        "Nobody saw them.",
        "It cost 12.50 pounds.",
        "Smith et al. found no gulls.",
        "Version 2.0.1 came out on 3.4.2021.",
    ],
    "de": [
        "Am 3. Oktober 1990 kam Dr. Weiß nach Kiel.",
        "Das Boot ist ca. 12,5 Meter lang, d. h. länger als das alte.",
        "Sie sah u. a. Möwen, Enten usw. am Kai.",
        "„Wir fahren nicht!“, rief er.",
        "Er fragte: „Wann kommt ihr?“",
        "Der 2. Weltkrieg endete 1945.",
        "Frau Prof. Dr. Ida Roe sprach mit Hrn. Asch.",
        "Das steht in Art. 5 Abs. 2 der Satzung.",
        "Z. B. fehlte das Geld.",
        "Das kostet 1.200.000 Euro, also ca. 3,5 Mio. Euro weniger.",
        "J. S. Bach war nie hier.",
        "Karl V. reiste über die See.",
        "Sie wohnt in der Hafenstr. 12 im 3. Stock.",
        "Wirklich?",
        "Niemand (auch nicht der 1. Vorsitzende) wusste es …",
        "Schreiben Sie an hafen@example.org, bzw. rufen Sie an.",
        "Die Fähre fuhr bis zum 31. Dez. 2020.",
        "Um 9 Uhr 30 legte sie ab.",
        "Es waren 300.",
        "Siehe Abb. 2.",
        "König Ludwig II. ließ es bauen.",
        "Er wurde 12.",
        "Danach kam nichts mehr.",
        "Die Kirche St. Olav steht noch, vgl. S. 14.",
    ],
    "fr": [
        "M. Roux et Mme. Leroy sont arrivés à 9 h 30.",
        "Le Dr. Petit habite au 12, av. des Mouettes.",
        "« Nous ne partirons pas ! » a-t-il crié.",
        "« Pourquoi ? » demanda-t-elle.",
        "Le prix est de 3,5 millions d’euros, soit env. 2 % de plus.",
        "Voir p. 12 et fig. 3.",
        "J.-P. Morel a signé avec A. Duval.",
        "Pourquoi cela ?",
        "Quelle journée !",
        "Les mouettes, les canards, etc. étaient partis.",
        "Personne (pas même M. Roux) n’a répondu…",
        "Le no. 5 manque.",
        "Écrivez à port@example.org ou lisez www.example.org.",
        "Il est né le 1er janvier 1950.",
        "L’art. 5 al. 2 le dit.",
        "MM. Roux et Petit sont d’accord.",
        "Le bateau mesure 12.5 mètres.",
        "Le Pr. Petit est mort le 3 oct. 2020.",
        "C’est fini.",
        "St. Olave est loin.",
    ],
    "es": [
        "El Sr. Paz y la Sra. Gil llegaron a las 9.30 h.",
        "La Dra. Ruiz vive en EE. UU. desde 1990.",
        "¿Qué pasó?",
        "¡Nadie lo sabe!",
        "«No nos vamos», dijo.",
        "«¿Cuándo vienen?», preguntó ella.",
        "El precio subió un 3,5 % hasta 1.200 euros.",
        "Véase pág. 12 y fig. 3.",
        "J. L. Borda firmó con A. Vega.",
        "Ud. no puede entrar, le dijeron.",
        "Nadie (ni siquiera el Sr. Paz) respondió…",
        "Las gaviotas, los patos, etc. se fueron.",
        "Escriba a puerto@example.org o lea www.example.org.",
        "El núm. 5 falta.",
        "Nació el 1 de enero de 1950 en Sta. Marta.",
        "—No sé —dijo él.",
        "La Avda. del Mar está cerrada.",
        "El art. 5 lo dice.",
        "Fue en el s. XIX a. C. o después.",
        "—¿Nadie? —preguntó Dña. Ana.",
        "Es todo.",
    ],
    "ru": [
        "В 2023 г. паром остановился.",
        "Д-р А. С. Петров живёт на ул. Морской, д. 12.",
        "Это стоит 3,5 млн. рублей, т. е. больше прежнего.",
        "«Мы не поедем!» — сказал он.",
        "«Когда вы придёте?» — спросила она.",
        "Чайки, утки и т. д. улетели.",
        "См. рис. 3 на с. 12.",
        "Почему?",
        "Какой день!",
        "Никто (даже проф. Иванов) не ответил…",
        "Пишите на port@example.org или читайте www.example.org.",
        "Он родился 3 окт. 1950 г. в Керчи.",
        "И. Роу подписал.",
        "Г. Петров уехал в г. Москву.",
        "Цена выросла на 12.5 процента.",
        "В XIX в. здесь был порт.",
        "Это было в 300 г. до н. э. на юге.",
        "Пришли 20 тыс. человек, в т. ч. дети.",
        "Дом стоит на пл. Ленина.",
        "Он жил в США.",
        "Всё.",
    ],
    "zh": [
        "他在2023年10月5日来了。",
        "价格上涨了3.5%，达到12.50元。",
        "“我们不走！”他说。",
        "“你们什么时候来？”她问。",
        "他说：“我们必须走。”",
        "真的吗？",
        "太好了！！",
        "他……没有回答。",
        "海鸥（包括老的）都飞走了。",
        "请写信给port@example.org或看www.example.org。",
        "《海鸥》是一本书。",
        "Dr. Roe没有回答。",
        "他来了；她走了。",
        "什么？！",
        "「不走。」他说。",
        "（没有人回答。）",
        "一共300人。",
        "结束了。",
    ],
    "ja": [
        "彼は2023年10月5日に来た。",
        "価格は3.5%上がって12.50円になった。",
        "「行かない！」と彼は言った。",
        "「いつ来ますか？」と彼女は聞いた。",
        "彼は「行く。そして帰る。」と言った。",
        "本当ですか？",
        "すごい！！",
        "彼は……答えなかった。",
        "カモメ（古いものも。）は飛んで行った。",
        "port@example.orgに書くか、www.example.orgを見てください。",
        "『カモメ』は本である。",
        "Dr. Roeは答えなかった。",
        "何？！",
        "（誰も答えなかった。）",
        "全部で300人。",
        "「そうです。」",
        "終わった。",
    ],
    "ko": [
        "그는 2023년 10월 5일에 왔다.",
        "가격은 3.5% 올라 12.50원이 되었다.",
        "“가지 않겠다!”라고 그는 말했다.",
        "“언제 오세요?”라고 그녀가 물었다.",
        "정말입니까?",
        "좋아요!",
        "그는… 대답하지 않았다.",
        "갈매기(늙은 것도)는 날아갔다.",
        "port@example.org로 쓰거나 www.example.org를 보세요.",
        "Dr. Roe는 대답하지 않았다.",
        "J. K. Roe가 썼다.",
        "날짜는 2023. 10. 5.이다.",
        "“그렇습니다.”",
        "모두 300명이다.",
        "No. 5가 없다.",
        "끝났다.",
    ],
    "ar": [
        "جاء الرجل في 5 أكتوبر 2023.",
        "ارتفع السعر بنسبة 3.5 في المئة إلى 12.50 دينار.",
        "«لن نذهب!» قال الرجل.",
        "«متى تأتون؟» سألت المرأة.",
        "هل هذا صحيح؟",
        "يا له من يوم!",
        "لا أحد… يعرف.",
        "طارت النوارس (حتى القديمة).",
        "اكتب إلى port@example.org أو اقرأ www.example.org.",
        "قال د. أحمد إنه لن يجيب.",
        "كتبه أ. د. سليم مع م. خليل.",
        "ولد سنة 300 ق.م. في الجنوب.",
        "حضر 300 شخص؛ ثم رحلوا.",
        "قال: «نعم.»",
        "هذا كل شيء.",
    ],
}
GAPS = {"zh": "", "ja": ""}


def ends(parts: list[str], gap: str) -> set[int]:
    return {end - len(gap) for end in accumulate(len(part) + len(gap) for part in parts)}


def wrong_cuts(language: str, *, declared: bool) -> str:
    """What is cut wrongly, in words, below how many boundaries are right; empty where all are."""
    gap = GAPS.get(language, " ")
    text = gap.join(TEXTS[language])
    wanted = ends(TEXTS[language], gap)
    found = {span.end for span in sentences(text, language if declared else None)}
    wrong = [
        f"{'cut' if end in found else 'not cut'}: {text[:end][-25:]}|{text[end:][:15]}"
        for end in sorted(wanted ^ found)
    ]
    right = f"{language}: {len(wanted & found)} of {len(wanted)} boundaries, {len(wrong)} wrong"
    return "\n".join([right, *wrong]) if wrong else ""


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("language", TEXTS)
def test_every_boundary_is_found_and_no_other(language: str, *, declared: bool) -> None:
    wrong = wrong_cuts(language, declared=declared)
    assert not wrong, wrong


def test_a_long_paragraph_is_cut_as_its_parts_are() -> None:
    """The library is given so much at a time."""
    for language, parts in TEXTS.items():
        gap = GAPS.get(language, " ")
        many = parts * (30_000 // len("".join(parts)))
        found = {span.end for span in sentences(gap.join(many), language)}
        assert found == ends(many, gap), language


@pytest.mark.parametrize(
    "unit",
    ["“", "“It rose. ", "他来了。", "他来了", "A. ", "… ", ". ", '" ', "（", " ", "x", "no. A "],
)
@pytest.mark.timeout(90)  # without the care taken, it takes minutes or for ever
def test_a_paragraph_of_whatever_takes_no_time(unit: str) -> None:
    """The library by itself takes minutes for the first and the third."""
    assert sentences("a" + unit * (500_000 // len(unit)) + "b")
