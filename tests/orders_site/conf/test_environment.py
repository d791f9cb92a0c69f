"""Environment variables: the valid values of each, and the one line for an invalid one."""

import os
import re
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from orders_site.conf import links, longest_times, pruning, retries
from orders_site.conf.demo_defaults import ELSEWHERE
from orders_site.conf.environment import Environment
from orders_site.conf.local_hosts import HOSTS, ORIGINS
from orders_site.conf.mailers import mailer_from
from orders_site.conf.readers import mail_domain
from orders_site.conf.unreadable import Unreadable
from tests.support.processes import ROOT
from tests.support.python import run_python

SHOW = """
from django.conf import settings
for name in sorted(dir(settings)):
    if name.isupper():
        print(name, repr(getattr(settings, name)))
"""
TYPED = re.compile(r'env\.(int|float|bool|choice)\("([A-Z_0-9]+)"')
EXAMPLE = dict(
    line.lstrip("#").split("=", 1)
    for line in (ROOT / ".env.example").read_text().splitlines()
    if re.match(r"#?[A-Z][A-Z0-9_]*=", line)
)
OF_COMPOSE = {
    name for name in EXAMPLE if name.startswith(("COMPOSE_", "POSTGRES_PASSWORD", "NATS_PASSWORD_"))
} - {"NATS_PASSWORD_DEVELOPER"} | {"FORCE_COLOR", "VIEWER_PORT"}
"""Variables that are no settings: what compose puts in, and what terminals agree on."""
# Of those that the example shows empty, or with a default that is no number.
SAMPLES = {
    "CHECKOUT_RATE": "21/second",
    "UPLOAD_RATE": "22/second",
    "SECRET_KEY_FALLBACKS": "former-fifty-characters-of-which-nobody-knows-a-single-one",
    "LOGIN_RATE": "23/minute",
    "RATE_LIMIT_STORAGE": "redis://127.0.0.1:6379",
    "STATIC_ROOT": "/srv/static",
    "NATS_PASSWORD_DEVELOPER": "tea",
    "PLAINTEXT_LINKS": "nats, postgres",
    "LOG_LEVEL": "DEBUG",
    "LIVE_LOG_LEVEL_FILE": "/run/log_level",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4319/v1/traces",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://127.0.0.1:4319/v1/logs",
    "OTEL_TRACES_EXPORTER": "otlp",
    "OTEL_LOGS_EXPORTER": "otlp",
    "WORKER_INSTANCE": "worker-7",
    "FAILPOINTS": "relay.published=exit",
    "NATS_CA_FILE": __file__,
    "NATS_CERT_FILE": __file__,
    "NATS_KEY_FILE": __file__,
    "NATS_CREDS_FILE": __file__,
    "NATS_NKEY_FILE": __file__,
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4567",
    "QUEUE_PREFIX": "shop-a-",
    "DEMO_DATABASE_URL": "postgres://demo:pw@tea-database/demo",
    "DEMO_NATS_URL": "nats://tea-server:4333",
    "DEMO_AWS_ENDPOINT_URL": "http://127.0.0.1:4568",
    "DEMO_AWS_ACCESS_KEY_ID": "tea-key",
    "DEMO_AWS_SECRET_ACCESS_KEY": "tea-secret",
    "DEMO_EMAIL_URL": "smtp://tea-mail:2525",
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "MEDIA_ROOT": "/srv/pictures",
    "LAB_NATS_URL": "nats://lab:pw@nats.example.com",
    "GRANIAN_URL_PATH_PREFIX": "/shop",
}


def settings_with(**variables: str) -> "subprocess.CompletedProcess[str]":
    return run_python(
        "-c",
        SHOW,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "orders_site.settings",
            **variables,
        },
    )


def without_addresses(shown: str) -> str:
    """Functions and objects are shown with theirs."""
    return re.sub(r"0x\w+", "", shown)


def production() -> dict[str, str]:
    """All that the example shows a value of."""
    secret = {"SECRET_KEY": "fifty-characters-of-which-nobody-knows-a-single-one"}
    return {name: value for name, value in EXAMPLE.items() if value} | secret


