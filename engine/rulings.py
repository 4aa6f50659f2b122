"""Who may do what: one function per action gives a ruling, which commands enforce and `why` explains.

Because both ask the same function, the explanation can never differ from what happens. Rules are checked in the order
in which a person can act on them: first what the state allows, then who is asking.
"""

from collections.abc import Mapping
from uuid import UUID

from bpmn.errors import FaultdeskError
from bpmn.model import HUMAN_TASKS, Node
from engine.errors import Conflict, Forbidden
from engine.values.actors import Actor, Grant, Permission
from engine.values.processes import RunningDeployment, Withdrawal
from engine.values.rulings import Action, Ruling, Sight
from engine.values.tickets import LIVE, Case, Phase, Task, TaskState

_WHILE_SUSPENDED = frozenset(
    {Action.RESUME, Action.COMMENT, Action.COMMENT_INTERNALLY, Action.WITHDRAW, Action.CANCEL, Action.SUSPEND}
)


def sight(case: Case, actor: Actor) -> Sight:
    """How much of this ticket the actor sees. Lists and search apply the same rule in SQL (`storage.sight`)."""
    if _oversees(actor) or actor.id in case.parties or actor.id in case.owners:
        return Sight.FULL
    if any(actor.holds(grant) for grant in process_grants(case)):
        return Sight.FULL
    if actor.id == case.ticket.requester.id or actor.id in case.followers:
        return Sight.PUBLIC
    return Sight.NONE


def process_grants(case: Case) -> frozenset[Grant]:
    """Every candidate role of the ticket's process, a business role for the ticket's business.

    The roles of its start event are none: who may open tickets does not see other people's for that.
    """
    deployment = case.deployment
    return frozenset(
        grant
        for node in deployment.definition.nodes
        if node.kind in HUMAN_TASKS
        for grant in grants_of(node, deployment=deployment, business=case.ticket.business)
    )


def grants_of(node: Node, *, deployment: RunningDeployment, business: str | None) -> tuple[Grant, ...]:
    """The candidate roles of a node: what the file names, or what the deployment bound."""
    bound = deployment.role_bindings.get(node.id)
    keys = (bound,) if bound else tuple(role.key for role in node.roles)
    return tuple(Grant(role=key, business=business if key in deployment.business_roles else None) for key in keys)


def done_by(node: Node, case: Case, person: UUID) -> str | None:
    """The first of the elements named by the node's `fd:notBy` that this person did; None when they did none."""
    return next((other for other in node.not_by if person in case.memory.performers.get(other, ())), None)


def rule_on_task(action: Action, case: Case, task: Task, actor: Actor) -> Ruling:
    """The ruling on one of TASK_ACTIONS."""
    closed = _task_closed(case, task)
    if closed is not None:
        return closed
    return _TASK_RULES[action](case, task, actor)


def rule_on_ticket(action: Action, case: Case, actor: Actor) -> Ruling:
    """The ruling on one of TICKET_ACTIONS."""
    ended = case.ticket.phase is not Phase.RUNNING
    if ended and action not in (Action.COMMENT, Action.COMMENT_INTERNALLY, Action.FOLLOW):
        return _no("TICKET_ENDED", {"phase": case.ticket.phase.value, **_halt(case)}, Conflict)
    if case.ticket.suspended and action not in _WHILE_SUSPENDED:
        return _no("TICKET_SUSPENDED", _halt(case), Conflict)
    return _TICKET_RULES[action](case, actor)


def rule_on_receiver(case: Case, task: Task, receiver: UUID, *, still_candidate: bool) -> Ruling:
    """Whether this person may be given the task: a candidate whom separation of duties does not exclude."""
    if not still_candidate:
        return _no("RECEIVER_NOT_CANDIDATE", {"roles": _role_keys(task)})
    return _four_eyes(case, task, receiver) or _yes("RECEIVER_IS_CANDIDATE")


def _oversees(actor: Actor) -> bool:
    return bool(actor.permissions & {Permission.ADMIN, Permission.AUDITOR})


def _yes(code: str, params: Mapping[str, object] | None = None) -> Ruling:
    return Ruling(allowed=True, code=code, params=params or {})


def _no(code: str, params: Mapping[str, object] | None = None, refusal: type[FaultdeskError] = Forbidden) -> Ruling:
    return Ruling(allowed=False, code=code, params=params or {}, refusal=refusal)


def _halt(case: Case) -> dict[str, object]:
    """Who put the ticket on hold or ended it, and when."""
    by = case.ticket.halted_by
    return {"by": None if by is None else by.display_name, "at": case.ticket.halted_at}


def _task_closed(case: Case, task: Task) -> Ruling | None:
    if task.state not in LIVE:
        facts: dict[str, object] = {"state": task.state.value, "by": None, "at": task.ended_at}
        if task.ended_by is not None:
            facts["by"] = task.ended_by.display_name
        return _no("NOT_ACTIVE", facts, Conflict)
    if case.ticket.suspended:
        return _no("TICKET_SUSPENDED", _halt(case), Conflict)
    return None


def _claim(case: Case, task: Task, actor: Actor) -> Ruling:
    if not any(actor.holds(grant) for grant in task.candidates):
        return _no("NOT_CANDIDATE", {"roles": _role_keys(task)})
    if task.assignee is not None:
        return _claimed(task)
    return _four_eyes(case, task, actor.id) or _yes("IS_CANDIDATE", {"roles": _role_keys(task)})


