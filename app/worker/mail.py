"""`mail`: tell one person of one task, by SMTP when it is configured, else in the built-in mailbox.

What was told is kept once, in either case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.mail.notices import TaskNotice, Words, compose
from app.mail.smtp import message, send
from app.settings import Smtp
from app.worker.notify_task import number_in
from engine.ports.jobs import Job, RunUnit
from storage import notices
from storage.notices import Facts
from storage.store import Store

PER_HOUR = 20
"""Mails to one person about one ticket; what is more stays in the mailbox, so that no loop fills anyone's post."""


@dataclass(frozen=True, kw_only=True)
class Mailer:
    """The handler, with the settings it needs."""

    base_url: str
    language: str
    """For people who chose none."""
    smtp: Smtp | None

    def __call__(self, job: Job, run: RunUnit[Store]) -> Callable[[Store], None] | None:
        """Args: ticket_id, task (seq), version (of the task when it was announced), element, user_id.

        Between the announcement and this mail, which may be tried for hours, the task may have gone to somebody else:
        whom it waits for is asked again.

        Raises: Hopeless, NotSent (see `app.mail.smtp`).
        """
        ticket_id, user_id = UUID(str(job.args["ticket_id"])), UUID(str(job.args["user_id"]))
        element = str(job.args["element"])
        facts = run(
            lambda work: notices.facts(work, job_id=job.id, ticket_id=ticket_id, element=element, user_id=user_id)
        )
        # A try that ended between storing the message and recording so is complete.
        if facts is None or facts.sent or not facts.active or not self._still_waits(job, run):
            return None
        link = f"/tasks/{ticket_id}.{job.args['task']}"
        language = facts.language or self.language
        words = compose(_notice(facts, language=language, url=self.base_url + link), language=language)
        channel = self._deliver(job, facts, words, language)
        values = {"job_id": job.id, "recipient_id": user_id, "address": facts.email or "", "ticket_id": ticket_id}
        values |= {"subject": words.subject, "body": words.text, "link": link, "channel": channel}
        return lambda work: notices.keep(work, values)

    @staticmethod
    def _still_waits(job: Job, run: RunUnit[Store]) -> bool:
        this = {"ticket_id": UUID(str(job.args["ticket_id"])), "user_id": UUID(str(job.args["user_id"]))}
        seq, version = number_in(job, "task"), number_in(job, "version")
        return run(lambda work: notices.still_waits(work, seq=seq, announced=version, **this))

    def _deliver(self, job: Job, facts: Facts, words: Words, language: str) -> str:
        if self.smtp is None or not facts.email or facts.recent >= PER_HOUR:
            return "mailbox"
        mail = message(
            words,
            job_id=job.id,
            sender=self.smtp.sender,
            address=facts.email,
            name=facts.name,
            language=language,
            at=job.created_at,
        )
        send(self.smtp, mail, address=facts.email)
        return "smtp"


def _notice(facts: Facts, *, language: str, url: str) -> TaskNotice:
    return TaskNotice(
        number=facts.number,
        title=facts.title,
        task=facts.task_name.in_language(language),
        requester=facts.requester,
        url=url,
    )