def typed_variables() -> list[str]:
    sources = (ROOT / "orders_site" / name for name in ("settings.py", "conf/picture_storage.py"))
    return [found[2] for source in sources for found in TYPED.finditer(source.read_text())] + [
        "LOG_LEVEL"
    ]


def test_the_settings_have_typed_variables() -> None:
    assert {"SQS_WAIT_SECONDS", "PAGES", "LOG_FORMAT", "MEDIA_STORAGE"} <= set(typed_variables())


@pytest.mark.parametrize("kind", ["int", "float", "bool"])
@pytest.mark.parametrize("text", ["", "maybe", "2m", "1,5x", "inf"])
def test_an_invalid_variable_is_named(kind: str, text: str) -> None:
    with pytest.raises(Unreadable, match=r"^WAIT.* it must be") as unreadable:
        getattr(Environment({"WAIT": text}), kind)("WAIT", default=1)
    assert text in str(unreadable.value)


@pytest.mark.parametrize("text", ["0", "-5", "65536", "http"])
def test_an_invalid_port_is_named(text: str) -> None:
    with pytest.raises(Unreadable, match=rf"^PORT={text} cannot be read: .* from 1 to 65535"):
        Environment({"PORT": text}).port("PORT", default=8000)


# Each is read by the settings as something else than a text.
NONSENSE = {
    "ALLOWED_HOSTS": [
        *("https://shop.example.com", "shop.example.com:8000", "a b", "exämple.com"),
    ],
    "CELERY_QUEUE_URL": [
        "celery",
        "https://sqs.eu-west-2.amazonaws.com/celery",
        "sqs://h/1/celery",
    ],
    "CSRF_TRUSTED_ORIGINS": [
        *("shop.example.com", "https://shop.example.com/shop", "ftp://h", "https://Shop.example"),
        *("https://a.b:443", "http://a.b:80", "https://a.b.", "https://exämple.com"),
    ],
    "AWS_ENDPOINT_URL": ["127.0.0.1:4566", "http://", "http://h:99999", "http://a b", "ftp://h"],
    "DEFAULT_FROM_EMAIL": ["shop", "Shop <shop>", ""],
    "DEMO_DATABASE_URL": [
        "mysql://h/shop",
        "postgres://h:port/shop",
        "postgres://h",
        "shop.db",
        "sqlite://shop.db",
        "sqlite:///",
    ],
    "EMAIL_URL": [
        "smtp://",
        "smtp://h?timeout=abc",
        "smtp://h?use_ssl=maybe",
        "smtp://h:smtp",
        "filemail://",
    ],
    "DEMO_DIR": [""],
    "GRANIAN_URL_PATH_PREFIX": ["shop", "https://shop.example.com/shop", "/shop?x"],
    "HEALTH_FILE": ["/no/such/folder/alive", "/"],
    "LOG_LEVEL": ["", "maybe"],
    "NATS_INBOX_PREFIX": ["", "a b", "_INBOX.", ">"],
    "NATS_URL": [
        "http://h",
        "nats://h:99999",
        "nats://[::1",
        "nats://",
        ",",
        "nats://a b:1",
        "nats://one,,nats://two",
        "nats://web:p/ss@h",
        "nats://a:b@h,nats://c:d@h",
    ],
    "NATS_CA_FILE": ["/no/such/file"],
    "PAGES": ["", "maybe"],
    "RATE_LIMIT_STORAGE": ["redis", "redis://h:99999", "redis://:p/ss@h", ""],
    "WORKER_INSTANCE": ["x" * 129],
    "PHOTO_MAX_BYTES": ["0", "-1", "many", "9" * 20],
    "PRICE_REFRESH_SECONDS": ["1e300"],
    "SQS_VISIBILITY_TIMEOUT": ["43201"],
    "PLAINTEXT_LINKS": ["maybe"],
    "PORT": ["", "maybe"],
    "CONSUMER_LONGEST_PAUSE": ["0", "-5"],
    "PROXY_COUNT": ["101"],
    "DATABASE_IDLE_SECONDS": ["-5"],
    "DATABASE_LOCK_SECONDS": ["-1"],
    "DATABASE_STATEMENT_SECONDS": ["-0.1", "long"],
    "EVENT_RETRY_SECONDS": ["-9"],
    "JOB_RETRY_SECONDS": ["-9", "43201"],
    "MAIL_RETRY_SECONDS": ["-9", "inf", "1e300"],
    "TRACE_CALLERS": ["10.0.0.1/8", "10.0.0.0/33", "shop.example.com", "1.2.3"],
    "SITE_URL": ["shop.example.com", "https://a b/", "javascript:alert(1)"],
    "RECONCILE_AFTER": ["0", "-5", "soon", "9" * 20],
    "SQS_WAIT_SECONDS": ["", "maybe"],
}


