"""`tocsin opml import` and `tocsin opml export`: a list of feeds <-> the sources of config.yaml."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands import config_option, read_config
from scheduler.commands.discover import known_config

if TYPE_CHECKING:
    from crawler.opml import Outline, Outlines
    from scheduler.config_lines import Line, Row


@click.group()
def opml() -> None:
    """Lists of feeds, as other feed readers have them: OPML in and out."""


@opml.command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@config_option
def import_(file: Path, config_path: Path) -> None:
    """Print an OPML FILE's feeds as lines to paste into config.yaml.

    '-' reads standard input. What can't be used is told with its line (exit 1); what is in config.yaml already becomes
    a comment. Exit 2 where the file is no OPML.
    """
    from crawler.opml import LARGEST, NotOpml, read
    from scheduler.config_lines import sources_block
    from scheduler.config_yaml import MAX_BYTES

    config = known_config(config_path)
    try:
        body = sys.stdin.buffer.read(LARGEST + 1) if str(file) == "-" else _bytes(file, LARGEST + 1)
        outlines = read(body)
    except NotOpml as error:
        click.echo(f"{file}: {error}", err=True)
        raise click.exceptions.Exit(2) from error
    sources = config.sources if config else ()
    taken = _Taken(
        {_key({"url": one.url} if one.url else {"spider": one.spider or ""}): one.name for one in sources},
        {one.name for one in sources},
    )
    items = list(taken.items(outlines))
    _say(file, outlines, taken)
    block = sources_block(items)
    if len(block.encode()) > MAX_BYTES:
        click.echo(f"this is more than a configuration may hold: {MAX_BYTES // 1_000_000} MB", err=True)
    click.echo(block, nl=False)
    raise click.exceptions.Exit(int(bool(taken.left_out or outlines.problem)))


def _bytes(file: Path, most: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(most)
    except OSError as error:
        raise click.UsageError(f"{file} can't be read: {error.strerror}") from error


@dataclass(slots=True)
class _Taken:
    """What a list brings beside what there is: `there` is the key -> the name of each source that is known."""

    there: dict[str, str]
    names: set[str]
    count: int = 0
    known: int = 0
    left_out: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)
    met: dict[str, int] = field(default_factory=dict)

    def items(self, outlines: Outlines) -> Iterator[Line | str]:
        """Yield the lines to paste, each folder's behind a comment with its name."""
        from scheduler.config_lines import named

        self.left_out += outlines.left_out
        usable = [one for one in outlines.found if self._is_new(one)]
        names = named((_name(one.row) for one in usable if _key(one.row) not in self.there), self.names)
        folders: tuple[str, ...] = ()
        for one in usable:
            if one.folders != folders:
                folders = one.folders
                yield " / ".join(folders) or "in no folder"
            known = self.there.get(_key(one.row))
            yield self._line(one, known or next(names), known)

    def _is_new(self, one: Outline) -> bool:
        """Say whether this is the list's first outline of the address; note what it is otherwise."""
        problem = _problem(one.row)
        if problem:
            self.left_out.append((one.line, f"'{_name(one.row)}' can't be a source: {problem}"))
            return False
        key = _key(one.row)
        if key in self.met:
            self.remarks.append((one.line, f"'{_name(one.row)}' is the one of line {self.met[key]} once more"))
            return False
        self.met[key] = one.line
        return True

    def _line(self, one: Outline, name: str, known: str | None) -> Line:
        from scheduler.config_lines import Line

        row = dict(one.row) | {"name": name}
        if known:
            self.known += 1
            return Line(row=row, remark="already in config.yaml", active=False)
        if any("${" in value for value in one.row.values() if isinstance(value, str)):
            # Pasted, it would be replaced by a secret of the user's, and be sent to whoever wrote the list.
            self.left_out.append((one.line, f"'{name}' asks for a secret of yours: it is printed as a comment"))
            return Line(row=row, remark="would send a secret of yours there: is this line your own?", active=False)
        self.count += 1
        return Line(row=row, remark=_to_be_known(row))


def _to_be_known(row: Row) -> str:
    """Return what a list that somebody else wrote may ask for, and its reader should know of."""
    asks = (("runs this class", "spider"), ("may reach private networks", "private"))
    return "; ".join(words for words, key in asks if row.get(key))


