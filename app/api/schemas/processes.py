"""Processes, versions, drafts, deployments and the catalogue: what is taken and shown."""

from marshmallow import fields

from app.api.schemas.common import FindingShown, NamesShown, NamesTaken, PageQuery, PersonShown, listed
from app.api.schemas.fields import Entries, Flag, Items, Part, Shown, Str, Taken, choice, items, text, whole
from app.api.schemas.tickets import FormShown
from engine.commands.processes import CHANNELS, FREQUENCIES, NOTIFIED_EVENTS
from engine.values.processes import Kind, Withdrawal

_KEY = 255
_MOST = 1_000_000


class ProcessTaken(Taken):
    """A new process. Owners are user names."""

    key = text(_KEY)
    names = Part(NamesTaken, required=True)
    descriptions = Part(NamesTaken, load_default=None)
    kind = choice(Kind, load_default=None)
    needs_business = Flag(load_default=None)
    owners = items(text(100), 50, load_default=None)


class ProcessChangeTaken(Taken):
    """What is to be different."""

    names = Part(NamesTaken, load_default=None)
    descriptions = Part(NamesTaken, load_default=None)
    kind = choice(Kind, load_default=None)
    needs_business = Flag(load_default=None)
    owners = items(text(100), 50, load_default=None)


class NotificationTaken(Taken):
    """Which events are announced, by which channels, and how often."""

    events = Items(choice(NOTIFIED_EVENTS), load_default=lambda: ["task_opened"])
    channels = Items(choice(CHANNELS), load_default=lambda: ["email"])
    frequency = choice(FREQUENCIES, load_default="once")


class PolicyTaken(Taken):
    """Set when a process is enabled, and read whenever it is used."""

    notification = Part(NotificationTaken, load_default=lambda: NotificationTaken().load({}))
    withdrawal = choice(Withdrawal, load_default=Withdrawal.BEFORE_FIRST_CLAIM.value)
    withdrawal_task = text(_KEY, required=False, load_default=None, allow_none=True)
    urging = Flag(load_default=False)


class EnableTaken(Taken):
    """A policy; without one the process keeps its own."""

    policy = Part(PolicyTaken, load_default=None)


class ImportQuery(Taken):
    """How a file is imported. A multipart body may say the same in fields of these names."""

    file_name = text(_KEY, required=False, load_default=None)
    message = text(1_000, least=0, required=False, load_default=None)
    as_draft = Flag(load_default=None)


class DraftQuery(Taken):
    """The name of the draft's file."""

    file_name = text(_KEY, required=False, load_default=None)


class DraftsQuery(PageQuery):
    """Which drafts."""

    process = text(_KEY, required=False, load_default=None)


class DeployTaken(Taken):
    """A version to be put into service; roles (node id to role key) that its file left open."""

    version = whole(1, _MOST, required=True)
    message = text(1_000, least=0, required=False, load_default="")
    role_bindings = Entries(keys=Str(), values=Str(), load_default=dict)


class ExamineTaken(Taken):
    """The bindings with which a version would be deployed."""

    role_bindings = Entries(keys=Str(), values=Str(), load_default=dict)


class CategoryTaken(Taken):
    """A new category, at the top or inside another."""

    names = Part(NamesTaken, required=True)
    parent_id = text(36, required=False, load_default=None, allow_none=True)
    position = whole(0, _MOST, load_default=0)


class CategoryChangeTaken(Taken):
    """What is to be different; `parent_id` null moves to the top."""

    names = Part(NamesTaken)
    parent_id = text(36, required=False, allow_none=True)
    position = whole(0, _MOST)


class ServiceTaken(Taken):
    """A new service, bound to nothing yet."""

    key = text(63)
    names = Part(NamesTaken, required=True)
    purposes = Part(NamesTaken, load_default=None)
    category_id = text(36)
    position = whole(0, _MOST, load_default=0)


class ServiceChangeTaken(Taken):
    """What is to be different."""

    names = Part(NamesTaken, load_default=None)
    purposes = Part(NamesTaken, load_default=None)
    category_id = text(36, required=False, load_default=None)
    active = Flag(load_default=None)
    position = whole(0, _MOST, load_default=None)


class BindTaken(Taken):
    """The deployment through which new tickets are to run."""

    process = text(_KEY)
    deployment = whole(1, _MOST, required=True)


class CatalogueQuery(Taken):
    """Whether to show everything, for those who may read the configuration."""

    everything = Flag(load_default=False)


class NotificationShown(Shown):
    """Which events are announced, by which channels, and how often."""

    events = fields.List(fields.String(), required=True)
    channels = fields.List(fields.String(), required=True)
    frequency = fields.String(required=True)