READERS: dict[str, Callable[[Environment], object]] = {
    "conf/links.py": links.session_limits,
    "conf/longest_times.py": longest_times.read,
    "conf/pruning.py": pruning.read,
    "conf/retries.py": partial(retries.read, demo=False),
}
NUMBERS = [
    (name, found[1])
    for name in READERS
    for found in re.finditer(
        r'env\.(?:int|float)\(\s*"([A-Z_]+)"', (ROOT / "orders_site" / name).read_text()
    )
]


def test_the_numbers_are_found() -> None:
    assert len(NUMBERS) >= 18
    assert {source for source, _ in NUMBERS} == READERS.keys()


@pytest.mark.parametrize(("source", "variable"), NUMBERS)
def test_a_number_that_would_overflow_later_is_named(source: str, variable: str) -> None:
    READERS[source](Environment({}))
    with pytest.raises(Unreadable, match=rf"^{variable}=9+ cannot be read: .* to [\d,]+\.$"):
        READERS[source](Environment({variable: "9" * 20}))


@pytest.mark.parametrize("text", ["29", "43201", "99999"])
def test_the_visibility_timeout_stays_within_sqs_bounds(text: str) -> None:
    refused = settings_with(**production() | {"SQS_VISIBILITY_TIMEOUT": text})
    wanted = "it must be a whole number, 30 to 43200."
    assert refused.stderr == f"SQS_VISIBILITY_TIMEOUT={text} cannot be read: {wanted}\n"


@pytest.mark.parametrize(
    ("variable", "value"),
    [(variable, value) for variable, values in NONSENSE.items() for value in values],
)
def test_a_process_with_an_invalid_variable_ends_with_one_line(
    variable: str, value: str, tmp_path: Path
) -> None:
    _assert_one_line_of(variable, tmp_path, ["manage.py", "check"], {variable: value})


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["-m", "workers.order_listener"],
        ["-m", "celery", "-A", "orders_site", "worker"],
        ["-c", "import orders_site.wsgi"],
    ],
    ids=lambda command: command[-1],
)
@pytest.mark.parametrize(
    "variables",
    [
        {"PORT": "maybe"},
        {"DJANGO_SETTINGS_MODULE": "bakery.settings"},
        {"DJANGO_SETTINGS_MODULE": "bakery"},
        {"DJANGO_SETTINGS_MODULE": "os"},
        {"DJANGO_SETTINGS_MODULE": ".x"},
        {"DJANGO_SETTINGS_MODULE": "orders_site.settings.prod"},
        {"FAILPOINTS": "foo"},
        {"CELERY_BROKER_URL": "redis://127.0.0.1"},
        {"CELERY_WORKER_PURGE": "1"},
    ],
    ids=str,
)
def test_every_process_ends_with_one_line(
    command: list[str], variables: dict[str, str], tmp_path: Path
) -> None:
    (variable,) = variables
    _assert_one_line_of(variable, tmp_path, command, variables)


@pytest.mark.parametrize("name", ["os", "bakery", ".x"])
@pytest.mark.parametrize("written", ["--settings={}", "--settings {}"])
def test_an_option_names_settings_as_the_variable_does(
    written: str, name: str, tmp_path: Path
) -> None:
    ended = run(["manage.py", "check", *written.format(name).split()], tmp_path, {})
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"--settings={name} ")
    assert "unset it, or name a module" in line


