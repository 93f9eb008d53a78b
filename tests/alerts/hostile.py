"""An alert that has a text from the web wherever one can stand, and the founding story, made up anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import yaml

from alerts.conditions import All
from alerts.message import compose
from alerts.policy import Decision, Reason, Told
from alerts.rules import Finding, Match, Rule
from crawler.facts.toll import Toll
from tests.fakes import NALCHIK, NOON, count, group, place, reading, story

CASES = Path(__file__).parent.parent / "cases"


def texts():
    """Return the hostile texts by name."""
    found = {}
    for case in yaml.safe_load((CASES / "hostile_text.yaml").read_text()):
        made = case.get("generate")
        if case.get("surrogate"):
            found[case["name"]] = "Blast \ud83d in \udc00 Exampleville"
        else:
            found[case["name"]] = made["text"] * made["times"] + made["then"] if made else case["text"]
    return found


def addresses():
    """Return the hostile addresses, and where each leads."""
    return [(case["url"], case["leads"]) for case in yaml.safe_load((CASES / "hostile_urls.yaml").read_text())]


def hostile(text, url="https://wire.example/1", killed=11):
    """Return the message of an update in which every text from the web is this one."""
    first = reading("Blast", "Blast.", url="https://wire.example/0", killed=5)
    places = [replace(place(text, *NALCHIK, quote=text), admin1_name=text)]
    second = reading(
        text,
        text,
        url="https://wire.example/1",
        source=text or "B",
        killed=killed,
        places=places,
        groups=[group("g", text, denied=True)],
    )
    second = replace(second, article=replace(second.article, url=url, fetched=NOON + timedelta(hours=1)))
    toll = Toll(killed=None if killed is None else count(killed, quote=text), disputed=text)
    second = replace(second, facts=replace(second.facts, toll=toll))
    finding = Finding(condition=text, met=True, found=text, quote=text)
    decision = Decision(rule=text, reason=Reason.TOLL_ROSE, explanation=text)
    rule = Rule(name=text, when=All(()), notify=("desk",), severity="critical")
    told = Told(at=NOON + timedelta(minutes=5), killed=5, injured=None)
    alert = compose(rule, decision, Match(rule=text, met=True, findings=(finding,)), story(first, second), told)
    telling = replace(alert.message.telling, story=41, article=2)
    return replace(alert.message, telling=telling)


def founding():
    """Return the alert that Tocsin was first written for, in words of our own."""
    five = "Security forces killed five militants near Nalchik on Sunday, officials said."
    eleven = "Число уничтоженных в республике боевиков выросло до одиннадцати, сообщили в комитете."
    denied = "A statement in the name of Islamic State denied that the eleven had belonged to it."
    hurt = "Two policemen were slightly injured, and eleven militants killed in two districts, the committee said."
    first = _reported("Five militants killed near Nalchik", "Example Wire", 0, count(5, quote=five))
    second = _reported("В Кабардино-Балкарии уничтожены 11 боевиков", "Пример", 26, count(11, quote=eleven))
    copy = _reported("Toll in Kabardino-Balkaria raid rises to 11", "Example Copy", 40, count(11, quote=hurt))
    third = _reported("Toll in Kabardino-Balkaria raid rises to 11", "Example Herald", 41, count(11, quote=hurt))
    named = group("islamic-state", "Islamic State")
    second = replace(second, facts=replace(second.facts, groups=(named,)))
    both = (named, replace(named, denied=True, quote=denied))
    toll = Toll(killed=count(11, quote=hurt), injured=count(2, quote=hurt))
    third = replace(third, facts=replace(third.facts, toll=toll, groups=both))
    rule = Rule(name="North Caucasus militancy", when=All(()), notify=("desk",), severity="critical")
    findings = (
        Finding(condition="region: North Caucasus", met=True, found="Kabardino-Balkaria", quote=""),
        Finding(condition="killed: >= 5", met=True, found="11 killed", quote=eleven),
    )
    decision = Decision(rule=rule.name, reason=Reason.TOLL_ROSE, explanation="killed 5 → 11")
    told = Told(at=NOON + timedelta(minutes=5), killed=5, injured=None)
    told_of = story(first, second, copy, third, copies=[copy.article.url_key])
    message = compose(rule, decision, Match(rule=rule.name, met=True, findings=findings), told_of, told).message
    return replace(message, telling=replace(message.telling, story=41, article=4))


def _reported(title, source, minutes, killed):
    host = {"Пример": "пример.рф"}.get(source, f"{source.split()[-1].lower()}.example")
    where = [place("Kabardino-Balkaria", *NALCHIK)]
    one = reading(title, title, url=f"https://{host}/news/{minutes}", source=source, places=where)
    one = replace(one, facts=replace(one.facts, toll=Toll(killed=killed)))
    moment = NOON + timedelta(minutes=minutes)
    return replace(one, article=replace(one.article, published=moment, fetched=moment + timedelta(minutes=1)))
