"""The address of the database, with one server or with several of which one takes writes.

Several servers are written as PostgreSQL's own tools take them, `postgresql://user:password@a:5432,b:5432/name`, or as
SQLAlchemy does, `postgresql://user:password@/name?host=a:5432&host=b:5432`.
"""

import re

import sqlalchemy as sa

PORT = "5432"

_SEVERAL = re.compile(r"(?P<before>[\w+]+://(?:[^@/?]*@)?)(?P<hosts>[^@/?]*,[^@/?]*)(?P<after>[/?].*)?", re.DOTALL)
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]+))?")

CONNECTING: dict[str, object] = {
    # A server that is gone without a word would be waited for by the minute: by a connection that is being made ...
    "connect_timeout": 3,
    # ... by one that has sent something ...
    "tcp_user_timeout": 5_000,
    # ... and by one that waits for an answer. A live server's keepalives come back whatever it is busy with.
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
"""How long a PostgreSQL server that does not answer is waited for; what the address says goes first."""


def address_of(text: str) -> sa.URL:
    """The address that this text is.

    Raises: sqlalchemy.exc.ArgumentError, which tells no password, when it is none.
    """
    found = _SEVERAL.fullmatch(text)
    try:
        return sa.make_url(text) if found is None else _several(found)
    except ValueError:
        # Its message would hold what stands where a port should, which may be part of a password.
        raise sa.exc.ArgumentError("not the address of a database") from None


def connecting(url: sa.URL) -> dict[str, object]:
    """What a connection to this PostgreSQL is asked for beside its address."""
    asked = dict(CONNECTING)
    if is_several(url):
        # A standby takes no writes; which of the servers is none is asked anew with every connection.
        asked["target_session_attrs"] = "read-write"
    return {name: value for name, value in asked.items() if name not in url.query}


def is_several(url: sa.URL) -> bool:
    """Whether the address names more than one server."""
    hosts = url.query.get("host", ())
    return len(hosts) > 1 if isinstance(hosts, tuple) else "," in hosts


def _several(found: re.Match[str]) -> sa.URL:
    url = sa.make_url(found["before"] + (found["after"] or ""))
    servers = [_HOST.fullmatch(each) for each in found["hosts"].split(",")]
    names = [each["name"].strip("[]") for each in servers if each is not None]
    if len(names) != len(servers):
        raise sa.exc.ArgumentError("not the address of a database")
    ports = [each["port"] or PORT for each in servers if each is not None]
    return url.update_query_dict({"host": ",".join(names), "port": ",".join(ports)})