def test_an_option_without_a_name_is_an_error_of_the_command(tmp_path: Path) -> None:
    ended = run(["manage.py", "check", "--settings"], tmp_path, {})
    assert ended.returncode == 2
    assert ended.stderr.endswith("argument --settings: expected one argument\n")


@pytest.mark.parametrize("way", ["--settings=our_own", "DJANGO_SETTINGS_MODULE"])
def test_another_settings_module_may_extend_ours(way: str, tmp_path: Path) -> None:
    """`prove` needs no environment, in a module too that goes before ours."""
    (tmp_path / "our_own.py").write_text("from orders_site.settings import *")
    variables = {"PYTHONPATH": str(tmp_path), "DEMO": ""}
    if way.startswith("--"):
        command = ["manage.py", "prove", "--help", way]
    else:
        command, variables = ["manage.py", "prove", "--help"], variables | {way: "our_own"}
    helped = run(command, tmp_path, variables)
    assert helped.returncode == 0, helped.stderr


def test_an_empty_settings_module_counts_as_unset(tmp_path: Path) -> None:
    checked = run(["manage.py", "check"], tmp_path, {"DJANGO_SETTINGS_MODULE": ""})
    assert checked.returncode == 0, checked.stderr


def run(
    command: list[str], folder: Path, variables: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    return run_python(
        *command,
        env={
            "PATH": os.environ["PATH"],
            "DEMO": "true",
            "DEMO_DIR": str(folder),
            **variables,
        },
    )


def _assert_one_line_of(
    variable: str, folder: Path, command: list[str], variables: dict[str, str]
) -> None:
    ended = run(command, folder, variables)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith(variable)
    assert re.search(r"it must be|unset it|no point is called", line)


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_PROFILE": "nobody"},
        {"AWS_RETRY_MODE": "often"},
        {"AWS_CONFIG_FILE": "BROKEN"},
        {"AWS_CONFIG_FILE": "/no/such/file"},
        {"AWS_CA_BUNDLE": "/no/such/file"},
        {"AWS_MAX_ATTEMPTS": "many"},
        {"AWS_REQUEST_CHECKSUM_CALCULATION": "maybe"},
        {"AWS_STS_REGIONAL_ENDPOINTS": "maybe"},
    ],
    ids=str,
)
def test_an_invalid_botocore_variable_is_named(variables: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "config"
    broken.write_text("no section = here")
    ended = run_python(
        "manage.py",
        "provision",
        env={
            "PATH": os.environ["PATH"],
            **production(),
            **{name: str(broken) if text == "BROKEN" else text for name, text in variables.items()},
        },
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert f"{next(iter(variables))}=" in ended.stderr


@pytest.mark.parametrize(
    "guilty",
    [
        {"AWS_MAX_ATTEMPTS": "many"},
        {"AWS_PROFILE": "nobody"},
        {"AWS_RETRY_MODE": "often"},
        {"AWS_STS_REGIONAL_ENDPOINTS": "maybe"},
    ],
    ids=str,
)
def test_a_harmless_botocore_variable_is_accepted(guilty: dict[str, str]) -> None:
    innocent = {"AWS_CA_BUNDLE": __file__, "AWS_DEFAULTS_MODE": "legacy", "AWS_SDK_UA_APP_ID": "ok"}
    ended = run_python(
        "manage.py", "check", env={"PATH": os.environ["PATH"], **production(), **innocent, **guilty}
    )
    (line,) = ended.stderr.splitlines()
    ((name, value),) = guilty.items()
    assert line.startswith(f"{name}={value}: ")
    assert not [other for other in innocent if f"{other}=" in line]


def test_a_level_in_small_letters_is_a_level() -> None:
    assert Environment({"LEVEL": "debug"}).choice("LEVEL", ("DEBUG", "INFO")) == "DEBUG"


@pytest.mark.parametrize(("text", "meant"), [("True", True), ("0", False), ("OFF", False)])
def test_yes_and_no(text: str, *, meant: bool) -> None:
    assert Environment({"PAGES": text}).bool("PAGES", default=not meant) is meant


@pytest.mark.parametrize("region", ["eu west", "", "eu-west-2,", "EU"])
def test_an_invalid_region_is_named(region: str) -> None:
    with pytest.raises(Unreadable, match=r"^AWS_DEFAULT_REGION.* it must be a region such as"):
        Environment({"AWS_DEFAULT_REGION": region}).region("AWS_DEFAULT_REGION")


@pytest.mark.parametrize("mode", ["the demo", "production"])
def test_variables_empty_in_the_example_may_be_empty(mode: str, tmp_path: Path) -> None:
    """A process of the demo that is the only one of its kind has an empty WORKER_INSTANCE."""
    nothing = {name: "" for name, value in EXAMPLE.items() if not value}
    assert {"WORKER_INSTANCE", "QUEUE_PREFIX", "LAB_NATS_URL"} <= nothing.keys()
    # And what has another default: here it is a folder.
    given = nothing | {"STATIC_ROOT": ""}
    demo = {"DEMO": "true", "DEMO_DIR": str(tmp_path), "SECRET_KEY": "k" * 50}
    needed = demo if mode == "the demo" else production()
    shown = settings_with(**needed | given)
    assert shown.returncode == 0, shown.stderr
    unset = settings_with(**{name: needed[name] for name in needed.keys() - given.keys()})
    assert without_addresses(shown.stdout) == without_addresses(unset.stdout)


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_byte_order_mark_and_newline_are_ignored(tmp_path: Path, start: str) -> None:
    file = tmp_path / "password"
    file.write_text(f"{start}p@ss\n", encoding="utf-8")
    assert Environment({"PASSWORD_FILE": str(file)}).str("PASSWORD") == "p@ss"


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(Unreadable, match=r"^SECRET_KEY is not set"):
        Environment({}).str("SECRET_KEY")


def test_blanks_between_hosts_are_no_part_of_them() -> None:
    assert Environment({"HOSTS": "a.example.com, b.example.com"}).each_like("HOSTS", *HOSTS) == [
        "a.example.com",
        "b.example.com",
    ]


@pytest.mark.parametrize("url", ["mysqll://shop:s3cr3t@db/x", "postgres://shop:s3cr3t@db:no/x"])
def test_an_error_about_a_url_hides_its_password(url: str) -> None:
    with pytest.raises(Unreadable, match=r"^DATABASE_URL cannot be read") as unreadable:
        Environment({"DATABASE_URL": url}).database("DATABASE_URL")
    assert "s3cr3t" not in str(unreadable.value)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("postgres://u:s3cr3t@db/x?connect_timout=3", "PostgreSQL has no option connect_timout"),
        ("postgres://u:s3cr3t@db/x?CONN_MAX_AGE=3", "PostgreSQL has no option CONN_MAX_AGE"),
        ("postgres://u:s3cr3t@db/x?connect_timeout=3s", "its option connect_timeout is no whole"),
        ("postgres://u:s3cr3t#1@db/x", "special characters of a password are written as %XX"),
        ("postgres://u:12/s3cr3t@db/x", "special characters of a password are written as %XX"),
        ("postgres://u:12?s3cr3t@db/x", "special characters of a password are written as %XX"),
        ("postgres://u:s3cr3t@db", "it names no database"),
        ("sqlite://shop.db", "write three slashes before its path"),
        ("sqlite:////srv/shop.db?timeout=3", "SQLite has no options here"),
    ],
)
def test_an_invalid_database_url_has_its_reason(url: str, what: str) -> None:
    with pytest.raises(Unreadable, match=rf"^DATABASE_URL cannot be read: {what}") as unreadable:
        Environment({"DATABASE_URL": url}).database("DATABASE_URL")
    assert "s3cr3t" not in str(unreadable.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite://:memory:", ":memory:"),
        ("sqlite:////srv/a%40b.db", "/srv/a@b.db"),
        ("postgres://u:p%40%2F%23@one:5432,two:5433/tea?sslmode=require", "tea"),
        ("postgres:///tea?host=/var/run/postgresql&connect_timeout=9", "tea"),
        ("postgres://u@[::1]:5432/tea", "tea"),
    ],
)
def test_a_valid_database_url_is_read(url: str, name: str) -> None:
    assert Environment({"DATABASE_URL": url}).database("DATABASE_URL")["NAME"] == name


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("smtp://:25", "it names no host"),
        ("smtp://u:s3cr3t@h?tls=1", "it has no option TLS"),
        ("smtps://u:s3cr3t@h?use_ssl=true", "it can be only one of use_tls and use_ssl"),
        ("smtp://u:s3cr3t#1@h", "special characters of a password are written as %XX"),
        ("smtp://u:s3cr3t%C3%BC@h", "user and password are ASCII"),
        ("filemail://", "it names no folder"),
        ("consolemail://?timeout=3", "it has no option TIMEOUT"),
    ],
)
def test_an_invalid_email_url_has_its_reason(url: str, what: str) -> None:
    with pytest.raises(Unreadable, match=rf"^EMAIL_URL cannot be read: {what}") as unreadable:
        Environment({"EMAIL_URL": url}).email("EMAIL_URL")
    assert "s3cr3t" not in str(unreadable.value)


