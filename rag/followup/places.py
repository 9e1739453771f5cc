"""Places and kinds of bodies: what bears such a name is neither "he" nor "she"."""

from __future__ import annotations

_COUNTRIES = """
afghanistan, albania, algeria, angola, argentina, armenia, australia, austria, azerbaijan, bahrain,
bangladesh, belarus, belgium, bolivia, bosnia, botswana, brazil, britain, bulgaria, burkina faso,
cambodia, cameroon, canada, chad, chile, china, colombia, congo, costa rica, croatia, cuba, cyprus,
czechia, denmark, ecuador, egypt, england, eritrea, estonia, ethiopia, finland, france, georgia,
germany, ghana, greece, guatemala, haiti, honduras, hungary, iceland, india, indonesia, iran, iraq,
ireland, israel, italy, ivory coast, jamaica, japan, jordan, kazakhstan, kenya, kosovo, kuwait,
kyrgyzstan, laos, latvia, lebanon, libya, lithuania, luxembourg, madagascar, malaysia, mali, malta,
mexico, moldova, mongolia, montenegro, morocco, mozambique, myanmar, namibia, nepal, netherlands,
new zealand, nicaragua, niger, nigeria, north korea, north macedonia, northern ireland, norway,
oman, pakistan, palestine, panama, paraguay, peru, philippines, poland, portugal, qatar, romania,
russia, rwanda, saudi arabia, scotland, senegal, serbia, singapore, slovakia, slovenia, somalia,
south africa, south korea, south sudan, spain, sri lanka, sudan, sweden, switzerland, syria, taiwan,
tajikistan, tanzania, thailand, tunisia, turkey, turkmenistan, uganda, ukraine,
united arab emirates, united kingdom, united states, uruguay, uzbekistan, venezuela, vietnam, wales,
yemen, zambia, zimbabwe, soviet union, european union
"""
_CITIES = """
abu dhabi, amsterdam, ankara, athens, baghdad, bangkok, beijing, berlin, bern, brussels, bucharest,
budapest, buenos aires, busan, cairo, canberra, caracas, copenhagen, damascus, delhi, doha, dubai,
dublin, geneva, hanoi, havana, helsinki, hong kong, islamabad, istanbul, jakarta, jerusalem, kabul,
kyiv, lisbon, london, los angeles, madrid, manila, mexico city, minsk, moscow, nairobi, new delhi,
new york, oslo, ottawa, paris, prague, pyongyang, rajin, riyadh, rome, seoul, shanghai, stockholm,
sydney, taipei, tehran, tel aviv, tokyo, toronto, vienna, vladivostok, warsaw, washington, zurich
"""
_REGIONS = """
africa, america, asia, europe, far east, middle east, crimea, gaza, siberia, the hague, west bank,
california, texas, florida, kremlin, white house, pentagon, capitol, downing street, wall street,
u.s, u.s., uk, u.k., usa, eu, un, u.n.
"""
# In lower case, without an article.
PLACES = frozenset(
    " ".join(name.split()) for name in f"{_COUNTRIES},{_CITIES},{_REGIONS}".split(",")
)
# A name with one of these words is that of a body or a thing.
BODY_WORDS = frozenset(
    """academy administration agency airlines airport alliance army assembly association authority
    bank bay board bridge cabinet campaign centre center church city club college commission
    committee company conference congress corporation council county court department desk
    dispatch district electric federation firm forces foundation fund gazette government group
    guard herald hospital house inc institute island isle laboratory league ledger library
    limited ltd ministry monitor museum nations navy network office organisation organization
    parliament party point police port post president's province railways republic reserve
    resolution review river school sea secretariat senate service services society state states
    street studies sun team times treasury treaty tribunal trust union university valley village
    war wire world""".split()
)
# Nouns of those who can act: only such a one takes another's place as who wants or says something.
ACTING_WORDS = BODY_WORDS | frozenset(
    """actor actors ambassador analyst analysts author authorities captain chairman chairwoman chief
    coach council councillors crew crews director doctor doctors driver drivers economist economists
    employees engineers expert experts farmers fishermen general governor judge king lawyer lawyers
    leader leaders manager managers mayor men minister ministers nurses official officials opponents
    opposition owner owners passengers people pilot pilots police politicians president prime
    prosecutor prosecutors protesters queen rebels refugees representatives researcher researchers
    residents sailors scientist scientists secretary soldiers spokesman spokesperson spokeswoman
    staff strikers students supporters teacher teachers unions victims voters witness witnesses
    women workers""".split()
)


def acts(text: str) -> bool:
    """Whether a noun phrase is that of somebody or of a body: "the ferry company"."""
    last = text.lower().split()[-1:]
    return bool(last) and last[0] in ACTING_WORDS


def written(text: str) -> str:
    """A well-known place with its capital letters, however it was typed; other text as it is.

    >>> written("north korea"), written("uk"), written("oil")
    ('North Korea', 'UK', 'oil')
    """
    if text not in PLACES:
        return text
    return text.upper() if len(text.replace(".", "")) <= 3 else text.title()
