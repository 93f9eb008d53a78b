"""url -> its canonical key; Article: one news text as it was fetched."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

Precision = Literal["minute", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news text.

    `published` is an aware datetime in UTC, `None` where the article and its listing state no date; `precision` says
    whether the time of day is known. `lang` is an ISO 639-1 code. `error` says why there is no text from the page (then
    `text` is what the listing itself said of it, possibly empty); `retry` that the reason is a passing one, so that the
    page is worth another try.
    """

    url: str
    url_key: str
    source: str
    publisher: str
    title: str
    text: str
    published: datetime | None
    precision: Precision | None
    lang: str | None
    fetched: datetime
    error: str | None = None
    retry: bool = False


def url_key(url: str) -> str:
    """Return the canonical key of a page: equal for addresses that differ only in how the page was reached.

    Folds scheme, www and mobile hosts, AMP forms, redirectors and consent walls, tracking parameters, fragments,
    default ports, index files and spellings of the same characters. A parameter is dropped only when it is known to
    track: anything else may be the article's id. The key looks like a URL and is its own key, but is for comparing, not
    for fetching. Raises `ValueError` for what is no http(s) address.
    """
    address = _address(url)
    while inner := _unwrapped(address):  # what is inside is always shorter
        address = inner
    parts = urlsplit(address)
    query, fragment = _query(parts.query), _fragment(parts.fragment)
    key = (
        f"https://{_host(parts)}{_path(parts)}" + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    )
    return url_key(key) if _unwrapped(key) else key  # m.l.facebook.com shows as a redirector only when folded


_LONGEST = 8000  # RFC 9110 section 4.1 asks recipients for 8,000 octets; no article lives beyond

# Host labels and path segments that name a form of the same page.
_FORM_LABELS = re.compile(r"(?:www\d{0,2}|m|mobile|mobil|amp|wap|touch)$")
_INNER_FORM_LABELS = frozenset({"m", "mobile", "amp"})  # en.m.wikipedia.org
_INDEX = re.compile(r"(?:index|default)\.(?:s?html?|php\d?|aspx?|jsp|cfm)$", re.IGNORECASE)
_AMP_SEGMENT = re.compile(r"amp(?:\.html?)?$", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?:[.!]amp)+(?=$|\.html?$)", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_NO_HOST = re.compile(r"[\s\x00-\x20\x7f\"#%/:<>?@\[\\\]^`{|}]")
_DEFAULT_PORTS = frozenset({80, 443})

# Parameters that say how the reader came, never which article it is. Our own list: courlan, the best of the libraries
# tried, drops ?4711, ?cid=, ?uid= and ?gallery= as well, and with them the article.
_TRACKING_PREFIX = re.compile(
    r"(?:utm|itm|mtm|matomo|pk|piwik|hsa|stm|oly|vero|at|ns|fb|cx|gaa|trk|amp|mc|ga|guce|soc|share|wt|aff)[_.]|__|_hs|_branch",
    re.I,
)
_TRACKING = re.compile(
    r"""
      _|_ga|_gl|_ke|_kx|_openstat|amp|campaign|campaignid|ck_subscriber_id|cmp|cmpid|cn-reloaded|cvid|dclid|dcmp
    | embedded-checkout|emc|epik|esrc|fbclid|feedname|feedtype|ftag|ftcamp|gbraid|gclid|gclsrc|guccounter
    | hsctatracking|hss_channel|igsh|igshid|int_cid|intcid|intcmp|ito|leadsource|li_fat_id|mbid|mibextid|mkt_tok
    | ml_subscriber|ml_subscriber_hash|msclkid|nocache|openstat|outputtype|partnerid|phpsessid|print|pwapi_token
    | rdt_cid|ref_src|ref_url|reflink|refsrc|replytocom|rss|rssfeed|s_cid|s_kwcid|sc_cid|scm|sessionid|sfns|sfnsn
    | share|sharetype|sharetoken|smid|smprod|smtyp|smuid|spm|sr_share|sref|srnd|taid|tpcc|trk|trkcampaign|ttclid
    | twclid|twitter_impression|unlocked_article_code|usqp|vgo_ee|wbraid|wickedid|wpisrc|wpmm|wprov
    | xtcr|xtmc|xtor|xtref|yclid|ysclid|zanpid
    """,
    re.VERBOSE,
)
# Names that track when they hold a word ("ref=rss") and may be an article's id when they hold a number ("cid=4711").
_TRACKING_WORDS = re.compile(r"n?cid|icid|ocid|feature|from|nl|origin|partner|refer|ref(?:er)?rer|ref|source|src|via")
_AMP_VALUES = frozenset({"amp", "rss"})  # output=amp, mod=rss: the form or the feed, whatever the parameter is called
_FEED_NAMES = frozenset({"feed", "format", "type"})  # feed=rss is another document than the page
_MOBILE_SWITCH = frozenset({"m", "mobile"})