@pytest.mark.parametrize("url", ["smtp+tls://h:587?timeout=5&use_tls=yes", "filemail:////m"])
def test_a_valid_email_url_is_read(url: str) -> None:
    options = mailer_from(Environment({"EMAIL_URL": url}).email("EMAIL_URL"))["OPTIONS"]
    assert {type(options.get("timeout", 0.0)), options.get("use_tls", True)} == {float, True}


@pytest.mark.parametrize("key", ["AKIA\nAKIB", "a b", "schlüssel"])
def test_an_invalid_key_is_named_and_hidden(key: str) -> None:
    with pytest.raises(Unreadable, match=r"^AWS_ACCESS_KEY_ID cannot be read") as unreadable:
        Environment({"AWS_ACCESS_KEY_ID": key}).key("AWS_ACCESS_KEY_ID")
    assert key not in str(unreadable.value)


@pytest.mark.parametrize("text", ["*", ".example.com", "web", "[::1]", "127.0.0.1, localhost"])
def test_valid_hosts_are_read(text: str) -> None:
    hosts = Environment({"ALLOWED_HOSTS": text}).each_like("ALLOWED_HOSTS", *HOSTS)
    assert hosts == text.split(", ")


@pytest.mark.parametrize("text", ["", "https://*.example.com,http://localhost:8000"])
def test_valid_origins_are_read(text: str) -> None:
    read = Environment({"ORIGINS": text}).each_like("ORIGINS", *ORIGINS, default=[])
    assert read == [word for word in text.split(",") if word]


