"""Frames -> Claims: each figure of dead or injured that a sentence states, in a language read by its grammar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import takewhile

from crawler.facts.toll_claims import PLURAL, Claim, What
from crawler.facts.toll_counted import Counted
from crawler.facts.toll_elided import gapped, later_figure
from crawler.facts.toll_frame_event import claim_none, claim_of, is_joint, is_negated, none_around
from crawler.facts.toll_frames import (
    AUXILIARY,
    EVENT_TAGS,
    EVENTS,
    NOUNS,
    OF,
    TOLLS,
    VERBS,
    Frames,
    beside,
    chain,
    find,
    left_of,
    passive_mark,
    right_of,
)
from crawler.facts.toll_wounded import (
    counted_before,
    died_after,
    died_then,
    of_the_wounded,
    of_wounds,
    wounded_behind,
)

# A reader returns `None` where the word is no event of its kind, so that the word's next tag is tried.
_Reader = Callable[[Frames, int], list[Claim] | None]
_NEAR = 3
_TOLL_REACH = 18
MOST_CLAIMS = 40  # no sentence that a person wrote states more
_NUMBERED = frozenset(["bare", "person"])
_ANYBODY = _NUMBERED | {"name", "pronoun"}
_DASHES = frozenset(["-", "–", "—"])
_STOPS = frozenset([",", ";", ":", ".", ""])
_APART = 9
_PLAIN = frozenset(["adjective", "dead", "kill_ed"])
_HURT = frozenset(["hurts", "hurt_ed", "hurt_act", "hurt_int", "hurt_of", "toll_hurt"])


def frame_claims(frames: Frames) -> list[Claim]:
    """Return a sentence's claims, left to right."""
    for i, unit in enumerate(frames.p.units):
        if unit.tags.isdisjoint(EVENT_TAGS) or i in frames.told:
            continue
        if len(frames.claims) >= MOST_CLAIMS:
            break
        for tag, reader in _READERS.items():
            if tag in unit.tags:
                claims = reader(frames, i)
                if claims is not None:
                    frames.claims.extend(claims)
                    break
    claims = [*map(partial(later_figure, frames), of_the_wounded(frames)), *gapped(frames)]
    return sorted(claims, key=lambda claim: claim.own) if _may_be_among(frames, claims) else claims


def _may_be_among(f: Frames, claims: list[Claim]) -> bool:
    """'Смертник подорвал себя, погибли трое': he may be one of them; he is none of those whom 'he killed'."""
    if not f.grammar.cases or "self_killed" not in f.seen:
        return False
    active = (f.p.tagged(c.position, "kill_act") and not f.p.tagged(c.position, "kill_ed") for c in claims if not c.own)
    return not any(active)


def _noun(what: What) -> _Reader:
    """'5 погибших', 'cinq morts', 'погибших — 5', 'жертв нет'."""

    def read(f: Frames, i: int) -> list[Claim] | None:
        if none_around(f, i):
            return claim_none(what, i)
        exists = "exist" in f.seen and any(f.p.tagged(k, "exist") for k in range(i - _NEAR, i + 2))
        exists = exists and not f.p.tagged(i, *VERBS)
        if is_joint(f, i) and not exists:
            return []
        c = _number_of(f, i)
        if c is not None:
            if c.group.start in f.p.parts:
                return _as_part(f, what, c, i)
            died = what == "injured" and died_then(f, i)
            claims = claim_of(f, "killed" if died else what, [c], i)
            return [replace(of_wounds(f, k) if died else k, nominal=True) for k in claims]
        if exists:
            n = PLURAL
            return [Claim(what=what, low=n, high=n, approximate=True, position=i, nominal=True, counted=False)]
        return None

    return read


def _number_of(f: Frames, i: int) -> Counted | None:
    """The count of a noun of the dead: right before it, around it, or behind a dash or colon."""
    before = f.ending.get(i)
    if before is None:
        before = f.around(i)
    if (
        before is not None
        and before.group.counted
        and before.group.kind in _NUMBERED
        and before.group.start not in f.used
    ):
        return before
    k = i + 1
    while f.p.text(k) in {"-", "–", "—", ":"} or f.p.tagged(k, "be"):
        k += 1
    behind = f.starting.get(k)
    if behind is None or not behind.group.counted or behind.group.kind not in _NUMBERED or behind.governed:
        return None
    # 'the dead rose to 23 and the wounded to 50': after a toll the next noun has its number behind it too
    direct = k > i + 1 or (not f.p.tagged(i, *VERBS) and (f.grammar.cases or (f.total and f.p.tagged(i - 1, "conj"))))
    taken = f.p.tagged(behind.group.end, *EVENTS, "be", "have")
    return behind if direct and not taken and behind.group.start not in f.p.parts else None


