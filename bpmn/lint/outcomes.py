"""`fd:outcome` says what a person may choose on completing a task: each key once, on a flow that is
someone's choice.
"""

from collections.abc import Iterator

from bpmn.directory import Directory
from bpmn.findings import Finding
from bpmn.lint.finding import error
from bpmn.model import HUMAN_TASKS, Flow, Node, NodeKind, OutcomeKind, ProcessDefinition
from bpmn.reader.ids import valid_id

CODES = ("OUTCOME_TWICE", "OUTCOME_MISPLACED", "OUTCOME_KEY_INVALID", "OUTCOME_WITHOUT_REASON")


def check(definition: ProcessDefinition, _directory: Directory | None) -> Iterator[Finding]:
    """Outcomes nobody chooses, keys used twice in one choice, bad keys, ways back without a reason."""
    for flow in definition.flows:
        if flow.outcome is None:
            continue
        if not valid_id(flow.outcome.key):
            yield error("OUTCOME_KEY_INVALID", flow, key=flow.outcome.key[:100])
        if flow.outcome.kind is OutcomeKind.BACK and not flow.outcome.reason_required:
            yield error("OUTCOME_WITHOUT_REASON", flow, key=flow.outcome.key[:100])
        if not _is_choice(definition, flow):
            yield error("OUTCOME_MISPLACED", flow, key=flow.outcome.key[:100], source=flow.source[:200])
    for node in definition.nodes:
        if node.kind in HUMAN_TASKS:
            yield from _twice(definition, node)


def _is_choice(definition: ProcessDefinition, flow: Flow) -> bool:
    """Whether a person chooses this flow: it leaves a human task, or the exclusive gateway right behind
    such tasks.
    """
    source = definition.nodes_by_id.get(flow.source)
    if source is None:
        return True  # The dangling flow itself is reported.
    if source.kind in HUMAN_TASKS:
        return True
    if source.kind is not NodeKind.EXCLUSIVE_GATEWAY or not source.incoming:
        return False
    before = [definition.nodes_by_id.get(definition.flows_by_id[each].source) for each in source.incoming]
    return all(node is not None and node.kind in HUMAN_TASKS and len(node.outgoing) == 1 for node in before)


def _twice(definition: ProcessDefinition, node: Node) -> Iterator[Finding]:
    seen: set[str] = set()
    for flow in choice_flows(definition, node):
        key = "" if flow.outcome is None else flow.outcome.key
        if key and key in seen:
            yield error("OUTCOME_TWICE", flow, key=key[:100], task=node.id)
        seen.add(key)


def choice_flows(definition: ProcessDefinition, node: Node) -> list[Flow]:
    """The flows among which whoever completes this task chooses: its own, or those of the gateway behind
    it.
    """
    flows = [definition.flows_by_id[each] for each in node.outgoing]
    if len(flows) == 1:
        after = definition.nodes_by_id.get(flows[0].target)
        if after is not None and after.kind is NodeKind.EXCLUSIVE_GATEWAY:
            flows += [definition.flows_by_id[each] for each in after.outgoing]
    return flows
