"""Settings come from the environment, once; a value that cannot be used names its variable."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from etl.common.errors import EtlError
from etl.common.settings import PROJECT_ROOT, Mail, Settings, SettingsError

NAMES = (
    "ETL_HOME",
    "ETL_POLITE_SECONDS",
    "ETL_SNAPSHOTS_KEPT",
    "ETL_WAYBACK_ADDRESS",
    "ETL_WAYBACK_POLITE_SECONDS",
    "EASYDATA_API_KEY",
    "ETL_MAIL_TO",
    "ETL_MAIL_FROM",
    "ETL_SMTP_HOST",
    "ETL_SMTP_SECURITY",
    "ETL_SMTP_USER",
    "ETL_SMTP_PASSWORD",
    "ETL_WEBHOOK",
    "ETL_WEBHOOK_FORMAT",
    "ETL_WAREHOUSE",
)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_any_variable_the_state_is_in_the_folder_data_of_the_project() -> None:
    assert Settings.from_environment() == Settings(
        PROJECT_ROOT / "data", polite_seconds=4.0, snapshots_kept=5, easydata_key=None
    )


def test_the_variables_say_where_and_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ETL_HOME", str(tmp_path / "sbp"))
    monkeypatch.setenv("ETL_POLITE_SECONDS", "0.5")
    monkeypatch.setenv("ETL_SNAPSHOTS_KEPT", "2")

    assert Settings.from_environment() == Settings(tmp_path / "sbp", polite_seconds=0.5, snapshots_kept=2)


def test_the_web_archive_may_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_WAYBACK_ADDRESS", "http://127.0.0.1:8000/")
    monkeypatch.setenv("ETL_WAYBACK_POLITE_SECONDS", "0")

    settings = Settings.from_environment()

    assert (settings.wayback_address, settings.wayback_polite_seconds) == ("http://127.0.0.1:8000", 0.0)


@pytest.mark.parametrize(
    "address", ["web.archive.org", "http://web.archive.org", "ftp://127.0.0.1", "https://"]
)
def test_an_address_that_may_not_be_asked_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ETL_WAYBACK_ADDRESS", address)

    with pytest.raises(SettingsError, match="set it to an https address"):
        Settings.from_environment()


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")

    assert Settings.from_environment() == Settings(
        PROJECT_ROOT / "data", polite_seconds=4.0, snapshots_kept=5, easydata_key=None
    )


def test_a_key_is_taken_without_the_spaces_around_it_and_shown_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EASYDATA_API_KEY", " s3cret\n")

    settings = Settings.from_environment()

    assert settings.easydata_key is not None
    assert settings.easydata_key.added_to("/data") == "/data?api_key=s3cret"
    assert "s3cret" not in f"{settings} {settings!r} {vars(settings)}"


def test_a_home_may_be_given_by_tilde_or_from_the_working_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ETL_HOME", "~/sbp")
    assert Settings.from_environment().home == tmp_path / "sbp"

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ETL_HOME", "here")
    assert Settings.from_environment().home == tmp_path / "here"


def test_all_paths_are_below_the_home(tmp_path: Path) -> None:
    settings = Settings(tmp_path)

    assert settings.archive == tmp_path / "archive"
    assert settings.build_database == tmp_path / "build" / "warehouse.duckdb"
    assert settings.current_database == tmp_path / "published" / "current" / "warehouse.duckdb"
    assert settings.dagster_home == tmp_path / "dagster"


def test_the_build_and_the_published_database_have_one_name(tmp_path: Path) -> None:
    # DuckDB names the catalogue after the file, and views carry that name.
    settings = Settings(tmp_path)

    assert settings.build_database.name == settings.current_database.name


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", "4 s"])
def test_a_wait_that_is_no_number_names_the_variable_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ETL_POLITE_SECONDS", value)

    with pytest.raises(SettingsError) as caught:
        Settings.from_environment()

    assert isinstance(caught.value, EtlError)
    assert str(caught.value) == (
        f"ETL_POLITE_SECONDS is {value!r}; set it to a number of at least 0, or unset it"
    )


@pytest.mark.parametrize("value", ["0", "-5", "all", "2.5"])
def test_at_least_one_snapshot_is_kept_and_only_whole_ones(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ETL_SNAPSHOTS_KEPT", value)

    with pytest.raises(SettingsError) as caught:
        Settings.from_environment()

    assert str(caught.value) == (
        f"ETL_SNAPSHOTS_KEPT is {value!r}; set it to a whole number of at least 1, or unset it"
    )


def test_without_settings_alerts_go_to_the_log_only(settings: Settings) -> None:
    assert (settings.mail, settings.webhook) == (None, None)
    assert settings.alert_log == settings.home / "alerts" / "alerts.log"


def test_mail_needs_recipients_and_a_server(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("ETL_MAIL_TO", "a@example.org, b@example.org")
    monkeypatch.setenv("ETL_SMTP_HOST", "mail.example.org")

    mail = Settings.from_environment().mail

    assert mail == Mail(
        "mail.example.org", 587, ("a@example.org", "b@example.org"), "a@example.org", "starttls"
    )
    monkeypatch.setenv("ETL_SMTP_SECURITY", "TLS")
    assert Settings.from_environment().mail == replace(mail, port=465, security="tls")
    monkeypatch.setenv("ETL_SMTP_HOST", "mail.example.org:2525")
    assert Settings.from_environment().mail == replace(mail, port=2525, security="tls")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ETL_MAIL_TO", "nobody", "set it to mail addresses"),
        ("ETL_MAIL_TO", "a@b.org\nBcc: c@d.org", "set it to mail addresses"),
        ("ETL_MAIL_FROM", "<a@b.org>", "set it to mail addresses"),
        ("ETL_SMTP_HOST", "", "set it to a mail server"),
        ("ETL_SMTP_HOST", "mail.example.org:0", "set it to a mail server"),
        ("ETL_SMTP_SECURITY", "ssl", "set it to starttls or tls or none"),
        ("ETL_SMTP_SECURITY", "none", "would be sent for all to read"),
        ("ETL_SMTP_PASSWORD", "", "set both or neither"),
        ("ETL_WEBHOOK", "http://hooks.example.org/s3cret", "no https address"),
        ("ETL_WEBHOOK", "s3cret", "no https address"),
        ("ETL_WEBHOOK_FORMAT", "discord", "set it to slack or teams"),
    ],
)
def test_a_setting_of_alerts_that_cannot_be_used_names_the_variable_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, name: str, value: str, words: str
) -> None:
    good = {
        "ETL_MAIL_TO": "a@example.org",
        "ETL_SMTP_HOST": "mail.example.org",
        "ETL_SMTP_USER": "etl",
        "ETL_SMTP_PASSWORD": "s3cret",
        "ETL_WEBHOOK": "https://hooks.example.org/s3cret",
    }
    for variable, text in (good | {name: value}).items():
        monkeypatch.setenv(variable, text)

    with pytest.raises(SettingsError) as caught:
        Settings.from_environment()

    assert name in str(caught.value)
    assert words in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_secrets_of_alerts_are_shown_to_nobody(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("ETL_MAIL_TO", "a@example.org")
    monkeypatch.setenv("ETL_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv("ETL_SMTP_USER", "etl")
    monkeypatch.setenv("ETL_SMTP_PASSWORD", "s3cret")
    monkeypatch.setenv("ETL_WEBHOOK", "https://hooks.example.org/s3cret")

    found = Settings.from_environment()

    assert found.mail is not None
    assert found.mail.password is not None
    assert found.mail.password.reveal() == "s3cret"
    assert "s3cret" not in f"{found} {found!r} {vars(found)}"
    with pytest.raises(TypeError, match="not written down"):
        pickle.dumps(found)


@pytest.mark.parametrize("name", ["a?b", "a%41"])
def test_a_home_that_dagster_would_take_for_another_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv("ETL_HOME", str(tmp_path / name))
    with pytest.raises(SettingsError, match="ETL_HOME"):
        Settings.from_environment()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ETL_WAYBACK_ADDRESS", "https://etl:s3cret@example.org"),
        ("ETL_SMTP_HOST", "etl:s3cret@mail.example.org"),
        ("ETL_MAIL_FROM", "etl:s3cret@"),
    ],
)
def test_a_password_in_another_variable_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("ETL_MAIL_TO", "a@example.org")
    monkeypatch.setenv("ETL_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable) as caught:
        Settings.from_environment()
    assert "s3cret" not in str(caught.value)
