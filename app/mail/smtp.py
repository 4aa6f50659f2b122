"""Sending one message by SMTP (RFC 5321): what failed for good is told from what may be tried again."""

import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

from app.mail.addresses import is_address
from app.mail.notices import Words, one_line
from app.settings import Smtp
from bpmn.errors import FaultdeskError
from engine.ports.jobs import Hopeless

TIMEOUT = 20.0
"""Seconds that any answer of the server is waited for."""


class NotSent(FaultdeskError):
    """The server did not take the message now; it may later."""


def message(
    words: Words, *, job_id: UUID, sender: str, address: str, name: str, language: str, at: datetime
) -> EmailMessage:
    """The mail, to one recipient. Its Message-ID is the job's id, so that a second delivery is known as the same.

    Raises: Hopeless `ADDRESS_INVALID` when sender or address is not one plain address.
    """
    for each in (sender, address):
        if not is_address(each):
            raise Hopeless("ADDRESS_INVALID")
    made = EmailMessage(policy=SMTP)
    made["From"] = Address("Faultdesk", addr_spec=sender)
    made["To"] = Address(one_line(name), addr_spec=address)
    made["Subject"] = one_line(words.subject)
    made["Date"] = at
    made["Message-ID"] = f"<{job_id}@{sender.rpartition('@')[2]}>"
    made["Content-Language"] = language
    # RFC 3834: so that no vacation notice answers, and no other robot either.
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(words.text, cte="base64")
    made.add_alternative(words.html, subtype="html", cte="base64")
    return made


def send(server: Smtp, mail: EmailMessage, *, address: str) -> None:
    """Hand the mail to the server.

    Raises: Hopeless `SMTP_5xx` when the server refuses the message or its recipient for good; NotSent `SMTP_4xx`,
    `SMTP_LOGIN_REFUSED`, `SMTP_TLS_FAILED` or `SMTP_UNREACHABLE` otherwise.
    """
    try:
        with _connected(server) as connection:
            connection.send_message(mail, from_addr=_bare(mail), to_addrs=[address])
    except smtplib.SMTPAuthenticationError:
        # Somebody will mend the password; the messages must not be lost until then, whatever the code says.
        raise NotSent("SMTP_LOGIN_REFUSED") from None
    except smtplib.SMTPRecipientsRefused as refused:
        raise _refusal(next(iter(refused.recipients.values()))[0]) from None
    except smtplib.SMTPResponseException as refused:
        raise _refusal(refused.smtp_code) from None
    except ssl.SSLError:
        raise NotSent("SMTP_TLS_FAILED") from None
    except (OSError, smtplib.SMTPException):
        raise NotSent("SMTP_UNREACHABLE") from None


def _refusal(code: int) -> FaultdeskError:
    return (Hopeless if 500 <= code < 600 else NotSent)(f"SMTP_{code}")


def _connected(server: Smtp) -> smtplib.SMTP:
    """A connection, encrypted as the settings say: with `starttls` never in the clear.

    Raises: NotSent `SMTP_TLS_FAILED` when the server does not offer STARTTLS; what smtplib raises.
    """
    if server.security == "tls":
        context = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        _secured(connection, server)
    except BaseException:
        connection.close()
        raise
    return connection


def _secured(connection: smtplib.SMTP, server: Smtp) -> None:
    if server.security == "starttls":
        connection.ehlo()
        if not connection.has_extn("starttls"):
            raise NotSent("SMTP_TLS_FAILED")
        connection.starttls(context=ssl.create_default_context())
    if server.user is not None:
        connection.login(server.user, server.password or "")


def _bare(mail: EmailMessage) -> str:
    sender: str = mail["From"].addresses[0].addr_spec
    return sender
