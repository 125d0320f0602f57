"""The text of a macro: plain words with `{{ customer.name }}` and `{% if lang == "ta" %}`, and nothing else of Jinja2.

Place in the path: the page of macros checks a text here before it is saved, the reply box fills it in. Loops, calls and arithmetic are
refused, so that filling in takes no longer than the text is long.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from amends.core.errors import Refused
from amends.core.translating import N_
from amends.core.translating import gettext as _
from amends.core.written import number

VARIABLES = (
    "customer.name",
    "customer.first_name",
    "customer.handle",
    "agent.name",
    "agent.first_name",
    "case.id",
    "case.status",
    "brand",
    "topic",
    "lang",
    "network",
    "mood",
    "urgency",
)
NUMBERS = frozenset({"case.id", "urgency", "years"})
ORDERS = frozenset({"eq", "ne", "gt", "gteq", "lt", "lteq"})
FILTERS = frozenset({"default", "lower", "upper", "title", "capitalize", "trim"})
UNFILLED = N_("This macro cannot be filled in here: %(why)s")
LONGEST_TEXT = 5_000
LONGEST_FILLED = 20_000
LONGEST_VALUE = 200
MOST_NODES = 600
DEEPEST = 12
_WORDS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr)
_CHOICES = (nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Tuple, nodes.List)
ALLOWED = _WORDS + _CHOICES

_environment = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True)
_environment.globals.clear()


def _default(value: object, instead: object = "", *_whether_empty: object) -> object:
    """Return `instead` for what is missing, which is empty here; Jinja2's own would want to be told so each time."""
    return instead if value in {"", None} else value


_environment.filters["default"] = _default


def check(text: str, variables: Sequence[str] = VARIABLES) -> None:
    """Raise `Refused`, with what to write instead, where `text` is no macro of these variables."""
    if not text.strip():
        raise Refused(_("A macro needs some words."))
    if len(text) > LONGEST_TEXT:
        raise Refused(_("A macro has at most %(most)s characters.") % {"most": number(LONGEST_TEXT)})
    tree = _parsed(text)
    if sum(1 for _node in _all(tree)) > MOST_NODES:
        raise Refused(_("This macro has too many variables and conditions; make two of it."))
    for node in _all(tree):
        _check_node(node, variables)
        _check_comparison(node)
    _compiled(text)


def fill(text: str, values: Mapping[str, str | int]) -> str:
    """Return the words of a macro with `values` by the names of `VARIABLES`; what is missing is empty."""
    try:
        filled = _environment.from_string(text).render(_nested(values)).strip()
    except (TemplateError, RecursionError, TypeError) as error:
        raise Refused(UNFILLED, why=str(error)[:200]) from error
    if len(filled) > LONGEST_FILLED:
        raise Refused(_("This macro becomes too long here."))
    return filled


def _parsed(text: str) -> nodes.Template:
    try:
        tree = _environment.parse(text)
        deep = _depth(tree)
    except TemplateSyntaxError as error:
        raise Refused(_("Line %(line)s cannot be read: %(why)s") % {"line": error.lineno, "why": (error.message or "")[:200]}) from error
    except RecursionError as error:
        raise Refused(_("There are too many conditions inside each other.")) from error
    if deep > DEEPEST:
        raise Refused(_("There are too many conditions inside each other."))
    return tree


def _depth(node: nodes.Node) -> int:
    return 1 + max((_depth(child) for child in node.iter_child_nodes()), default=0)


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the node and what lies in it, a variable such as `customer.name` as one."""
    yield node
    if not isinstance(node, nodes.Getattr):
        for child in node.iter_child_nodes():
            yield from _all(child)


def _check_node(node: nodes.Node, variables: Sequence[str]) -> None:
    if not isinstance(node, ALLOWED):
        raise Refused(
            _("Line %(line)s: a macro has words, variables and conditions; %(what)s is none of them.")
            % {"line": node.lineno, "what": type(node).__name__.lower()}
        )
    if isinstance(node, nodes.Name | nodes.Getattr):
        _check_variable(_name(node), variables)
    if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.dyn_args or node.dyn_kwargs):
        raise Refused(_("There is no filter “%(name)s”; there are %(known)s.") % {"name": node.name, "known": ", ".join(sorted(FILTERS))})


def _check_comparison(node: nodes.Node) -> None:
    """Raise `Refused` where a number is compared with words, which fails in a case, or is never so, and is seen there only."""
    if not isinstance(node, nodes.Compare):
        return
    sides = [_is_number(side) for side in (node.expr, *(operand.expr for operand in node.ops if operand.op in ORDERS))]
    if True in sides and False in sides:
        raise Refused(
            _("Line %(line)s: a number and words cannot be compared; a number is written without quotation marks.") % {"line": node.lineno}
        )


def _is_number(node: nodes.Node) -> bool | None:
    """Tell whether something is a number rather than words; None where that depends."""
    if isinstance(node, nodes.Filter):
        return _is_number(node.node) if node.name == "default" and node.node else False
    if isinstance(node, nodes.Const):
        return isinstance(node.value, int | float)
    return _name(node) in NUMBERS if isinstance(node, nodes.Name | nodes.Getattr) else None


def _name(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_name(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "…"


def _check_variable(name: str, variables: Sequence[str]) -> None:
    if name in variables:
        return
    near = get_close_matches(name, variables, n=1, cutoff=0.5) or [
        one for one in variables if one.partition(".")[0] == name.partition(".")[0]
    ]
    if near:
        raise Refused(_("There is no {{ %(name)s }}; did you mean {{ %(near)s }}?") % {"name": name[:60], "near": near[0]})
    raise Refused(_("There is no {{ %(name)s }}; there are %(known)s.") % {"name": name[:60], "known": ", ".join(variables)})


def _compiled(text: str) -> None:
    try:
        _environment.from_string(text)
    except (TemplateError, SyntaxError, RecursionError, MemoryError) as error:
        raise Refused(_("This macro cannot be read: %(why)s") % {"why": str(error)[:200]}) from error


def _nested(values: Mapping[str, str | int]) -> dict[str, object]:
    """Return the values as Jinja2 looks them up: `customer.name` in `customer`."""
    found: dict[str, object] = {}
    for name in dict.fromkeys((*VARIABLES, *values)):
        value = values.get(name, "")
        short = value[:LONGEST_VALUE] if isinstance(value, str) else value
        whole, dot, part = name.partition(".")
        if not dot:
            found[whole] = short
            continue
        inner = found.setdefault(whole, {})
        if isinstance(inner, dict):
            inner[part] = short
    return found
