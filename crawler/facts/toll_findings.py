"""Title and text -> Findings: every claim of dead and injured with its sentence, and why it counts or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from crawler.facts.sentences import split
from crawler.facts.toll_claims import Claim, read_claims
from crawler.facts.toll_clauses import Phrase, phrase
from crawler.facts.toll_context import Aside, aside
from crawler.facts.toll_cues import frame_aside
from crawler.facts.toll_dates import Named, mark_dates
from crawler.facts.toll_frame_claims import MOST_CLAIMS, frame_claims
from crawler.facts.toll_frames import read_frames
from crawler.facts.toll_story import Stated, Story, Told, reconsider
from crawler.facts.toll_tokens import read_tokens
from crawler.facts.toll_triggers import FRAME_TRIGGERS, longest_words, may_tell
from crawler.facts.toll_voices import read_said
from crawler.facts.toll_words import read_units
from crawler.lexicon import Lexicon

# What a worker spends on one article has a ceiling; a report tells its toll long before this.
_TEXT_LIMIT = 200_000
_SENTENCE_LIMIT = 3_000
_VOICE_REACH = 60  # words before a figure in which its speaker may be named
_PAST = frozenset([Aside.OTHER_DAY, Aside.HISTORY, Aside.BACKGROUND])


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A claim with its sentence; `aside` says why it is not counted, `None` where it is. `sentence` 0 is the title."""

    claim: Claim
    sentence: int
    quote: str
    aside: Aside | None
    rival: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All claims of an article in order, and the first sentence in which somebody denies something."""

    found: tuple[Finding, ...]
    denial: str | None


def read_findings(title: str, text: str, lexicon: Lexicon, published: date | None) -> Findings:
    """Return every claim of an article with the reason why it does not count, if it does not."""
    found: list[Finding] = []
    known: dict[int, Told] = {}
    denial = None
    sentences, openings = _sentences(title, text)
    for number, quote in sentences.items():
        read = _read(quote, lexicon, told=bool(found) and found[-1].sentence >= number - 1)
        if read is None:
            continue
        p, claims, dates = read
        known[number] = Told(p.units, dates)
        if denial is None and _denies(p):
            denial = quote
        for claim in claims:
            lead = number <= 1
            why = (
                aside(p, claim, dates, published, lead)
                if lexicon.grammar is None
                else frame_aside(p, claim, dates, published, lead, lexicon.grammar)
            )
            found.append(Finding(claim=claim, sentence=number, quote=quote, aside=why, rival=_is_rival(p, claim)))
    story = Story(
        openings, max(sentences, default=0), lambda k: known.get(k) or _words(sentences.get(k, ""), lexicon), published
    )
    why_of = reconsider([Stated(f.sentence, f.claim, f.aside, f.rival) for f in found], story) if found else []
    found = [replace(f, aside=why) for f, why in zip(found, why_of, strict=True)]
    return Findings(found=tuple(_recall_title(f, found) for f in found), denial=denial)


def _words(quote: str, lexicon: Lexicon) -> Told:
    """Return any sentence's units and dates."""
    read = read_units if lexicon.grammar is None else read_tokens
    return Told(*mark_dates(read(quote[:_SENTENCE_LIMIT], lexicon), lexicon))


def _read(quote: str, lexicon: Lexicon, told: bool) -> tuple[Phrase, list[Claim], list[Named]] | None:
    """Return a sentence's phrase, claims and dates, `None` where it has no word of a toll.

    Where the dead were just `told`, another voice may rival them without such a word: 'The opposition says 30.'
    English has a reader of its own; every other language is read by its lexicon's grammar.
    """
    if lexicon.grammar is not None:
        tokens = read_tokens(quote[:_SENTENCE_LIMIT], lexicon, longest_words(lexicon))
        if all(unit.tags.isdisjoint(FRAME_TRIGGERS) for unit in tokens):
            return None
        units, dates = mark_dates(tokens, lexicon)
        frames = read_frames(units, lexicon.grammar)
        return frames.p, frame_claims(frames), dates
    if not may_tell(quote, lexicon, told):
        return None
    units, dates = mark_dates(read_units(quote[:_SENTENCE_LIMIT], lexicon), lexicon)
    p = phrase(units)
    claims = read_claims(p)[:MOST_CLAIMS]
    return p, [*claims, *read_said(p)] if claims or told else claims, dates


def _recall_title(finding: Finding, found: list[Finding]) -> Finding:
    """A title's figure that the body tells only of another time is that time's: 'Lima remembers its 130 dead'."""
    if finding.sentence or finding.aside is not None:
        return finding
    body = [f for f in found if f.sentence and f.claim.what == finding.claim.what]
    same = [f.aside for f in body if f.claim.low == finding.claim.low]
    if not same or any(f.aside not in _PAST for f in body):
        return finding
    return replace(finding, aside=same[0])


def _sentences(title: str, text: str) -> tuple[dict[int, str], frozenset[int]]:
    """Return the sentences by number, the title as 0, and which of them open a paragraph."""
    found = {0: title.strip()} if title.strip() else {}
    openings = set()
    end = 0
    for number, sentence in enumerate(split(text[:_TEXT_LIMIT]), 1):
        found[number] = sentence.text
        if not end or "\n" in text[end : sentence.start]:
            openings.add(number)
        end = sentence.end
    return found, frozenset(openings)


def _denies(p: Phrase) -> bool:
    for i, unit in enumerate(p.units):
        if "denial" in unit.tags and not any(p.tagged(k, "denial_other") for k in range(i + 1, i + 4)):
            return True
    return False


def _is_rival(p: Phrase, claim: Claim) -> bool:
    """Say whether another voice than the official one states the figure: a cue in the same stretch, before or at it."""
    if "voice" in claim.marks:
        return True
    for k in range(claim.position, max(-1, claim.position - _VOICE_REACH), -1):
        if p.text(k) == ";" or p.tagged(k, "turn"):
            return False
        if "rival" in p.units[k].tags:
            return not any(p.tagged(m, "superseded") for m in range(max(0, k - 2), k))
    # 'Relatives who had gathered at the gate said that 50 were killed'
    return p.tagged(0, "voice") and any(p.tagged(m, "reporting") for m in range(1, min(claim.position, _VOICE_REACH)))
