"""Rectangles of a BPMN diagram, and whether they get in each other's way."""

from dataclasses import dataclass

from lxml import etree

from bpmn.model import Shape

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle by its edges, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, shape: Shape) -> "Box":
        return cls(left=shape.x, top=shape.y, right=shape.x + shape.width, bottom=shape.y + shape.height)

    @classmethod
    def around(cls, a: tuple[float, float], b: tuple[float, float]) -> "Box":
        """The rectangle that a straight line takes up; it has no area."""
        return cls(left=min(a[0], b[0]), top=min(a[1], b[1]), right=max(a[0], b[0]), bottom=max(a[1], b[1]))

    def grown(self, by: float) -> "Box":
        return Box(left=self.left - by, top=self.top - by, right=self.right + by, bottom=self.bottom + by)

    def meets(self, other: "Box") -> bool:
        """Whether the insides share a point; touching edges do not count."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


def label_boxes(content: bytes) -> dict[str, Box]:
    """Where the labels of events, gateways and flows stand, by the element's id."""
    found: dict[str, Box] = {}
    for label in etree.fromstring(content).iter(f"{_DI}BPMNLabel"):
        bounds, drawn = label.find(f"{_DC}Bounds"), label.getparent()
        assert bounds is not None
        assert drawn is not None
        x, y, width, height = (float(bounds.get(name) or 0) for name in ("x", "y", "width", "height"))
        found[str(drawn.get("bpmnElement"))] = Box(left=x, top=y, right=x + width, bottom=y + height)
    return found
