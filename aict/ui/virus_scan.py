"""The hook for a virus scanner: the command of UPLOAD_SCANNER reads each attached file before it is kept."""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
from tempfile import NamedTemporaryFile
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError

TIME_LIMIT = 60  # seconds
_CLEAN, _INFECTED = 0, 1  # what clamdscan and clamscan answer; anything else is a failure of the scanner

logger = logging.getLogger(__name__)


def scan(file: IO[bytes]) -> None:
    """Run the scanner on a copy of the file; raise ValidationError, in French, unless it answers that it is clean.

    A scanner that is away, slow or at a loss refuses the file: closed by default. Without UPLOAD_SCANNER, nothing
    is run. The file is left at its start.
    """
    if not settings.UPLOAD_SCANNER:
        return
    with NamedTemporaryFile(prefix="upload-") as copy:
        file.seek(0)
        while piece := file.read(64 * 1024):
            copy.write(piece)
        copy.flush()
        file.seek(0)
        code = _answer(settings.UPLOAD_SCANNER, copy.name)
    if code == _INFECTED:
        raise ValidationError(
            "L’antivirus a reconnu un programme malveillant dans ce fichier : il n’est pas conservé. "
            "Prévenez votre service informatique.",
            code="infected",
        )
    if code != _CLEAN:
        raise ValidationError(
            "L’antivirus ne répond pas : le fichier n’a pas pu être vérifié et n’est pas conservé. "
            "Réessayez plus tard, ou prévenez la personne qui administre le serveur.",
            code="scanner",
        )


def _answer(command: str, path: str) -> int | None:
    """The exit code of the scanner; None when it could not be run or did not end in time."""
    try:
        done = subprocess.run(  # noqa: S603 (the command is the administrator's, the path ours)
            [*shlex.split(command), path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIME_LIMIT,
            env={"PATH": os.environ.get("PATH", os.defpath)},
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as failure:
        logger.error("The virus scanner of UPLOAD_SCANNER failed: %s", failure)
        return None
    if done.returncode not in (_CLEAN, _INFECTED):
        logger.error("The virus scanner of UPLOAD_SCANNER ended with the code %s", done.returncode)
    return done.returncode
