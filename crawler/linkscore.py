"""Address of a link, its words and its place on the page -> how much it looks like an article's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

ENOUGH = 2.0  # a link of this score or more is taken for an article's

Place = Literal["menu", "aside", "headline", "text"]


@dataclass(frozen=True, slots=True)
class Clues:
    """What a page says of an address: `words` is the best text of its links, `place` where the best of them stands."""

    words: str = ""
    place: Place = "text"


def score(url: str, clues: Clues | None = None) -> float:
    """Return how much a link looks like an article's: by its address, and by the link itself where there is one.

    The address counts by what news sites put into it: a date, a headline's words, a long number. The words: headlines
    have four or more. The place: a menu speaks against it, a heading for it.
    """
    points = url_score(url)
    if clues is None or points <= NEVER:
        return points
    return points + _words_score(clues.words) + _PLACES[clues.place]


NEVER = -10.0
_PLACES: dict[Place, float] = {"menu": -2.0, "aside": -0.5, "text": 0.0, "headline": 1.0}


def _words_score(words: str) -> float:
    """Count words, or characters where words are not spaced (about two make one)."""
    count = len(re.findall(r"\w+", words)) + len(_UNSPACED.findall(words)) / 2
    if not count:
        return 0.0
    if count < 3:
        return -1.0 if count < 2 else -0.5
    return 0.0 if count < 4 else 1.0 if count < 7 else 2.0


_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def url_score(url: str) -> float:
    """Return how much an address alone looks like an article's; 2 or more is one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return NEVER
    segments = [unquote(segment).lower() for segment in parts.path.split("/") if segment]
    if parts.scheme not in ("http", "https") or _FILE.search(parts.path):
        return NEVER
    asked = _asked(parts.query)
    if not segments:
        return asked if parts.query else NEVER
    if len(segments) > 1 and _INDEX.fullmatch(segments[-1]):
        segments.pop()
    *sections, file = segments
    name = _ENDING.sub("", file)
    path = "/".join((*sections, name))
    if _DATE_ALONE.search(path) or _HOME.search(name):
        return asked if asked > 0 else -4.0  # the list of a day, the start of a section
    points = asked + _path_score(sections, name) + 3.0 * bool(_DATE.search(path)) + 0.5 * (file != name)
    if any(map(_SERVICE.fullmatch, segments)):
        return points - 6.0
    if any(map(_LIST.fullmatch, segments)):
        return points - 2.0
    return points + bool(_ARTICLE_NUMBER.search(f"/{path}/"))


def service(host: str) -> bool:
    """Say whether a host is a part of a site that sells or serves, such as its shop: it has names like an article's."""
    return bool(_SERVICE_HOST.match(host.lower()))


_SERVICE_HOST = re.compile(
    r"(?:shop|store|abo|jobs?|careers?|karriere\w*|stellen\w*|accounts?|login|support|help|tickets?|games?|spiele|immo\w*"
    r"|anzeigen|trauer|discountcodes?|coupons?|gutscheine?|vouchers?|newsletters?|events?|podcasts?|epaper|ads?|static|cdn)\."
)


def _path_score(sections: list[str], name: str) -> float:
    """Count the words and numbers of an address's last part, or of the one before, and a section of articles."""
    before = sections[-1] if sections else ""
    return (
        max(_slug_score(name), _slug_score(before) - 0.5)
        + max(_number_score(name), _number_score(before) - 0.5)
        + 0.5 * bool(re.fullmatch(r"\d{5,}", name))
        + any(map(_ARTICLE.fullmatch, sections))
    )


# Files that are no pages.
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|pdf|mp[34]|m4[av]|mov|avi|webm|ogg|wav|zip|gz|rar|7z|exe|apk|docx?|xlsx?"
    r"|pptx?|css|js|json|xml|rss|atom|txt|epub|ics|vcf)$",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(?:[sp]?html?|php\d?|aspx?|jsp|ece|cms|amp|do|html\.\w+)$")
_YEAR = r"(?:19[89]|20[0-4])\d"
_MONTH = r"(?:0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = re.compile(rf"(?<!\d){_YEAR}[/_.-]?{_MONTH}(?:[/_.-]?(?:0?[1-9]|[12]\d|3[01]))?(?![\da-z])")
_DATE_ALONE = re.compile(rf"(?:^|/){_YEAR}(?:[/_.-]?{_MONTH}(?:[/_.-]?(?:0?[1-9]|[12]\d|3[01]))?)?$")
_INDEX = re.compile(r"(?:index|default)\.\w{2,5}")
_HOME = re.compile(r"^(?:home|startseite|index|portada|glavnaya|anasayfa)(?:-\d+)?$")

