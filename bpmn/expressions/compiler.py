"""The tree to closures: each node becomes a function of the evaluation and the local scope."""

from collections.abc import Callable
from dataclasses import replace

from bpmn.expressions import ast
from bpmn.expressions.access import filter_code, name_code, path_code, variable_path
from bpmn.expressions.arithmetic import OPERATORS, negate
from bpmn.expressions.calls import Closure, Code, invoke
from bpmn.expressions.comparison import compare, in_range
from bpmn.expressions.conformance import conforms
from bpmn.expressions.errors import Null
from bpmn.expressions.functions import BUILTINS
from bpmn.expressions.iteration import for_code, quantified_code
from bpmn.expressions.runtime import Env, Runtime
from bpmn.expressions.scope import Reads, Scope
from bpmn.expressions.unary_code import in_code, unary_code
from bpmn.expressions.values import Range, is_scalar, type_name


def compile_node(node: ast.Node, scope: Scope) -> Code:
    """A function that evaluates the node; it raises nothing but BudgetExhausted."""
    return _COMPILERS[type(node)](node, scope)


def _literal(node: ast.Literal, _scope: Scope) -> Code:
    value = node.value
    return lambda _rt, _env: value


def _path(node: ast.Path, scope: Scope) -> Code:
    return path_code(node, compile_node(node.base, scope), variable_path(node, scope))


def _filter(node: ast.Filter, scope: Scope) -> Code:
    return filter_code(node, compile_node(node.base, scope), compile_node(node.predicate, scope.filtering()))


def _arithmetic(node: ast.Arithmetic, scope: Scope) -> Code:
    first = compile_node(node.first, scope)
    rest = [(OPERATORS[part.op], part.position, compile_node(part.node, scope)) for part in node.rest]

    def run(rt: Runtime, env: Env | None) -> object:
        value = first(rt, env)
        for operator, position, operand in rest:
            value = operator(rt, position, value, operand(rt, env))
        return value

    return run


def _negate(node: ast.Negate, scope: Scope) -> Code:
    inner, position = compile_node(node.node, scope), node.position
    return lambda rt, env: negate(rt, position, inner(rt, env))


def _logic(node: ast.And | ast.Or, scope: Scope) -> Code:
    """Three-valued: the decisive value wins, else anything that is not a boolean makes null."""
    codes = [compile_node(part, scope) for part in node.nodes]
    decisive = isinstance(node, ast.Or)

    def run(rt: Runtime, env: Env | None) -> object:
        unknown = False
        for code in codes:
            value = code(rt, env)
            if value is decisive:
                return decisive
            if value is (not decisive):
                continue
            unknown = True
        return None if unknown else not decisive

    return run


def _compare(node: ast.Compare, scope: Scope) -> Code:
    left, right = compile_node(node.left, scope), compile_node(node.right, scope)
    op, position = node.op, node.position
    return lambda rt, env: compare(rt, position, op, left(rt, env), right(rt, env))


def _between(node: ast.Between, scope: Scope) -> Code:
    value, low, high = (compile_node(part, scope) for part in (node.value, node.low, node.high))
    position = node.position

    def run(rt: Runtime, env: Env | None) -> object:
        subject = value(rt, env)
        start, end = low(rt, env), high(rt, env)
        if start is None or end is None:
            return rt.null("NOT_COMPARABLE", position, operator="between")
        return in_range(rt, position, subject, Range(start, end, True, True))

    return run


def _instance_of(node: ast.InstanceOf, scope: Scope) -> Code:
    inner, wanted = compile_node(node.node, scope), node.type
    return lambda rt, env: conforms(rt, inner(rt, env), wanted)


def _if(node: ast.If, scope: Scope) -> Code:
    branches = [(compile_node(branch.condition, scope), compile_node(branch.then, scope)) for branch in node.branches]
    otherwise = compile_node(node.otherwise, scope)

    def run(rt: Runtime, env: Env | None) -> object:
        for condition, then in branches:
            if condition(rt, env) is True:
                return then(rt, env)
        return otherwise(rt, env)

    return run


def _function(node: ast.FunctionLiteral, scope: Scope) -> Code:
    body = compile_node(node.body, scope.binding(node.params))
    return lambda rt, env: Closure(node, body, env, rt.variables)


