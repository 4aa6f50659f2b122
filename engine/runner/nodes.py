"""Task specs of our own: how each kind of node treats a token (BPMN 2.0.2, chapter 13).

One spec object serves all tickets and threads at once; after compiling nothing in it changes but the cached
reachability of an inclusive join, which is the same whoever works it out.
"""

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from bpmn.model import Node
from engine.runner.exits import Asked, CannotDecide, Choose, Exit, activity_exits
from engine.runner.library import Token
from engine.runner.reach import reachable_entries
from engine.runner.values import Stuck


class NodeSpec(BpmnSpecMixin):  # type: ignore[misc]  # The library has no types.
    """A node that a token passes through: an event, or a gateway without a join."""

    human = False

    def __init__(self, wf_spec: Any, node: Node, choose: Choose = activity_exits) -> None:
        # The library has names of its own in each spec ("Start", "End"); no id may meet them.
        super().__init__(wf_spec, f"#{node.id}")
        self.bpmn_id = node.id
        self.status = node.status
        self.choose = choose
        self.manual = self.human
        self.exits: Sequence[Exit] = ()
        self.entries: tuple[str, ...] = ()
        """Ids of the incoming flows."""

    def test(self) -> None:
        """Compiling has checked the spec; the library asks again each time a task is ready."""

    def _predict_hook(self, my_task: Token) -> None:
        """Successors are created when the token leaves."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task.workflow.top_workflow.entered.append(self.bpmn_id)
        return True

    def _run_hook(self, my_task: Token) -> bool | None:
        return self.leave(my_task)

    def leave(self, token: Token) -> bool | None:
        """Create the tokens that follow this one: True when it has left, None when it is stuck here."""
        run = token.workflow.top_workflow
        asked = Asked(variables=run.variables, now=run.now, task=token.task, outcome=token.outcome)
        try:
            taken = self.choose(self.exits, asked)
        except CannotDecide as reason:
            token.stuck = Stuck(code=reason.code, element_id=self.bpmn_id, params=reason.params)
            return None
        for way in taken:
            run.flows.append(way.flow)
            child = run.new_token(way.target, token)
            child.flow, child.task, child.outcome = way.flow, token.task, token.outcome
        return True


class HumanTask(NodeSpec):
    """A user, manual or plain task: the token rests until a person completes it."""

    human = True

    def _run_hook(self, my_task: Token) -> bool | None:
        my_task.done = True
        my_task.task = self.bpmn_id
        return self.leave(my_task)


class EndEvent(NodeSpec):
    """A plain end event takes one token away (13.5.6)."""

    def _update_hook(self, my_task: Token) -> bool:
        if self.status is not None:
            my_task.workflow.top_workflow.last_end = self
        return super()._update_hook(my_task)


class TerminateEndEvent(EndEvent):
    """A terminate end event takes away every token of its process or sub-process (13.5.6)."""

    def _run_hook(self, my_task: Token) -> bool | None:
        my_task.workflow.clear(survivor=my_task)
        return True


class SubProcess(NodeSpec):
    """An embedded sub-process: the token rests until no token is left inside (13.3.4)."""

    def __init__(self, wf_spec: Any, node: Node) -> None:
        super().__init__(wf_spec, node)
        self.begins: tuple[NodeSpec, ...] = ()

    def _update_hook(self, my_task: Token) -> bool:
        if my_task.state == TaskState.FUTURE:
            return super()._update_hook(my_task)
        nested = my_task.workflow.top_workflow.get_subprocess(my_task)
        return nested is not None and nested.completed

    def _run_hook(self, my_task: Token) -> bool | None:
        run = my_task.workflow.top_workflow
        if not my_task.done:
            nested = run.get_subprocess(my_task)
            if nested is None:
                my_task.task = my_task.outcome = None
                run.create_subprocess(my_task, self.bpmn_id).begin(self.begins)
                return None
            my_task.done = True
            del run.subprocesses[my_task.id]
        return self.leave(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        nested = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)
        if nested is not None:
            nested.clear()


class Join(NodeSpec):
    """A gateway with several incoming flows, on each of which tokens may wait."""

    def waiting(self, scope: Any) -> dict[str, Token]:
        """The token that came first on each incoming flow that has any."""
        found: dict[str, Token] = {}
        for token in scope.waiting.values():
            if token.task_spec is self:
                found.setdefault(token.flow, token)
        return found

    def fire(self, scope: Any, waiting: dict[str, Token]) -> Token:
        """Make one token of these, which enters the gateway; it no longer comes from any one task."""
        *merged, survivor = sorted(waiting.values(), key=lambda token: token.id)
        for token in merged:
            token.cancel()
            scope.retire(token)
        survivor.flow = survivor.task = survivor.outcome = None
        scope.top_workflow.entered.append(self.bpmn_id)
        return survivor


class ParallelJoin(Join):
    """Fires as soon as each incoming flow has a token; further tokens stay where they are (13.4.1)."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(TaskState.WAITING)
        waiting = self.waiting(my_task.workflow)
        if len(waiting) < len(self.entries):
            return False
        # The flow of the newest token was the last one without any, so the survivor is the newest itself.
        return self.fire(my_task.workflow, waiting) is my_task


class InclusiveJoin(Join):
    """Fires when no token elsewhere could still come by an incoming flow that has none (13.4.3).

    That is asked when nothing else can move, so that a token on its way is never overtaken by the join.
    """

    def __init__(self, wf_spec: Any, node: Node, choose: Choose) -> None:
        super().__init__(wf_spec, node, choose)
        self._reach: dict[NodeSpec, int] | None = None

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(TaskState.WAITING)
        return False

    def fire_if_enabled(self, scope: Any) -> bool:
        """Fire once in this process or sub-process, if the rule allows it."""
        waiting = self.waiting(scope)
        if not waiting or not self._enabled(scope, waiting):
            return False
        self.fire(scope, waiting)._ready()
        return True

    def _enabled(self, scope: Any, waiting: dict[str, Token]) -> bool:
        if self._reach is None:
            self._reach = reachable_entries(self)
        has_token = sum(1 << place for place, flow in enumerate(self.entries) if flow in waiting)
        for token in scope.tokens():
            # Tokens at the join itself are not in it: every way on from there visits the join.
            reach = self._reach.get(token.task_spec, 0)
            if reach & ~has_token and not reach & has_token:
                return False
        return True
