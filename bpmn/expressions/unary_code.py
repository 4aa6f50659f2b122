"""Unary tests as closures (DMN 1.4 section 10.3.2.7 and table 55)."""

from collections.abc import Callable

from bpmn.expressions import ast
from bpmn.expressions.calls import Code
from bpmn.expressions.comparison import compare, passes
from bpmn.expressions.runtime import Env, Runtime
from bpmn.expressions.scope import Scope

Compile = Callable[[ast.Node, Scope], Code]
Test = Callable[[Runtime, Env | None, object], object]
INPUT = "?"


def _test(test: ast.Test, scope: Scope, compile_node: Compile) -> Test:
    code, op, position = compile_node(test.node, scope), test.op, test.position
    if op:
        return lambda rt, env, value: compare(rt, position, op, value, code(rt, env))
    if _mentions_input(test.node):
        return lambda rt, env, _value: code(rt, env)

    def run(rt: Runtime, env: Env | None, value: object) -> object:
        answer = code(rt, env)
        if isinstance(answer, bool) and not isinstance(value, bool) and not isinstance(test.node, ast.Literal):
            return answer
        return passes(rt, position, value, answer)

    return run


def _mentions_input(node: ast.Node) -> bool:
    level: list[ast.Node] = [node]
    while level:
        if any(isinstance(found, ast.Name) and found.name == INPUT for found in level):
            return True
        level = [child for parent in level for child in ast.children(parent)]
    return False


def _any(rt: Runtime, env: Env | None, value: object, tests: list[Test]) -> bool | None:
    unknown = False
    for test in tests:
        answer = test(rt, env, value)
        if answer is True:
            return True
        unknown = unknown or answer is not False
    return None if unknown else False


def in_code(node: ast.In, scope: Scope, compile_node: Compile) -> Code:
    subject = compile_node(node.value, scope)
    tests = [_test(test, scope.binding([INPUT]), compile_node) for test in node.tests]

    def run(rt: Runtime, env: Env | None) -> object:
        value = subject(rt, env)
        return _any(rt, Env({INPUT: value}, env), value, tests)

    return run


def unary_code(node: ast.UnaryTests, scope: Scope, compile_node: Compile) -> Code:
    """The tests of a cell; the input is the local name ``?``."""
    inner = scope.binding([INPUT])
    tests = [_test(test, inner, compile_node) for test in node.tests]
    negated = node.negated

    def run(rt: Runtime, env: Env | None) -> object:
        if not tests:
            return True
        assert env is not None
        answer = _any(rt, env, env.names[INPUT], tests)
        return not answer if negated and answer is not None else answer

    return run