# Pages that stand before the page: the parameter holds the address that was asked for.
_REDIRECTORS = re.compile(
    r"(?:www\.)?google\.[a-z.]{2,6}/url|(?:www\.)?bing\.com/news/apiclick\.aspx|lm?\.facebook\.com/l\.php|l\.instagram\.com/"
    r"|out\.reddit\.com/|t\.umblr\.com/redirect|(?:www\.)?vk\.com/away\.php|away\.vk\.com/|steamcommunity\.com/linkfilter|slack-redir\.net/link"
)
_CONSENT = re.compile(
    r"consent|zustimmung|myprivacy|privacy-gate|privacy-?wall|cookie-?wall|cookiemuur|toestemming|gdpr|guce\.|(?:^|[./])cmp[./]"
)
_TARGETS = re.compile(
    r"(?:continue|callback|redirect|return|target)[_-]?(?:to|url|uri)?|dest(?:ination)?|done|goto|next|origin|page|to|ur[li]|[uqz]"
)
_GOOGLE_AMP = re.compile(r"^(?:www\.)?google\.[a-z.]{2,6}$")
_CONSENT_PREFIX = re.compile(r"^/consent/tcf(?=/.)")


def _address(url: str) -> str:
    """Return the address with what feeds and pages wrap around it taken off, or raise `ValueError`."""
    # White space inside is dropped or kept as the WHATWG URL standard (section 4.4) has it.
    plain = re.sub(r"[\t\r\n]", "", url.strip("".join(map(chr, range(33))) + "\u00a0\ufeff"))
    plain = plain.removeprefix("<![CDATA[").removesuffix("]]>").strip()
    plain = re.sub(r"&(?:amp;)+", "&", plain)
    if plain.startswith("//"):
        plain = f"https:{plain}"
    if not re.match(r"https?://[^/?#]", plain, re.IGNORECASE):
        raise ValueError(f"not an http or https address: {_shown(url)}")
    if len(plain) > _LONGEST:
        raise ValueError(f"an address of {len(plain):,} characters is too long: {_shown(url)}")
    try:
        urlsplit(plain)
    except ValueError as error:
        raise ValueError(f"not an address ({error}): {_shown(url)}") from error
    return plain


def _shown(url: str) -> str:
    return repr(url if len(url) <= 80 else url[:79] + "…")


def _unwrapped(address: str) -> str | None:
    """Return the address that a page in front of a page stands for, `None` for a page of its own."""
    try:
        inner = _address(_inner(address) or "")
        _host(urlsplit(inner))
    except ValueError:
        return None
    return inner


def _inner(address: str) -> str | None:
    """Return what a Google AMP, redirector or consent page says that it stands for."""
    parts = urlsplit(address)
    host = (parts.netloc.rpartition("@")[2]).lower()
    if _GOOGLE_AMP.match(host) and parts.path.startswith("/amp/"):
        return _amp_origin(parts, parts.path.removeprefix("/amp/"))
    if host == "cdn.ampproject.org" or host.endswith(".cdn.ampproject.org"):
        return _amp_origin(parts, re.sub(r"^/[a-z]+/", "", parts.path))
    if match := _CONSENT_PREFIX.match(parts.path):
        return address.replace(match[0], "", 1)
    if _REDIRECTORS.match(host + parts.path) or _CONSENT.search(host + parts.path.lower()):
        return _target(parts)
    return None


def _amp_origin(parts: SplitResult, rest: str) -> str | None:
    """`s/example.org/story` is https://example.org/story: https://developers.google.com/amp/cache/overview."""
    rest = rest.removeprefix("s/")
    return f"https://{rest}" + (f"?{parts.query}" if parts.query else "") if re.match(r"[^/]+\.[^/]+/.", rest) else None


