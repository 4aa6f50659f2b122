"""The payload classes of S-06: what reaches for the machine, and what reaches for its time and memory."""

ESCAPES: dict[str, list[str]] = {
    "import and os access": [
        'import os; os.system("touch /tmp/pwn")',
        '__import__("os").system("id")',
        'os.environ["PATH"]',
        "${java.lang.System.getenv('PATH')}",
    ],
    "file open": [
        'open("canary.txt").read()',
        'open("canary.txt")',
        "${Files.readString(path)}",
        '@"file:///etc/passwd"',
    ],
    "dunder walk to subclasses": [
        "().__class__.__bases__[0].__subclasses__()",
        '"".__class__.__mro__[1].__subclasses__()',
        "data.__class__.__base__",
        "[1].__class__",
    ],
    "function globals and code objects": [
        "(function(x) x).__globals__",
        "{f: function() 1}.f.__code__.co_consts",
        "sum.__globals__",
    ],
    "format attribute walks": [
        '"{0.__class__}".format(data)',
        'f"{data.__class__}"',
        'string("{data.__class__}")',
        '"{a}".format_map(data)',
        '"$data.__class__".Template()',
    ],
    "generator and traceback frames": ["(x for x in data).gi_frame", "data.gi_frame.f_back", "data.tb_frame.f_globals"],
    "getattr on private names": ['getattr(data, "__class__")', 'get value(data, "__class__")', 'getattr(data, "_x")'],
    "direct private attributes": ["data._private", "data.__dict__", "data.a.__len__"],
    "method with a side effect": ["data.clear()", "data.a.append(3)", '${execution.setVariable("a", 1)}'],
    "mutating process data": ["data.a = 5", "data[1] := 5", "del data", "data.update({a: 2})"],
    "assigning attributes": ["data.__class__ = 1", 'setattr(data, "a", 1)'],
    "type and class creation": ['type("X", (), {})', "class X: pass", "new java.lang.Thread()"],
    "nested eval and exec": ['eval("1+1")', 'exec("x=1")', 'compile("1", "", "eval")', 'function("return 1")()'],
    "globals, vars, locals": ["globals()", "vars(data)", "locals()", "dir()"],
    "look-alike identifiers": ['ｅｖａｌ("1")', '__ｉmport__("os")', "data.__ｃlass__"],
    "input and breakpoint": ['input("x")', "breakpoint()", "help()"],
    "class pattern matching": ["match data: case object(__class__=c): c", "data match {a: x}"],
    "constructor and prototype chains": [
        'data.constructor.constructor("return process")()',
        "data.__proto__",
        "{}.constructor",
    ],
    "external functions": [
        'function(a) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}',
        '{f: function(x) external {pmml: {document: "x", model: "y"}}, r: f(1)}.r',
    ],
}


def _chain(first: str, step: str, count: int) -> str:
    """Entries of which each is made of two of the one before."""
    entries = [f"s0: {first}", *(f"s{n}: {step.replace('#', f's{n - 1}')}" for n in range(1, count))]
    return "{" + ", ".join(entries) + "}" + f".s{count - 1}"


