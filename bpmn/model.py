"""ProcessDefinition: what one imported text says, as a frozen value.

Everything downstream (lint, the runner, pages, the version hash) reads this value and never the XML again. A field
that holds its default is left out of the canonical JSON (`bpmn.canonical`), so that a later release may add fields
without changing the hash of what was imported before. Line numbers are where the reader found an element (1-based, 0
when unknown); they are no part of equality or of the hash.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bpmn.forms.model import Form
from bpmn.text import Text


class NodeKind(StrEnum):
    """A flow node's element name in BPMN 2.0.2 (chapters 10.2 to 10.6)."""

    START_EVENT = "startEvent"
    END_EVENT = "endEvent"
    INTERMEDIATE_CATCH_EVENT = "intermediateCatchEvent"
    INTERMEDIATE_THROW_EVENT = "intermediateThrowEvent"
    BOUNDARY_EVENT = "boundaryEvent"
    TASK = "task"
    USER_TASK = "userTask"
    MANUAL_TASK = "manualTask"
    SERVICE_TASK = "serviceTask"
    SCRIPT_TASK = "scriptTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    BUSINESS_RULE_TASK = "businessRuleTask"
    CALL_ACTIVITY = "callActivity"
    SUB_PROCESS = "subProcess"
    TRANSACTION = "transaction"
    AD_HOC_SUB_PROCESS = "adHocSubProcess"
    EXCLUSIVE_GATEWAY = "exclusiveGateway"
    PARALLEL_GATEWAY = "parallelGateway"
    INCLUSIVE_GATEWAY = "inclusiveGateway"
    EVENT_BASED_GATEWAY = "eventBasedGateway"
    COMPLEX_GATEWAY = "complexGateway"


HUMAN_TASKS = frozenset({NodeKind.TASK, NodeKind.USER_TASK, NodeKind.MANUAL_TASK})
"""Nodes that a person claims and completes (an abstract task is drawn for people too)."""

GATEWAYS = frozenset(
    {
        NodeKind.EXCLUSIVE_GATEWAY,
        NodeKind.PARALLEL_GATEWAY,
        NodeKind.INCLUSIVE_GATEWAY,
        NodeKind.EVENT_BASED_GATEWAY,
        NodeKind.COMPLEX_GATEWAY,
    }
)

SUB_PROCESSES = frozenset({NodeKind.SUB_PROCESS, NodeKind.TRANSACTION, NodeKind.AD_HOC_SUB_PROCESS})


class EventKind(StrEnum):
    """The event definition a start, intermediate, boundary or end event carries (BPMN 2.0.2, 10.5.5)."""

    NONE = "none"
    MESSAGE = "message"
    TIMER = "timer"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    CONDITIONAL = "conditional"
    LINK = "link"
    COMPENSATION = "compensate"
    CANCEL = "cancel"
    TERMINATE = "terminate"
    MULTIPLE = "multiple"


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A text to be evaluated, as the file has it, with where it comes from."""

    text: str
    language: str = "feel"
    """`feel`, or what the file declares or implies: `juel`, `python`, `java`, `javascript`, `xpath`, `prose` ..."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """What an event waits for or throws; a field is None where the file says nothing."""

    kind: EventKind
    reference: str | None = None
    """Name of the message, signal, error code, escalation code or link."""
    timer_kind: str | None = None
    """`timeDate`, `timeDuration` or `timeCycle`."""
    expression: Expression | None = None
    """The timer's value or the conditional event's condition."""
    parts: tuple["Event", ...] = ()
    """MULTIPLE: the event definitions, in order."""


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Standard loop or multi-instance characteristics (BPMN 2.0.2, 10.3.8); kept and linted, not yet run."""

    multi_instance: bool
    sequential: bool = False
    cardinality: Expression | None = None
    condition: Expression | None = None
    collection: str | None = None
    element: str | None = None
    test_before: bool = False
    """Standard loop: the condition is asked before the first round too."""


@dataclass(frozen=True, kw_only=True)
class CandidateRole:
    """A role whose holders may claim the task; `origin` says where the file names it (`fd:role`, `lane`, ...)."""

    key: str
    origin: str = "fd:role"


