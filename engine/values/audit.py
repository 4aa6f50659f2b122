"""Configuration and sign-in events: who changed what about the installation, before and after, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from engine.values.actors import Person


class AuditType(StrEnum):
    """What can happen to the installation, in the past tense."""

    PROCESS_CREATED = "process_created"
    PROCESS_CHANGED = "process_changed"
    PROCESS_ENABLED = "process_enabled"
    PROCESS_DISABLED = "process_disabled"
    POLICY_CHANGED = "policy_changed"
    VERSION_IMPORTED = "version_imported"
    VERSION_DELETED = "version_deleted"
    DRAFT_SAVED = "draft_saved"
    DRAFT_DELETED = "draft_deleted"
    VERSION_DEPLOYED = "version_deployed"
    DEPLOYMENT_RETIRED = "deployment_retired"
    CATEGORY_CREATED = "category_created"
    CATEGORY_CHANGED = "category_changed"
    CATEGORY_DELETED = "category_deleted"
    SERVICE_CREATED = "service_created"
    SERVICE_CHANGED = "service_changed"
    SERVICE_BOUND = "service_bound"
    SERVICE_UNBOUND = "service_unbound"
    ROLE_CREATED = "role_created"
    ROLE_CHANGED = "role_changed"
    ROLE_DELETED = "role_deleted"
    MEMBER_ADDED = "member_added"
    MEMBER_REMOVED = "member_removed"
    BUSINESS_CREATED = "business_created"
    BUSINESS_CHANGED = "business_changed"
    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    USER_DEACTIVATED = "user_deactivated"
    USER_REACTIVATED = "user_reactivated"
    PERMISSIONS_CHANGED = "permissions_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    RESET_LINK_MADE = "reset_link_made"
    SETUP_CODE_MADE = "setup_code_made"
    SETUP_DONE = "setup_done"
    TOKEN_CREATED = "token_created"  # noqa: S105 - the name of an event
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - the name of an event
    JOB_RETRIED = "job_retried"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_THROTTLED = "sign_in_throttled"
    REQUEST_REFUSED = "request_refused"


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """One thing that happened. `subject` is "noun:key"; `payload` holds codes, ids and values, never a secret."""

    id: UUID
    at: datetime
    type: AuditType
    actor: Person | None
    """None for the system itself, the host's command line and whoever is not signed in."""
    subject: str
    address: str | None
    """Where the request came from."""
    payload: Mapping[str, object]
