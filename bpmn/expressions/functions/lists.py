"""List functions (DMN 1.4 table 76); positions count from 1, negative ones from the end."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cmp_to_key

from bpmn import limits
from bpmn.expressions.calls import invoke
from bpmn.expressions.comparison import equal, order
from bpmn.expressions.errors import BudgetExhausted, Null
from bpmn.expressions.functions.strings import whole
from bpmn.expressions.iso import YearsMonths
from bpmn.expressions.registry import FunctionValue, feel
from bpmn.expressions.runtime import Runtime

Items = list[object]
_HASHED = frozenset({str, Decimal, bool, YearsMonths, type(None)})


def index_in(items: Items, position: Decimal) -> int:
    """The Python index of a FEEL position."""
    number = whole(position)
    if number == 0 or number > len(items) or -number > len(items):
        raise Null("OUT_OF_RANGE", position=str(position), length=len(items))
    return number - 1 if number > 0 else len(items) + number


class Seen:
    """The distinct values met so far; scalars are found by hash, others by comparing."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.scalars: set[tuple[type, object]] = set()
        self.others: Items = []

    def add(self, value: object) -> bool:
        """Whether the value is new."""
        self.rt.spend(1)
        if type(value) in _HASHED:
            known = len(self.scalars)
            self.scalars.add((type(value), value))
            return len(self.scalars) > known
        if any(equal(self.rt, value, other) for other in self._others()):
            return False
        self.others.append(value)
        return True

    def _others(self) -> Iterator[object]:
        for other in self.others:
            self.rt.spend(1)
            yield other


@feel("list contains", "list:l, element:a")
def list_contains(rt: Runtime, items: Items, element: object) -> object:
    rt.spend(len(items))
    return any(equal(rt, item, element) for item in items)


@feel("count", "*list")
def count(items: Items) -> object:
    return Decimal(len(items))


@feel("is empty", "list:l")
def is_empty(items: Items) -> object:
    return not items


@feel("is empty", "context:c")
def is_empty_context(context: dict[str, object]) -> object:
    return not context


@feel("sublist", "list:l, start position:n, length:n?")
def sublist(rt: Runtime, items: Items, start: Decimal, length: Decimal | None = None) -> object:
    begin = index_in(items, start)
    size = len(items) - begin if length is None else whole(length)
    if size < 0 or begin + size > len(items):
        raise Null("OUT_OF_RANGE", function="sublist")
    return rt.items(items[begin : begin + size])


@feel("append", "list:l, *item")
def append(rt: Runtime, items: Items, added: Items) -> object:
    return rt.items([*items, *added])


@feel("concatenate", "*list")
def concatenate(rt: Runtime, lists: Items) -> object:
    made: Items = []
    for part in lists:
        made.extend(part if isinstance(part, list) else [part])
        rt.spend(1)
        if len(made) > limits.LIST_LENGTH:
            raise BudgetExhausted("size")
    return rt.items(made)


@feel("insert before", "list:l, position:n, newItem:a")
def insert_before(rt: Runtime, items: Items, position: Decimal, item: object) -> object:
    index = index_in(items, position)
    return rt.items([*items[:index], item, *items[index:]])


@feel("remove", "list:l, position:n")
def remove(rt: Runtime, items: Items, position: Decimal) -> object:
    index = index_in(items, position)
    return rt.items([*items[:index], *items[index + 1 :]])


@feel("list replace", "list:l, position:n, newItem:a")
def list_replace(rt: Runtime, items: Items, position: Decimal, item: object) -> object:
    index = index_in(items, position)
    return rt.items([*items[:index], item, *items[index + 1 :]])


@feel("list replace", "list:l, match:f, newItem:a")
def list_replace_matching(rt: Runtime, items: Items, match: FunctionValue, new: object) -> object:
    made: Items = []
    for item in items:
        found = invoke(rt, 0, match, [item, new])
        if not isinstance(found, bool):
            raise Null("NOT_BOOLEAN", function="list replace")
        made.append(new if found else item)
    return rt.items(made)


