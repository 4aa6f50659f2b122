"""What attackers tried over HTTP, each kept as a test of what they are answered."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from marshmallow import ValidationError

from app.api.schemas.fields import Whole
from app.bodies import parse_json
from app.cli.lint import harmless
from app.errors import Malformed, Unreadable
from app.settings import SettingsError, settings_from


@pytest.mark.parametrize("body", [b'"' + b'\\"' * 500_000, b'["' * 300_000, b'"\\' * 300_000])
def test_w17_a_megabyte_of_quotes_costs_no_more_than_reading_it(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises((Malformed, Unreadable)) as refused:
        parse_json(body)
    assert refused.value.code in ("JSON_MALFORMED", "JSON_TOO_DEEP")
    assert time.process_time() - started < 1


def test_w_17_d_06_ten_thousand_keys_of_which_the_last_are_equal_cost_no_more_than_reading_them() -> None:
    body = b"{" + b",".join(b'"%06d":1' % number for number in range(9_998)) + b',"z":1,"z":2}'
    started = time.process_time()
    with pytest.raises(Unreadable) as refused:
        parse_json(body)
    assert (refused.value.code, refused.value.params) == ("KEY_REPEATED", {"key": "z"})
    assert time.process_time() - started < 0.3


@pytest.mark.parametrize("value", [1.5, -0.5, float("inf"), True, "1"])
def test_only_a_whole_number_is_taken_as_one(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Whole().deserialize(value)
    assert refused.value.messages == ["NOT_A_NUMBER"]
    assert Whole().deserialize(2.0) == 2


def test_a_secret_key_cut_short_by_a_crash_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_bytes(b"")
    with pytest.raises(SettingsError) as refused:
        settings_from({"FAULTDESK_DATA_DIR": str(tmp_path)})
    assert refused.value.code == "SETTING_INVALID"


def test_all_who_start_at_once_have_one_key_in_a_directory_of_their_own(tmp_path: Path) -> None:
    environment = {"FAULTDESK_DATA_DIR": str(tmp_path / "data")}
    with ThreadPoolExecutor(8) as starting:
        keys = set(starting.map(lambda _: settings_from(environment).secret_key, range(32)))
    assert [len(key) for key in keys] == [64]
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert [each.name for each in (tmp_path / "data").iterdir()] == ["secret-key"]


def test_a_name_in_a_file_cannot_speak_to_the_terminal() -> None:
    assert harmless("u\x9b31m\u202e\n0 errors 故障") == "u\\x9b31m\\u202e\\n0 errors 故障"