class PolicyShown(Shown):
    """A process's policy."""

    notification = fields.Nested(NotificationShown, required=True)
    withdrawal = fields.String(required=True)
    withdrawal_task = fields.String(required=True, allow_none=True)
    urging = fields.Boolean(required=True)


class ProcessShown(Shown):
    """A process."""

    key = fields.String(required=True)
    names = fields.Nested(NamesShown, required=True)
    descriptions = fields.Nested(NamesShown, required=True)
    kind = fields.String(required=True)
    needs_business = fields.Boolean(required=True)
    owners = fields.List(fields.Nested(PersonShown), required=True)
    enabled = fields.Boolean(required=True)
    policy = fields.Nested(PolicyShown, required=True)
    latest_version = fields.Integer(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    revision = fields.Integer(required=True)


class VersionShown(Shown):
    """A version with its findings."""

    process = fields.String(required=True)
    number = fields.Integer(required=True)
    hash = fields.String(required=True)
    file_name = fields.String(required=True)
    verdict = fields.String(required=True)
    findings = fields.List(fields.Nested(FindingShown), required=True)
    imported_by = fields.Nested(PersonShown, required=True)
    imported_at = fields.DateTime(required=True)
    message = fields.String(required=True)


class DraftShown(Shown):
    """A draft with its findings."""

    id = fields.UUID(required=True)
    process = fields.String(required=True, allow_none=True)
    file_name = fields.String(required=True)
    verdict = fields.String(required=True)
    findings = fields.List(fields.Nested(FindingShown), required=True)
    author = fields.Nested(PersonShown, required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    revision = fields.Integer(required=True)


class ImportedShown(Shown):
    """What became of a file: a version (`same` when its meaning was stored before), or a draft."""

    process = fields.Nested(ProcessShown, required=True, allow_none=True)
    version = fields.Nested(VersionShown, required=True, allow_none=True)
    same = fields.Boolean(required=True)
    draft = fields.Nested(DraftShown, required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingShown), required=True)


class ExaminedShown(Shown):
    """What lint finds in a version against this installation, and whether it could be deployed."""

    deployable = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(FindingShown), required=True)


class DeploymentShown(Shown):
    """A deployment."""

    process = fields.String(required=True)
    number = fields.Integer(required=True)
    version = fields.Integer(required=True)
    role_bindings = fields.Dict(required=True)
    message = fields.String(required=True)
    deployed_by = fields.Nested(PersonShown, required=True)
    deployed_at = fields.DateTime(required=True)
    retired_at = fields.DateTime(required=True, allow_none=True)


class CategoryShown(Shown):
    """A category."""

    id = fields.UUID(required=True)
    names = fields.Nested(NamesShown, required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    position = fields.Integer(required=True)
    revision = fields.Integer(required=True)


class BindingShown(Shown):
    """What a service is bound to, and what is newer."""

    process = fields.String(required=True)
    process_names = fields.Nested(NamesShown, required=True)
    kind = fields.String(required=True)
    deployment = fields.Integer(required=True)
    version = fields.Integer(required=True)
    enabled = fields.Boolean(required=True)
    retired = fields.Boolean(required=True)
    needs_business = fields.Boolean(required=True)
    newer_version = fields.Integer(required=True, allow_none=True)
    newer_deployment = fields.Integer(required=True, allow_none=True)


class ServiceShown(Shown):
    """A service."""

    key = fields.String(required=True)
    names = fields.Nested(NamesShown, required=True)
    purposes = fields.Nested(NamesShown, required=True)
    category_id = fields.UUID(required=True)
    active = fields.Boolean(required=True)
    position = fields.Integer(required=True)
    revision = fields.Integer(required=True)


class BoundServiceShown(ServiceShown):
    """A service with what it is bound to."""

    binding = fields.Nested(BindingShown, required=True, allow_none=True)
    may_open = fields.Boolean(required=True)


class ShelfShown(Shown):
    """A branch of the catalogue."""

    category = fields.Nested(CategoryShown, required=True)
    services = fields.List(fields.Nested(BoundServiceShown), required=True)
    shelves = fields.List(fields.Nested("ShelfShown"), required=True)


class CatalogueShown(Shown):
    """The tree of categories with the services that the asker may open."""

    shelves = fields.List(fields.Nested(ShelfShown), required=True)


class FormOfVersionShown(FormShown):
    """A form of a version, with the node whose form it is."""

    element = fields.String(required=True)
    source = fields.String(required=True)


ProcessPage = listed(ProcessShown, "ProcessPage")
VersionPage = listed(VersionShown, "VersionPage")
DraftPage = listed(DraftShown, "DraftPage")
DeploymentPage = listed(DeploymentShown, "DeploymentPage")
CategoryPage = listed(CategoryShown, "CategoryPage")
ServicePage = listed(BoundServiceShown, "ServicePage")