# Segments of services, which hold no articles, and of lists, under which some sites keep theirs all the same.
_SERVICE = re.compile(
    r"tags?|tagged|etiquetas?|etiket(?:ler)?|schlagworte?|keywords?|labels?|hashtags?"
    r"|(?:log|sign)[-_]?(?:in|out|on|up)|regist(?:er|ration|rieren)|anmelden|(?:my-?)?account|konto|auth|oauth|sso|user"
    r"|giris|uyelik|entrar|connexion|inscription|subscri(?:be|ptions?)|abo|abos|abonne(?:ment|ments|r|z-vous)?"
    r"|suscri(?:pcion|bete)|cart|checkout|search|suche|buscar|recherche|arama|zoeken|ricerca|poisk|static|assets"
    r"|cdn-cgi|wp-(?:content|admin|includes|json)|feeds?|rss(?:feeds?)?|api|ajax|share|sharer|print|mailto|forums?"
    r"|newsletters?|impressum|imprint|datenschutz\w*|privacy\w*|terms\w*|cookies?|agb|kontakty?|contacts?"
    r"|contact-?us|contacto|iletisim|kunye|hakkimizda|about(?:-?us)?|ueber-uns|a-propos|chi-siamo|quienes-somos|o-nas"
    r"|advertis(?:e|ing|ement|ers)|mediadaten|publicidad|reklama?|faq|sitemap"
)
_LIST = re.compile(
    r"authors?|profiles?|reda(?:ktsiya|ktion|ction)|help|hilfe|legal|autor(?:en|es)?|auteurs?|byline|writers?|people|contributors?|yazarlar?|avtory?|categor(?:y|ies|ias?|ie)"
    r"|kategori[ea]?n?|rubriken?|rubrics?|sections?|archives?|archiv|arsiv|arhiv|archivio|topics?|themen?|temas?|dossiers?"
    r"|pages?|seite|pagina|shop|store|jobs?|careers?|karriere|games?|puzzles?|horoscopes?|horoskop|podcasts?|programm?e?s?"
    r"|livestream|e-?paper|services?|events?|videos?|photos?|galler(?:y|ies)|gutscheine?|coupons?|shows?|series?|specials?"
)
_ARTICLE = re.compile(
    r"articles?|artikel|articolo|articulos?|artigo|story|stories|news|nachrichten|noticias?|notizie|nouvelles|nieuws|nyheter"
    r"|novosti|haber(?:ler)?|gundem|doc|docs|posts?|blog|a|id|material|publication|press|content|wiadomosci|berita|akhbar"
)

_ARTICLE_NUMBER = re.compile(rf"/(?:{_ARTICLE.pattern})/\d{{2,}}/")


def _slug_score(segment: str) -> float:
    """Count the words of a segment that is a headline; of scripts without spaces, the characters."""
    words = [word for word in re.split(r"[-_+., ]+", segment) if re.search(r"[^\W\d_]{2}|\d", word)]
    words = [word for word in words if not word.isdigit()]
    if 2 <= len(words) < 6 and any(map(_POLICY.fullmatch, words)):
        return -4.0
    count = len(words) + len(_UNSPACED.findall(segment)) / 2
    return 0.0 if count < 3 else 1.0 if count < 4 else 2.0 if count < 5 else 3.0 if count < 8 else 4.0


# The small print: privacy-policy, terms-of-use, how-to-advertise.
_POLICY = re.compile(
    r"privacy|terms|cookies?|policy|subscri(?:be|ption)|newsletters?|advertis(?:e|ing)|contact|imprint|impressum|agb"
    r"|datenschutz|nutzungsbedingungen|disclaimer|copyright|licensing|guidelines|accessibility|preferences|settings"
    r"|widerruf|mentions|legales?|aviso|privacidad|corrections"
)


def _number_score(segment: str) -> float:
    """Tell an article's number, or the long name that a content system gives it, from a page's."""
    longest = max(map(len, re.findall(r"\d+", segment)), default=0)
    if re.search(r"[0-9a-f]{8}-?[0-9a-f]{4}|(?=[0-9a-z]*\d[a-z])[0-9a-z]{10,}$", segment) or longest >= 6:
        return 2.0
    return 1.5 if longest == 5 else 1.0 if longest == 4 else 0.0


def _asked(query: str) -> float:
    """Return what a query says: `?id=6092` is an article's number, `?page=2` a list's."""
    points = 0.0
    for name, value in parse_qsl(query[:2000], max_num_fields=None)[:20]:
        if _ID.fullmatch(name.lower()) and re.fullmatch(r"[0-9a-f-]{3,}|[A-Z0-9]{6,}", value):
            points = max(points, 2.0)
        elif _PAGED.fullmatch(name.lower()):
            points = min(points - 1.0, points)
    return points


_ID = re.compile(
    r"(?:\w*_)?(?:id|idx|no|num|aid|nid|sid|artid|articleid|newsid|news|article|p|n|story|doc|haber|key|uid)"
)
_PAGED = re.compile(
    r"page|p(?:ag)?|paged|sort|order|filter|q|query|s|search|offset|start|lang|cat|category|tag|section"
)
