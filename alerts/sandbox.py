"""A user's template -> a compiled one that can do nothing but write, and not for ever.

Jinja's sandbox keeps a template from Python's insides. On top of it, this one takes no other files and no macros,
counts the steps of all loops together, and holds what it writes and each text that it puts together to a size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts.rendering import Format, TemplateFaultError

STEPS = 10_000  # of all loops of one rendering together
LONGEST = 100_000  # characters of what a template writes, or puts together on the way
TOO_LONG = f"it puts together a text of more than {LONGEST:,} characters"
OBJECT = re.compile(r"'[\w.]*?(\w+) object'")  # as Jinja says what something is
LARGEST = 1_000_000  # what a number may be
RANGE = 1_000
FILTERS = frozenset(
    """abs capitalize count d default dictsort e escape first float forceescape groupby int items join last length
    list lower map max min reject rejectattr replace reverse round select selectattr sort string striptags sum
    title trim truncate unique upper wordcount urlencode""".split()  # noqa: SIM905  a list of 40 names reads worse
)
METHODS = frozenset(("capitalize", "endswith", "lower", "split", "startswith", "strip", "title", "upper"))
REFUSED: Mapping[type[nodes.Node], str] = {
    nodes.Include: "include", nodes.Import: "import", nodes.FromImport: "import", nodes.Extends: "extends",
    nodes.Macro: "macro", nodes.CallBlock: "call", nodes.FilterBlock: "filter", nodes.AssignBlock: "set … endset",
    nodes.EvalContextModifier: "autoescape",
}  # fmt: skip


@dataclass(slots=True)
class _Budget:
    """How many steps the rendering that is going on may still make."""

    steps: int = STEPS

    def spend(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise TemplateFaultError(f"its loops make more than {STEPS:,} steps")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template that is ready to be written out."""

    format: Format
    _template: Template = field(repr=False)

    def write(self, given: Mapping[str, object]) -> str:
        """Return what the template writes of the names in `given`; raises `TemplateFaultError`."""
        written, length = list[str](), 0
        try:
            for part in self._template.generate({**given, "range": _span, BUDGET: _Budget()}):
                length += len(part)
                if length > LONGEST:
                    raise TemplateFaultError(f"it writes more than {LONGEST:,} characters")
                written.append(part)
        except TemplateFaultError as error:
            raise TemplateFaultError(error.message, error.line or _line(error)) from None
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise TemplateFaultError(_said(error), _line(error)) from None
        except (RecursionError, MemoryError):
            raise TemplateFaultError("it nests too deeply") from None
        return "".join(written)


BUDGET = "steps of this rendering"  # no template can name it


class Bounded(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with bounds. `finalize` makes text of each value that is written out."""

    intercepted_binops = frozenset(("+", "*", "**", "%", "//"))

    def __init__(self, *, html: bool, finalize: Callable[[Any], Any] | None, filters: Mapping[str, Any]) -> None:
        """Take only filters that can't make much of little."""
        super().__init__(
            autoescape=html, finalize=finalize, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
            keep_trailing_newline=False, cache_size=0,
        )  # fmt: skip
        self.filters = {name: made for name, made in self.filters.items() if name in FILTERS}
        self.filters |= {"counted step": _counted, "bounded text": _bounded, "replace": _replaced, "join": _joined}
        self.filters.update(filters)
        self.globals.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, refuse what a message needs none of, and put the bounds in."""
        tree = super()._parse(source, name, filename)
        for kind, word in REFUSED.items():
            for found in tree.find_all(kind):
                raise TemplateSyntaxError(f"'{{% {word} %}}' can't be used here", found.lineno)
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                raise TemplateSyntaxError("a loop can't be recursive here", loop.lineno)
            loop.iter = _filtered(cast(nodes.Expr, loop.iter), "counted step")
        _bound_texts(tree)
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Let a template read what it is given; of a text's methods only those that can't make much of little."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        return not callable(value) or isinstance(obj, LoopContext) or (isinstance(obj, str) and attr in METHODS)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Reckon with numbers; of texts, put two together."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _bounded(left + right)
        if isinstance(left, int | float) and isinstance(right, int | float) and operator != "**":
            found = super().call_binop(context, operator, left, right)
            if abs(found) <= LARGEST:
                return found
        raise TemplateFaultError(f"'{operator}' is for small numbers here")


def compiled(
    source: str,
    form: Format,
    filters: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
    finalize: Callable[[Any], Any] | None = None,
) -> Compiled:
    """Return the template ready to write, with these filters beside Jinja's own.

    Raises `TemplateFaultError` with the line for one that is not a template.
    """
    if len(source) > LONGEST:
        raise TemplateFaultError(f"it is longer than {LONGEST:,} characters")
    environment = Bounded(html=form == "html", finalize=finalize, filters=filters)
    try:
        return Compiled(form, environment.from_string(source))
    except TemplateError as error:
        raise TemplateFaultError(_said(error), getattr(error, "lineno", 0) or 0) from None
    except (RecursionError, MemoryError, SyntaxError):
        raise TemplateFaultError("it nests too deeply") from None


def _filtered(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _bound_texts(tree: nodes.Node) -> None:
    """Hold each `a ~ b` to its size: doubled a few times in a loop it would fill the memory."""
    for parent in [tree, *tree.find_all(nodes.Node)]:
        for name, value in list(parent.iter_fields()):
            if isinstance(value, nodes.Concat):
                setattr(parent, name, _filtered(value, "bounded text"))
            elif isinstance(value, list):
                bound = [_filtered(n, "bounded text") if isinstance(n, nodes.Concat) else n for n in value]
                value[:] = bound


@pass_context
def _counted(context: Any, values: Iterable[Any]) -> Iterator[Any]:
    budget: _Budget = context[BUDGET]
    for value in values:
        budget.spend()
        yield value


def _bounded(text: Any) -> Any:
    if len(text) > LONGEST:
        raise TemplateFaultError(TOO_LONG)
    return text


def _replaced(text: Any, old: str, new: str) -> str:
    """Return the text with all `old` as `new`, as a text that is not safe yet: HTML escapes it when it is written."""
    said, old, new = str(text), str(old), str(new)
    if len(said) + said.count(old) * len(new) > LONGEST:
        raise TemplateFaultError(TOO_LONG)
    return said.replace(old, new)


def _joined(values: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
    """Return the values one after the other, with `between` between them."""
    parts = [str(value if attribute is None else getattr(value, attribute.strip("_"))) for value in values]
    if sum(map(len, parts)) + len(between) * len(parts) > LONGEST:
        raise TemplateFaultError(TOO_LONG)
    return str(between).join(parts)


def _span(*bounds: int) -> range:
    made = range(*bounds)
    if len(made) > RANGE:
        raise TemplateFaultError(f"range() goes to {RANGE:,} here")
    return made


def _said(error: BaseException) -> str:
    said = getattr(error, "message", None) or str(error) or type(error).__name__
    return " ".join(OBJECT.sub(lambda found: found[1].lower(), str(said)).split())[:200]


def _line(error: BaseException) -> int:
    """Return the line of the template in which an error was raised: Jinja gives its tracebacks the template's lines."""
    lines, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            lines = trace.tb_lineno
        trace = trace.tb_next
    return lines
