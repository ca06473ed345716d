"""HTML to tagged PDF, sealed and bounded: no network, no stray file, 60 s, 512 MB, same input same bytes.

The rendering runs in a forked child: it starts warm, its memory goes back to the system at the end,
and it can be stopped whatever it is doing. The child tells its progress through a pipe.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import re
import resource
import select
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings

from aict.ui.errors import ReadableError

TIME_LIMIT = 60  # seconds
MEMORY_LIMIT = 512 * 1024 * 1024  # bytes
READING, LAYOUT, WRITING, TAGGING = (
    "Lecture du document",
    "Mise en page",
    "Écriture du PDF",
    "Balisage pour l’accessibilité",
)
STEPS = (READING, LAYOUT, WRITING, TAGGING)
Progress = Callable[[int, str], None]
_LIGHTEN = "Allégez le document (images, nombre de lignes) ou demandez-le en plusieurs fois, puis relancez."
# Handled beforehand: `pdf_sources.inspect` describes each image, or says that it is decoration.
_ALREADY_CHECKED = "has no required alt description"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pdf:
    """A finished document."""

    content: bytes
    pages: int


class PdfError(ReadableError):
    """The document could not be made; says what, where and how to mend."""


def warm_up() -> None:
    """Import the renderer in the parent, so that each child starts with it, without a word on the console."""
    logging.getLogger("weasyprint.progress").propagate = False
    logging.getLogger("pikepdf").setLevel(logging.WARNING)
    import weasyprint  # noqa: F401

    import aict.ui.pdf_accessibility  # noqa: F401


def render_pdf(
    html: str, *, title: str, author: str, files: Mapping[str, bytes] | None = None, progress: Progress | None = None
) -> Pdf:
    """Render a whole HTML document as a tagged PDF (PDF/UA-1).

    Addresses allowed in it: `static:css/pdf.css`, `/static/css/pdf.css` and `/files/<name>` for the names of
    `files`. `progress(percent, step)` gets the names of STEPS; during the layout the step reads
    « Mise en page : page 17 ». Raises PdfError, and whatever `progress` raises, the rendering then being stopped.
    """
    warm_up()
    with tempfile.TemporaryDirectory(prefix="aict-pdf-") as folder:
        order = _Order(html=html, title=title, author=author, files=dict(files or {}), folder=Path(folder))
        reading, writing = os.pipe()
        pid = _fork()
        if pid == 0:
            _be_the_child(order, writing)
        os.close(writing)
        try:
            outcome = _follow(reading, progress or (lambda percent, step: None))
        finally:
            os.close(reading)
            status = _end(pid)
        if "error" in outcome:
            raise PdfError(outcome["error"], where=outcome["where"], how=outcome["how"])
        if "pages" not in outcome:
            logger.error("PDF child ended with status %s", status)
            raise PdfError("La fabrication du PDF s’est arrêtée net, sans doute faute de mémoire.", how=_LIGHTEN)
        return Pdf(content=order.result.read_bytes(), pages=outcome["pages"])


@dataclass(frozen=True)
class _Order:
    html: str
    title: str
    author: str
    files: dict[str, bytes]
    folder: Path

    @property
    def result(self) -> Path:
        return self.folder / "document.pdf"


# The parent's side --------------------------------------------------------------------------
def _fork() -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Python 3.12 warns of forking beside threads. The child takes none of their locks: it renders, then _exits.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _follow(reading: int, progress: Progress) -> dict[str, Any]:
    """Pass the child's progress on until it ends; its last word, or nothing if it died."""
    deadline = time.monotonic() + TIME_LIMIT
    buffer, best = b"", 0
    outcome: dict[str, Any] = {}
    while True:
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not select.select([reading], [], [], remaining)[0]:
            raise PdfError(f"La fabrication du PDF a dépassé {TIME_LIMIT}\u00a0s.", where=LAYOUT, how=_LIGHTEN)
        chunk = os.read(reading, 65536)
        if not chunk:
            return outcome
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "step" not in message:
                outcome = message
                continue
            best = max(best, message["percent"])
            progress(best, message["step"])


