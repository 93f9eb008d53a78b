"""The grammar of config.yaml as pydantic models."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from alerts.hours import Digest, Limit
from alerts.rules import Severity
from crawler.source import Kind
from scheduler import config_hours as timing
from scheduler import config_shapes as shapes
from scheduler import config_sources as places
from scheduler import config_values as values
from scheduler.config_block import Block, Flag, Several, Text
from scheduler.config_own import OwnGroup, OwnRegion
from scheduler.config_when import When
from scheduler.config_world import fault

Duration = Annotated[timedelta, PlainValidator(values.duration), shapes.DURATION]
Rise = Annotated[str, PlainValidator(values.rise), shapes.RISE]
Zone = Annotated[str, PlainValidator(timing.timezone), shapes.ZONE]
AtMost = Annotated[Limit, PlainValidator(timing.limit), shapes.LIMIT]


class TellAgain(Block):
    """When a rule rings again for one story."""

    killed: Rise | None = Field(
        None, description='so many more killed than at the last alert: "+5", or times as many: "x2"'
    )
    injured: Rise | None = Field(None, description="so many more injured, or times as many")
    every: Duration | None = Field(None, description="so long after the last alert, while it is reported")


class Quiet(Block):
    """Hours in which a rule's alerts wait until they end."""

    hours: Annotated[tuple[time, time], PlainValidator(timing.hours), shapes.HOURS] = Field(
        description="from when to when, in this timezone; over midnight where the first is the later"
    )
    timezone: Zone | None = Field(None, description="an IANA name; without it, that of the file")
    except_: When | None = Field(None, alias="except", description="what rings all the same")


class Escalate(Block):
    """A step: whom to tell when nobody has acknowledged an alert."""

    after: Annotated[timedelta, PlainValidator(values.hold), shapes.DURATION] = Field(
        description="how long after the alert, at most 1d"
    )
    to: Annotated[tuple[Annotated[str, PlainValidator(values.channel), shapes.TEXT], ...], Several] = Field(
        description="the channels that are told then"
    )


class Heartbeat(Block):
    """A dead-man's switch: an address that is asked for while all is well, such as one of healthchecks.io."""

    url: Annotated[str, PlainValidator(places.beat_url), shapes.WEB_URL] = Field(
        description="the address; ${NAME} from the environment, ${file:PATH} from a file"
    )
    every: Duration = Field(timedelta(minutes=5), description="how often")


class Rule(Block):
    """What to be told of, and where."""

    name: Text = Field(description="its name in alerts, unique")
    when: When
    notify: Annotated[tuple[Annotated[str, PlainValidator(values.channel), shapes.TEXT], ...], Several] = Field(
        description="the channels that are told"
    )
    severity: Annotated[Severity, PlainValidator(values.severity), shapes.SEVERITY] = Field(
        "warning", description="how serious it is"
    )
    tell_again: TellAgain | None = None
    hold: Annotated[timedelta, PlainValidator(values.hold), shapes.DURATION] | None = Field(
        None, description="how long the first alert of a story waits for other reports, at most 1d"
    )
    quiet: Quiet | None = None
    limit: AtMost | None = Field(None, description="at most so many alerts in a time; the rest comes in one digest")
    digest: Annotated[Digest, PlainValidator(timing.digest), shapes.DIGEST] | None = Field(
        None, description="gather all alerts: hourly, or daily at a time"
    )
    escalate: Annotated[tuple[Escalate, ...], Several] = Field(
        (), description="whom else to tell of an alert that nobody acknowledges (tocsin ack)"
    )
    enabled: Flag = Field(True, description="false puts the rule to sleep")