def _as_part(f: Frames, what: What, c: Counted, i: int) -> list[Claim]:
    """'dix blessés, dont deux sont morts': a part of the other figure; of the same figure it adds nothing."""
    if not f.claims or f.claims[-1].what == what:
        f.used[c.group.start] = i
        return []
    return [replace(claim, part=True) for claim in claim_of(f, what, [c], i)]


def _genitive(what: What) -> _Reader:
    """'гибель пяти человек', 'la mort de cinq personnes', 'مقتل خمسة', '5 kişinin ölümü'."""

    def read(f: Frames, i: int) -> list[Claim] | None:
        c = _before_noun(f, i) if f.grammar.genitive == "before" else _behind_noun(f, i)
        if c is None or c.group.kind not in {"person", "bare", "name"} or "object" not in c.cases:
            return None
        found = chain(f, c._replace(governed=False), i, "object")
        return [
            replace(claim, nominal=True, definite=claim.definite or not claim.counted)
            for claim in claim_of(f, what, found, i)
        ]

    return read


def _behind_noun(f: Frames, i: int) -> Counted | None:
    k = i + 1
    while k < i + 4 and k not in f.starting and f.p.tagged(k, "of", "adjective", "definite", "prep", "adverb"):
        k += 1
    return f.starting.get(k)


def _before_noun(f: Frames, i: int) -> Counted | None:
    k = i
    while k > i - 3 and k not in f.ending and f.p.tagged(k - 1, "of", "adjective", "adverb"):
        k -= 1
    return f.ending.get(k)


def _passive(what: What) -> _Reader:
    """'убиты двое', 'cinq personnes ont été tuées'; with 'have' and no 'be' a participle is active."""

    def read(f: Frames, i: int) -> list[Claim] | None:
        if f.grammar.cases and f.p.tagged(i, "kill_act", "hurt_act"):  # 'трьох солдатів убито': it has an object
            return _active(what)(f, i) or _said_of(f, what, i)
        helpers = _helpers(f, i)
        if "have" in helpers and "be" not in helpers:
            return _active(what)(f, i)
        return _said_of(f, what, i)

    return read


def _helpers(f: Frames, i: int) -> frozenset[str]:
    """The tags of a participle's auxiliaries: beside it, or before a phrase between ('hat fünf Menschen getötet')."""
    found: frozenset[str] = frozenset()
    k = i
    for _ in range(6):
        c = f.ending.get(k)
        if c is not None and not found:
            k = c.group.start
        elif f.p.tagged(k - 1, *AUXILIARY, "not"):
            k -= 1
            found |= f.p.units[k].tags
        else:
            break
    return found & {"have", "be"} if k < i else frozenset()


def _said_of(f: Frames, what: What, i: int) -> list[Claim] | None:
    """'погибли семь человек', 'cinq personnes sont mortes'."""
    if is_joint(f, i):
        return died_after(f, i) if what == "killed" else _single_subject(f, what, i)
    c = wounded_behind(f, i) if what == "killed" else None
    c = c or find(f, i, f.grammar.order, "subject")
    if is_negated(f, i):
        nobody = (c is not None and c.group.none) or any(f.p.tagged(k, "no") for k in range(i - 6, i + 3))
        return claim_none(what, i) if nobody else []
    part = _part_beside(f, i) if c is None else None
    if part is not None:
        return _as_part(f, what, part, i)
    if c is None and f.p.tagged(i, "self_killed"):
        return [Claim(what=what, low=1, high=1, position=i, own=True)]
    if c is None:
        return (died_after(f, i) or None) if what == "killed" else None
    return _counts(f, what, c, i, "subject")


def _single_subject(f: Frames, what: What, i: int) -> list[Claim]:
    """'20 wurden verletzt und getötet' is neither figure, 'ein Mann wurde niedergestochen und verblutete' one man."""
    c = left_of(f, i, "subject", cross=False)
    return _counts(f, what, c, i, "subject") if c is not None and c.group.low == c.group.high == 1 else []


