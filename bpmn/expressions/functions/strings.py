"""String functions (DMN 1.4 table 75); positions count characters from 1, negative ones from the end."""

from decimal import Decimal

from bpmn.expressions.errors import Null
from bpmn.expressions.numbers import as_int
from bpmn.expressions.registry import feel
from bpmn.expressions.runtime import Runtime


def whole(value: Decimal) -> int:
    """A count or position; a fraction is cut off."""
    number = as_int(value.to_integral_value(rounding="ROUND_DOWN"))
    if number is None:
        raise Null("OUT_OF_RANGE", value=str(value))
    return number


@feel("substring", "string:s, start position:n, length:n?")
def substring(rt: Runtime, string: str, start: Decimal, length: Decimal | None = None) -> object:
    first = whole(start)
    count = len(string) if length is None else whole(length)
    if first == 0 or abs(first) > len(string) or count < 1:
        raise Null("OUT_OF_RANGE", function="substring")
    begin = first - 1 if first > 0 else len(string) + first
    return rt.text(string[begin : begin + count])


@feel("string length", "string:s")
def string_length(string: str) -> object:
    return Decimal(len(string))


@feel("upper case", "string:s")
def upper_case(rt: Runtime, string: str) -> object:
    return rt.text(string.upper())


@feel("lower case", "string:s")
def lower_case(rt: Runtime, string: str) -> object:
    return rt.text(string.lower())


@feel("substring before", "string:s, match:s")
def substring_before(rt: Runtime, string: str, match: str) -> object:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return rt.text(before) if found else ""


@feel("substring after", "string:s, match:s")
def substring_after(rt: Runtime, string: str, match: str) -> object:
    return rt.text(string.partition(match)[2]) if match else string


@feel("contains", "string:s, match:s")
def contains(string: str, match: str) -> object:
    return match in string


@feel("starts with", "string:s, match:s")
def starts_with(string: str, match: str) -> object:
    return string.startswith(match)


@feel("ends with", "string:s, match:s")
def ends_with(string: str, match: str) -> object:
    return string.endswith(match)


@feel("trim", "string:s")
def trim(rt: Runtime, string: str) -> object:
    return rt.text(string.strip())


@feel("is blank", "string:s")
def is_blank(string: str) -> object:
    return not string.strip()


@feel("string join", "list:l, delimiter:s?~")
def string_join(rt: Runtime, items: list[object], delimiter: str | None = None) -> object:
    present = [item for item in items if item is not None]
    texts = [item for item in present if isinstance(item, str)]
    if len(texts) != len(present):
        raise Null("ARGUMENTS", function="string join")
    separator = delimiter or ""
    rt.spend((sum(map(len, texts)) + len(separator) * len(texts)) // 64)
    return rt.text(separator.join(texts))
