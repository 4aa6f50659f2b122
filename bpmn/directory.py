"""Directory: what the lint rules that need an installation may know of it, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class RoleEntry:
    """A role of the installation. `members` counts active holders: per business key, or under '' for a general role."""

    key: str
    per_business: bool = False
    members: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Roles, businesses and bindings of one installation at one moment. Deploy always gives one."""

    roles: Mapping[str, RoleEntry] = field(default_factory=dict)
    businesses: tuple[str, ...] = ()
    """Keys of the active businesses."""
    needs_business: bool | None = False
    """Whether the process's tickets concern a business; business roles may be used only then. None: not decided yet."""
    called: frozenset[str] = frozenset()
    """Keys of the processes and decisions that exist."""
    role_bindings: Mapping[str, str] = field(default_factory=dict)
    """Node id -> role key, as the deployment binds them."""
    service_bindings: frozenset[str] = frozenset()
    """Node ids of service and script tasks that are bound."""