def test_an_unset_site_has_its_default_and_an_empty_one_none() -> None:
    """The links in a demo's mails begin with it."""
    default = "http://127.0.0.1:8000"
    assert Environment({}).site("SITE_URL", default=default) == default
    assert Environment({"SITE_URL": ""}).site("SITE_URL", default=default) == ""


def test_a_dollar_at_the_beginning_stays() -> None:
    """django-environ would look for a variable of that name."""
    assert Environment({"SECRET_KEY": "$ecret"}).str("SECRET_KEY") == "$ecret"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_trailing_newline_of_a_file_is_ignored(tmp_path: Path, end: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(f" a key {end}".encode())
    assert Environment({"KEY_FILE": str(file)}).str("KEY") == " a key "


def test_several_trailing_newlines_are_ignored_too(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a key\n\n")
    assert Environment({"KEY_FILE": str(tmp_path / "key")}).str("KEY") == "a key"


BREAKS = ["a\n", "a\nb", "a\r\n", "a\tb", "a\x00"]


@pytest.mark.parametrize("text", BREAKS)
def test_a_line_break_in_a_value_is_named_and_hidden(text: str) -> None:
    """Without the check, a line break in a mail's header fails only when the first mail is sent."""
    for read in (Environment.str, Environment.file, Environment.key):
        with pytest.raises(Unreadable, match=r"^NAME cannot be read: it holds a line break") as no:
            read(Environment({"NAME": text}), "NAME")
        assert no.value.args[0].isprintable()


@pytest.mark.parametrize("variable", ["DEMO_DIR", "DATABASE_URL", "SECRET_KEY", "MEDIA_ROOT"])
def test_bytes_that_are_not_utf_8_are_named(variable: str) -> None:
    """A path may hold them: Python reads each as half of a surrogate pair."""
    started = settings_with(**production() | {variable: os.fsdecode(b"/srv/tea-\xff")})
    assert started.returncode == 1
    assert started.stderr.startswith(f"{variable} cannot be read: it holds bytes that are not UTF")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEFAULT_FROM_EMAIL", "shop@example.com\n"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566\n"),
        ("RATE_LIMIT_STORAGE", "memory://\n"),
        ("GRANIAN_URL_PATH_PREFIX", "/shop\n"),
    ],
)
def test_a_process_does_not_start_with_it(variable: str, value: str) -> None:
    refused = settings_with(**production() | {variable: value})
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{variable} cannot be read: it holds a line break")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"^KEY_FILE=.*No such file"):
        Environment({"KEY_FILE": str(tmp_path / "none")}).str("KEY")