class Source(Block):
    """Where to look: a feed, a sitemap or a page."""

    url: Annotated[str, PlainValidator(places.web_url), shapes.WEB_URL] = Field("", description="its address")
    name: Text | None = Field(None, description="its name; without it, host and path of the address")
    every: Duration | None = Field(None, description="how often it is polled; without it Tocsin learns that")
    publisher: Text | None = Field(None, description="whose it is: outlets of one publisher count once")
    kind: Annotated[Kind, PlainValidator(places.source_kind), shapes.KIND] | None = Field(
        None, description="what it is; without it that is found out"
    )
    links: Annotated[str, PlainValidator(places.css), shapes.TEXT] | None = Field(
        None, description="CSS: which links of a page are articles"
    )
    javascript: Flag = Field(False, description="whether the page needs a browser")
    spider: Annotated[str, PlainValidator(places.dotted_path), shapes.DOTTED_PATH] | None = Field(
        None, description="a Scrapy spider class that reads it"
    )
    private: Flag = Field(False, description="whether it may be in a private network")
    backlog: Annotated[bool, PlainValidator(places.backlog), shapes.BACKLOG] = Field(
        False, description="what becomes of articles that it holds at the first poll"
    )

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
    """Where alerts go."""

    url: Annotated[str, PlainValidator(values.channel_url), shapes.CHANNEL_URL] = Field(
        description="any Apprise URL; ${NAME} from the environment, ${file:PATH} from a file"
    )
    system: Flag = Field(False, description="whether it hears of Tocsin's own troubles too")
    limit: AtMost | None = Field(None, description="at most so many alerts in a time; the rest comes in one digest")
    fallback: Annotated[str, PlainValidator(values.channel), shapes.TEXT] | None = Field(
        None, description="the channel that gets what this one does not take"
    )
    template: Annotated[str, PlainValidator(values.file_path), shapes.TEXT] | None = Field(
        None, description="the Jinja2 template of its alerts: a file, .html or .md or plain text, beside this one"
    )

    @model_validator(mode="before")
    @classmethod
    def _url_alone(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value


Definitions = Annotated[dict[str, When], BeforeValidator(values.mapping)]
Rules = Annotated[tuple[Rule, ...], BeforeValidator(values.rows)]


class File(Block):
    """Tocsin's configuration: where to look, what matters, whom to tell."""

    database: Annotated[str, PlainValidator(values.file_path), shapes.TEXT] = Field(
        "tocsin.db", description="the archive, beside this file unless absolute"
    )
    contact: Text = Field("", description="tells a site who is polling it")
    timezone: Zone | None = Field(None, description="of hours that name none, an IANA name; else this machine's")
    delay: Annotated[timedelta, PlainValidator(values.delay), shapes.DURATION] = Field(
        timedelta(seconds=1), description="the least time between two requests to one host"
    )
    canary: Annotated[Digest, PlainValidator(timing.digest), shapes.DIGEST] | None = Field(
        None, description="when a made-up article tries the whole path: hourly, or daily at a time"
    )
    heartbeat: Heartbeat | None = None
    channels: Annotated[dict[str, Channel], BeforeValidator(values.mapping)] = Field(
        default_factory=dict, description="whom to tell: a name, and an Apprise URL"
    )
    sources: Annotated[tuple[Source, ...], BeforeValidator(values.rows)] = Field((), description="where to look")
    include: Annotated[tuple[Text, ...], Several] = Field(
        (), description="files with more rules and definitions, such as rules/*.yaml"
    )
    definitions: Definitions = Field(default_factory=dict, description="named blocks of conditions for several rules")
    rules: Rules = Field((), description="what to be told of")
    groups: Annotated[tuple[OwnGroup, ...], BeforeValidator(values.rows)] = Field(
        (), description="armed groups of one's own, and more names of bundled ones"
    )
    regions: Annotated[tuple[OwnRegion, ...], BeforeValidator(values.rows)] = Field(
        (), description="regions of one's own"
    )


class Included(Block):
    """A file that config.yaml includes; a list alone stands for its rules."""

    definitions: Definitions = Field(default_factory=dict, description="named blocks of conditions for several rules")
    rules: Rules = Field((), description="what to be told of")