def _part_beside(f: Frames, i: int) -> Counted | None:
    """'dont deux sont morts': a part with nothing but auxiliaries before its own verb."""
    for k in range(i, max(-1, i - 6), -1):
        c = f.ending.get(k)
        if c is not None and c.group.start in f.p.parts and beside(f, c.group.end, i):
            return c if c.group.start not in f.used else None
    return None


def _counts(f: Frames, what: What, c: Counted, i: int, role: str) -> list[Claim]:
    """The claim of an event and its people; 'ликвидированы 5 баз', 'to kill people' and 'killed them' count nobody."""
    if c.group.none:
        return claim_none(what, i)
    vague = c.group.low is None and (c.group.kind == "pronoun" or f.p.tagged(i, "infinitive"))
    told = counted_before(f, c) if vague and role == "subject" and c.group.kind == "pronoun" else None
    if told is not None:  # 'на борту были десять человек, все они погибли'
        return claim_of(f, what, [told], i)
    soft = f.p.tagged(i, "soft") and not c.known
    return [] if vague or soft else claim_of(f, what, chain(f, c, i, role), i)


def _active(what: What) -> _Reader:
    """'боевики убили троих', 'la frappe a tué cinq', '5 askeri öldürdü': the object counts, the subject does not."""

    def read(f: Frames, i: int) -> list[Claim] | None:
        if is_negated(f, i) or is_joint(f, i):
            return []
        c = _object(f, i)
        if c is None and (mark := passive_mark(f, i)) is not None:
            c = left_of(f, mark, "subject", cross=False)
        if c is not None and c.group.kind == "pronoun" and c.group.low is None:
            told = counted_before(f, c)
            return [replace(claim, definite=True) for claim in claim_of(f, what, [told], i)] if told else []
        return None if c is None else _counts(f, what, c, i, "object")

    return read


def _object(f: Frames, i: int) -> Counted | None:
    near = f.ending.get(i)
    between = left_of(f, i, "object", cross=False)
    if near is not None and near.group.counted and near.group.kind in {"animal", "other"} and _has(f, near):
        return None  # 'haben Händler 500 Hühner getötet'
    if between is not None and _has(f, between):
        return between
    if f.grammar.cases:
        found = find(f, i, f.grammar.object, "object")
        sure = found is None or _is_object(found) or found.group.start > i
        return found if sure else right_of(f, i, "object") or _right_before(f, found, i)
    # What stands behind it first: a counted subject right before the verb is no object ('Ein Räuber tötete fünf').
    right = (right_of(f, i, "object") or find(f, i, "after", "object")) if f.grammar.object == "after" else None
    if right is not None and right.group.start > i:
        return right
    return between if f.grammar.object == "before" else None


def _right_before(f: Frames, c: Counted | None, i: int) -> Counted | None:
    """'ещё 23 ранили': digits beside a verb without another object are it."""
    return c if c is not None and c.group.counted and beside(f, c.group.end, i) else None


def _has(f: Frames, c: Counted) -> bool:
    """'hat fünf Menschen getötet': an auxiliary before the phrase."""
    return any(f.p.tagged(k, "have") for k in range(max(0, c.group.start - 6), c.group.start))


def _is_object(c: Counted) -> bool:
    """A phrase before an active verb is its object only by a form that no subject has: 'троих полицейских убили'."""
    return "subject" not in c.cases


def _body(f: Frames, i: int) -> list[Claim] | None:
    """'обнаружены тела пяти человек', 'cinq corps ont été retrouvés'."""
    around = range(max(0, i - 10), min(len(f.p.units), i + 20))
    if not any(f.p.tagged(k, "found") for k in around):
        return []
    k = i
    while k > i - _NEAR and k not in f.ending and f.p.units[k - 1].tags <= _PLAIN and f.p.text(k - 1).isalpha():
        k -= 1  # 'шесть обезглавленных тел'
    c = f.ending.get(k) or f.around(i)
    if c is None or not c.group.counted:
        behind = _behind_noun(f, i)
        c = behind if behind is not None and behind.group.kind in {"person", "bare", "name"} else None
    plural = f.p.tagged(i, "bodies")
    if c is not None:
        if c.either and not plural:  # 'тело женщины'
            c = c._replace(group=c.group._replace(low=1, high=1))
        return claim_of(f, "killed", chain(f, c._replace(governed=False), i, "object"), i)
    n = PLURAL if plural else 1
    return [Claim(what="killed", low=n, high=n, approximate=plural, position=i, counted=False)]


