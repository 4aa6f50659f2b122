"""The unit of work as commands and queries about the installation see it."""

from datetime import datetime
from typing import Protocol

from engine.hashing import Hashing
from engine.ports.audit import Audit
from engine.ports.businesses import Businesses
from engine.ports.deployments import Deployments
from engine.ports.drafts import Drafts
from engine.ports.jobs import Jobs
from engine.ports.links import Links
from engine.ports.people import People
from engine.ports.processes import Processes
from engine.ports.roles import Roles
from engine.ports.services import Services
from engine.ports.sessions import Sessions
from engine.ports.tokens import Tokens
from engine.ports.versions import Versions
from engine.values.actors import Actor


class Work(Protocol):
    """One request, one command, one transaction."""

    @property
    def now(self) -> datetime:
        """The moment of the request, in UTC: the same for everything it writes."""

    @property
    def address(self) -> str | None:
        """Where the request came from."""

    @property
    def actor(self) -> Actor:
        """Who is asking.

        Raises: Unauthenticated for an anonymous unit of work.
        """

    @property
    def asker(self) -> Actor | None:
        """Who is asking, None for an anonymous unit of work."""

    @property
    def passwords(self) -> Hashing:
        """Hashes and verifications of passwords, which no transaction waits for."""

    @property
    def audit(self) -> Audit:
        """What happened to the installation."""

    @property
    def businesses(self) -> Businesses:
        """Business lines."""

    @property
    def deployments(self) -> Deployments:
        """Versions in service."""

    @property
    def drafts(self) -> Drafts:
        """Texts being edited."""

    @property
    def jobs(self) -> Jobs:
        """Work for later."""

    @property
    def links(self) -> Links:
        """One-time links."""

    @property
    def people(self) -> People:
        """Users."""

    @property
    def processes(self) -> Processes:
        """Processes."""

    @property
    def roles(self) -> Roles:
        """Roles and who holds them."""

    @property
    def services(self) -> Services:
        """The catalogue."""

    @property
    def sessions(self) -> Sessions:
        """Sessions and attempts to sign in."""

    @property
    def tokens(self) -> Tokens:
        """Bearer tokens."""

    @property
    def versions(self) -> Versions:
        """Imported texts."""
