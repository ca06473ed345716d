"""`./run demo`: the whole site on one machine, with a web server and a real worker, until Ctrl-C.

The first start prepares a database under var/ (or the one that DATABASE_URL names); the next ones
only check it. AICT_DEMO=1 shows the banner and lets `seed_demo` write.
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

HOST = "127.0.0.1"
BASE = Path(__file__).resolve().parent.parent
START_SECONDS = 30
STOP_SECONDS = 10


def is_free(port: int) -> bool:
    """Whether nothing listens on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def fingerprint(folders: Iterable[Path]) -> str:
    """What the files of these folders look like from outside: path, size and date of each."""
    digest = hashlib.sha256(sys.version.encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                stat = path.stat()
                digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def prepare() -> None:
    """Database, reference data, demonstration data and static files, skipping what did not change."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_reference", verbosity=0)
    static = fingerprint(settings.STATICFILES_DIRS)
    stamp = Path(settings.STATIC_ROOT) / ".fingerprint"
    if not stamp.exists() or stamp.read_text() != static:
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(static)
    call_command("seed_demo")


def start(port: int) -> list[subprocess.Popen[bytes]]:
    """The web server and the worker, each in its own session: Ctrl-C reaches this process alone."""
    web = ["-m", "gunicorn", "aict.wsgi", "--bind", f"{HOST}:{port}", "--threads", "4", "--log-level", "warning"]
    worker = [str(BASE / "manage.py"), "work", "--loglevel", "WARNING"]
    # Celery warns at length about root, which is what a trial in a container runs as.
    quiet = {"PYTHONWARNINGS": "ignore:You're running the worker:Warning"}
    site = {"SITE_URL": f"http://{HOST}:{port}"}
    environment = quiet | site | os.environ | {"LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
    return [
        subprocess.Popen(  # noqa: S603
            [sys.executable, *command], cwd=BASE, env=environment, stdout=output, start_new_session=True
        )
        for command, output in ((web, None), (worker, subprocess.DEVNULL))
    ]


def answers(port: int) -> bool:
    """Whether the site says it is healthy."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/sante/", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def stop(children: Iterable[subprocess.Popen[bytes]]) -> None:
    """Ask each child to end, then end those that have not."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def serve(port: int) -> int:
    """Run both children until a signal, or until one of them dies. The exit status."""
    children = start(port)
    try:
        deadline = time.monotonic() + START_SECONDS
        announced = False
        while all(child.poll() is None for child in children):
            if not announced and answers(port):
                announced = True
                say(f"\nLe site est ouvert : http://{HOST}:{port}/   (Ctrl-C pour l’arrêter)")
            elif not announced and time.monotonic() > deadline:
                say(f"Le site ne répond pas après {START_SECONDS} secondes : lisez les messages ci-dessus.")
                return 1
            time.sleep(0.5 if announced else 0.1)
        say("Le serveur ou le travailleur s’est arrêté de lui-même : lisez les messages ci-dessus.")
        return 1
    except KeyboardInterrupt:
        say("\nArrêt…")
        return 0
    finally:
        stop(children)


def say(text: str) -> None:
    """Print at once, even into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Prepare, then serve on the port given."""
    if len(arguments) != 1 or not arguments[0].isdecimal() or not 0 < int(arguments[0]) < 65536:
        say("Donnez un numéro de port : ./run demo 8001")
        return 2
    port = int(arguments[0])
    if not is_free(port):
        say(f"Le port {port} est déjà occupé. Choisissez-en un autre : ./run demo {port % 65000 + 1}")
        return 1
    signal.signal(signal.SIGTERM, _interrupt)
    os.environ["AICT_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aict.settings")
    try:
        prepare()
    except KeyboardInterrupt:
        return 0
    return serve(port)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