def _context(node: ast.ContextLiteral, scope: Scope) -> Code:
    """Later entries see earlier ones; a function sees its own name and so can call itself."""
    entries: list[tuple[str, Code]] = []
    for entry in node.entries:
        own = [entry.key] if isinstance(entry.value, ast.FunctionLiteral) else []
        entries.append((entry.key, compile_node(entry.value, scope.binding(own))))
        scope = scope.binding([entry.key])

    def run(rt: Runtime, env: Env | None) -> object:
        made: dict[str, object] = {}
        inner = Env(made, env)
        for key, code in entries:
            made[key] = code(rt, inner)
        return made

    return run


def _list(node: ast.ListLiteral, scope: Scope) -> Code:
    codes = [compile_node(item, scope) for item in node.items]
    return lambda rt, env: [code(rt, env) for code in codes]


def _range(node: ast.RangeLiteral, scope: Scope) -> Code:
    start = compile_node(node.start, scope) if node.start is not None else None
    end = compile_node(node.end, scope) if node.end is not None else None
    low, high, position = node.start_included, node.end_included, node.position
    half = start is None or end is None

    def run(rt: Runtime, env: Env | None) -> object:
        first = start(rt, env) if start is not None else None
        last = end(rt, env) if end is not None else None
        if not is_scalar(first) or not is_scalar(last):
            return rt.null("NOT_A_RANGE", position)
        if first is not None and last is not None and type_name(first) != type_name(last):
            return rt.null("NOT_A_RANGE", position)
        return Range(first, last, low, high, half)

    return run


def _call(node: ast.Call, scope: Scope) -> Code:
    if isinstance(node.function, ast.Name) and node.function.name not in scope.bound:
        if node.function.name == "is defined":
            return _is_defined(node, scope)
        if node.function.name in BUILTINS:
            return _builtin_call(node, scope)
    function = compile_node(node.function, scope)
    args, names, position = [compile_node(arg, scope) for arg in node.args], node.names, node.position
    return lambda rt, env: invoke(rt, position, function(rt, env), [arg(rt, env) for arg in args], names)


def _builtin_call(node: ast.Call, scope: Scope) -> Code:
    assert isinstance(node.function, ast.Name)
    builtin, position, names = BUILTINS[node.function.name], node.position, node.names
    args = [compile_node(arg, scope) for arg in node.args]

    def run(rt: Runtime, env: Env | None) -> object:
        values = [arg(rt, env) for arg in args]
        try:
            return builtin.call(rt, values, names)
        except Null as null:
            return rt.null(
                null.code,
                position,
                function=builtin.name,
                **{key: value for key, value in null.detail.items() if key != "function"},
            )

    return run


def _is_defined(node: ast.Call, scope: Scope) -> Code:
    """``is defined(a.b)``: whether the variable or entry is there, be it null.

    Asking leaves no warning, and does not count as reading the variable.
    """
    scope = replace(scope, reads=Reads())
    inner = compile_node(node.args[0], scope) if len(node.args) == 1 else _literal(ast.Literal(value=None), scope)

    def run(rt: Runtime, env: Env | None) -> object:
        outer, rt.warnings = rt.warnings, []
        value = inner(rt, env)
        missing = any(found.code in ("UNKNOWN_NAME", "NO_ENTRY") for found in rt.warnings)
        rt.warnings = outer
        return value is not None or not missing

    return run


def _in(node: ast.In, scope: Scope) -> Code:
    return in_code(node, scope, compile_node)


def _unary(node: ast.UnaryTests, scope: Scope) -> Code:
    return unary_code(node, scope, compile_node)


_COMPILERS: dict[type, Callable[..., Code]] = {
    ast.Literal: _literal,
    ast.Name: name_code,
    ast.Path: _path,
    ast.Filter: _filter,
    ast.Call: _call,
    ast.Arithmetic: _arithmetic,
    ast.Negate: _negate,
    ast.And: _logic,
    ast.Or: _logic,
    ast.Compare: _compare,
    ast.Between: _between,
    ast.In: _in,
    ast.UnaryTests: _unary,
    ast.InstanceOf: _instance_of,
    ast.If: _if,
    ast.For: lambda node, scope: for_code(node, scope, compile_node),
    ast.Quantified: lambda node, scope: quantified_code(node, scope, compile_node),
    ast.FunctionLiteral: _function,
    ast.ContextLiteral: _context,
    ast.ListLiteral: _list,
    ast.RangeLiteral: _range,
}