def _target(parts: SplitResult) -> str | None:
    for name, value in _pairs(parts.query):
        if not _TARGETS.fullmatch(name.lower()):
            continue
        inner = unquote_to_bytes(value).decode("utf-8", "replace")
        if re.match(r"https?://[^/?#]", inner, re.IGNORECASE):
            return inner
        if re.match(r"/[^/]", inner):
            return f"https://{parts.netloc}{inner}"
    return None


def _host(parts: SplitResult) -> str:
    """Return the host without its form labels, in ASCII (RFC 3492), and the port where it is not a default one."""
    try:
        port = parts.port
        name = unicodedata.normalize("NFKC", unquote_to_bytes(parts.hostname or "").decode("utf-8")).lower().strip(".")
    except ValueError as error:
        raise ValueError(f"not a host and port: {_shown(parts.netloc)}") from error
    if "[" in parts.netloc and re.fullmatch(r"[0-9a-f:.]+", name):
        name = f"[{name}]"
    elif not name or ".." in name or _NO_HOST.search(name):
        raise ValueError(f"not a host name: {_shown(parts.netloc)}")
    else:
        labels = _plain_labels(name.split("."))
        name = ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in labels
        )
    return name if port is None or port in _DEFAULT_PORTS else f"{name}:{port}"


def _plain_labels(labels: list[str]) -> list[str]:
    while len(labels) > 2 and _FORM_LABELS.match(labels[0]):
        labels = labels[1:]
    return [label for i, label in enumerate(labels) if not (0 < i < len(labels) - 2 and label in _INNER_FORM_LABELS)]


def _path(parts: SplitResult) -> str:
    """Return the path in one spelling, without index file, AMP parts, session id and trailing slash."""
    kept: list[str] = []
    for segment in _spelled(_SESSION.sub("", parts.path), safe="/!$'()*,;:@=").split("/"):
        if segment == "..":
            kept = kept[:-1]
        elif segment not in ("", ".") and not _AMP_SEGMENT.match(segment):
            kept.append(segment)
    end = ""
    while kept and not end:
        end = _AMP_SUFFIX.sub("", kept.pop())
        if _INDEX.match(end) or _AMP_SEGMENT.match(end) or not end.strip("."):
            end = ""
    return "".join(f"/{segment}" for segment in (*kept, end) if segment)


def _query(query: str) -> str:
    pairs = [(_spelled_value(name), _spelled_value(value)) for name, value in _pairs(query)]
    return "&".join(
        sorted({f"{name}={value}" if value else name for name, value in pairs if not _tracks(name, value)} - {""})
    )


def _pairs(query: str) -> list[tuple[str, str]]:
    """Return the raw names and values; `?4711` is a name without a value and may well be the article."""
    fields = (re.sub(r"^(?:amp;)+", "", field).partition("=") for field in query.split("&"))
    return [(name, value) for name, _, value in fields]


def _tracks(name: str, value: str) -> bool:
    name, value = unquote_to_bytes(name).decode("utf-8", "replace").lower(), value.lower()
    if _TRACKING.fullmatch(name) or _TRACKING_PREFIX.match(name):
        return True
    if _TRACKING_WORDS.fullmatch(name):
        return not value.isdigit()
    if name in _MOBILE_SWITCH:
        return value in ("0", "1", "true", "false")
    return value in _AMP_VALUES and (name not in _FEED_NAMES or value == "amp")


def _spelled_value(text: str) -> str:
    return _spelled(text.replace("+", "%20"), safe="!$'()*,:@/?=")


def _fragment(fragment: str) -> str:
    """Keep `#!/story` and `#/story`, which name a page of a site that is one script; the rest points into the page."""
    spelled = _spelled(fragment, safe="!$&'()*+,;:@=/?").rstrip("/")
    return spelled if len(spelled) > 1 and spelled.startswith(("!", "/")) else ""


def _spelled(text: str, safe: str) -> str:
    """Return one spelling of the same characters: RFC 3986 section 6.2.2, with non-ASCII as UTF-8 escapes."""
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    text = re.sub(r"%[0-9A-Fa-f]{2}", lambda escape: _unreserved(escape[0]), text)
    return quote(text.encode("utf-8", "surrogatepass"), safe=safe + "%")


def _unreserved(escape: str) -> str:
    char = chr(int(escape[1:], 16))
    return char if char.isascii() and (char.isalnum() or char in "-._~") else escape.upper()