class OutcomeKind(StrEnum):
    """Forward moves on; back is a *send back*, always with a reason."""

    FORWARD = "forward"
    BACK = "back"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`fd:outcome` on a sequence flow: what a person chooses when completing a task."""

    key: str
    label: Text
    reason_required: bool = False
    kind: OutcomeKind = OutcomeKind.FORWARD


@dataclass(frozen=True, kw_only=True)
class Node:
    """One flow node. `scope` is the id of the process or sub-process that contains it."""

    id: str
    kind: NodeKind
    scope: str
    name: Text = field(default_factory=Text)
    documentation: str = ""
    incoming: tuple[str, ...] = ()
    """Flow ids, in the order in which the flows stand in the file."""
    outgoing: tuple[str, ...] = ()
    default_flow: str | None = None
    event: Event | None = None
    """Set on every event; EventKind.NONE for a plain start or end."""
    attached_to: str | None = None
    interrupting: bool = True
    event_sub_process: bool = False
    compensation: bool = False
    """`isForCompensation`: reached through a compensation association, never through a flow."""
    loop: Loop | None = None
    roles: tuple[CandidateRole, ...] = ()
    """Candidate roles of a human task; on a start event, who may open."""
    form: str | None = None
    """Id of the form in `ProcessDefinition.forms`."""
    status: str | None = None
    """`fd:status`: the ticket's status once this node is entered."""
    not_by: tuple[str, ...] = ()
    """`fd:notBy`: ids of tasks (or of the start event) whose actor may not do this one."""
    script: Expression | None = None
    called: str | None = None
    """Key of the called process, decision or implementation (call activity, business rule, service task)."""
    lane: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One sequence flow. A mended flow (no id in the file) has a derived id and `mended` set."""

    id: str
    source: str
    target: str
    scope: str
    name: Text = field(default_factory=Text)
    condition: Expression | None = None
    outcome: Outcome | None = None
    mended: bool = False
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A lane with the ids of the nodes that stand in it and not in a lane inside it."""

    id: str
    name: Text = field(default_factory=Text)
    parent: str | None = None
    nodes: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A node, lane, pool or artifact in the diagram; pixels as in the file (BPMN DI, chapter 12)."""

    element: str
    x: float
    y: float
    width: float
    height: float
    expanded: bool = True
    horizontal: bool = True
    plane: str = ""
    """Id of the process, collaboration or sub-process on whose plane it is drawn."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A flow in the diagram: its waypoints (x, y) in order."""

    element: str
    waypoints: tuple[tuple[float, float], ...]
    plane: str = ""


@dataclass(frozen=True, kw_only=True)
class TargetSetting:
    """One `fd:target` of `fd:sla`: an ISO 8601 duration from one event to another, for one priority or for all."""

    name: str
    duration: str
    priority: str | None = None
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, kw_only=True)
class SlaSettings:
    """`fd:sla` of a process: its targets and the statuses in which the clock stands still."""

    targets: tuple[TargetSetting, ...] = ()
    pause_on: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProcessDefinition:
    """One process of one imported text: what runs, what is shown, its forms, labels and diagram.

    `nodes` and `flows` hold those of all nested sub-processes too, in document order; `Node.scope` tells the level.
    Ids are unique over the whole definition in every version that may be deployed (lint checks it).
    """

    key: str
    name: Text
    executable: bool = True
    kind: str = "incident"
    """`fd:kind`: incident, request, change or problem."""
    documentation: str = ""
    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()
    lanes: tuple[Lane, ...] = ()
    forms: tuple[Form, ...] = ()
    sla: SlaSettings | None = None
    shapes: tuple[Shape, ...] = ()
    edges: tuple[Edge, ...] = ()
    target_namespace: str = ""
    line: int = field(default=0, compare=False)

    @cached_property
    def nodes_by_id(self) -> Mapping[str, Node]:
        """Every node by id; of two with one id the first (the duplicate is a finding)."""
        return {node.id: node for node in reversed(self.nodes)}

    @cached_property
    def flows_by_id(self) -> Mapping[str, Flow]:
        """Every flow by id; of two with one id the first."""
        return {flow.id: flow for flow in reversed(self.flows)}

    @cached_property
    def forms_by_id(self) -> Mapping[str, Form]:
        """Every form by id."""
        return {form.id: form for form in self.forms}

    def children(self, scope: str) -> Iterator[Node]:
        """The nodes that stand directly in this process or sub-process, in document order."""
        return (node for node in self.nodes if node.scope == scope)

    def form_of(self, node_id: str) -> Form | None:
        """The form of a task or start event, or None when it has none."""
        form = self.nodes_by_id[node_id].form
        return None if form is None else self.forms_by_id.get(form)

    def start_event(self) -> Node:
        """The plain start event of the process itself, through which a ticket is opened.

        Raises: LookupError when there is none (lint refuses such a definition).
        """
        for node in self.children(self.key):
            if node.kind is NodeKind.START_EVENT and (node.event is None or node.event.kind is EventKind.NONE):
                return node
        raise LookupError(f"process {self.key} has no plain start event")

    def outcomes_of(self, node_id: str) -> tuple[Outcome, ...]:
        """The outcomes a person may choose when completing this task, in the order of the flows.

        They stand on the flows that leave the task, or on those of the exclusive gateway directly after it.
        """
        outgoing = [self.flows_by_id[flow] for flow in self.nodes_by_id[node_id].outgoing]
        if len(outgoing) == 1:
            after = self.nodes_by_id.get(outgoing[0].target)
            if after is not None and after.kind is NodeKind.EXCLUSIVE_GATEWAY:
                outgoing += [self.flows_by_id[flow] for flow in after.outgoing]
        return tuple(flow.outcome for flow in outgoing if flow.outcome is not None)
