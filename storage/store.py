"""Store: the unit of work with a repository for each noun, made when first asked for."""

from datetime import datetime
from functools import cached_property

from engine.hashing import Hashing
from engine.values.actors import Actor
from storage.audit import AuditLog
from storage.businesses import BusinessStore
from storage.cases import CaseStore
from storage.channel import Channel
from storage.deployments import DeploymentStore
from storage.drafts import DraftStore
from storage.inbox import InboxLists
from storage.job_lists import JobStore
from storage.links import LinkStore
from storage.people import PeopleStore
from storage.processes import ProcessStore
from storage.roles import RoleStore
from storage.services import ServiceStore
from storage.sessions import SessionStore
from storage.ticket_lists import TicketLists
from storage.tokens import TokenStore
from storage.versions import VersionStore
from storage.work import Gate, Work


class Store(Work):
    """One request's door to everything that is remembered. `address` is where the request came from, for the audit."""

    def __init__(
        self,
        channel: Channel,
        *,
        gate: Gate | None,
        now: datetime,
        address: str | None = None,
        passwords: Hashing | None = None,
        lock_cases: bool = True,
    ) -> None:
        super().__init__(channel, gate=gate, now=now, lock_cases=lock_cases)
        self.address = address
        self.passwords = passwords or Hashing()

    @property
    def admitted(self) -> Actor | None:
        """Who was let in so far; asks nothing."""
        return self._actor

    @cached_property
    def cases(self) -> CaseStore:
        """Tickets with everything that hangs on them."""
        return CaseStore(self)

    @cached_property
    def inbox(self) -> InboxLists:
        """The actor's inbox."""
        return InboxLists(self)

    @cached_property
    def lists(self) -> TicketLists:
        """Lists of tickets."""
        return TicketLists(self)

    @cached_property
    def audit(self) -> AuditLog:
        """What happened to the installation."""
        return AuditLog(self)

    @cached_property
    def businesses(self) -> BusinessStore:
        """Business lines."""
        return BusinessStore(self)

    @cached_property
    def deployments(self) -> DeploymentStore:
        """Versions in service."""
        return DeploymentStore(self)

    @cached_property
    def drafts(self) -> DraftStore:
        """Texts being edited."""
        return DraftStore(self)

    @cached_property
    def jobs(self) -> JobStore:
        """Work for later."""
        return JobStore(self)

    @cached_property
    def links(self) -> LinkStore:
        """One-time links."""
        return LinkStore(self)

    @cached_property
    def people(self) -> PeopleStore:
        """Users."""
        return PeopleStore(self)

    @cached_property
    def processes(self) -> ProcessStore:
        """Processes."""
        return ProcessStore(self)

    @cached_property
    def roles(self) -> RoleStore:
        """Roles and who holds them."""
        return RoleStore(self)

    @cached_property
    def services(self) -> ServiceStore:
        """The catalogue."""
        return ServiceStore(self)

    @cached_property
    def sessions(self) -> SessionStore:
        """Sessions and attempts to sign in."""
        return SessionStore(self)

    @cached_property
    def tokens(self) -> TokenStore:
        """Bearer tokens."""
        return TokenStore(self)

    @cached_property
    def versions(self) -> VersionStore:
        """Imported texts."""
        return VersionStore(self)
