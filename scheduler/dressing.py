"""A delivery -> the same in its channel's own looks: times in the user's timezone, alerts by the user's template."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from alerts.delivery import Delivery
from alerts.message import Message
from alerts.rendering import TemplateFaultError
from alerts.templating import Template
from scheduler.database import StoreError
from scheduler.logs import say
from scheduler.outbox import Outbox


@dataclass(slots=True)
class Dressing:
    """What channels look like. `told` are the templates that failed and were told of."""

    outbox: Outbox
    templates: Mapping[str, Template] = field(default_factory=dict)
    zone: tzinfo = UTC
    system: tuple[str, ...] = ()
    told: set[tuple[str, Template]] = field(default_factory=set)

    def of(self, delivery: Delivery, now: datetime) -> Delivery:
        """Return the delivery as its channel shows it.

        A template that fails on an alert is told of once; the alert goes out as one without a template does.
        """
        message = replace(delivery.message, zone=self.zone)
        template = self.templates.get(delivery.channel)
        if template is not None and message.telling is not None:
            page = replace(message.page, note=delivery.note or "")
            try:
                message = replace(message, written=template.of(page))
            except TemplateFaultError as fault:
                self._tell(delivery.channel, template, fault, now)
        return replace(delivery, message=message)

    def _tell(self, channel: str, template: Template, fault: TemplateFaultError, now: datetime) -> None:
        where = f"{template.name}:{fault.line}" if fault.line else template.name
        said = f"the template of '{channel}' failed on an alert, which went out as without it: {where}: {fault}"
        say("template", said, {"channel": channel, "template": template.name}, level=logging.WARNING)
        if (channel, template) in self.told or not self.system:
            return
        body = f"{where}: {fault}\n\nThe alert went out as one without a template does."
        message = Message(f"The template of the channel '{channel}' fails", body, "warning")
        try:
            with self.outbox.sql.writing():
                self.outbox.notice("template", message, self.system, now)
        except StoreError as error:
            say("template", f"{error}; it is told at the next alert", level=logging.WARNING)
            return
        self.told.add((channel, template))