def _problem(row: Row) -> str | None:
    """Return why config.yaml would not take a row, `None` where it does."""
    from pydantic import ValidationError

    from scheduler.config_complaints import message
    from scheduler.config_model import Source

    try:
        Source.model_validate({key: value for key, value in row.items() if key != "name"})
    except ValidationError as error:
        return "; ".join(message(one) for one in error.errors(include_url=False, include_input=False))
    return None


def _key(row: Row) -> str:
    """Return what a source is known by: its address, else its spider."""
    from crawler.discover import listing_key

    return listing_key(str(row["url"])) if "url" in row else str(row.get("spider"))


def _name(row: Row) -> str:
    """Return the name that the list gives, else the host of the address."""
    from scheduler.config_lines import on_one_line

    address = str(row.get("url") or row.get("spider") or "")
    host_and_path = address.partition("://")[2].partition("?")[0].rpartition("@")[2].rstrip("/")
    return on_one_line(str(row.get("name") or "")) or on_one_line(host_and_path or address)


def _say(file: Path, outlines: Outlines, taken: _Taken) -> None:
    """Say on standard error what became of the list, what is to be known of single lines first."""
    from scheduler.config_lines import on_one_line

    for line, said in sorted(taken.left_out + taken.remarks):
        click.echo(f"{file}:{line}: {on_one_line(said)}", err=True)
    if outlines.problem:
        click.echo(f"{file}: {outlines.problem}", err=True)
    there = f", {taken.known} already in config.yaml" if taken.known else ""
    left = f"{len(taken.left_out)} left out" if taken.left_out else "nothing left out"
    click.echo(f"{taken.count} source{'s' * (taken.count != 1)} to paste{there}, {left}", err=True)


@opml.command()
@config_option
def export(config_path: Path) -> None:
    """Print the sources of config.yaml as OPML 2.0, without secrets."""
    from crawler.opml import write

    config = read_config(config_path)
    rows, masked = [], []
    for row in _raw_rows(config_path, [source.name for source in config.sources]):
        plain, hides = without_secrets(row)
        rows.append(plain)
        if hides:
            masked.append(str(row["name"]))
    click.echo(write(rows, "Sources of Tocsin", datetime.now(UTC)), nl=False)
    if masked:
        click.echo(f"secrets are left out of the addresses of: {', '.join(masked)}", err=True)


def _raw_rows(path: Path, names: list[str]) -> Iterator[dict[str, str | bool]]:
    """Yield the sources as they stand in the file, before secrets are put in, with the names that they have."""
    from scheduler.config_yaml import read

    raw: list[Any] = read(path.read_bytes()).data.get("sources") or []
    for one, name in zip(raw, names, strict=True):
        stated = {"url": one} if isinstance(one, str) else one
        kept = {key: value if isinstance(value, bool) else str(value) for key, value in stated.items()}
        yield kept | {"name": name}


def without_secrets(row: Row) -> tuple[dict[str, str | bool], bool]:
    """Return the row with the secrets in its address replaced by `***`, and whether there was one.

    A password, and the value of a parameter that is called a key, a token or the like. `${NAME}` stays as it is
    written: the list holds the name of the secret, never its value.
    """
    url = _PARAMETER.sub(_masked, _PASSWORD.sub(_masked, str(row.get("url", ""))))
    return dict(row) | ({"url": url} if "url" in row else {}), url != row.get("url", "")


_PASSWORD = re.compile(r"(?P<before>://(?:[^/?#@:]*:)?)(?P<secret>[^/?#@]+)(?=@)")
_PARAMETER = re.compile(
    r"(?P<before>[?&][^=&#]*(?:pass|pwd|token|secret|auth(?!or)|sig|cred|(?:api|access|private|rss|feed)[-_]?key|(?<=[?&])key)[^=&#]*=)"
    r"(?P<secret>[^&#]+)",
    re.IGNORECASE,
)


def _masked(found: re.Match[str]) -> str:
    kept = re.fullmatch(r"\$\{[^{}]*\}", found["secret"])
    return found[0] if kept else f"{found['before']}***"
