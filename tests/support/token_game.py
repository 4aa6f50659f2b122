"""The token game of BPMN 2.0.2, chapter 13, played as plainly as it can be written: the oracle of the engine's tests.

It shares no code with the runner or with lint. Speed is no aim: every question is answered by looking at all tokens and
all flows anew.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bpmn.model import EventKind, Expression, Flow, Node, NodeKind, ProcessDefinition

HUMAN = {NodeKind.TASK, NodeKind.USER_TASK, NodeKind.MANUAL_TASK}
ROOT = 0

Decide = Callable[[Expression, Mapping[str, object]], bool]


class RunawayError(Exception):
    """The engine would go on for ever, or pile up tokens without end."""


@dataclass(eq=False)
class Token:
    """A token on a flow, in a task, around a running sub-process, or blocked at a node that no flow leaves."""

    number: int
    scope: int
    """The number of the token around the sub-process it is in; ROOT for the process itself."""
    at: str
    """`flow`, `task`, `inside` or `blocked`."""
    where: str
    """Id of the flow or node."""


class TokenGame:
    """One ticket. `live`, `entered`, `flows`, `finished` and `stuck` describe it after each move."""

    def __init__(self, definition: ProcessDefinition, decide: Decide, variables: Mapping[str, object]) -> None:
        self.definition = definition
        self.decide = decide
        self.variables = dict(variables)
        self.tokens: list[Token] = []
        self.entered: list[str] = []
        self.flows: list[str] = []
        self.ambiguous = False
        """Two inclusive joins could fire and the standard does not say which goes first."""
        self.moves = 0
        self.cancelled: Counter[str] = Counter()
        """Tasks open before the last move that a terminate end took away: element id -> how many."""
        self._known: set[Token] = set()
        self._numbers = 0
        start = next(
            node for node in definition.nodes if node.scope == definition.key and node.kind is NodeKind.START_EVENT
        )
        self._enter(self._new(ROOT, "task", start.id), start)
        self._run()

    @property
    def live(self) -> Counter[str]:
        """The open tasks: element id -> how many tokens are there."""
        return Counter(token.where for token in self.tokens if token.at == "task")

    @property
    def opened(self) -> Counter[str]:
        """The open tasks that the last move opened."""
        return Counter(token.where for token in self.tokens if token.at == "task" and token not in self._known)

    @property
    def finished(self) -> bool:
        """No token is left."""
        return not self.tokens

    @property
    def stuck(self) -> bool:
        """A token cannot leave its node, or tokens are left and none of them is with a person."""
        return bool(self.blocked) or bool(self.tokens and not self.live)

    def complete(
        self, element_id: str, nth: int = 0, *, variables: Mapping[str, object], outcome: str | None = None
    ) -> None:
        """Completes the nth open task of this element (in order of entry) and plays on until everything rests."""
        tokens = [token for token in self.tokens if token.at == "task" and token.where == element_id]
        self._begin_move(variables)
        if outcome is not None:
            self.variables[f"{element_id}_outcome"] = outcome
        self._leave(tokens[nth], self.definition.nodes_by_id[element_id])
        self._run()

    @property
    def blocked(self) -> list[Token]:
        """The tokens that no flow leads on from where they are."""
        return [token for token in self.tokens if token.at == "blocked"]

    def retry(self, *, variables: Mapping[str, object]) -> None:
        """Lets every blocked token try again with these variables, and plays on."""
        self._begin_move(variables)
        for token in self.blocked:
            self._leave(token, self.definition.nodes_by_id[token.where])
        self._run()

    def _begin_move(self, variables: Mapping[str, object]) -> None:
        self.variables = dict(variables)
        self.entered, self.flows, self.moves = [], [], 0
        self.cancelled, self._known = Counter(), {token for token in self.tokens if token.at == "task"}

    def _run(self) -> None:
        while self._advance():
            self.moves += 1
            if self.moves > 2_000 or len(self.tokens) > 300:
                raise RunawayError

    def _advance(self) -> bool:
        return self._move_one() or self._fire_parallel() or self._fire_inclusive()

    def _move_one(self) -> bool:
        for token in self.tokens:
            if token.at == "flow":
                node = self._target(token.where)
                if not self._is_join(node):
                    self._enter(token, node)
                    return True
            if token.at == "inside" and not any(each.scope == token.number for each in self.tokens):
                self._leave(token, self.definition.nodes_by_id[token.where])
                return True
        return False

    def _fire_parallel(self) -> bool:
        for node in self.definition.nodes:
            if node.kind is NodeKind.PARALLEL_GATEWAY and self._is_join(node):
                for scope in self._scopes():
                    waiting = self._waiting(node, scope)
                    if len(waiting) == len(node.incoming):
                        self._fire(node, waiting)
                        return True
        return False

    def _fire_inclusive(self) -> bool:
        enabled = [
            (node, self._waiting(node, scope))
            for node in self.definition.nodes
            if node.kind is NodeKind.INCLUSIVE_GATEWAY and self._is_join(node)
            for scope in self._scopes()
            if self._inclusive_enabled(node, scope)
        ]
        self.ambiguous = self.ambiguous or len(enabled) > 1
        if enabled:
            self._fire(*enabled[0])
        return bool(enabled)

    def _inclusive_enabled(self, node: Node, scope: int) -> bool:
        """Table 13.3: every token that has a path to an empty incoming flow has one to a non-empty one too."""
        has_token = set(self._waiting(node, scope))
        empty = set(node.incoming) - has_token
        if not has_token:
            return False
        for token in self.tokens:
            if token.scope == scope:
                reached = self._flows_ahead(token, node)
                if reached & empty and not reached & has_token:
                    return False
        return True

    def _flows_ahead(self, token: Token, gateway: Node) -> set[str]:
        """The flows on the directed paths that begin at this token and do not visit the gateway."""
        if token.at == "flow":
            ahead = [token.where]
        elif token.where == gateway.id:
            ahead = []
        else:
            ahead = list(self.definition.nodes_by_id[token.where].outgoing)
        found: set[str] = set()
        while ahead:
            flow = ahead.pop()
            if flow not in found:
                found.add(flow)
                target = self._target(flow)
                if target.id != gateway.id:
                    ahead.extend(target.outgoing)
        return found

    def _fire(self, node: Node, waiting: Mapping[str, Token]) -> None:
        for token in waiting.values():
            self.tokens.remove(token)
        scope = next(iter(waiting.values())).scope
        self._enter(self._new(scope, "task", node.id), node)

    def _waiting(self, node: Node, scope: int) -> dict[str, Token]:
        found: dict[str, Token] = {}
        for token in self.tokens:
            if token.at == "flow" and token.scope == scope and token.where in node.incoming:
                found.setdefault(token.where, token)
        return found

    def _scopes(self) -> list[int]:
        return sorted({token.scope for token in self.tokens})

    def _is_join(self, node: Node) -> bool:
        joins = {NodeKind.PARALLEL_GATEWAY, NodeKind.INCLUSIVE_GATEWAY}
        return node.kind in joins and len(node.incoming) > 1

    def _enter(self, token: Token, node: Node) -> None:
        self.entered.append(node.id)
        token.at, token.where = "task", node.id
        if node.kind in HUMAN:
            return
        if node.kind is NodeKind.SUB_PROCESS:
            token.at = "inside"
            self._begin(token, node)
        elif node.event is not None and node.event.kind is EventKind.TERMINATE:
            self._terminate(token.scope)
        else:
            self._leave(token, node)

    def _begin(self, token: Token, node: Node) -> None:
        inner = [each for each in self.definition.nodes if each.scope == node.id]
        starts = [each for each in inner if each.kind is NodeKind.START_EVENT]
        for each in starts or [each for each in inner if not each.incoming]:
            self._enter(self._new(token.number, "task", each.id), each)

    def _terminate(self, scope: int) -> None:
        for token in [each for each in self.tokens if each.scope == scope]:
            self.tokens.remove(token)
            if token in self._known:
                self.cancelled[token.where] += 1
            self._terminate(token.number)

    def _leave(self, token: Token, node: Node) -> None:
        flows = self._choose(node)
        if node.outgoing and not flows:
            token.at = "blocked"
            return
        self.tokens.remove(token)
        for flow in flows:
            self.flows.append(flow.id)
            self._new(token.scope, "flow", flow.id)

    def _choose(self, node: Node) -> list[Flow]:
        flows = [self.definition.flows_by_id[each] for each in node.outgoing]
        if node.kind is NodeKind.PARALLEL_GATEWAY:
            return flows
        default = [flow for flow in flows if flow.id == node.default_flow]
        true = [flow for flow in flows if flow.id != node.default_flow and self._holds(flow)]
        if node.kind is NodeKind.EXCLUSIVE_GATEWAY:
            return true[:1] or default
        if node.kind is NodeKind.INCLUSIVE_GATEWAY:
            return true or default
        conditional = [flow for flow in true if flow.condition is not None or flow.outcome is not None]
        return true if conditional else [flow for flow in flows if flow in true or flow in default]

    def _holds(self, flow: Flow) -> bool:
        if flow.condition is not None:
            return self.decide(flow.condition, self.variables)
        if flow.outcome is None:
            return True
        return self.variables.get(f"{self._task_before(flow)}_outcome") == flow.outcome.key

    def _task_before(self, flow: Flow) -> str:
        """The task whose outcome the flow names: the one it leaves, or the one right before its gateway."""
        node = self.definition.nodes_by_id[flow.source]
        while node.kind not in HUMAN:
            node = self.definition.nodes_by_id[self.definition.flows_by_id[node.incoming[0]].source]
        return node.id

    def _target(self, flow: str) -> Node:
        return self.definition.nodes_by_id[self.definition.flows_by_id[flow].target]

    def _new(self, scope: int, at: str, where: str) -> Token:
        self._numbers += 1
        token = Token(self._numbers, scope, at, where)
        self.tokens.append(token)
        return token
