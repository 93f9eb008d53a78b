"""The grammar of config.yaml as pydantic models."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from alerts.hours import Digest, Limit
from alerts.rules import Severity
from crawler.source import Kind
from scheduler import config_hours as hours
from scheduler import config_sources as places
from scheduler import config_values as values
from scheduler.config_block import Block, Flag, Several, Text
from scheduler.config_own import OwnGroup, OwnRegion
from scheduler.config_when import When
from scheduler.config_world import fault

Duration = Annotated[timedelta, PlainValidator(values.duration)]
Rise = Annotated[str, PlainValidator(values.rise)]
Zone = Annotated[str, PlainValidator(hours.timezone)]
AtMost = Annotated[Limit, PlainValidator(hours.limit)]


class TellAgain(Block):
    """When a rule rings again for one story."""

    killed: Rise | None = None
    injured: Rise | None = None
    every: Duration | None = None


class Quiet(Block):
    """Hours in which a rule's alerts wait until they end."""

    hours: Annotated[tuple[time, time], PlainValidator(hours.hours)]
    timezone: Zone | None = None
    except_: When | None = Field(default=None, alias="except")


class Rule(Block):
    """One item of `rules:`."""

    name: Text
    when: When
    notify: Annotated[tuple[Annotated[str, PlainValidator(values.channel)], ...], Several]
    severity: Annotated[Severity, PlainValidator(values.severity)] = "warning"
    tell_again: TellAgain | None = None
    hold: Annotated[timedelta | None, PlainValidator(values.hold)] = None
    quiet: Quiet | None = None
    limit: AtMost | None = None
    digest: Annotated[Digest, PlainValidator(hours.digest)] | None = None
    enabled: Flag = True


class Source(Block):
    """One item of `sources:`; a URL alone stands for a mapping with a URL."""

    url: Annotated[str, PlainValidator(places.web_url)] = ""
    name: Text | None = None
    every: Duration | None = None
    publisher: Text | None = None
    kind: Annotated[Kind, PlainValidator(places.source_kind)] | None = None
    links: Annotated[str, PlainValidator(places.css)] | None = None
    javascript: Flag = False
    spider: Annotated[str, PlainValidator(places.dotted_path)] | None = None
    private: Flag = False
    backlog: Annotated[bool, PlainValidator(places.backlog)] = False

    @model_validator(mode="before")
    @classmethod
    def _url_alone(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_way(self) -> Source:
        if not self.url and not self.spider:
            raise fault("this source has no 'url'")
        if self.spider and (self.links or self.kind or self.javascript):
            raise fault("'spider' says how this source is read; 'kind', 'links' and 'javascript' say it otherwise")
        if self.links and self.kind not in (None, "page"):
            raise fault(f"'links' picks articles on a web page; this source is said to be a {self.kind}")
        if self.javascript and self.kind not in (None, "page"):
            raise fault(f"'javascript' renders a web page; this source is said to be a {self.kind}")
        return self


class Channel(Block):
    """One value of `channels:`; a URL alone stands for a mapping with a URL."""

    url: Annotated[str, PlainValidator(values.channel_url)]
    system: Flag = False
    limit: AtMost | None = None

    @model_validator(mode="before")
    @classmethod
    def _url_alone(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value


Definitions = Annotated[dict[str, When], BeforeValidator(values.mapping)]


class File(Block):
    """The whole of config.yaml."""

    database: Text = "tocsin.db"
    contact: Text = ""
    timezone: Zone | None = None
    delay: Annotated[timedelta, PlainValidator(values.delay)] = timedelta(seconds=1)
    channels: Annotated[dict[str, Channel], BeforeValidator(values.mapping)] = Field(default_factory=dict)
    sources: Annotated[tuple[Source, ...], BeforeValidator(values.rows)] = ()
    include: Annotated[tuple[Text, ...], Several] = ()
    definitions: Definitions = Field(default_factory=dict)
    rules: Annotated[tuple[Rule, ...], BeforeValidator(values.rows)] = ()
    groups: Annotated[tuple[OwnGroup, ...], BeforeValidator(values.rows)] = ()
    regions: Annotated[tuple[OwnRegion, ...], BeforeValidator(values.rows)] = ()


class Included(Block):
    """The whole of an included file; a list alone stands for its rules."""

    definitions: Definitions = Field(default_factory=dict)
    rules: Annotated[tuple[Rule, ...], BeforeValidator(values.rows)] = ()
