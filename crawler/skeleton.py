"""Names -> their consonants in Latin letters: the same for one name in Latin, Cyrillic and Arabic script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

from unidecode import unidecode

SHORTEST = 4  # consonants: of fewer there are too many names alike
LONGEST = 5  # what follows is an ending, mostly
MOST = 12

_ARABIC = re.compile("[\u0600-\u06ff]")
_ARTICLE = re.compile("^[وفبلك]?ال")
# Sounds that scripts write with one, two or three letters, to one sign each; longer ones first.
_SOUNDS = {
    "shch": "s",
    "tsh": "c",
    "tch": "c",
    "dzh": "j",
    "dj": "j",
    "kh": "h",
    "zh": "j",
    "sh": "s",
    "ch": "c",
    "gh": "g",
    "ph": "f",
    "th": "t",
    "ts": "c",
    "tz": "c",
    "ck": "k",
    "q": "k",
    "x": "ks",
    "w": "f",
    "dh": "d",
    "v": "f",
    "y": "",
    "h": "",
}
_NO_CONSONANT = re.compile("[^b-df-hj-np-tv-z]")
_TWICE = re.compile(r"(.)\1+")


def skeletons(names: Iterable[str]) -> list[int]:
    """Return hashes of the names' skeletons, in the order they first stand there; short ones are left out.

    In Arabic script any word may be a name: those that others share are names.
    """
    found = dict.fromkeys(bone for bone in map(skeleton, names) if len(bone) >= SHORTEST)
    return [crc32(bone.encode()) for bone in list(found)[:MOST]]


@lru_cache(maxsize=20_000)
def skeleton(name: str) -> str:
    """Return a name's consonants.

    >>> skeleton("Nalchik"), skeleton("Нальчике"), skeleton("Kadyrov"), skeleton("Кадыров")
    ('nlck', 'nlck', 'kdrf', 'kdrf')
    """
    if _ARABIC.search(name):
        name = _ARTICLE.sub("", name).replace("و", "")  # a vowel, mostly
    plain = unidecode(name.encode(errors="ignore").decode()).lower().replace("'", "").replace("`", "")
    for written, sound in _SOUNDS.items():
        plain = plain.replace(written, sound)
    return _TWICE.sub(r"\1", _NO_CONSONANT.sub("", plain))[:LONGEST]