BOMBS: dict[str, list[str]] = {
    "huge powers": ["9**9**9**9**9", "10**6000*10**6000", "2**0.5**1000000", "(-8)**(1/3)", "1.1**1e9", "exp(1e6)"],
    "slow big integers": ["9" * 8_000 + "*" + "9" * 100, "modulo(10**6144, 7)", "modulo(1e-6000, 1e6000)"],
    "string doubling": [_chain('"aaaaaaaa"', "#+#", 40), 'for i in 1..60 return string join(partial, "xx")'],
    "list doubling": [
        _chain("[1,2]", "concatenate(#,#)", 40),
        _chain("[1,2]", "[#,#]", 60),
        "flatten(" + _chain("[1,2]", "[#,#]", 60) + ")",
        "string(" + _chain("[1,2]", "[#,#]", 60) + ")",
        _chain("[1,2]", "[#,#]", 60) + "=" + _chain("[1,2]", "[#,#]", 60),
        "distinct values([" + _chain("{a:1}", "{a:#,b:#}", 50) + "," + _chain("{a:1}", "{a:#,b:#}", 50) + "])",
    ],
    "endless loops": ["for i in 1..10000000000 return i", "some i in 1..10000000000 satisfies false"],
    "iteration over 10^10": [
        "every i in 1..10000000000 satisfies true",
        "count(for i in 0..-10000000000 return i)",
        "for i in [1..10000000000] return i",
    ],
    "nested loops without memory": [
        "some a in 1..9999, b in 1..9999, c in 1..9999 satisfies a+b+c<0",
        "for a in 1..300 return every b in 1..300 satisfies b > 0",
    ],
    "regular expressions": [
        'matches("' + "a" * 4_000 + 'b", "^(a+)+$")',
        'matches("' + "a" * 3_000 + '", "(a?){500}a{500}")',
        'matches("aaaa", "(((a{100}){100}){100})")',
        'replace("' + "a" * 4_000 + '", "a", "' + "b" * 2_000 + '")',
        'matches("a", "' + "(" * 500 + "a" + ")*" * 500 + '")',
        'split("' + "a," * 2_000 + '", "(,|a)*?x|,")',
        'for i in 1..2000 return matches("a", "(a{1,100}){10}" + string(i))',
        'for i in 1..2000 return matches("a", "' + "\\\\pL" * 200 + '" + string(i))',
        'for i in 1..2000 return matches("' + "a" * 3_000 + '", "(x+x+)+y")',
    ],
    "nesting": ["(" * 5_000 + "1" + ")" * 5_000, "[" * 4_000, "{a:" * 2_000, "f(" * 4_000, "a." * 4_000 + "a"],
    "unary operators": [
        "-" * 100_000 + "1",
        "-" * 8_000 + "1",
        "- " * 4_000 + "1",
        "not(" * 2_000 + "true" + ")" * 2_000,
    ],
    "endless recursion": [
        "{f: function(n) f(n + 1), r: f(1)}.r",
        "{f: function(n) f(n - 1) + f(n - 2), r: f(35)}.r",
        "(function(g) g(g))(function(g) g(g))",
        "{f: function(xs) for x in xs return f(xs), r: f([1, 2, 3])}.r",
    ],
    "format width": ["string(10**6144)", "decimal(1, 6000)", 'number("1e6144")', "round up(1e-6000, 6144)"],
    "number from text": ['number("' + "9" * 8_000 + '")', 'number("1e999999999")', 'date("99999999999999-01-01")'],
    "large literals": ["9" * 60_000, '"' + "a" * 60_000 + '"', '@"P' + "9" * 8_000 + 'Y"', "1e999999999"],
    "join and replace blow-up": [
        'string join(for i in 1..5000 return "' + "a" * 500 + '", "' + "b" * 500 + '")',
        'replace("' + "a" * 2_000 + '", "(a)", "' + "$1" * 500 + '")',
    ],
    "partial growth": [
        "for i in 1..5000 return partial",
        "count(for i in 1..3000 return concatenate(partial, partial))",
        "for i in 1..200 return append(partial, partial)",
    ],
    "flatten and index blow-up": [
        "flatten(for i in 1..2000 return for j in 1..2000 return j)",
        "for i in 1..10000 return (for j in 1..10000 return j)[i]",
        "sort(for i in 1..9000 return -i, function(a, b) a < b)",
        "union(for i in 1..5000 return [[i]])",
    ],
    "context growth": [
        (
            "{c: for i in 1..3000 return {key: string(i), value: i}, m: context(c),"
            " r: for i in 1..3000 return context put(m, string(i), i)}.r"
        ),
        "context merge(for i in 1..3000 return {a: i})",
    ],
    "durations and dates": [
        '@"P999999999Y" * 10**6000',
        'for d in @"0001-01-01"..@"9999-12-31" return d',
        '@"P999999999D" * 999999999',
        'date("0001-01-01") - @"P99999Y"',
    ],
    "long texts": [
        "a+" * 4_000 + "a",
        "{" + ", ".join(f"a b{n}: a b{n - 1}" for n in range(1, 500)) + "}",
        "{" + ", ".join(f"a-b{n}: a-b{n - 1}" for n in range(1, 500)) + "}",
        "{" + ",".join("a " * n + "b:1" for n in range(1, 80)) + "}",
        "date and " * 900 + "a",
        "a " * 4_000,
        "/*" * 4_000,
        '"a' * 4_000,
        "x in (" * 60 + "1" + ")" * 60,
        "(((" * 20 + "a" + "))) between 1 and 2" * 20,
    ],
}
