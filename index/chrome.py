"""Which lines of a saved web page are its furniture: share buttons, forms, notices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LONGEST = 320

# Furniture wherever it stands, when it is the whole line.
_ANYWHERE = (
    r"//(?:\s*//)*",
    r"share (?:on|this(?: (?:article|story|post|page))?|your (?:comments?|thoughts)|article|via)",
    r"share on (?:facebook|twitter|x|social media|whatsapp|linkedin)",
    r"click to (?:share|print|email) .{0,60}\(opens in new window\)",
    r"source link",
    r"related (?:articles?|posts?|stories|news|topics|content|links|reading)",
    r"you (?:may|might) also (?:like|be interested in)",
    r"leave (?:a|your) (?:reply|comment)s?",
    r"cancel reply",
    r"(?:post|add|write) a comment(?: \(\d+\))?",
    r"\d+ comments?|no comments(?: yet)?|be the first to comment",
    r"you must be logged in to (?:post a )?(?:comment|reply)",
    r"your email address will not be published(?:\. required fields are marked ?\*?)?",
    r"required fields are marked ?\*?",
    r"save my name, email,? and website in this browser for the next time i comment",
    r"notify me of (?:new|follow-?up) (?:posts|comments).{0,40}",
    r"(?:back|go|scroll|return)? ?to top(?: button)?",
    r"(?:skip|jump) to (?:main )?content",
    r"advertisements?|sponsored content",
    r"(?:article|story) continues (?:below|after)(?: (?:this )?ad(?:vertisement)?)?",
    r"continue reading the main story",
    r"(?:©|\(c\)|copyright\b).{0,120}\ball rights reserved\b.{0,160}",
    r"all rights reserved",
    r"(?:this (?:web)?site|we|our (?:web)?site)(?: and our (?:\d+ )?partners)? uses?"
    r" (?:\w+ ){0,3}cookies\b.*",
    r"by (?:continuing|using|clicking|browsing|closing)\b.{0,120}\bcookies?\b.*",
    r"we value your privacy\b.*",
    r"accept (?:all )?cookies|(?:manage|cookie) (?:choices|preferences|cookies|settings)",
    r"(?:sign ?up|subscribe)\b.{0,160}\b(?:newsletters?|inbox)\b.*",
    r"get .{0,120}\b(?:delivered|straight|sent|directly)\b.{0,12} to your inbox\b.*",
    r"don['’]t miss .{0,80}\bnewsletter\b.*",
    r"thank you for subscribing\b.*",
    r"enter your email(?: address)?\b.*",
    r"follow us on .{0,100}",
    r"follow .{1,80} on (?:twitter|x|facebook|instagram|threads|tiktok|bluesky)\b.{0,120}",
    r"(?:looking for|need) a .{0,40}\bplay\b.{0,60}\b(?:puzzle|puzzles|crossword|cross|games)\b.*",
    r"(?:order reprints|print article|text size|thanks for signing up)",
    r"this copy is for your personal, non-commercial use only\b.*",
    r"there was an error processing your (?:subscription|request)",
    r"like this story\? share it with a friend",
    r"(?:unable to view|can['’]t see) our graphics\?.*",
    r"image \d+ ?of ?/? ?\d+|back to gallery|hide caption|toggle caption",
    r"an error (?:has )?occurred[.,;]? please try again(?: later)?",
    r"this article has been sent to",
)

# A line that leads to another article: no sentence, since its headline has no full stop.
_LEADS_AWAY = re.compile(
    r"(?:(?:read|see|watch) (?:more|next)|(?:also read|read also)"
    r"|related (?:article|story|post|video|news|coverage)|don['’]t miss)\s*:\s.+",
    re.IGNORECASE,
)

# Furniture only before the first or after the last sentence: inside they may be content.
_AT_THE_EDGES = (
    r"share|tweet|pin(?: it)?|e-?mail|print|save(?: for later)?|copy link|reply|comments?",
    r"facebook|twitter|x|whatsapp|linkedin|reddit|telegram|pinterest|instagram|youtube",
    r"subscribe(?: now)?|sign (?:up|in)|log ?in|register|menu|search|home|close|listen",
    r"(?:next|previous)(?: (?:post|article|story))?|read (?:more|next|also)|load more|show more",
    r"(?:view|see) all|donate|contact(?: us)?|about(?: us)?|privacy(?: policy)?",
    r"terms(?: of (?:use|service))?|advertise(?: with us)?|accept(?: all)?",
    r"recommended(?: for you)?|trending(?: now)?|most (?:read|popular)|latest news|more news",
    r"by|(?:last )?updated|published|captions?|don['’]t miss",
)

# Headings of a list of other articles.
_OTHER_ARTICLES = re.compile(
    r"related (?:articles?|posts?|stories|news)|you (?:may|might) also (?:like|be interested in)"
    r"|recommended(?: for you)?|trending(?: now)?|most (?:read|popular)|latest news|more news"
    r"|read next|don['’]t miss",
    re.IGNORECASE,
)

_FURNITURE = re.compile("|".join(f"(?:{each})" for each in _ANYWHERE), re.IGNORECASE)
_EDGE = re.compile("|".join(f"(?:{each})" for each in _AT_THE_EDGES), re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?…。！？؟।][\"'”’»)\]」』]*$")
_AROUND = " \t•·|›»«‹:*→↑▲+…"


def chrome_lines(texts: Sequence[str]) -> Iterator[int]:
    """The numbers of the lines that are furniture, in order.

    Only whole lines count, and only those that no article would contain; a doubtful line stays.
    """
    bare = [text.strip(_AROUND).rstrip(".!") if len(text) <= _LONGEST else "" for text in texts]
    furniture = [_is_furniture(text, plain) for text, plain in zip(texts, bare, strict=True)]
    body = [
        number
        for number, text in enumerate(texts)
        if not furniture[number] and len(text) >= 12 and _SENTENCE.search(text)
    ]
    listing = False
    for number, (text, plain) in enumerate(zip(texts, bare, strict=True)):
        after = bool(body) and number > body[-1]
        before = bool(body) and number < body[0]
        # A list of other articles runs to the end: no sentence follows it.
        listing = after and (listing or _OTHER_ARTICLES.fullmatch(plain) is not None)
        if text and (
            furniture[number] or listing or ((before or after) and _EDGE.fullmatch(plain))
        ):
            yield number


def _is_furniture(text: str, bare: str) -> bool:
    """Whether a line, with or without the marks around it, is furniture wherever it stands."""
    if _LEADS_AWAY.fullmatch(bare) and not _SENTENCE.search(text):
        return True
    return bool(bare) and any(_FURNITURE.fullmatch(form) for form in (bare, text))
