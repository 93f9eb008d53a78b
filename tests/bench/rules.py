"""`python -m tests.bench rules`: what matching costs, against a regular expression per rule in the same run."""

from __future__ import annotations

import gc
import itertools
import random
import re
import statistics
import time
from datetime import UTC, datetime
from functools import partial

from alerts.conditions import All, comparison
from alerts.conditions_facts import ByGroup, InRegion, Tally, Target
from alerts.conditions_words import Words, term
from alerts.rules import Rule, RuleSet
from alerts.story import Story
from crawler.article import Article
from crawler.facts import Facts, Toll
from crawler.facts.toll import Count
from crawler.reading import Reading

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LETTERS = {"words": "etaoinshrdlucmfwyp", "~words": "оеаинтсрвлкмдпуяы"}


class World:
    """Made rules and articles of 3 kB over one vocabulary, its words as frequent as Zipf's law has them.

    A rule lists a word of any rank but the 2,000 most frequent, which nobody lists.
    """

    def __init__(self, kind):
        self.kind, self.chance = kind, random.Random(7)
        sizes = (4, 5, 6, 7, 8, 9, 10, 11)
        self.vocabulary = list(
            dict.fromkeys(
                "".join(self.chance.choices(LETTERS[kind], k=self.chance.choice(sizes))) for _ in range(60_000)
            )
        )
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(self.vocabulary))))

    def listed(self):
        return self.chance.choice(self.vocabulary[2_000:])

    def texts(self, number):
        """Return the number-th rule's term: of ten, six words, two phrases and two prefixes; or all ~words."""
        if self.kind == "~words":
            return f"~{self.listed()}"
        if number % 10 < 6:
            return self.listed()
        return f"{self.listed()} {self.listed()}" if number % 10 < 8 else f"{self.listed()[:6]}*"

    def rules(self, count):
        """Yield rules: of ten, six on a text, one on a text and two facts, three on facts alone."""
        for number in range(count):
            text = Words("text", "text", (term(self.texts(number // 10 * 7 + number % 10)),))
            killed = Tally("killed", "killed", (comparison(f">= {self.chance.randint(40, 5_000)}"),))
            region = InRegion("region", (Target(f"XX-{number}", "Somewhere"),))
            group = ByGroup("group", (Target(f"group-{number}", "Some group"),))
            parts = [(text,)] * 6 + [(region, killed, text), (killed, region), (group,), (killed,)]
            yield Rule(name=f"rule {number}", when=All(parts[number % 10]), notify=("desk",))

    def expressions(self, count):
        """Return a regular expression for each of so many terms, as one would write it."""
        terms = (self.texts(number).lstrip("~") for number in range(count))
        return [
            re.compile(rf"\b{re.escape(one.rstrip('*'))}{'' if one[-1] == '*' else chr(92) + 'b'}", re.I)
            for one in terms
        ]

    def story(self):
        """Return a story of one new article of 3 kB with 11 killed."""
        words = self.chance.choices(self.vocabulary, cum_weights=self.weights, k=600)
        lines = [" ".join(words[start : start + 15]).capitalize() for start in range(0, 600, 15)]
        text, lang = ". ".join(lines)[:3_000], "ru" if self.kind == "~words" else "en"
        article = Article(
            url="https://wire.example/1", url_key="1", source="wire", publisher="Wire", title=lines[0][:60], text=text,
            published=NOON, precision="minute", lang=lang, fetched=NOON,
        )  # fmt: skip
        toll = Toll(killed=Count(low=11, high=11, approximate=False, quote="It killed 11."))
        return Story(id=None, readings=(Reading(article, Facts(lang=lang, toll=toll)),))


def resident():
    """Return the resident memory of this process in MB."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1000 for line in status if line.startswith("VmRSS"))


def cpu(work, *of):
    """Return the milliseconds of CPU that each call took."""
    spent = []
    for one in of:
        start = time.process_time()
        work(one)
        spent.append((time.process_time() - start) * 1000)
    return spent


def row(name, figure, limit, note=""):
    """Print one figure."""
    print(f"{name:<44} {figure:>9}  {f'limit {limit}' if limit else '':<15} {note}", flush=True)


def told(together, story):
    """Match with the evidence of each rule that holds, as `tocsin lines match` prints it."""
    return [found.findings for found in together.matches(story)]


def rules():
    """CPU of an article at 1,000, 10,000 and 100,000 rules, of compiling them, their memory, and all the rest below."""
    world, each = World("words"), {}
    for count in (1_000, 10_000, 100_000):
        gc.collect()
        before = resident()
        made = list(world.rules(count))
        held, start = resident(), time.process_time()
        together = RuleSet(made)
        compiled, memory = time.process_time() - start, resident() - before
        cpu(together.matches, *(world.story() for _ in range(50)))
        each[count] = statistics.median(cpu(together.matches, *(world.story() for _ in range(300))))
        evidence = statistics.median(cpu(partial(told, together), *(world.story() for _ in range(100))))
        holding = statistics.mean(len(together.matches(world.story())) for _ in range(100))
        note = f"{evidence:.2f} ms with the evidence of the {holding:.0f} that hold; compiled in {compiled:.1f} s (limit 10 s), +{memory:.0f} MB (limit 250 MB), {held - before:.0f} MB of it the rules themselves"
        row(f"an article of 3 kB at {count:,} rules", f"{each[count]:.3f} ms", "", note)
        del made, together
    row("100,000 rules / 1,000 rules", f"{each[100_000] / each[1_000]:.1f}x", "15x")
    apart(world, each[10_000])
    facts_only(world)
    inflected()
    growing()


def apart(world, ours):
    """CPU of a regular expression for each of 10,000 terms, against 10,000 rules."""
    bare = world.expressions(10_000)
    texts = [world.story().newest.article.text for _ in range(5)]
    spent = statistics.median(cpu(lambda text: [one.search(text) for one in bare], *texts))
    row("10,000 regular expressions / 10,000 rules", f"{spent / ours:.0f}x", ">= 1000x", f"{spent:.0f} ms an article")


def facts_only(world):
    """CPU of rules on facts that the articles have not, against one such rule."""
    made = [rule for rule in world.rules(100_000) if not any(isinstance(part, Words) for part in rule.when.parts)]
    one, many = RuleSet(made[:1]), RuleSet(made)
    cpu(one.matches, world.story()), cpu(many.matches, world.story())
    bare, ours = (statistics.median(cpu(each.matches, *(world.story() for _ in range(500)))) for each in (one, many))
    row(f"{len(made):,} rules on other facts / one", f"{ours / bare:.2f}x", "", f"{ours * 1000:.0f} µs an article")


def growing():
    """CPU of a story that grows to 300 articles, each placed and counted, at 1,000 rules."""
    world = World("words")
    together, readings = RuleSet(list(world.rules(1_000))), tuple(world.story().newest for _ in range(300))
    stories = [Story(id=1, readings=readings[: number + 1]) for number in range(300)]
    spent = cpu(together.matches, *stories)
    note = f"{sum(spent):.0f} ms for all 300"
    row("the 300th article of a story at 1,000 rules", f"{statistics.median(spent[-20:]):.2f} ms", "", note)


def inflected():
    """CPU of an article at 10,000 ~words, against as many plain words."""
    world = World("~words")
    made = list(world.rules(10_000))
    plain = RuleSet([_plain(rule) for rule in made])
    start = time.process_time()
    forms = RuleSet(made)
    compiled = time.process_time() - start
    stories = [world.story() for _ in range(200)]
    cpu(plain.matches, *stories[:50]), cpu(forms.matches, *stories[:50])
    bare, ours = (statistics.median(cpu(one.matches, *stories[50:])) for one in (plain, forms))
    note = f"{ours:.2f} ms an article in Russian, compiled in {compiled:.1f} s"
    row("10,000 ~words / 10,000 words", f"{ours / bare:.2f}x", "2x", note)


def _plain(rule):
    parts = tuple(
        Words(one.written, one.field, (term(one.terms[0].key[1:]),)) if isinstance(one, Words) else one
        for one in rule.when.parts
    )
    return Rule(name=rule.name, when=All(parts), notify=rule.notify)


if __name__ == "__main__":
    rules()
