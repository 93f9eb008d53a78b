"""The files of a configuration -> their bytes: config.yaml, and those that it includes."""

from __future__ import annotations

from pathlib import Path

from scheduler.config_include import MAX_FILES, IncludeError, absolute, included
from scheduler.config_model import Included
from scheduler.config_part import Part
from scheduler.config_yaml import MAX_BYTES, ConfigError, Loc, Problem, read, shown


def read_bytes(path: Path) -> bytes:
    """Return the file's bytes, one more than allowed where it is too large. Raises `ConfigError`."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError([Problem(path, 1, 1, f"the file can't be read: {error.strerror}")]) from error
    except ValueError as error:
        raise ConfigError([Problem(path, 1, 1, f"the file can't be read: {error}")]) from error


def read_included(main: Part) -> tuple[tuple[str, ...], list[Part]]:
    """Return the patterns of `include:`, absolute, and the files that they name, each once, in their order.

    What can't be found or read is noted in `main`.
    """
    raw = main.section("include")
    rows = raw if isinstance(raw, list) else [raw]
    patterns: list[str] = []
    files: dict[Path, Loc] = {}
    for number, pattern in enumerate(rows):
        if isinstance(pattern, str) and pattern.strip():
            loc: Loc = ("include", number)
            found = _found(main, loc, pattern.strip(), patterns)
            files |= {path: loc for path in found if path not in files}
    if len(files) > MAX_FILES:
        main.note(("include",), f"this is more than {MAX_FILES:,} files")
        return tuple(patterns), []
    return tuple(patterns), [part for path, loc in files.items() if (part := _part(main, loc, path))]


def _found(main: Part, loc: Loc, written: str, patterns: list[str]) -> list[Path]:
    """Return the files that a pattern names, and add it to the absolute ones."""
    try:
        patterns.append(absolute(written, main.path.parent))
        own = main.path.resolve()
        found = [path for path in included(patterns[-1]) if path.resolve() != own]
    except IncludeError as error:
        main.note(loc, f"'{shown(written)}': {error}")
        return []
    except (OSError, ValueError) as error:
        main.note(loc, f"'{shown(written)}' can't be looked through: {getattr(error, 'strerror', None) or error}")
        return []
    if not found:
        main.note(loc, f"no file fits '{shown(written)}'; it is looked for from where this file is")
    return found


def _part(main: Part, loc: Loc, path: Path) -> Part | None:
    try:
        return Part(path, read(read_bytes(path)), Included)
    except ConfigError as error:
        main.note(loc, f"{path.name}: {error.problems[0].message}")
        return None