def another(value: str) -> str:
    """Return another value than the default that the example may show."""
    if value in ("true", "false"):
        return str(value == "false").lower()
    if value.replace(".", "", 1).isdigit():
        return str(float(value) + 1) if "." in value else str(int(value) + 1)
    return value


def values_for(demo: str, folder: Path) -> dict[str, str]:
    """Return a value for each variable of the settings."""
    fixed = {
        "DEMO": demo,
        "DEMO_DIR": str(folder / "demo"),
        "ENQUEUE_SECONDS": "2.5",  # The default is almost the most.
        "HEALTH_FILE": str(folder / "healthy"),
        "PAGES": "true",  # Without pages each process has a secret key of its own.
    }
    ours = {name: value for name, value in EXAMPLE.items() if name not in OF_COMPOSE}
    return {name: another(value) for name, value in ours.items()} | SAMPLES | fixed


def test_only_what_compose_itself_reads_cannot_come_from_a_file() -> None:
    compose = set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert OF_COMPOSE - compose == {"COMPOSE_PROJECT_NAME", "FORCE_COLOR"} - compose
    assert "NATS_PASSWORD_DEVELOPER" in compose - OF_COMPOSE


@pytest.mark.parametrize("demo", ["false", "true"])
def test_each_variable_may_come_from_a_file(tmp_path: Path, demo: str) -> None:
    """All at once: the settings are those of the variables themselves."""
    values = values_for(demo, tmp_path)
    assert values.keys() == EXAMPLE.keys() - OF_COMPOSE
    assert [name for name, value in values.items() if not value] == []
    if demo == "true":
        # What points elsewhere is named by its variable, and no key is the same twice.
        values = {name: value for name, value in values.items() if name not in ELSEWHERE}
    direct = settings_with(**values)
    for name, value in values.items():
        (tmp_path / name).write_text(f"{value}\n")
    from_files = settings_with(**{f"{name}_FILE": str(tmp_path / name) for name in values})
    assert direct.returncode == 0, direct.stderr
    assert from_files.returncode == 0, from_files.stderr
    for sample in ("worker-7", *(("tea-server", "tea-key") if demo == "true" else ("token",))):
        assert sample in direct.stdout
    assert shown_by(from_files, demo) == shown_by(direct, demo)


def shown_by(process: "subprocess.CompletedProcess[str]", demo: str) -> list[str]:
    lines = without_addresses(process.stdout).splitlines()
    return [line for line in lines if demo == "false" or not line.startswith("SECRET_KEY ")]


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ("shop@example.com", "example.com"),
        ("Shop <shop@exämple.com>", "xn--exmple-cua.com"),
        ("shop@example.com (The Shop)", "example.com"),
    ],
)
def test_a_message_id_has_an_ascii_domain(sender: str, domain: str) -> None:
    """Each mail failed, and was given up as if its server had rejected it."""
    assert mail_domain(sender) == domain
