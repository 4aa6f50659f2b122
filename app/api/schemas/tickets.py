"""Tickets, tasks, forms and what hangs on them: what is taken and shown."""

from marshmallow import fields

from app.api.schemas.common import MessagesShown, NamesShown, PageQuery, PersonShown, listed
from app.api.schemas.fields import Entries, Flag, Shown, Str, Taken, choice, items, text
from engine.values.processes import Kind
from engine.values.rulings import Action
from engine.values.tickets import Phase
from engine.values.views import InboxView, TicketScope

_USER = 100
_KEY = 255


class OpenTaken(Taken):
    """A new ticket: the service's key, and the answers of its start form."""

    service = text(_KEY)
    answers = Entries(keys=Str(), required=True)


class CorrectTaken(Taken):
    """Answers to be changed, and why."""

    answers = Entries(keys=Str(), required=True)
    reason = Str(load_default=None, allow_none=True)


class CompleteTaken(Taken):
    """The answers of the task's form, the outcome chosen, and the reason where it needs one."""

    answers = Entries(keys=Str(), load_default=dict)
    outcome = text(_KEY, required=False, load_default=None, allow_none=True)
    reason = Str(load_default=None, allow_none=True)


class HandOverTaken(Taken):
    """To whom (a user name), and why."""

    to = text(_USER)
    reason = Str(load_default=None, allow_none=True)


class CommentTaken(Taken):
    """What is said; `uploads` are ids of the author's own uploads."""

    uploads = items(text(36), 20, load_default=list)
    internal = Flag(load_default=False)
    text = Str(required=True)


class FollowTaken(Taken):
    """Who is to follow the ticket (a user name)."""

    user = text(_USER)


class TicketQuery(PageQuery):
    """Which tickets."""

    scope = choice(TicketScope, load_default=TicketScope.ALL.value)
    q = text(120, required=False, load_default=None, metadata={"description": "Part of the title, or a number's start"})
    kind = choice(Kind, load_default=None)
    phase = choice(Phase, load_default=None)
    status = text(64, required=False, load_default=None)
    service = text(_KEY, required=False, load_default=None)
    business = text(_KEY, required=False, load_default=None)
    priority = text(64, required=False, load_default=None)
    stuck = Flag(load_default=None)


class InboxQuery(PageQuery):
    """Which part of the inbox."""

    view = choice(InboxView, load_default=InboxView.CLAIMABLE.value)


class WhyQuery(Taken):
    """About whom; admins may ask about anybody."""

    user = text(_USER, required=False, load_default=None)


class StuckShown(Shown):
    """Why the engine cannot move a ticket."""

    code = fields.String(required=True)
    element_id = fields.String(required=True)
    params = fields.Dict(required=True)
    message = fields.Nested(MessagesShown, required=True)


class ProcessOfTicket(Shown):
    """What a ticket runs through."""

    key = fields.String(required=True)
    deployment = fields.Integer(required=True)
    version = fields.Integer(required=True)


class ServiceOfTicket(Shown):
    """The service a ticket was opened for."""

    key = fields.String(required=True)
    names = fields.Nested(NamesShown, required=True)


class CandidateShown(Shown):
    """A candidate role; a business role with the ticket's business."""

    role = fields.String(required=True)
    business = fields.String(required=True, allow_none=True)


class TicketOfTask(Shown):
    """What tells a task's ticket from others."""

    id = fields.UUID(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    status = fields.String(required=True)
    priority = fields.String(required=True, allow_none=True)
    business = fields.String(required=True, allow_none=True)
    suspended = fields.Boolean(required=True)


class TaskShown(Shown):
    """A task."""

    id = fields.String(required=True)
    element = fields.String(required=True)
    name = fields.Nested(NamesShown, required=True)
    state = fields.String(required=True)
    candidates = fields.List(fields.Nested(CandidateShown), required=True)
    assignee = fields.Nested(PersonShown, required=True, allow_none=True)
    visit = fields.Integer(required=True)
    opened_at = fields.DateTime(required=True)
    claimed_at = fields.DateTime(required=True, allow_none=True)
    ended_at = fields.DateTime(required=True, allow_none=True)
    ended_by = fields.Nested(PersonShown, required=True, allow_none=True)
    version = fields.Integer(required=True)
    ticket = fields.Nested(TicketOfTask, required=True)


class TaskRowShown(TaskShown):
    """A task in an inbox."""

    service = fields.Nested(ServiceOfTicket, required=True)


class OptionShown(Shown):
    """One choice of a field."""

    value = fields.String(required=True)
    label = fields.Nested(NamesShown, required=True)


class FieldShown(Shown):
    """One component of a form as it stands now."""

    key = fields.String(required=True)
    path = fields.String(required=True)
    type = fields.String(required=True)
    label = fields.Nested(NamesShown, required=True)
    description = fields.Nested(NamesShown, required=True)
    text = fields.Nested(NamesShown, required=True)
    visible = fields.Boolean(required=True)
    required = fields.Boolean(required=True)
    readonly = fields.Boolean(required=True)
    value = fields.Raw(required=True, allow_none=True)
    options = fields.List(fields.Nested(OptionShown), required=True)
    widget = fields.String(required=True, allow_none=True)
    subtype = fields.String(required=True, allow_none=True)
    multiple = fields.Boolean(required=True)
    accept = fields.String(required=True, allow_none=True)
    editable = fields.Boolean(required=True)
    internal = fields.Boolean(required=True)
    limits = fields.Dict(required=True)
    fields_ = fields.List(fields.Nested("FieldShown"), required=True, data_key="fields")
    rows = fields.List(fields.List(fields.Nested("FieldShown")), required=True)
    blank = fields.List(fields.Nested("FieldShown"), required=True)


class FormShown(Shown):
    """A form as it stands now: prefilled, its conditions decided."""

    id = fields.String(required=True)
    fields_ = fields.List(fields.Nested(FieldShown), required=True, data_key="fields")


class OutcomeShown(Shown):
    """What may be chosen when completing a task."""

    key = fields.String(required=True)
    label = fields.Nested(NamesShown, required=True)
    kind = fields.String(required=True)
    reason_required = fields.Boolean(required=True)


class TaskViewShown(TaskRowShown):
    """A task with its form, the answers given before, and what the asker may do."""

    form = fields.Nested(FormShown, required=True)
    outcomes = fields.List(fields.Nested(OutcomeShown), required=True)
    answers = fields.Dict(required=True)
    saved = fields.Dict(required=True, allow_none=True)
    saved_at = fields.DateTime(required=True, allow_none=True)
    actions = fields.List(fields.String(), required=True)


class TicketShown(Shown):
    """A ticket."""

    id = fields.UUID(required=True)
    number = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)
    phase = fields.String(required=True)
    priority = fields.String(required=True, allow_none=True)
    suspended = fields.Boolean(required=True)
    stuck = fields.Nested(StuckShown, required=True, allow_none=True)
    business = fields.String(required=True, allow_none=True)
    requester = fields.Nested(PersonShown, required=True)
    opened_at = fields.DateTime(required=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)