@feel("reverse", "list:l")
def reverse(rt: Runtime, items: Items) -> object:
    return rt.items(items[::-1])


@feel("index of", "list:l, match:a")
def index_of(rt: Runtime, items: Items, match: object) -> object:
    rt.spend(len(items))
    return rt.items([Decimal(place) for place, item in enumerate(items, 1) if equal(rt, item, match)])


@feel("union", "*list")
def union(rt: Runtime, lists: Items) -> object:
    seen = Seen(rt)
    flat = (item for part in lists for item in (part if isinstance(part, list) else [part]))
    return rt.items([item for item in flat if seen.add(item)])


@feel("distinct values", "list:l")
def distinct_values(rt: Runtime, items: Items) -> object:
    seen = Seen(rt)
    return rt.items([item for item in items if seen.add(item)])


@feel("duplicate values", "list:l")
def duplicate_values(rt: Runtime, items: Items) -> object:
    seen, reported = Seen(rt), Seen(rt)
    return rt.items([item for item in items if not seen.add(item) and reported.add(item)])


@feel("flatten", "list:l")
def flatten(rt: Runtime, items: Items) -> object:
    made: Items = []
    stack = [iter(items)]
    while stack:
        for item in stack[-1]:
            rt.spend(1)
            if isinstance(item, list):
                stack.append(iter(item))
                break
            made.append(item)
            if len(made) > limits.LIST_LENGTH:
                raise BudgetExhausted("size")
        else:
            stack.pop()
    return rt.items(made)


@feel("partition", "list:l, size:n")
def partition(rt: Runtime, items: Items, size: Decimal) -> object:
    step = whole(size)
    if step < 1:
        raise Null("OUT_OF_RANGE", function="partition")
    return rt.items([rt.items(items[start : start + step]) for start in range(0, len(items), step)])


@feel("sort", "list:l, precedes:f")
def sort(rt: Runtime, items: Items, precedes: FunctionValue) -> object:
    def before(left: object, right: object) -> int:
        if invoke(rt, 0, precedes, [left, right]) is True:
            return -1
        return 1 if invoke(rt, 0, precedes, [right, left]) is True else 0

    return rt.items(sorted(items, key=cmp_to_key(before)))


@feel("sort", "list:l")
def sort_naturally(rt: Runtime, items: Items) -> object:
    def before(left: object, right: object) -> int:
        rt.spend(1)
        sign = order(left, right)
        if sign is None:
            raise Null("NOT_COMPARABLE", function="sort")
        return sign

    return rt.items(sorted(items, key=cmp_to_key(before)))


def _extreme(rt: Runtime, items: Items, wanted: int, name: str) -> object:
    if not items:
        raise Null("EMPTY_LIST", function=name)
    best = items[0]
    for item in items:
        rt.spend(1)
        sign = order(item, best)
        if sign is None:
            raise Null("NOT_COMPARABLE", function=name)
        if sign == wanted:
            best = item
    return best


@feel("min", "*list")
def minimum(rt: Runtime, items: Items) -> object:
    return _extreme(rt, items, -1, "min")


@feel("max", "*list")
def maximum(rt: Runtime, items: Items) -> object:
    return _extreme(rt, items, 1, "max")


def _ternary(rt: Runtime, items: Items, decisive: bool) -> object:
    """``decisive`` wins; otherwise null if anything is not a boolean."""
    rt.spend(len(items))
    if any(item is decisive for item in items):
        return decisive
    return (not decisive) if all(isinstance(item, bool) for item in items) else None


@feel("all", "*list")
def every(rt: Runtime, items: Items) -> object:
    return _ternary(rt, items, False)


@feel("any", "*list")
def some(rt: Runtime, items: Items) -> object:
    return _ternary(rt, items, True)


@feel("not", "negand:a")
def negation(value: object) -> object:
    if isinstance(value, bool):
        return not value
    raise Null("NOT_BOOLEAN", function="not")
