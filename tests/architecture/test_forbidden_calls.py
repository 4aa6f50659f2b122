"""No text from outside may become code: the four packages name none of the calls that would let it.

Comments and docstrings are left out, since prose may say what is forbidden; other strings are not,
since a name in a string can be imported.
"""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.architecture.repository import ROOT, modules

RULES = {
    "eval": r"\beval\s*\(",
    "exec": r"\bexec\s*\(",
    "pickle": r"\bpickle\b",
    "marshal": r"\bmarshal\b",
    "shelve": r"\bshelve\b",
    "yaml.load": r"\byaml\s*\.\s*(?:unsafe_|full_)?load(?:_all)?\s*\(",
    "render_template_string": r"\brender_template_string\b",
    "subprocess": r"\bsubprocess\b",
    "shell=True": r"\bshell\s*=\s*True\b",
    "os.system": r"\bos\s*\.\s*(?:system|popen)\s*\(",
}
ALLOWED = ROOT / "tests" / "architecture" / "allowed_calls.toml"


@dataclass(frozen=True, order=True)
class Hit:
    path: str
    rule: str
    line: str


def _hits(path: str, source: str) -> Iterator[Hit]:
    lines = source.splitlines()
    for number, code in enumerate(_without_prose(source)):
        for rule, pattern in RULES.items():
            if re.search(pattern, code):
                yield Hit(path=path, rule=rule, line=lines[number].strip())


def _without_prose(source: str) -> list[str]:
    """Return the lines with comments and docstrings blanked out."""
    docstring_starts = set(_docstring_starts(ast.parse(source)))
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_docstring = token.type == tokenize.STRING and token.start in docstring_starts
        if token.type == tokenize.COMMENT or is_docstring:
            _blank(lines, token.start, token.end)
    return lines


def _docstring_starts(tree: ast.Module) -> Iterator[tuple[int, int]]:
    for node in ast.walk(tree):
        documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            # Of the docstrings of one file none can begin where another token does.
            yield node.body[0].lineno, node.body[0].col_offset


def _blank(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> None:
    for row in range(start[0], end[0] + 1):
        line = lines[row - 1]
        first = start[1] if row == start[0] else 0
        last = end[1] if row == end[0] else len(line)
        lines[row - 1] = line[:first] + " " * (last - first) + line[last:]


def _found() -> set[Hit]:
    return {hit for path in modules() for hit in _hits(path.as_posix(), (ROOT / path).read_text("utf-8"))}


def _allowed() -> dict[Hit, str]:
    entries = tomllib.loads(ALLOWED.read_text("utf-8"))["allowed"]
    return {Hit(path=e["path"], rule=e["rule"], line=e["line"]): e["reason"] for e in entries}


def test_s_16_no_module_names_a_forbidden_call() -> None:
    assert sorted(_found() - set(_allowed())) == []


def test_s_16_every_exception_is_still_needed_and_says_why() -> None:
    assert sorted(set(_allowed()) - _found()) == []
    assert all(len(reason.split()) >= 5 for reason in _allowed().values())


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("eval", "eval(text)"),
        ("eval", "builtins.eval (text)"),
        ("exec", "exec(text, {})"),
        ("pickle", "import pickle"),
        ("pickle", "from pickle import loads"),
        ("pickle", "import_module('pickle')"),
        ("marshal", "marshal.loads(raw)"),
        ("shelve", "import shelve"),
        ("yaml.load", "yaml.load(text)"),
        ("yaml.load", "yaml.unsafe_load(text)"),
        ("render_template_string", "flask.render_template_string(text)"),
        ("subprocess", "subprocess.run([])"),
        ("shell=True", "run(text, shell = True)"),
        ("os.system", "os.popen(text)"),
    ],
)
def test_s_16_the_gate_sees(rule: str, code: str) -> None:
    source = f'def act():\n    """Act."""\n    return  # next\n{code}  # why\n'
    assert rule in {hit.rule for hit in _hits("offender.py", source)}


@pytest.mark.parametrize(
    "code",
    [
        "re.compile(pattern)",
        "cursor.executemany(rows)",
        "connection.execute(query)",
        "connection.exec_driver_sql(query)",
        "retrieval(text)",
        "evaluate(tree)",
        "kind = 'subProcess'",
        "subprocess_depth = 20",
        "import marshmallow",
        "yaml.safe_load(text)",
        "x = 1  # eval(text) and pickle are forbidden",
        "class Safe:\n    '''Never calls\n    eval(text), exec(text) or subprocess.'''",
    ],
)
def test_the_gate_lets_pass(code: str) -> None:
    assert list(_hits("honest.py", code + "\n")) == []