class TicketRowShown(TicketShown):
    """A ticket in a list."""

    service = fields.Nested(ServiceOfTicket, required=True)
    business_names = fields.Nested(NamesShown, required=True, allow_none=True)


class TicketChangedShown(TicketShown):
    """A ticket after a command."""

    process = fields.Nested(ProcessOfTicket, required=True)
    sight = fields.String(required=True)
    tasks = fields.List(fields.Nested(TaskShown), required=True)


class TicketViewShown(TicketChangedShown):
    """A ticket as it is read."""

    service = fields.Nested(ServiceOfTicket, required=True)
    business_names = fields.Nested(NamesShown, required=True, allow_none=True)
    answers = fields.Dict(required=True)
    followed = fields.Boolean(required=True)
    actions = fields.List(fields.String(), required=True)


class CompletedShown(Shown):
    """What completing brought: the task, its ticket, and the tasks that opened at once."""

    task = fields.Nested(TaskShown, required=True)
    ticket = fields.Nested(TicketChangedShown, required=True)
    opened = fields.List(fields.Nested(TaskShown), required=True)


class EventShown(Shown):
    """One event of a timeline; `payload` holds codes, ids and answers."""

    seq = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    type = fields.String(required=True)
    actor = fields.Nested(PersonShown, required=True, allow_none=True)
    payload = fields.Dict(required=True)
    hash = fields.String(required=True)


class AttachmentShown(Shown):
    """A file of a ticket."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    uploader = fields.Nested(PersonShown, required=True)
    at = fields.DateTime(required=True)
    field = fields.String(required=True, allow_none=True)
    task = fields.String(required=True, allow_none=True)
    comment = fields.String(required=True, allow_none=True)
    internal = fields.Boolean(required=True)
    content = fields.String(required=True)
    preview = fields.String(required=True, allow_none=True)


class AttachmentsShown(Shown):
    """All files of a ticket; there are 20 at most."""

    items = fields.List(fields.Nested(AttachmentShown), required=True)


class CommentShown(Shown):
    """A comment with its files."""

    id = fields.String(required=True)
    author = fields.Nested(PersonShown, required=True)
    at = fields.DateTime(required=True)
    internal = fields.Boolean(required=True)
    text = fields.String(required=True)
    attachments = fields.List(fields.Nested(AttachmentShown), required=True)


class UploadShown(Shown):
    """A file in its uploader's own space."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    expires_at = fields.DateTime(required=True)


class SavedShown(Shown):
    """The asker's saved answers; null when there are none."""

    answers = fields.Dict(required=True, allow_none=True)
    saved_at = fields.DateTime(required=True, allow_none=True)


class RulingShown(Shown):
    """Allowed or not, and the rule that decides."""

    allowed = fields.Boolean(required=True)
    code = fields.String(required=True)
    params = fields.Dict(required=True)
    detail = fields.String(required=True)


class WhyShown(Shown):
    """Every action on a task and its ticket with its ruling."""

    task = fields.String(required=True)
    user = fields.String(required=True)
    rulings = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(RulingShown),
        required=True,
        metadata={"description": "By action: " + ", ".join(Action)},
    )


class CountsShown(Shown):
    """How many tasks wait; counting stops at 100."""

    claimable = fields.Integer(required=True)
    mine = fields.Integer(required=True)


class StartShown(Shown):
    """What opening a ticket of a service asks."""

    service = fields.Nested(ServiceOfTicket, required=True)
    purpose = fields.Nested(NamesShown, required=True)
    form = fields.Nested(FormShown, required=True)
    saved = fields.Dict(required=True)


TicketPage = listed(TicketRowShown, "TicketPage")
TaskPage = listed(TaskRowShown, "TaskPage")
EventPage = listed(EventShown, "EventPage")
CommentPage = listed(CommentShown, "CommentPage")
