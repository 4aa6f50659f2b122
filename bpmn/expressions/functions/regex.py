"""Regular expressions in linear time: XPath syntax as far as re2 has it (DMN 1.4 table 75, XQuery 7.6).

re2 knows no back-references, look-around or class subtraction; a pattern with one gives null.
"""

import re
from functools import lru_cache

import re2

from bpmn import limits
from bpmn.expressions.errors import BudgetExhausted, Null
from bpmn.expressions.registry import feel
from bpmn.expressions.runtime import Runtime

_FLAGS = {"s": "s", "m": "m", "i": "i", "x": "", "q": ""}
_REFERENCE = re.compile(r"\\([\\$])|\$(\d)|([\\$])|[^\\$]+")
# What a step pays for: instructions times characters in re2's slowest engine, instructions compiled, and the
# 25 ms that a pattern may take until it is found to be too large.
_WORK_PER_STEP = 4_096
_COMPILED_PER_STEP = 4
_TOO_LARGE = 6_000


# XPath's flag x drops white space, but not in a character class.
_SPACE_OUTSIDE = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|[ \t\r\n]+", re.DOTALL)
# XML's classes of characters that may begin a name and continue it; inside brackets they stay unknown to re2.
_XML_CLASSES = {r"\i": "[_:A-Za-z]", r"\c": "[-._:A-Za-z0-9]", r"\I": "[^_:A-Za-z]", r"\C": "[^-._:A-Za-z0-9]"}
_ESCAPED = re.compile(r"\\.", re.DOTALL)


def _compiled(rt: Runtime, pattern: str, flags: str | None) -> "re2._Regexp":
    if len(pattern) > limits.REGEX_PATTERN:
        raise Null("PATTERN_TOO_LONG", limit=limits.REGEX_PATTERN)
    if flags and not set(flags) <= _FLAGS.keys():
        raise Null("PATTERN", flags=flags[:16])
    key = (pattern, "".join(sorted(set(flags or ""))))
    if key not in rt.patterns:
        compiled = _compile(*key)
        rt.spend(_TOO_LARGE if compiled is None else 20 + compiled.programsize // _COMPILED_PER_STEP)
        rt.patterns[key] = compiled
    found = rt.patterns[key]
    if found is None:
        raise Null("PATTERN", pattern=pattern[:80])
    return found


@lru_cache(maxsize=limits.REGEX_CACHE)
def _compile(pattern: str, flags: str) -> "re2._Regexp | None":
    options = re2.Options()
    options.max_mem = limits.REGEX_MEMORY
    options.log_errors = False
    if "q" in flags:
        pattern = re2.escape(pattern)
    elif "x" in flags:
        pattern = _SPACE_OUTSIDE.sub(r"\1", pattern)
    if "q" not in flags:
        pattern = _ESCAPED.sub(lambda match: _XML_CLASSES.get(match.group(), match.group()), pattern)
    inline = "".join(_FLAGS[flag] for flag in flags)
    try:
        return re2.compile(f"(?{inline}){pattern}" if inline else pattern, options)
    except re2.error:
        return None
    finally:
        # re2 keeps 128 patterns of its own, each with up to max_mem of states.
        re2.purge()


def _search(rt: Runtime, string: str, pattern: str, flags: str | None) -> "re2._Regexp":
    """The compiled pattern, with the work of one pass over the string paid for."""
    compiled = _compiled(rt, pattern, flags)
    rt.spend(1 + len(string) * compiled.programsize // _WORK_PER_STEP)
    return compiled


@feel("matches", "input:s, pattern:s, flags:s?")
def matches(rt: Runtime, string: str, pattern: str, flags: str | None = None) -> object:
    return _search(rt, string, pattern, flags).search(string) is not None


@feel("replace", "input:s, pattern:s, replacement:s, flags:s?")
def replace(rt: Runtime, string: str, pattern: str, replacement: str, flags: str | None = None) -> object:
    compiled = _search(rt, string, pattern, flags)
    if compiled.search("") is not None:
        raise Null("PATTERN_MATCHES_EMPTY", pattern=pattern[:80])
    parts = [replacement] if flags and "q" in flags else _replacement(replacement, compiled.groups)
    made: list[str] = []
    length = end = 0
    for match in compiled.finditer(string):
        made.append(string[end : match.start()])
        made.extend((match.group(part) or "") if isinstance(part, int) else part for part in parts)
        end = match.end()
        length += sum(map(len, made[-1 - len(parts) :]))
        if length > limits.STRING_LENGTH:
            raise BudgetExhausted("size")
        rt.spend(1 + len(parts) // 2)
    made.append(string[end:])
    return rt.text("".join(made))


def _replacement(text: str, groups: int) -> list[str | int]:
    r"""The parts of a replacement: texts and group numbers; ``\$`` and ``\\`` are the signs themselves."""
    parts: list[str | int] = []
    for match in _REFERENCE.finditer(text):
        escaped, group, stray = match.groups()
        if stray is not None:
            raise Null("REPLACEMENT", replacement=text[:80])
        if group is None:
            parts.append(escaped if escaped is not None else match.group())
        elif int(group) <= groups:
            parts.append(int(group))
    return parts


@feel("split", "string:s, delimiter:s")
def split(rt: Runtime, string: str, delimiter: str) -> object:
    compiled = _search(rt, string, delimiter, None)
    made: list[object] = []
    end = 0
    for match in compiled.finditer(string):
        if match.start() == match.end():
            continue
        made.append(string[end : match.start()])
        end = match.end()
        rt.spend(1)
    made.append(string[end:])
    return rt.items(made)


@feel("extract", "input:s, pattern:s")
def extract(rt: Runtime, string: str, pattern: str) -> object:
    compiled = _search(rt, string, pattern, None)
    made: list[object] = []
    for match in compiled.finditer(string):
        made.append(match.group())
        rt.spend(1)
    return rt.items(made)
