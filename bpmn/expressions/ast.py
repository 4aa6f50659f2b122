"""The tree of a FEEL expression: frozen values (DMN 1.4 section 10.3.1).

``position`` is the offset in characters into the text. Chains of operators of one level are one flat node,
so that the depth of the tree follows the brackets of the text and not its length.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal(Node):
    """A number, string, boolean, null or ``@"..."`` value."""

    value: object


@dataclass(frozen=True, kw_only=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Path(Node):
    base: Node
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter(Node):
    base: Node
    predicate: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Call(Node):
    """A call; with ``names`` the arguments are named, in the same order."""

    function: Node
    args: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Operand(Node):
    """One step of an arithmetic chain: the operator and its right side."""

    op: str
    node: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Arithmetic(Node):
    """``first op node op node ...`` evaluated from the left."""

    first: Node
    rest: tuple[Operand, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Negate(Node):
    node: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class And(Node):
    nodes: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Or(Node):
    nodes: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Compare(Node):
    op: str
    left: Node
    right: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Test(Node):
    """A unary test ``< 5`` or, with ``op`` empty, an expression to compare the input with."""

    __test__ = False

    op: str
    node: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class In(Node):
    value: Node
    tests: tuple[Test, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class UnaryTests(Node):
    """The tests of one decision table cell; no tests is ``-``, which every input passes."""

    tests: tuple[Test, ...]
    negated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeRef(Node):
    """A type: its name, and the types inside ``list<..>``, ``range<..>``, ``context<..>``, ``function<..>``."""

    name: str
    inner: tuple["TypeRef", ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceOf(Node):
    node: Node
    type: TypeRef


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch(Node):
    condition: Node
    then: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class If(Node):
    """``if .. then .. else if .. then .. else ..`` as one flat node."""

    branches: tuple[Branch, ...]
    otherwise: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Iterator(Node):
    """``name in source``, or ``name in source .. end`` counting up or down."""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    result: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantified(Node):
    """``some`` (``every`` is False) or ``every`` .. in .. satisfies."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionLiteral(Node):
    """A function; ``result`` is the type a boxed function declares for what it gives (FEEL text has none)."""

    params: tuple[str, ...]
    types: tuple[TypeRef | None, ...]
    body: Node
    result: TypeRef | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry(Node):
    key: str
    value: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class ContextLiteral(Node):
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListLiteral(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RangeLiteral(Node):
    """A range; an absent side (``< 5``) is a missing node."""

    start: Node | None
    end: Node | None
    start_included: bool
    end_included: bool


def children(node: Node) -> list[Node]:
    """The nodes directly below this one, in the order of the text."""
    found: list[Node] = []
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend(item for item in value if isinstance(item, Node))
    return found


def measure(node: Node) -> tuple[int, int]:
    """How many nodes the tree has and how many levels; without recursion, so that any tree can be measured."""
    size, depth, level = 0, 0, [node]
    while level:
        depth += 1
        size += len(level)
        level = [child for parent in level for child in children(parent)]
    return size, depth
