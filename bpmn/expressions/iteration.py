"""``for``, ``some`` and ``every`` as closures (DMN 1.4 table 49)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bpmn import limits
from bpmn.expressions import ast
from bpmn.expressions.calls import Code
from bpmn.expressions.comparison import order
from bpmn.expressions.errors import BudgetExhausted
from bpmn.expressions.names import PARTIAL
from bpmn.expressions.numbers import as_int
from bpmn.expressions.runtime import Env, Runtime
from bpmn.expressions.scope import Scope
from bpmn.expressions.time_arithmetic import DAY
from bpmn.expressions.values import Range, type_name

Compile = Callable[[ast.Node, Scope], Code]


@dataclass(frozen=True, kw_only=True, slots=True)
class Domain:
    """One iterator: its name and where its values come from."""

    name: str
    source: Code
    end: Code | None
    position: int

    def values(self, rt: Runtime, env: Env | None) -> Iterator[object] | None:
        """The values in order; None, with a warning, when there is nothing to iterate over."""
        start = self.source(rt, env)
        if self.end is not None:
            counted = _counted(start, self.end(rt, env), True, True)
        elif isinstance(start, Range):
            counted = _of_range(start)
        elif start is None:
            counted = None
        else:
            return iter(start) if isinstance(start, list) else iter([start])
        if counted is None:
            rt.null("NOT_ITERABLE", self.position, type=type_name(start))
        return counted


def _of_range(span: Range) -> Iterator[object] | None:
    """The members of a range from its start up; a range that runs backwards has no members."""
    sign = order(span.start, span.end)
    if sign is None or sign > 0:
        return None
    return _counted(span.start, span.end, span.start_included, span.end_included)


def _counted(start: object, end: object, from_start: bool, to_end: bool) -> Iterator[object] | None:
    """Whole numbers or days from start to end, downward when end is smaller."""
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        first, last = as_int(start), as_int(end)
        if first is None or last is None:
            return None
        return (Decimal(number) for number in _steps(first, last, from_start, to_end))
    if type(start) is date and type(end) is date:
        steps = _steps(0, (end - start) // DAY, from_start, to_end)
        return (start + DAY * number for number in steps)
    return None


def _steps(first: int, last: int, from_start: bool, to_end: bool) -> range:
    step = 1 if first <= last else -1
    return range(first if from_start else first + step, last + step if to_end else last, step)


def domains(
    iterators: tuple[ast.Iterator, ...], scope: Scope, compile_node: Compile
) -> tuple[tuple[Domain, ...], Scope]:
    """The iterators compiled, each in the scope of those before it, and the scope of what they repeat."""
    found: list[Domain] = []
    for iterator in iterators:
        end = compile_node(iterator.end, scope) if iterator.end is not None else None
        source = compile_node(iterator.source, scope)
        found.append(Domain(name=iterator.name, source=source, end=end, position=iterator.position))
        scope = scope.binding([iterator.name])
    return tuple(found), scope


def _rounds(rt: Runtime, env: Env | None, left: tuple[Domain, ...], shared: dict[str, object]) -> Iterator[Env | None]:
    """The scopes of all combinations, the last iterator fastest; yields None where a domain is no list."""
    values = left[0].values(rt, env)
    if values is None:
        yield None
        return
    for value in values:
        rt.spend(1)
        inner = Env({**shared, left[0].name: value}, env)
        if len(left) == 1:
            yield inner
        else:
            yield from _rounds(rt, inner, left[1:], shared)


def for_code(node: ast.For, scope: Scope, compile_node: Compile) -> Code:
    found, inner = domains(node.iterators, scope.binding([PARTIAL]), compile_node)
    result = compile_node(node.result, inner)
    cost = ast.measure(node)[0]
    uses_partial = _mentions(node, PARTIAL)

    def run(rt: Runtime, env: Env | None) -> object:
        made: list[object] = []
        shared: dict[str, object] = {PARTIAL: []} if uses_partial else {}
        for round_env in _rounds(rt, env, found, shared):
            rt.spend(cost)
            if round_env is None:
                return None
            made.append(result(rt, round_env))
            if len(made) > limits.LIST_LENGTH:
                raise BudgetExhausted("size")
            if uses_partial:
                # A result may keep the partial list, so it must not grow under its hands.
                shared[PARTIAL] = rt.items(list(made))
        return rt.items(made)

    return run


def _mentions(node: ast.Node, name: str) -> bool:
    level = [node]
    while level:
        if any(isinstance(found, ast.Name) and found.name == name for found in level):
            return True
        level = [child for parent in level for child in ast.children(parent)]
    return False


def quantified_code(node: ast.Quantified, scope: Scope, compile_node: Compile) -> Code:
    found, inner = domains(node.iterators, scope, compile_node)
    condition = compile_node(node.condition, inner)
    cost, decisive, position = ast.measure(node)[0], not node.every, node.position

    def run(rt: Runtime, env: Env | None) -> object:
        unknown = False
        for round_env in _rounds(rt, env, found, {}):
            rt.spend(cost)
            if round_env is None:
                return None
            answer = condition(rt, round_env)
            if answer is decisive:
                return decisive
            if answer is None:
                unknown = True
            elif not isinstance(answer, bool):
                return rt.null("NOT_BOOLEAN", position, type=type_name(answer))
        return None if unknown else not decisive

    return run
