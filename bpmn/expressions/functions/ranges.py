"""Relations of points and ranges (DMN 1.4 table 78, after Allen)."""

from collections.abc import Callable

from bpmn.expressions.comparison import equal, order
from bpmn.expressions.errors import Null
from bpmn.expressions.registry import feel
from bpmn.expressions.runtime import Runtime
from bpmn.expressions.values import Range, is_scalar


def _sign(left: object, right: object) -> int:
    sign = order(left, right)
    if sign is None:
        raise Null("NOT_COMPARABLE", function="range")
    return sign


def _point(value: object) -> object:
    if value is None or not is_scalar(value):
        raise Null("ARGUMENTS", function="range")
    return value


def _range(value: object) -> Range:
    if not isinstance(value, Range):
        raise Null("ARGUMENTS", function="range")
    return value


def _as_range(value: object) -> Range:
    return value if isinstance(value, Range) else Range(_point(value), value, True, True)


def before(left: Range, right: Range) -> bool:
    sign = _sign(left.end, right.start)
    return sign < 0 or (sign == 0 and not (left.end_included and right.start_included))


def meets(left: Range, right: Range) -> bool:
    return left.end_included and right.start_included and _sign(left.end, right.start) == 0


def overlaps(left: Range, right: Range) -> bool:
    return not before(left, right) and not before(right, left)


def _starts_before(left: Range, right: Range) -> int:
    """-1, 0 or 1 as left starts before, with or after right."""
    sign = _sign(left.start, right.start)
    return sign or int(right.start_included) - int(left.start_included)


def _ends_before(left: Range, right: Range) -> int:
    """-1, 0 or 1 as left ends before, with or after right."""
    sign = _sign(left.end, right.end)
    return sign or int(left.end_included) - int(right.end_included)


def overlaps_before(left: Range, right: Range) -> bool:
    return _starts_before(left, right) < 0 and overlaps(left, right) and _ends_before(left, right) <= 0


def overlaps_after(left: Range, right: Range) -> bool:
    return overlaps_before(right, left)


def finishes(left: Range, right: Range) -> bool:
    return _ends_before(left, right) == 0 and _starts_before(right, left) <= 0


def starts(left: Range, right: Range) -> bool:
    return _starts_before(left, right) == 0 and _ends_before(left, right) <= 0


def includes(left: Range, right: Range) -> bool:
    return _starts_before(left, right) <= 0 and _ends_before(right, left) <= 0


def _relation(name: str, test: Callable[[Range, Range], bool], points: str) -> None:
    """Register a relation; ``points`` says where a point may stand for a range: in neither, first, second, any."""

    def run(left: object, right: object) -> object:
        first = _as_range(left) if "1" in points else _range(left)
        second = _as_range(right) if "2" in points else _range(right)
        return test(first, second)

    signatures = ["range1:a, range2:a"]
    signatures += ["point:a, range:a", "point1:a, point2:a"] if "1" in points else []
    signatures += ["range:a, point:a"] if "2" in points else []
    feel(name, *signatures)(run)


_relation("before", before, "12")
_relation("after", lambda left, right: before(right, left), "12")
_relation("meets", meets, "")
_relation("met by", lambda left, right: meets(right, left), "")
_relation("overlaps", overlaps, "")
_relation("overlaps before", overlaps_before, "")
_relation("overlaps after", overlaps_after, "")
_relation("finishes", finishes, "1")
_relation("finished by", lambda left, right: finishes(right, left), "2")
_relation("includes", includes, "2")
_relation("during", lambda left, right: includes(right, left), "1")
_relation("starts", starts, "1")
_relation("started by", lambda left, right: starts(right, left), "2")


@feel("coincides", "point1:a, point2:a", "range1:a, range2:a")
def coincides(rt: Runtime, left: object, right: object) -> object:
    if isinstance(left, Range) != isinstance(right, Range):
        raise Null("ARGUMENTS", function="coincides")
    if not isinstance(left, Range):
        return _sign(_point(left), _point(right)) == 0
    return equal(rt, left, right)
