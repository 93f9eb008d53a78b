"""Channels' `template:` -> the templates, each read and tried; what is wrong in one is noted where it is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.config_part import Part
from scheduler.config_yaml import Loc, shown

if TYPE_CHECKING:  # Jinja is needed only where there is a template
    from alerts.templating import Template

MOST = 400_000  # bytes of a file that may be a template


def read_templates(main: Part) -> tuple[dict[str, Template], dict[str, Path]]:
    """Return the templates and their files by channel, sound ones only. Reads the files."""
    found: dict[str, Template] = {}
    files: dict[str, Path] = {}
    for channel, raw in main.mapping("channels").items():
        written = raw.get("template") if isinstance(raw, dict) else None
        if isinstance(written, str | int) and not isinstance(written, bool) and str(written).strip():
            made = _read(main, ("channels", channel, "template"), str(written).strip())
            if made:
                files[channel], found[channel] = made
    return found, files


def _read(main: Part, loc: Loc, written: str) -> tuple[Path, Template] | None:
    from alerts.rendering import TemplateFaultError  # noqa: PLC0415  see above
    from alerts.templating import tried  # noqa: PLC0415  as above

    try:
        path = main.path.parent / Path(written).expanduser()
        with path.open("rb") as file:
            source = file.read(MOST).decode("utf-8-sig")
        return path.resolve(), tried(path.name, source)
    except UnicodeDecodeError:
        main.note(loc, f"'{shown(written)}' is not text in UTF-8")
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or error
        main.note(
            loc, f"the template '{shown(written)}' can't be read: {why}; it is looked for from where this file is"
        )
    except TemplateFaultError as fault:
        main.note(loc, f"{shown(path.name)}{f':{fault.line}' if fault.line else ''}: {fault}")
    return None
