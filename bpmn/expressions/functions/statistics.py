"""Sums, means and spreads of lists of numbers (DMN 1.4 table 76). An empty list gives null."""

from decimal import Decimal, DecimalException

from bpmn.expressions.errors import Null
from bpmn.expressions.numbers import CONTEXT, ONE, ZERO
from bpmn.expressions.registry import feel
from bpmn.expressions.runtime import Runtime

_TWO = Decimal(2)


def _numbers(rt: Runtime, items: list[object], name: str, least: int = 1) -> list[Decimal]:
    rt.spend(len(items))
    found = [item for item in items if isinstance(item, Decimal)]
    if len(found) != len(items) or len(found) < least:
        raise Null("ARGUMENTS", function=name)
    return found


def _fold(values: list[Decimal], start: Decimal, product: bool = False) -> Decimal:
    step = CONTEXT.multiply if product else CONTEXT.add
    try:
        for value in values:
            start = step(start, value)
    except DecimalException:
        raise Null("OUT_OF_RANGE") from None
    return start


@feel("sum", "*list")
def total(rt: Runtime, items: list[object]) -> object:
    return _fold(_numbers(rt, items, "sum"), ZERO)


@feel("product", "*list")
def product(rt: Runtime, items: list[object]) -> object:
    return _fold(_numbers(rt, items, "product"), ONE, product=True)


@feel("mean", "*list")
def mean(rt: Runtime, items: list[object]) -> object:
    values = _numbers(rt, items, "mean")
    return CONTEXT.divide(_fold(values, ZERO), Decimal(len(values)))


@feel("median", "*list")
def median(rt: Runtime, items: list[object]) -> object:
    values = sorted(_numbers(rt, items, "median"))
    middle = len(values) // 2
    if len(values) % 2:
        return values[middle]
    return CONTEXT.divide(_fold(values[middle - 1 : middle + 1], ZERO), _TWO)


@feel("stddev", "*list")
def stddev(rt: Runtime, items: list[object]) -> object:
    """The standard deviation of a sample."""
    values = _numbers(rt, items, "stddev", least=2)
    size = Decimal(len(values))
    average = CONTEXT.divide(_fold(values, ZERO), size)
    try:
        squares = [CONTEXT.power(CONTEXT.subtract(value, average), _TWO) for value in values]
        return CONTEXT.sqrt(CONTEXT.divide(_fold(squares, ZERO), CONTEXT.subtract(size, ONE)))
    except DecimalException:
        raise Null("OUT_OF_RANGE", function="stddev") from None


@feel("mode", "*list")
def mode(rt: Runtime, items: list[object]) -> object:
    """The most frequent numbers, in ascending order."""
    counts: dict[Decimal, int] = {}
    for value in _numbers(rt, items, "mode", least=0):
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values(), default=0)
    return rt.items(sorted(value for value, times in counts.items() if times == most))
