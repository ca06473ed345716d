"""The set-up holds together: commands, locks, compose, variables and documents name what exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.db import OperationalError, connection

from aict import demo

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
APP_SERVICES = ["migrate", "web", "worker", "beat"]
# Read or set by the containers alone: PostgreSQL's own, and those that every process has.
NOT_OURS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS", "HOSTNAME"}


def documented_variables() -> set[str]:
    """Every variable that .env.example gives, set or as a commented default."""
    lines = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", lines, re.MULTILINE))


def read_variables() -> set[str]:
    """Every variable that the settings read."""
    sources = [(ROOT / "aict" / name).read_text() for name in ("env.py", "settings.py")]
    return set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", "\n".join(sources)))


# Locks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["run", "dev", "uv"])
def test_a_lock_holds_hashes_and_no_host_name(name):
    lock = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in lock
    assert "index-url" not in lock
    assert "find-links" not in lock
    pinned = re.findall(r"^[a-z0-9][^=\s]*==", lock, re.MULTILINE)
    assert pinned
    assert len(re.findall(r"--hash=sha256:", lock)) >= len(pinned)


def test_what_the_suite_installs_is_what_runs_with_additions_only():
    def pins(name: str) -> set[str]:
        lock = (ROOT / "requirements" / f"{name}.txt").read_text()
        return set(re.findall(r"^([a-z0-9][^=\s]*==[^\s;]+)", lock, re.MULTILINE))

    assert pins("run") <= pins("dev")


def test_every_runtime_package_has_its_line_in_the_decision_record():
    wanted = {
        re.split(r"[~=<>]", line)[0].strip()
        for line in (ROOT / "requirements/run.in").read_text().splitlines()
        if line and not line.startswith("#")
    }
    record = (ROOT / "docs/adr/0002-runtime-packages.md").read_text()
    written = set(re.findall(r"^\| ([A-Za-z0-9_\[\]-]+) \|", record, re.MULTILINE)) - {"package", "---"}
    assert written == wanted
    assert len(wanted) <= 21


# Variables ---------------------------------------------------------------------------------------------------


def test_every_variable_that_the_settings_read_is_documented_and_no_other():
    compose_only = {"POSTGRES_PASSWORD", "PORT", "AICT_TAG"}
    assert documented_variables() - compose_only == read_variables()


def test_every_variable_that_compose_names_is_documented():
    text = (ROOT / "docker-compose.yml").read_text()
    substituted = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    given = {name for service in COMPOSE["services"].values() for name in service.get("environment", {})}
    assert substituted
    assert (substituted | given) - NOT_OURS <= documented_variables()


# Compose and image -------------------------------------------------------------------------------------------


def test_compose_has_the_six_services_and_each_lasting_one_has_a_health_check():
    services = COMPOSE["services"]
    assert set(services) == {"db", "redis", *APP_SERVICES}
    assert {name for name, service in services.items() if "healthcheck" not in service} == {"migrate"}


def test_every_service_waited_for_exists_and_every_volume_is_declared_and_used():
    services = COMPOSE["services"]
    awaited = {name for service in services.values() for name in service.get("depends_on", {})}
    assert awaited <= set(services)
    mounted = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert mounted == set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", APP_SERVICES)
def test_a_container_of_ours_runs_as_nobody_special_on_a_read_only_root(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["user"].split(":")[0] == re.search(r"^USER (\d+)", DOCKERFILE, re.MULTILINE)[1] == "10001"


def test_only_the_web_server_is_published_and_on_the_loopback_alone():
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_the_image_copies_what_exists_and_everything_that_the_site_needs():
    copied = [line.split()[1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--)(?!requirements)", line)]
    assert all((ROOT / name).exists() for name in copied)
    needed = {"manage.py", "aict", "partners", "typology", "evaluation", "strategy", "templates", "static", "fixtures"}
    assert set(copied) == needed


def test_a_secret_never_enters_the_image():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", ".git", "var"} <= set(ignored)


# Documents ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_command_that_a_document_gives_exists(document):
    text = (ROOT / document).read_text()
    script = (ROOT / "run").read_text()
    known = set(re.findall(r"^  ([a-z0-9]+)\)$", script, re.MULTILINE)) | {"help"}
    assert {"demo", "test", "lint", "e2e", "manage"} <= known
    given = set(re.findall(r"\./run ([a-z0-9]+)", text))
    assert given
    assert given <= known
    managed = set(re.findall(r"(?:\./run manage|manage\.py) ([a-z_]+)", text))
    assert managed <= set(get_commands())


def test_ci_calls_the_test_command_of_the_readme_first():
    steps = re.findall(r"^step .*?(\./run .*|runtime_lock_alone)$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert steps[0] == "./run test"
    assert {"./run lint", './run test --sqlite -m "not e2e and not once"', "./run e2e", "runtime_lock_alone"} <= set(
        steps
    )


def test_the_script_explains_itself_and_refuses_an_unknown_command():
    shown = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True)
    assert "./run demo [PORT]" in shown.stdout
    refused = subprocess.run([ROOT / "run", "nothing"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "Commande inconnue : nothing" in refused.stderr


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=str)
def test_every_link_between_documents_leads_to_a_file(path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_every_data_set_font_image_and_library_carried_has_its_licence_written():
    table = (ROOT / "docs/data.md").read_text()
    patterns = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    folders = ["fixtures", "static/fonts", "static/img", "static/vendor"]
    files = [path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    covered = {path for pattern in patterns for path in (p.relative_to(ROOT) for p in ROOT.glob(pattern))}
    covered |= {path for path in files if any(str(path).startswith(p) for p in patterns if p.endswith("/"))}
    covered.add(Path("static/fonts/OFL.txt"))
    assert files
    assert set(files) <= covered


# Health and demonstration ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_health_page_answers_anyone_and_is_never_cached(client):
    response = client.get("/sante/")
    assert (response.status_code, response.json()) == (200, {"etat": "ok"})
    assert "no-store" in response["Cache-Control"]
    assert client.post("/sante/").status_code == 405


@pytest.mark.django_db
def test_the_health_page_says_503_without_detail_when_the_database_is_away(client, monkeypatch):
    def away():
        raise OperationalError("password of the database in clear")

    monkeypatch.setattr(connection, "cursor", away)
    response = client.get("/sante/")
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "password" not in response.content.decode()


@pytest.mark.django_db
def test_the_health_page_is_not_redirected_to_https_for_the_probe_inside_the_container(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/sante/").status_code == 200
    assert client.get("/compte/connexion/").status_code == 301


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000 8001"])
def test_the_demo_refuses_what_is_not_a_port(port, capsys):
    assert demo.main([port]) == 2
    assert "numéro de port" in capsys.readouterr().out


def test_the_demo_names_another_port_when_the_one_asked_for_is_taken(capsys):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert demo.main([str(port)]) == 1
    assert f"Le port {port} est déjà occupé" in capsys.readouterr().out


def test_a_changed_style_sheet_changes_the_fingerprint_and_reading_it_does_not(tmp_path):
    sheet = tmp_path / "css" / "page.css"
    sheet.parent.mkdir()
    sheet.write_text("a{}")
    before = demo.fingerprint([tmp_path])
    sheet.read_text()
    assert demo.fingerprint([tmp_path]) == before
    sheet.write_text("a{color:red}")
    assert demo.fingerprint([tmp_path]) != before
