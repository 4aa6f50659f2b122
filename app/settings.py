"""Settings: what the installation is told by its environment (`FAULTDESK_*`), read once and frozen."""

import ipaddress
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bpmn.errors import FaultdeskError
from bpmn.text import EN, ZH
from storage.hosts import address_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Clock = Callable[[], datetime]

_SECRET_BYTES = 32
_DATABASES = frozenset({"sqlite", "postgresql"})
_TRUE = frozenset({"1", "true", "yes", "on"})
_LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain"})


class SettingsError(FaultdeskError):
    """A setting that cannot be followed; the service does not start with it."""


def utc_now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """The mail server, as `FAULTDESK_SMTP_*` names it."""

    host: str
    port: int = 25
    user: str | None = None
    password: str | None = None
    security: str = "starttls"
    """`starttls`, `tls` or `none`."""
    sender: str = "faultdesk@localhost"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that one application is told. `clock` gives the moment of each request; tests move it."""

    database_url: str
    data_dir: Path
    base_url: str = "http://127.0.0.1:8080"
    """Where people reach the service: scheme, host and port. Links, cookies and the origin check follow it."""
    secret_key: bytes
    language: str = ZH
    smtp: Smtp | None = None
    demo: bool = False
    trusted_proxies: tuple[Network, ...] = ()
    """Whose X-Forwarded-For is believed."""
    metrics_from: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
    """Who may read /metrics."""
    allow_http: bool = False
    body_seconds: float = 30.0
    """How long even the smallest body may take; a large one gets more, by its size."""
    clock: Clock = utc_now

    def __post_init__(self) -> None:
        if self.language not in (ZH, EN):
            raise SettingsError("SETTING_INVALID", {"name": "FAULTDESK_LANGUAGE", "value": self.language})
        _check_base_url(self.base_url, allow_http=self.allow_http)

    @property
    def is_https(self) -> bool:
        """Whether people reach the service by TLS."""
        return urlsplit(self.base_url).scheme == "https"


def settings_from(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment; the secret key is made on the first start and kept in the data directory.

    Raises: SettingsError `SETTING_INVALID` naming the variable, `HTTP_NOT_ALLOWED`.
    """
    given = os.environ if environment is None else environment
    _check_zone(given.get("FAULTDESK_TZ"))
    data_dir = Path(given.get("FAULTDESK_DATA_DIR") or "var").resolve()
    return Settings(
        database_url=_database_url(given.get("FAULTDESK_DB") or f"sqlite:///{data_dir / 'faultdesk.db'}"),
        data_dir=data_dir,
        base_url=(given.get("FAULTDESK_BASE_URL") or "http://127.0.0.1:8080").rstrip("/"),
        secret_key=_secret_key(given.get("FAULTDESK_SECRET_KEY"), data_dir),
        language=given.get("FAULTDESK_LANGUAGE") or ZH,
        smtp=_smtp(given),
        demo=_flag(given, "FAULTDESK_DEMO"),
        trusted_proxies=_networks(given, "FAULTDESK_TRUSTED_PROXIES", ""),
        metrics_from=_networks(given, "FAULTDESK_METRICS_FROM", "127.0.0.0/8 ::1/128"),
        allow_http=_flag(given, "FAULTDESK_ALLOW_HTTP"),
        body_seconds=_seconds(given, "FAULTDESK_BODY_SECONDS", 30.0),
    )


def is_loopback(host: str | None) -> bool:
    """Whether only this machine reaches the host."""
    if host is None or host in _LOOPBACK_NAMES:
        return host is not None
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_base_url(url: str, *, allow_http: bool) -> None:
    """Raises: SettingsError."""
    invalid = SettingsError("SETTING_INVALID", {"name": "FAULTDESK_BASE_URL", "value": url})
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise invalid from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username:
        raise invalid
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname):
        raise SettingsError("HTTP_NOT_ALLOWED", {"url": url})


def _database_url(given: str) -> str:
    """Raises: SettingsError, which tells no password."""
    shown = "***"
    try:
        url = address_of(given)
        shown = url.render_as_string(hide_password=True)
        if url.get_backend_name() in _DATABASES:
            return given
    except sa.exc.ArgumentError:
        pass
    raise SettingsError("SETTING_INVALID", {"name": "FAULTDESK_DB", "value": shown})


def _check_zone(name: str | None) -> None:
    """`engine.zone` reads it at the first ticket; a wrong one is to be known before.

    Raises: SettingsError.
    """
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        raise SettingsError("SETTING_INVALID", {"name": "FAULTDESK_TZ", "value": name}) from None


def _secret_key(given: str | None, data_dir: Path) -> bytes:
    """Raises: SettingsError when the key given is shorter than 32 bytes."""
    if given:
        if len(given.encode()) < _SECRET_BYTES:
            raise SettingsError("SETTING_INVALID", {"name": "FAULTDESK_SECRET_KEY", "value": "***"})
        return given.encode()
    path = data_dir / "secret-key"
    # What lies here, the database included, is nobody else's to read.
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    kept = path.read_bytes()
    if len(kept) < _SECRET_BYTES:
        raise SettingsError("SETTING_INVALID", {"name": str(path), "value": "***"})
    return kept


def _make_key(path: Path) -> None:
    """Put a new key there unless another process was first; under its name it is always a whole one, crash or not."""
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=".secret-key-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(_SECRET_BYTES).encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        os.unlink(made)


def _smtp(given: Mapping[str, str]) -> Smtp | None:
    host = given.get("FAULTDESK_SMTP_HOST")
    if not host:
        return None
    security = given.get("FAULTDESK_SMTP_SECURITY") or "starttls"
    if security not in ("starttls", "tls", "none"):
        raise SettingsError("SETTING_INVALID", {"name": "FAULTDESK_SMTP_SECURITY", "value": security})
    port = given.get("FAULTDESK_SMTP_PORT") or {"tls": "465", "starttls": "587"}.get(security, "25")
    if not port.isascii() or not port.isdigit():
        raise SettingsError("SETTING_INVALID", {"name": "FAULTDESK_SMTP_PORT", "value": port})
    return Smtp(
        host=host,
        port=int(port),
        user=given.get("FAULTDESK_SMTP_USER"),
        password=given.get("FAULTDESK_SMTP_PASSWORD"),
        security=security,
        sender=given.get("FAULTDESK_SMTP_FROM") or f"faultdesk@{host}",
    )


def _seconds(given: Mapping[str, str], name: str, most: float) -> float:
    """Raises: SettingsError for anything but a number of seconds above 0 and up to the limit."""
    text = given.get(name) or str(most)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= most:
        raise SettingsError("SETTING_INVALID", {"name": name, "value": text})
    return seconds


def _flag(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "").strip().lower() in _TRUE


def _networks(given: Mapping[str, str], name: str, default: str) -> tuple[Network, ...]:
    text = given.get(name, default)
    try:
        return tuple(ipaddress.ip_network(each) for each in text.replace(",", " ").split())
    except ValueError:
        raise SettingsError("SETTING_INVALID", {"name": name, "value": text}) from None
