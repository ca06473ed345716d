"""What the environment says: one place reads variables, .env.example documents them all."""

import secrets
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("AICT_VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def secret_key() -> str:
    """The signing key: SECRET_KEY, else one drawn once and kept under var/ for the embedded default."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def database() -> dict[str, object]:
    """DATABASE_URL, else SQLite in WAL: a real default for one machine, not a toy (docs/adr/0003)."""
    config: dict[str, object] = env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'aict.sqlite3'}")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


def broker() -> dict[str, object]:
    """REDIS_URL, else a folder under var/: Celery is only the doorbell, the Job row is the truth."""
    if url := env.str("REDIS_URL", default=""):
        # A Redis that accepts and never answers would hold a page for 40 s; these bounds give 2 s.
        options: dict[str, object] = {
            "socket_connect_timeout": 1,
            "socket_timeout": 2,
            "retry_on_timeout": False,
            "visibility_timeout": 3600,
            # A second try within the second, instead of a pause of 2 s.
            "interval_start": 0.2,
            "interval_step": 0.2,
            "interval_max": 0.4,
        }
        return {"broker_url": url, "broker_transport_options": options}
    folder = VAR_DIR / "broker"
    for name in ("queue", "processed", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.25,  # seconds; the default of 1 would be felt before each document
    }
    return {"broker_url": "filesystem://localhost//", "broker_transport_options": options}
