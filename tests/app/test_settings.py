"""A setting that cannot be followed stops the start and is named."""

from pathlib import Path

import pytest

from app.settings import SettingsError, settings_from


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Asia", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_that_is_none_is_refused_before_anything_is_made(zone: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_from({"FAULTDESK_DATA_DIR": str(tmp_path / "data"), "FAULTDESK_TZ": zone})
    assert refused.value.params == {"name": "FAULTDESK_TZ", "value": zone}
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", ""])
def test_a_time_zone_is_followed(zone: str, tmp_path: Path) -> None:
    settings_from({"FAULTDESK_DATA_DIR": str(tmp_path), "FAULTDESK_TZ": zone})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FAULTDESK_BASE_URL", "ftp://desk.example.org"),
        ("FAULTDESK_BASE_URL", "https://desk.example.org/path"),
        ("FAULTDESK_LANGUAGE", "fr"),
        ("FAULTDESK_SECRET_KEY", "short"),
        ("FAULTDESK_SMTP_PORT", "none"),
        ("FAULTDESK_SMTP_SECURITY", "ssl"),
        ("FAULTDESK_TRUSTED_PROXIES", "everybody"),
        ("FAULTDESK_METRICS_FROM", "10.0.0.0/40"),
        ("FAULTDESK_BODY_SECONDS", "soon"),
    ],
)
def test_other_settings_are_named_too(name: str, value: str, tmp_path: Path) -> None:
    given = {"FAULTDESK_DATA_DIR": str(tmp_path), "FAULTDESK_SMTP_HOST": "mail.example.org", name: value}
    with pytest.raises(SettingsError) as refused:
        settings_from(given)
    assert (refused.value.code, refused.value.params["name"]) == ("SETTING_INVALID", name)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("desk.db", "***"),
        ("postgresql://u:secret@a:b/d", "***"),
        ("mysql://desk:secret@127.0.0.1/desk", "mysql://desk:***@127.0.0.1/desk"),
    ],
)
def test_a_database_of_another_kind_is_refused_without_its_password(url: str, shown: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_from({"FAULTDESK_DATA_DIR": str(tmp_path), "FAULTDESK_DB": url})
    assert refused.value.params == {"name": "FAULTDESK_DB", "value": shown}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@127.0.0.1/d",
        "postgresql+psycopg://127.0.0.1/d",
        "postgresql://u:p@127.0.0.1:5432,127.0.0.1:5433/d",
        "sqlite:////x.db",
    ],
)
def test_databases_that_the_service_knows_are_taken(url: str, tmp_path: Path) -> None:
    assert settings_from({"FAULTDESK_DATA_DIR": str(tmp_path), "FAULTDESK_DB": url}).database_url == url