def _lose(f: Frames, i: int) -> list[Claim] | None:
    """'армия потеряла двух солдат'."""
    c = f.starting.get(i + 1) or f.ending.get(i)
    if c is None or not c.group.counted or c.group.kind != "person":
        return None
    return claim_of(f, "killed", [c], i)


def _casualties(f: Frames, i: int) -> list[Claim] | None:
    """'жертв нет', 'sans faire de victimes': nobody killed and nobody hurt; a number of them says neither."""
    if not none_around(f, i) and not (is_negated(f, i) and not f.p.tagged(i, *VERBS)):
        return None
    return [*claim_none("killed", i), *claim_none("injured", i)]


def _toll(what: What) -> _Reader:
    """'число погибших выросло с 19 до 23', "le bilan s'élève à 23 morts": a total, whatever else the sentence says."""

    def read(f: Frames, i: int) -> list[Claim] | None:
        found = list(_figures(f, i))
        reached = [c for c in found if f.p.tagged(c.group.start - 1, "toll_to")]
        fresh = [c for c in found if not f.p.tagged(c.group.start - 1, "from")]
        best = (reached or fresh)[:1]
        if not best:
            return None
        for c in found:  # '22, 47 wurden verletzt': what stands behind the toll is another figure
            if c.group.start < best[0].group.start or f.p.tagged(c.group.start - 1, "from"):
                f.used[c.group.start] = i
        f.total = True
        if f.p.tagged(best[0].group.end, *NOUNS):
            return []  # its noun reads it: '23 morts'
        return claim_of(f, what, best, i)

    return read


def _figures(f: Frames, i: int) -> list[Counted]:
    """The counts of a toll: behind it up to the next clause; in a language with the verb last also before it."""
    found: list[Counted] = []
    for k in range(i + 1, min(len(f.p.units), i + _TOLL_REACH)):
        if f.p.tagged(k, "clause", "turn", "relative", "including") or f.p.text(k) == ";":
            break
        c = f.starting.get(k)
        if c is not None and c.group.counted and c.group.kind in _NUMBERED:
            found.append(c)
            if f.p.tagged(c.group.end, *NOUNS):
                break
    return [c for c in found if c.known or c.group.low != 1]  # 'die Zahl der Toten erfordert ein Umdenken'


def _with_verb(f: Frames, what: What, verb: str, i: int) -> list[Claim] | None:
    """'жертвами обстрела рынка стали шестеро', 'двое получили лёгкие осколочные ранения': noun and verb apart."""
    for side in (range(i - 1, i - _APART, -1), range(i + 1, i + _APART)):
        for k in takewhile(lambda k: f.p.text(k) not in _STOPS, side):
            if f.p.tagged(k, verb):
                return _said_of(f, what, k)
    return None


def _critical(f: Frames, i: int) -> list[Claim] | None:
    """'его мать в тяжёлом состоянии', where nothing else of the sentence tells of the injured."""
    if not f.seen.isdisjoint(_HURT):
        return None
    k = i
    while f.p.text(k - 1) in _DASHES or f.p.tagged(k - 1, *AUXILIARY, "verb"):
        k -= 1
    c = f.ending.get(k)
    if c is None or c.governed or c.group.kind not in _ANYBODY or c.group.start in f.used or "subject" not in c.cases:
        return None
    return _counts(f, "injured", c, i, "subject")


_READERS: dict[str, _Reader] = {
    **{tag: _toll(what) for tag, what in TOLLS.items()},
    "casualties": _casualties,
    **{tag: _noun(what) for tag, what in NOUNS.items()},
    **{tag: _genitive(what) for tag, what in OF.items()},
    "kill_ed": _passive("killed"),
    "hurt_ed": _passive("injured"),
    "die": lambda f, i: _said_of(f, "killed", i),
    "hurt_int": lambda f, i: _said_of(f, "injured", i),
    "kill_act": _active("killed"),
    "hurt_act": _active("injured"),
    "victims_of": lambda f, i: _with_verb(f, "killed", "became", i),
    "wounds": lambda f, i: _with_verb(f, "injured", "got", i),
    "critical": _critical,
    "body": _body,
    "lose": _lose,
}
