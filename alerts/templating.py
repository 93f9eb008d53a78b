"""A user's template for the alerts of a channel <-> what it makes of one; a template is tried before it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from alerts.rendering import Format, Page, TemplateFaultError, Written, write
from alerts.samples import least, sample

FORMATS: dict[str, Format] = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown"}


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the user's: its file's name, its text, and the format that it writes.

    Two that say the same are the same.
    """

    name: str
    source: str
    format: Format

    def of(self, page: Page) -> Written:
        """Return what it makes of an alert; raises `TemplateFaultError`.

        Nothing at all is no message, and a channel would take none of it.
        """
        written = write(self.source, self.format, page)
        if not written.body:
            raise TemplateFaultError("it writes nothing")
        return written


def tried(name: str, source: str) -> Template:
    """Return the template in a file of this name, once it has rendered made-up alerts, a full one and the least.

    The format goes by the name: `.html`, `.md`, else plain text. Raises `TemplateFaultError` with the line.
    """
    made = Template(name, source, FORMATS.get(PurePath(name).suffix.lower(), "text"))
    for page in (sample(), least()):
        made.of(page)
    return made
