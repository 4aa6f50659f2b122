"""Every table. What belongs to a ticket has keys that begin with `ticket_id`, so that the schema can be sharded by it.

JSON stands in text columns, written and read by `storage.json`: it is never searched inside the database. Flags are
integers in no table; states are short text. Constraints have names, so that migrations can speak of them.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Text, Uuid

from storage.types import Moment

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _table(name: str, *parts: Any) -> sa.Table:
    return sa.Table(name, metadata, *parts)


LARGE = "large"
"""Marks a column that may hold megabytes: it is never turned into JSON on its way (`storage.merging`)."""


def _required(name: str, kind: Any, *args: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *args, nullable=False, **options)


def _ticket_id() -> Column[Any]:
    return Column("ticket_id", Uuid, ForeignKey("ticket.id"), primary_key=True)


# People and what they may do.

user = _table(
    "user_account",
    Column("id", Uuid, primary_key=True),
    _required("name", Text, unique=True),
    _required("display_name", Text),
    Column("email", Text),
    Column("password_hash", Text),
    Column("language", Text),
    Column("time_zone", Text),
    _required("permissions", Text, server_default=""),
    _required("active", Boolean, server_default=sa.true()),
    _required("created_at", Moment),
    _required("revision", Integer, server_default="1"),
)

business = _table(
    "business",
    Column("key", Text, primary_key=True),
    _required("name_zh", Text),
    _required("name_en", Text, server_default=""),
    _required("active", Boolean, server_default=sa.true()),
    _required("revision", Integer, server_default="1"),
)

role = _table(
    "role",
    Column("key", Text, primary_key=True),
    _required("name_zh", Text),
    _required("name_en", Text, server_default=""),
    _required("per_business", Boolean, server_default=sa.false()),
    _required("revision", Integer, server_default="1"),
)

# A general role is held with business '': a null could not stand in the key.
role_member = _table(
    "role_member",
    Column("role", Text, ForeignKey("role.key"), primary_key=True),
    Column("business", Text, primary_key=True),
    Column("user_id", Uuid, ForeignKey("user_account.id"), primary_key=True),
    Index("ix_role_member_user_id", "user_id"),
)

session = _table(
    "session",
    Column("hash", LargeBinary, primary_key=True),
    _required("user_id", Uuid, ForeignKey("user_account.id")),
    _required("created_at", Moment),
    _required("seen_at", Moment),
    _required("expires_at", Moment),
    Column("address", Text),
    Column("agent", Text),
    Index("ix_session_user_id", "user_id"),
)

token = _table(
    "token",
    Column("id", Uuid, primary_key=True),
    _required("hash", LargeBinary, unique=True),
    _required("user_id", Uuid, ForeignKey("user_account.id")),
    _required("name", Text),
    _required("scopes", Text),
    _required("created_at", Moment),
    _required("expires_at", Moment),
    Column("revoked_at", Moment),
    Index("ix_token_user_id", "user_id"),
)

one_time_link = _table(
    "one_time_link",
    Column("hash", LargeBinary, primary_key=True),
    _required("purpose", Text),
    Column("user_id", Uuid, ForeignKey("user_account.id")),
    _required("created_at", Moment),
    _required("expires_at", Moment),
    Column("used_at", Moment),
)

login_attempt = _table(
    "login_attempt",
    Column("key", Text, primary_key=True),
    _required("failures", Integer),
    _required("window_started_at", Moment),
    Column("blocked_until", Moment),
)

# From process to service.

process = _table(
    "process",
    Column("id", Uuid, primary_key=True),
    _required("key", Text, unique=True),
    _required("name_zh", Text),
    _required("name_en", Text, server_default=""),
    _required("description_zh", Text, server_default=""),
    _required("description_en", Text, server_default=""),
    _required("kind", Text),
    _required("needs_business", Boolean, server_default=sa.false()),
    _required("enabled", Boolean, server_default=sa.false()),
    _required("policy", Text),
    _required("latest_version", Integer, server_default="0"),
    _required("latest_deployment", Integer, server_default="0"),
    _required("created_at", Moment),
    _required("revision", Integer, server_default="1"),
)

process_owner = _table(
    "process_owner",
    Column("process_id", Uuid, ForeignKey("process.id"), primary_key=True),
    Column("user_id", Uuid, ForeignKey("user_account.id"), primary_key=True),
)

draft = _table(
    "draft",
    Column("id", Uuid, primary_key=True),
    Column("process_key", Text),
    _required("file_name", Text),
    _required("content", LargeBinary, info={LARGE: True}),
    _required("findings", Text),
    _required("author_id", Uuid, ForeignKey("user_account.id")),
    _required("created_at", Moment),
    _required("updated_at", Moment),
    _required("revision", Integer, server_default="1"),
)

version = _table(
    "version",
    Column("process_id", Uuid, ForeignKey("process.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    _required("hash", Text),
    _required("file_name", Text),
    _required("content", LargeBinary, info={LARGE: True}),
    _required("definition", LargeBinary, info={LARGE: True}),
    _required("verdict", Text),
    _required("findings", Text),
    _required("message", Text, server_default=""),
    _required("imported_by", Uuid, ForeignKey("user_account.id")),
    _required("imported_at", Moment),
    sa.UniqueConstraint("process_id", "hash"),
)

deployment = _table(
    "deployment",
    Column("id", Uuid, primary_key=True),
    _required("process_id", Uuid, ForeignKey("process.id")),
    _required("number", Integer),
    _required("version", Integer),
    _required("role_bindings", Text),
    _required("message", Text, server_default=""),
    _required("deployed_by", Uuid, ForeignKey("user_account.id")),
    _required("deployed_at", Moment),
    Column("retired_at", Moment),
    sa.UniqueConstraint("process_id", "number"),
    sa.ForeignKeyConstraint(["process_id", "version"], ["version.process_id", "version.number"]),
)

# Every role that a deployment names. One that claims is a candidate role of its tasks: its holders see every ticket of
# it. One that only opens tickets does not, but cannot be removed either.
deployment_role = _table(
    "deployment_role",
    Column("deployment_id", Uuid, ForeignKey("deployment.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    _required("claims", Boolean),
)

category = _table(
    "category",
    Column("id", Uuid, primary_key=True),
    Column("parent_id", Uuid, ForeignKey("category.id")),
    _required("name_zh", Text),
    _required("name_en", Text, server_default=""),
    _required("position", Integer, server_default="0"),
    _required("revision", Integer, server_default="1"),
)

service = _table(
    "service",
    Column("id", Uuid, primary_key=True),
    _required("key", Text, unique=True),
    _required("category_id", Uuid, ForeignKey("category.id")),
    _required("name_zh", Text),
    _required("name_en", Text, server_default=""),
    _required("purpose_zh", Text, server_default=""),
    _required("purpose_en", Text, server_default=""),
    Column("deployment_id", Uuid, ForeignKey("deployment.id")),
    _required("active", Boolean, server_default=sa.true()),
    _required("position", Integer, server_default="0"),
    _required("revision", Integer, server_default="1"),
    Index("ix_service_category_id", "category_id"),
    Index("ix_service_deployment_id", "deployment_id"),
)

# A ticket and what belongs to it.

ticket = _table(
    "ticket",
    Column("id", Uuid, primary_key=True),
    Column("number", Text, unique=True),
    _required("kind", Text),
    _required("title", Text),
    _required("status", Text),
    _required("phase", Text),
    _required("suspended", Boolean),
    Column("stuck", Text),
    Column("priority", Text),
    _required("process_id", Uuid, ForeignKey("process.id")),
    _required("deployment_id", Uuid, ForeignKey("deployment.id")),
    _required("service_id", Uuid, ForeignKey("service.id")),
    Column("business", Text, ForeignKey("business.key")),
    _required("requester_id", Uuid, ForeignKey("user_account.id")),
    _required("opened_at", Moment),
    Column("closed_at", Moment),
    Column("halted_by", Uuid, ForeignKey("user_account.id")),
    Column("halted_at", Moment),
    _required("events", Integer),
    _required("last_hash", LargeBinary),
    _required("last_seq", Integer),
    Index("ix_ticket_requester_id_id", "requester_id", "id"),
    Index("ix_ticket_deployment_id_id", "deployment_id", "id"),
    Index("ix_ticket_deployment_id_business_id", "deployment_id", "business", "id"),
    Index("ix_ticket_business_id", "business", "id"),
    Index("ix_ticket_service_id_id", "service_id", "id"),
    Index(
        "ix_ticket_stuck",
        "id",
        sqlite_where=sa.text("stuck IS NOT NULL"),
        postgresql_where=sa.text("stuck IS NOT NULL"),
    ),
)

ticket_state = _table(
    "ticket_state",
    _ticket_id(),
    _required("state", LargeBinary),
    _required("variables", Text),
    _required("memory", Text),
)

task = _table(
    "task",
    _ticket_id(),
    Column("seq", Integer, primary_key=True),
    _required("token", Integer),
    _required("element_id", Text),
    _required("visit", Integer),
    _required("state", Text),
    _required("candidates", Text),
    Column("assignee_id", Uuid, ForeignKey("user_account.id")),
    _required("opened_at", Moment),
    Column("claimed_at", Moment),
    Column("ended_at", Moment),
    Column("ended_by", Uuid, ForeignKey("user_account.id")),
    _required("version", Integer),
    CheckConstraint("state <> 'claimed' OR assignee_id IS NOT NULL", name="claimed_by_someone"),
    Index(
        "ix_task_live",
        "ticket_id",
        "seq",
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
    ),
    Index(
        "ix_task_mine",
        "assignee_id",
        "opened_at",
        "ticket_id",
        "seq",
        sqlite_where=sa.text("state = 'claimed'"),
        postgresql_where=sa.text("state = 'claimed'"),
    ),
    Index(
        "ix_task_done",
        "ended_by",
        "ended_at",
        "ticket_id",
        "seq",
        sqlite_where=sa.text("state = 'completed'"),
        postgresql_where=sa.text("state = 'completed'"),
    ),
)

# One row per candidate role of an open, unclaimed task: the inbox is one range scan per (role, business) held.
offer = _table(
    "offer",
    _ticket_id(),
    Column("seq", Integer, primary_key=True),
    Column("role", Text, primary_key=True),
    _required("business", Text),
    _required("opened_at", Moment),
    sa.ForeignKeyConstraint(["ticket_id", "seq"], ["task.ticket_id", "task.seq"]),
    Index("ix_offer_inbox", "role", "business", "opened_at", "ticket_id", "seq"),
)

event = _table(
    "event",
    _ticket_id(),
    Column("seq", Integer, primary_key=True),
    _required("at", Moment),
    _required("type", Text),
    Column("actor_id", Uuid, ForeignKey("user_account.id")),
    _required("payload", Text),
    _required("salt", LargeBinary),
    _required("hash", LargeBinary),
)

comment = _table(
    "comment",
    _ticket_id(),
    Column("seq", Integer, primary_key=True),
    _required("author_id", Uuid, ForeignKey("user_account.id")),
    _required("at", Moment),
    _required("internal", Boolean),
    _required("text", Text),
)

attachment = _table(
    "attachment",
    _ticket_id(),
    Column("seq", Integer, primary_key=True),
    _required("sha256", Text),
    _required("name", Text),
    _required("media_type", Text),
    _required("size", BigInteger),
    _required("uploader_id", Uuid, ForeignKey("user_account.id")),
    _required("at", Moment),
    Column("field_key", Text),
    Column("task_seq", Integer),
    Column("comment_seq", Integer),
    _required("internal", Boolean),
    Index("ix_attachment_sha256", "sha256"),
)

follower = _table(
    "follower",
    _ticket_id(),
    Column("user_id", Uuid, ForeignKey("user_account.id"), primary_key=True),
    _required("added_by", Uuid, ForeignKey("user_account.id")),
    Index("ix_follower_user_id", "user_id", "ticket_id"),
)

# Whoever holds or held one of the ticket's tasks.
party = _table(
    "party",
    _ticket_id(),
    Column("user_id", Uuid, ForeignKey("user_account.id"), primary_key=True),
    Index("ix_party_user_id", "user_id", "ticket_id"),
)

# Beside the tickets.

upload = _table(
    "upload",
    Column("id", Uuid, primary_key=True),
    _required("user_id", Uuid, ForeignKey("user_account.id")),
    _required("sha256", Text),
    _required("name", Text),
    _required("media_type", Text),
    _required("size", BigInteger),
    _required("expires_at", Moment),
    Index("ix_upload_user_id", "user_id"),
    Index("ix_upload_sha256", "sha256"),
    Index("ix_upload_expires_at", "expires_at"),
)

saved_answers = _table(
    "saved_answers",
    Column("user_id", Uuid, ForeignKey("user_account.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    _required("answers", Text),
    _required("updated_at", Moment),
)

counter = _table(
    "counter",
    Column("kind", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    _required("value", Integer),
)

idempotency = _table(
    "idempotency",
    Column("actor_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    _required("request_hash", LargeBinary),
    _required("status", Integer),
    _required("body", Text),
    _required("headers", Text),
    Column("ticket_id", Uuid),
    _required("created_at", Moment),
    Index("ix_idempotency_created_at", "created_at"),
)

job = _table(
    "job",
    Column("id", Uuid, primary_key=True),
    _required("kind", Text),
    _required("args", Text),
    Column("key", Text),
    Column("dedupe", Text, unique=True),
    _required("state", Text),
    # Its place in its key's order, which a later try does not change; `run_at` is when it may run next.
    _required("due_at", Moment),
    _required("run_at", Moment),
    _required("attempts", Integer, server_default="0"),
    Column("leased_until", Moment),
    Column("worker", Text),
    Column("error", Text),
    _required("created_at", Moment),
    Column("ended_at", Moment),
    Index("ix_job_due", "state", "run_at", "id"),
    Index("ix_job_key", "key", "state", "due_at", "id"),
    Index("ix_job_ended_at", "ended_at"),
    # Claims race for different rows of one key; this is what lets only one of them win.
    Index(
        "uq_job_running_key",
        "key",
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    ),
)

# What was, or would have been, sent by mail.
message = _table(
    "message",
    Column("id", Uuid, primary_key=True),
    _required("job_id", Uuid, unique=True),
    _required("recipient_id", Uuid, ForeignKey("user_account.id")),
    _required("address", Text),
    _required("subject", Text),
    _required("body", Text),
    # The page that the message is about, as a path of this installation.
    Column("link", Text),
    Column("ticket_id", Uuid),
    _required("at", Moment),
    _required("channel", Text),
    Index("ix_message_recipient_id_id", "recipient_id", "id"),
)

# Sign-in and configuration events; sealed in batches by a job.
audit = _table(
    "audit",
    Column("id", Uuid, primary_key=True),
    _required("at", Moment),
    _required("type", Text),
    Column("actor_id", Uuid, ForeignKey("user_account.id")),
    Column("subject", Text),
    Column("address", Text),
    _required("payload", Text),
    _required("salt", LargeBinary),
    Index("ix_audit_at", "at", "id"),
)

audit_seal = _table(
    "audit_seal",
    Column("number", Integer, primary_key=True, autoincrement=False),
    _required("count", Integer),
    _required("hash", LargeBinary),
    _required("at", Moment),
)

# Which seal covers which row. No foreign keys: that a row or a seal is gone is what the check has to find.
audit_sealed = _table(
    "audit_sealed",
    Column("audit_id", Uuid, primary_key=True),
    _required("seal", Integer),
    Index("ix_audit_sealed_seal", "seal"),
)

setting = _table(
    "setting",
    Column("key", Text, primary_key=True),
    _required("value", Text),
)
