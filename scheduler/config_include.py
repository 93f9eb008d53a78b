"""`include: rules/*.yaml` -> the files that it names, in order, without ever walking a whole disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path

MAX_FILES = 1_000
MAX_LOOKED_AT = 20_000  # entries of folders, for one pattern

_MAGIC = re.compile(r"[*?\[]")


class IncludeError(ValueError):
    """What is wrong with a pattern, in the user's words."""


def absolute(pattern: str, folder: Path) -> str:
    """Return the pattern from the root on; one that begins otherwise is relative to the folder.

    Raises `IncludeError` where it is relative to nobody's home.
    """
    try:
        return os.path.normpath(folder.resolve() / Path(pattern).expanduser())
    except RuntimeError as error:
        raise IncludeError("there is no such home folder") from error


def included(pattern: str) -> list[Path]:
    """Return the files that an absolute pattern names, sorted; `**` stands for any folders, also none.

    A name that begins with a dot is found only by a pattern that does, and `**` follows no link to a folder. Raises
    `IncludeError` where there are too many, `OSError` for a folder that can't be read.
    """
    _, *parts = Path(pattern).parts
    walk = _Walk()
    found = sorted(set(walk.files(Path(Path(pattern).anchor), parts)))
    if len(found) > MAX_FILES:
        raise IncludeError(f"this is more than {MAX_FILES:,} files")
    return found


@dataclass(slots=True)
class _Walk:
    looked_at: int = 0

    def files(self, folder: Path, parts: list[str]) -> Iterator[Path]:
        first, *rest = parts or ["."]
        if first == "**":
            yield from self._any_depth(folder, rest or ["*"])
        elif not _MAGIC.search(first):
            yield from self._inside(folder / first, rest)
        else:
            for entry in self._entries(folder, first):
                yield from self._inside(Path(entry.path), rest)

    def _any_depth(self, folder: Path, rest: list[str]) -> Iterator[Path]:
        pending = [folder]
        while pending:
            one = pending.pop()
            yield from self.files(one, rest)
            pending += [Path(entry.path) for entry in self._entries(one, "*") if entry.is_dir(follow_symlinks=False)]

    def _inside(self, path: Path, rest: list[str]) -> Iterator[Path]:
        if rest:
            yield from self.files(path, rest) if path.is_dir() else ()
        elif path.is_file():  # a pipe would be waited for
            yield path

    def _entries(self, folder: Path, pattern: str) -> Iterator[os.DirEntry[str]]:
        fits = re.compile(translate(pattern)).match
        if not folder.is_dir():
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                self.looked_at += 1
                if self.looked_at > MAX_LOOKED_AT:
                    raise IncludeError(f"this looks through more than {MAX_LOOKED_AT:,} files; name the folder")
                if fits(entry.name) and (pattern[0] == "." or entry.name[0] != "."):
                    yield entry
