"""Groups of commands of which one need not be named."""

from __future__ import annotations

import click


class ShowGroup(click.Group):
    """A group whose `show` need not be named: `tocsin stories 12` beside `tocsin stories merge 12 13`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `show` before what names no command."""
        named = bool(args) and (args[0] in self.commands or args[0] in ("-h", "--help"))
        return super().parse_args(ctx, args if named else ["show", *args])
