"""What a round costs, told so that a busy machine does not change the answer."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import mean, median

WARM_UP = 20
PART = 100
GROUP = 20


@contextmanager
def counted_calls(counts: list[int]) -> Iterator[None]:
    """Appends how many functions were called inside; unlike seconds these are the same on a busy machine."""
    made = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        counts.append(made)


@contextmanager
def cpu_seconds(spent: list[float]) -> Iterator[None]:
    """Appends the CPU time of the process that was spent inside."""
    begun = time.process_time()
    yield
    spent.append(time.process_time() - begun)


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """Early and late rounds, equally many of both."""

    first: float
    """Calls of a round on average, or the CPU seconds of one."""
    last: float
    sizes: tuple[int, ...]
    """Bytes stored after each of these rounds."""

    @property
    def ratio(self) -> float:
        """What a late round costs over what an early one did."""
        return self.last / self.first

    @property
    def growth(self) -> float:
        """What is stored at the end over what was stored at the beginning."""
        part = len(self.sizes) // 2
        return max(self.sizes[part:]) / min(self.sizes[:part])


def go_round(count: int, once: Callable[[int], int], *, part: int = PART) -> Rounds:
    """Call `once` with the round's number, which gives the bytes stored after it, and count the calls at both ends.

    A warm-up comes before the first round.
    """
    calls: list[int] = []
    sizes: list[int] = []
    for number in range(count + WARM_UP):
        place = number - WARM_UP
        if not (0 <= place < part or count - part <= place):
            once(number)
            continue
        with counted_calls(calls):
            size = once(number)
        sizes.append(size)
    return Rounds(first=mean(calls[:part]), last=mean(calls[-part:]), sizes=tuple(sizes))


def beside(fresh: Callable[[int], int], old: Callable[[int], int]) -> Rounds:
    """A hundred rounds of something fresh and of something old, each after the other.

    What the machine does besides thus weighs on both alike, which it does not on rounds that are minutes apart.
    """
    first: list[float] = []
    last: list[float] = []
    sizes: tuple[list[int], list[int]] = ([], [])
    for number in range(WARM_UP + PART):
        for once, spent, size in ((fresh, first, sizes[0]), (old, last, sizes[1])):
            with cpu_seconds(spent):
                size.append(once(number))
    tell = _least_median
    return Rounds(first=tell(first[WARM_UP:]), last=tell(last[WARM_UP:]), sizes=(*sizes[0], *sizes[1]))


def _least_median(samples: Sequence[float]) -> float:
    return min(median(samples[place : place + GROUP]) for place in range(0, len(samples), GROUP))
