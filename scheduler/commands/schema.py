"""`tocsin schema`: what an editor needs to complete and check config.yaml."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--included", is_flag=True, help="The schema of a file that config.yaml includes.")
def schema(included: bool) -> None:
    """Print the JSON Schema of config.yaml.

    A first line `# yaml-language-server: $schema=PATH` in the file tells editors where it was saved.
    """
    from scheduler.config_schema import schema as made

    click.echo(json.dumps(made(included=included), ensure_ascii=False, indent=2))
