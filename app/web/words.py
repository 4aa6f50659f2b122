"""Words for codes that people see: statuses, priorities, kinds, actions, and how a ticket ended."""

from app.web.reader import reading
from app.web.translating import gettext, lazy_gettext
from bpmn.text import Text
from engine.values.processes import Names
from engine.values.rulings import Action

_STATUSES = {
    "NEW": (lazy_gettext("New"), "blue"),
    "IN_PROGRESS": (lazy_gettext("In progress"), "blue"),
    "RESOLVED": (lazy_gettext("Resolved"), "green"),
    "UNDER_REVIEW": (lazy_gettext("Under review"), "violet"),
    "APPROVED": (lazy_gettext("Approved"), "green"),
    "REJECTED": (lazy_gettext("Rejected"), "red"),
    "PENDING_APPROVAL": (lazy_gettext("Pending approval"), "violet"),
    "WAITING_REQUESTER": (lazy_gettext("Waiting for the requester"), "amber"),
    "ON_HOLD": (lazy_gettext("On hold"), "amber"),
    "CLOSED": (lazy_gettext("Closed"), "grey"),
    "WITHDRAWN": (lazy_gettext("Withdrawn"), "grey"),
    "CANCELLED": (lazy_gettext("Cancelled"), "grey"),
}
_PHASES = {
    "running": lazy_gettext("Running"),
    "closed": lazy_gettext("Closed"),
    "withdrawn": lazy_gettext("Withdrawn"),
    "cancelled": lazy_gettext("Cancelled"),
}
_KINDS = {
    "incident": lazy_gettext("Incident"),
    "request": lazy_gettext("Request"),
    "change": lazy_gettext("Change"),
    "problem": lazy_gettext("Problem"),
}
_ACTIONS = {
    Action.CLAIM: lazy_gettext("Claim"),
    Action.RELEASE: lazy_gettext("Release"),
    Action.ASSIGN: lazy_gettext("Assign"),
    Action.TRANSFER: lazy_gettext("Transfer"),
    Action.COMPLETE: lazy_gettext("Complete"),
    Action.WITHDRAW: lazy_gettext("Withdraw"),
    Action.SUSPEND: lazy_gettext("Suspend"),
    Action.RESUME: lazy_gettext("Resume"),
    Action.CANCEL: lazy_gettext("Cancel the ticket"),
    Action.RETRY: lazy_gettext("Retry"),
    Action.CORRECT: lazy_gettext("Correct answers"),
    Action.COMMENT: lazy_gettext("Comment"),
    Action.COMMENT_INTERNALLY: lazy_gettext("Comment internally"),
    Action.FOLLOW: lazy_gettext("Follow"),
}
_DONE = {
    "opened": lazy_gettext("The ticket was opened."),
    "saved": lazy_gettext("Saved. Nobody else sees it until you send it."),
    "claimed": lazy_gettext("The task is yours."),
    "released": lazy_gettext("The task is back for its roles."),
    "transferred": lazy_gettext("The task was handed over."),
    "assigned": lazy_gettext("The task was assigned."),
    "completed": lazy_gettext("Done. The task is complete."),
    "commented": lazy_gettext("Your comment was added."),
    "withdrawn": lazy_gettext("The ticket was withdrawn."),
    "suspended": lazy_gettext("The ticket is on hold."),
    "resumed": lazy_gettext("The ticket goes on."),
    "cancelled": lazy_gettext("The ticket was cancelled."),
    "retried": lazy_gettext("The ticket was tried again."),
    "corrected": lazy_gettext("The answers were corrected."),
    "followed": lazy_gettext("The follower was added."),
    "unfollowed": lazy_gettext("The follower was removed."),
    "profile": lazy_gettext("Your profile was changed."),
    "password": lazy_gettext("Your password was changed. Every other session has ended."),
    "reset": lazy_gettext("Your password was set. Sign in with it."),
    "setup": lazy_gettext("Your account was made. Sign in with it."),
    "signed-out": lazy_gettext("You are signed out."),
}


def status_word(key: str) -> str:
    """A status in words; one that only the process knows is shown as it stands."""
    return str(_STATUSES[key][0]) if key in _STATUSES else key


def status_tone(key: str) -> str:
    """The colour of a status."""
    return _STATUSES[key][1] if key in _STATUSES else "grey"


def phase_word(key: str) -> str:
    """Whether a ticket runs, or how it ended."""
    return str(_PHASES.get(key, key))


def phases() -> dict[str, str]:
    """Every phase with its word."""
    return {key: str(word) for key, word in _PHASES.items()}


def kind_word(key: str) -> str:
    """What sort of ticket it is."""
    return str(_KINDS.get(key, key))


def action_word(action: Action) -> str:
    """A verb."""
    return str(_ACTIONS[action])


def done_word(key: str) -> str:
    """What has just been done; empty for anything that an address makes up."""
    return str(_DONE.get(key, ""))


def statuses() -> dict[str, str]:
    """Every status that we have a word for."""
    return {key: str(word) for key, (word, _) in _STATUSES.items()}


def in_language(of: Text | Names | None) -> str:
    """What a designer or an admin called something, in the reader's language."""
    return "" if of is None else of.in_language(reading().language)


def size_word(size: int) -> str:
    """A file's size."""
    if size < 1024:
        return gettext("%(num)d B", num=size)
    if size < 1024 * 1024:
        return gettext("%(num)d KB", num=round(size / 1024))
    return gettext("%(num).1f MB", num=size / 1024 / 1024)