def _end(pid: int) -> int:
    """The child has said its last word, or has lost the right to: collect it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


# The child's side ---------------------------------------------------------------------------
def _be_the_child(order: _Order, writing: int) -> NoReturn:
    """Render, tell, and leave without running any of the parent's exit code."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        gc.disable()  # a sixth faster, and the parent's objects (connections) are never finalised here
        gc.freeze()
        pipe = os.dup2(writing, 3)
        os.closerange(4, 4096)  # the parent's sockets and files
        _limit()
        tempfile.tempdir = str(order.folder)
        os.environ["SOURCE_DATE_EPOCH"] = "0"  # no hour of the day in the fonts: same input, same bytes
        logging.getLogger().setLevel(logging.WARNING)
        _tell(pipe, _outcome(order, lambda percent, step: _tell(pipe, {"percent": percent, "step": step})))
        code = 0
    finally:
        os._exit(code)


def _limit() -> None:
    """Bound memory from where the parent already is; bound processor time should the parent disappear."""
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT + 5, TIME_LIMIT + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():
        mapped, resident = (int(pages) * resource.getpagesize() for pages in statm.read_text().split()[:2])
        limit = mapped + max(MEMORY_LIMIT - resident, 0)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _tell(pipe: int, message: dict[str, Any]) -> None:
    try:
        os.write(pipe, json.dumps(message).encode() + b"\n")
    except BrokenPipeError:
        os._exit(1)  # the parent is gone: nobody waits for this document


def _outcome(order: _Order, progress: Progress) -> dict[str, Any]:
    try:
        return {"pages": _render(order, progress)}
    except ReadableError as error:
        return {"error": error.what, "where": error.where, "how": error.how}
    except MemoryError:
        megabytes = MEMORY_LIMIT // 1024 // 1024
        what = f"Le document demande plus de {megabytes}\u00a0Mo de mémoire."
        return {"error": what, "where": "", "how": _LIGHTEN}
    except Exception:
        logger.exception("PDF rendering failed")
        how = "Relancez. Si l’échec se répète, transmettez la référence du traitement à l’administrateur."
        return {"error": "Le moteur de mise en page n’a pas su rendre ce document.", "where": "", "how": how}


def _render(order: _Order, progress: Progress) -> int:
    """Render into `order.result`; the number of pages."""
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError

    from aict.ui import pdf_accessibility, pdf_sources

    folders = [Path(folder) for folder in [*settings.STATICFILES_DIRS, settings.STATIC_ROOT] if folder]
    sources = pdf_sources.Sources(static_url=settings.STATIC_URL, folders=folders, files=order.files)
    fetcher = pdf_sources.SealedFetcher(sources)
    steps = _Steps(progress)
    try:
        page = weasyprint.HTML(string=order.html, base_url=pdf_sources.BASE_URL, url_fetcher=fetcher)
        pdf_sources.inspect(page.etree_element)
        document = page.render(pdf_variant="pdf/ua-1")
        document.metadata.title, document.metadata.authors = order.title, [order.author]
        document.metadata.generator = document.metadata.created = document.metadata.modified = None
        raw = document.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise fetcher.refused[0] from error
    if fetcher.refused:
        raise fetcher.refused[0]
    if steps.errors:
        raise PdfError(f"Une partie du document est illisible\u00a0: {steps.errors[0][:300]}", where=LAYOUT)
    progress(92, TAGGING)
    content, pages = pdf_accessibility.finish(raw)
    order.result.write_bytes(content)
    progress(100, TAGGING)
    return pages


class _Steps(logging.Handler):
    """Reads the renderer's log: its steps become progress, its errors (an unusable image…) stop the document."""

    _PAGE = re.compile(r"Page (\d+)")
    _FIXED = {
        "1": (2, READING),
        "2": (5, READING),
        "3": (8, READING),
        "4": (12, LAYOUT),
        "6": (72, WRITING),
        "7": (86, WRITING),
    }

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self.errors: list[str] = []
        for name, level in (("weasyprint", logging.WARNING), ("weasyprint.progress", logging.INFO)):
            source = logging.getLogger(name)
            source.setLevel(level)
            source.propagate = False
            source.handlers = [self]
            source.disabled = False

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.name == "weasyprint.progress":
            self._step(text)
        elif record.levelno >= logging.ERROR and _ALREADY_CHECKED not in text:
            self.errors.append(text)

    def _step(self, text: str) -> None:
        number = text.removeprefix("Step ")[:1]
        if number in self._FIXED:
            self._progress(*self._FIXED[number])
        elif found := self._PAGE.search(text):
            page = int(found[1])
            # The number of pages is not known yet: come nearer to 70 % with each one.
            self._progress(12 + round(58 * page / (page + 15)), f"{LAYOUT}\u00a0: page\u00a0{page}")
