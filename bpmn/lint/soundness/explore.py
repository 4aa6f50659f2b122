"""Breadth-first search through the reachable markings of a net."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from bpmn.lint.soundness.graph import Edge, Vertex, flatten
from bpmn.lint.soundness.net import InclusiveJoin, Move, Net


@dataclass(slots=True)
class Exploration:
    """What was found. Markings are numbered as they were met; 0 is the empty one, before the start and at the end."""

    net: Net
    order: list[int] = field(default_factory=lambda: [0])
    parent: "array[int]" = field(default_factory=lambda: array("i", [-1]))
    via: list[Move | InclusiveJoin | None] = field(default_factory=lambda: [None])
    fired: bytearray = field(default_factory=bytearray)
    entered: set[Edge] = field(default_factory=set)
    stuck: list[int] = field(default_factory=list)
    """Numbers of the markings that hold tokens none of which can move."""
    doubled: dict[Vertex, int] = field(default_factory=dict)
    """Vertex -> the first marking in which it could put a second token on one of its edges."""
    exhausted: bool = True
    capped: bool = False
    """Whether a move was not followed because it would have put a third token on a place."""
    sources: "array[int]" = field(default_factory=lambda: array("i"))
    targets: "array[int]" = field(default_factory=lambda: array("i"))

    def path(self, number: int) -> tuple[str, ...]:
        """The elements passed on the way to this marking, in order, by the fewest moves."""
        steps: list[Move | InclusiveJoin] = []
        while number > 0:
            move = self.via[number]
            if move is not None:
                steps.append(move)
            number = self.parent[number]
        return tuple(each for move in reversed(steps) for each in passed(move))


def passed(move: Move | InclusiveJoin) -> Iterator[str]:
    """The elements that this move passes and that its tokens then pass before they rest."""
    for edge in move.puts:
        yield from flatten(edge.trail)


def explore(net: Net, bound: int) -> Exploration:
    """Every reachable marking, or the first `bound` of them (then `exhausted` is False)."""
    found = Exploration(net, fired=bytearray(net.count))
    index = {0: 0}
    for first in net.initial:
        _arrive(found, index, 0, first, first.post)
    at = 1
    while at < len(found.order) and found.exhausted:
        moved = False
        for move, pre in _enabled(net, found.order[at]):
            moved = True
            _follow(found, index, at, move, pre)
        if not moved:
            found.stuck.append(at)
        found.exhausted = len(found.order) <= bound
        at += 1
    return found


def _enabled(net: Net, marking: int) -> Iterator[tuple[Move | InclusiveJoin, int]]:
    """What can happen in this marking: each move with the places it takes a token from."""
    low = marking & net.lows
    rest, moves, inclusive = low, net.moves, net.inclusive
    while rest:
        bit = rest & -rest
        rest ^= bit
        for move in moves.get(bit, ()):
            pre = move.pre
            if low & pre == pre:
                yield move, pre
        if bit in inclusive:
            join = inclusive[bit]
            marked = low & join.ins
            # Of several marked places of one join only the lowest triggers it.
            if not marked & (bit - 1) and not low & join.blockers(marked):
                yield join, marked


def _follow(found: Exploration, index: dict[int, int], at: int, move: Move | InclusiveJoin, pre: int) -> None:
    """Goes to the marking after this move, which takes a token from each place of `pre`."""
    marking = found.order[at]
    rest = marking ^ pre
    if move.clears:
        _arrive(found, index, at, move, 0)
    elif marking <= found.net.lows and not rest & move.post:
        _arrive(found, index, at, move, rest | move.post)
    else:
        _follow_doubled(found, index, at, move, pre)


def _follow_doubled(found: Exploration, index: dict[int, int], at: int, move: Move | InclusiveJoin, pre: int) -> None:
    """The same where a place holds two tokens or gets its second."""
    width, marking = found.net.width, found.order[at]
    low, high = marking & found.net.lows, marking >> width
    low, high = low & ~(pre & ~high), high & ~pre
    if high & move.post:
        found.capped = True
        return
    twice = low & move.post
    if twice:
        found.doubled.setdefault(move.vertex, at)
    _arrive(found, index, at, move, (low | move.post) | ((high | twice) << width))


def _arrive(found: Exploration, index: dict[int, int], source: int, move: Move | InclusiveJoin, marking: int) -> None:
    if not found.fired[move.number]:
        found.fired[move.number] = 1
        found.entered.update(move.puts)
    target = index.get(marking)
    if target is None:
        target = index[marking] = len(found.order)
        found.order.append(marking)
        found.parent.append(source)
        found.via.append(move)
    found.sources.append(source)
    found.targets.append(target)


def hopeless(found: Exploration) -> int | None:
    """The first marking from which neither the end nor a standstill can be reached: the process goes round for ever.

    None when there is none, or when the exploration was cut short and so cannot know.
    """
    if not found.exhausted or found.capped:
        return None
    before = _predecessors(found)
    good = bytearray(len(found.order))
    stack = [0, *found.stuck]
    for number in stack:
        good[number] = 1
    while stack:
        for number in before[stack.pop()]:
            if not good[number]:
                good[number] = 1
                stack.append(number)
    return next((number for number, fine in enumerate(good) if not fine), None)


def _predecessors(found: Exploration) -> list[list[int]]:
    before: list[list[int]] = [[] for _ in found.order]
    for source, target in zip(found.sources, found.targets, strict=True):
        before[target].append(source)
    return before
