"""`tocsin demo`: see it work."""

from __future__ import annotations

import click


@click.command()
def demo() -> None:
    """Run the daemon against an embedded newsroom with a developing story.

    Exit 0 when the expected alerts rang, and no other.
    """
    from scheduler.demo.play import play

    raise click.exceptions.Exit(play(click.echo))
