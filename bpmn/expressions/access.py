"""Names, paths and filters as closures (DMN 1.4 sections 10.3.2.5 and 10.3.2.11)."""

from collections.abc import Mapping
from decimal import Decimal

from bpmn.expressions import ast
from bpmn.expressions.calls import Code
from bpmn.expressions.numbers import as_int
from bpmn.expressions.parts import part_of
from bpmn.expressions.registry import BUILTINS
from bpmn.expressions.runtime import Env, Runtime
from bpmn.expressions.scope import Scope
from bpmn.expressions.values import type_name


def name_code(node: ast.Name, scope: Scope) -> Code:
    """A local name, else a variable, else a built-in function as a value."""
    name, position = node.name, node.position
    builtin = BUILTINS.get(name)
    if name not in scope.bound and builtin is None:
        (scope.reads.in_filter if scope.dynamic else scope.reads.free).add(name)

    def variable(rt: Runtime, _env: Env | None) -> object:
        if builtin is not None and name not in rt.variables:
            return builtin
        return rt.variable(name, position)

    def local(rt: Runtime, env: Env | None) -> object:
        while env is not None:
            if name in env.names:
                return env.names[name]
            env = env.parent
        return variable(rt, None)

    return local if scope.local else variable


def variable_path(node: ast.Path, scope: Scope) -> list[str] | None:
    """``[a, b, c]`` for the path a.b.c that starts at a variable; None for other paths."""
    names: list[str] = []
    base: ast.Node = node
    while isinstance(base, ast.Path):
        names.append(base.name)
        base = base.base
    if not isinstance(base, ast.Name) or scope.local or base.name in BUILTINS:
        return None
    return [base.name, *reversed(names)]


def path_code(node: ast.Path, base: Code, names: list[str] | None) -> Code:
    """The member of a value; along a path from a variable only what is reached is converted."""
    name, position = node.name, node.position

    def member(rt: Runtime, env: Env | None) -> object:
        return get_member(rt, position, base(rt, env), name)

    if names is None:
        return member
    label = "\0".join(names)

    def raw_member(rt: Runtime, env: Env | None) -> object:
        raw: object = rt.variables
        for key in names:
            if not isinstance(raw, Mapping) or key not in raw:
                return member(rt, env)
            raw = raw[key]
        return rt.value(raw, label)

    return raw_member


def get_member(rt: Runtime, position: int, value: object, name: str) -> object:
    """An entry of a context, a part of a date, duration or range, or the members of a list's items."""
    if isinstance(value, dict):
        if name in value:
            return value[name]
        return rt.null("NO_ENTRY", position, name=name)
    if isinstance(value, list):
        rt.spend(1 + len(value))
        return rt.items([get_member(rt, position, item, name) for item in value])
    found = part_of(value, name)
    if found is not NotImplemented:
        return found
    return rt.null("NO_ENTRY", position, name=name, type=type_name(value))


def filter_code(node: ast.Filter, base: Code, predicate: Code) -> Code:
    """``list[number]`` is an item, ``list[condition]`` the items for which it is true."""
    position, cost = node.position, ast.measure(node.predicate)[0]

    def run(rt: Runtime, env: Env | None) -> object:
        value = base(rt, env)
        items = value if isinstance(value, list) else [value]
        kept: list[object] = []
        for item in items or [None]:
            rt.spend(cost)
            answer = predicate(rt, _item_env(item, env))
            if type(answer) is Decimal:
                return _at(rt, position, items, answer)
            if answer is True and items:
                kept.append(item)
            elif answer is not None and not isinstance(answer, bool):
                return rt.null("NOT_BOOLEAN", position, type=type_name(answer))
        if value is None:
            return rt.null("NO_LIST", position)
        return rt.items(kept)

    return run


def _item_env(item: object, env: Env | None) -> Env:
    names = Env({"item": item}, env)
    return Env(item, names) if isinstance(item, dict) else names


def _at(rt: Runtime, position: int, items: list[object], place: Decimal) -> object:
    number = as_int(place)
    if not number or abs(number) > len(items):
        return rt.null("OUT_OF_RANGE", position, index=str(place), length=len(items))
    return items[number - 1 if number > 0 else number]