def _claimed(task: Task) -> Ruling:
    assert task.assignee is not None
    facts = {"by": task.assignee.display_name, "by_name": task.assignee.name, "at": task.claimed_at}
    return _no("ALREADY_CLAIMED", facts, Conflict)


def _release(_case: Case, task: Task, actor: Actor) -> Ruling:
    return _held(task) or _assignee_or_admin(task, actor)


def _assign(_case: Case, _task: Task, actor: Actor) -> Ruling:
    return _yes("IS_ADMIN") if actor.is_admin else _no("ADMIN_ONLY")


def _transfer(_case: Case, task: Task, actor: Actor) -> Ruling:
    return _held(task) or _assignee_or_admin(task, actor)


def _complete(case: Case, task: Task, actor: Actor) -> Ruling:
    unheld = _held(task)
    if unheld is not None:
        return unheld
    assert task.assignee is not None
    if task.assignee.id != actor.id:
        return _no("NOT_ASSIGNEE", {"by": task.assignee.display_name, "at": task.claimed_at})
    if not any(actor.holds(grant) for grant in task.candidates):
        return _no("NOT_CANDIDATE", {"roles": _role_keys(task)})
    return _four_eyes(case, task, actor.id) or _yes("IS_ASSIGNEE")


def _held(task: Task) -> Ruling | None:
    return None if task.state is TaskState.CLAIMED else _no("NOT_CLAIMED", None, Conflict)


def _assignee_or_admin(task: Task, actor: Actor) -> Ruling:
    assert task.assignee is not None
    if task.assignee.id == actor.id:
        return _yes("IS_ASSIGNEE")
    if actor.is_admin:
        return _yes("IS_ADMIN")
    return _no("NOT_ASSIGNEE", {"by": task.assignee.display_name, "at": task.claimed_at})


def _four_eyes(case: Case, task: Task, person: UUID) -> Ruling | None:
    """`fd:notBy`: whoever did one of the named tasks, or opened the ticket if it names the start, may not do this."""
    node = case.deployment.definition.nodes_by_id[task.element_id]
    other = done_by(node, case, person)
    return None if other is None else _no("FOUR_EYES", {"element": other})


def _role_keys(task: Task) -> list[str]:
    return [grant.role for grant in task.candidates]


def _withdraw(case: Case, actor: Actor) -> Ruling:
    if actor.id != case.ticket.requester.id:
        return _no("REQUESTER_ONLY")
    policy = case.deployment.policy
    allowed = {
        Withdrawal.NEVER: False,
        Withdrawal.ANY_TIME: True,
        Withdrawal.BEFORE_FIRST_CLAIM: not case.parties,
        Withdrawal.BEFORE_TASK: policy.withdrawal_task not in case.memory.visits,
    }[policy.withdrawal]
    facts = {"policy": policy.withdrawal.value, "element": policy.withdrawal_task}
    return _yes("POLICY_ALLOWS", facts) if allowed else _no("TOO_LATE_TO_WITHDRAW", facts, Conflict)


def _suspend(case: Case, actor: Actor) -> Ruling:
    if case.ticket.suspended:
        return _no("ALREADY_SUSPENDED", _halt(case), Conflict)
    return _holder_or_admin(case, actor)


def _resume(case: Case, actor: Actor) -> Ruling:
    if not case.ticket.suspended:
        return _no("NOT_SUSPENDED", None, Conflict)
    return _holder_or_admin(case, actor)


def _holder_or_admin(case: Case, actor: Actor) -> Ruling:
    if any(task.assignee is not None and task.assignee.id == actor.id for task in case.live_tasks()):
        return _yes("IS_ASSIGNEE")
    return _yes("IS_ADMIN") if actor.is_admin else _no("HOLDER_OR_ADMIN_ONLY")


def _cancel(_case: Case, actor: Actor) -> Ruling:
    return _yes("IS_ADMIN") if actor.is_admin else _no("ADMIN_ONLY")


def _retry(case: Case, actor: Actor) -> Ruling:
    if case.ticket.stuck is None:
        return _no("NOT_STUCK", None, Conflict)
    return _cancel(case, actor)


def _correct(case: Case, actor: Actor) -> Ruling:
    return _holder_or_admin(case, actor)


def _comment(case: Case, actor: Actor) -> Ruling:
    return _no("NOT_SEEN") if sight(case, actor) is Sight.NONE else _yes("SEES_TICKET")


def _comment_internally(case: Case, actor: Actor) -> Ruling:
    return _yes("SEES_INTERNAL") if sight(case, actor) is Sight.FULL else _no("INTERNAL_ONLY")


_TASK_RULES = {
    Action.CLAIM: _claim,
    Action.RELEASE: _release,
    Action.ASSIGN: _assign,
    Action.TRANSFER: _transfer,
    Action.COMPLETE: _complete,
}
_TICKET_RULES = {
    Action.WITHDRAW: _withdraw,
    Action.SUSPEND: _suspend,
    Action.RESUME: _resume,
    Action.CANCEL: _cancel,
    Action.RETRY: _retry,
    Action.CORRECT: _correct,
    Action.COMMENT: _comment,
    Action.COMMENT_INTERNALLY: _comment_internally,
    Action.FOLLOW: _comment,
}
