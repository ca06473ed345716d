"""The PDF renderer: tagged, sealed, bounded, and the same twice."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import socketserver
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import pikepdf
import pytest

from aict.ui import pdf
from aict.ui.errors import ReadableError

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
MARGINS = '@page{size:A4;margin:20mm;@top-left{content:"Courant"}@bottom-right{content:counter(page)}}'
BAR = '<rect width="4" height="1" fill="#0b5d6b"/></svg>'
HEAD = f'<html lang="fr"><head><title>Essai</title><style>{MARGINS}</style></head><body>'
BODY = f"""
<h1>Stratégie</h1><p>Vision « longue » : l’élue écrit.</p>
<img src="/files/logo.png" alt="Logo de la métropole" width="40">
<img src="/files/logo.png" alt="" width="10">
<svg width="40" height="10" viewBox="0 0 4 1" role="img" aria-label="Barre pleine"><desc>Sept sur dix.</desc>{BAR}
<svg width="40" height="10" viewBox="0 0 4 1" aria-hidden="true">{BAR}
<table><thead><tr><th>Territoire</th><th>Montant</th></tr></thead><tbody>%s</tbody></table>
<p><a href="https://exemple.org/">Source</a> <a href="javascript:alert(1)">Piège</a></p></body></html>"""
ROW = "<tr><th>Sfax</th><td>10 000,00 €</td></tr>"
DOCUMENT = HEAD + BODY % (ROW * 90)


def render(html: str, **options) -> pdf.Pdf:
    options = {
        "title": "Stratégie 2027-2032",
        "author": "Métropole de Valmarée",
        "files": {"logo.png": PIXEL},
    } | options
    return pdf.render_pdf(html, **options)


def page(body: str, head: str = "") -> str:
    return f'<html lang="fr"><head><title>x</title>{head}</head><body><p>Bonjour</p>{body}</body></html>'


@pytest.fixture(scope="module")
def steps() -> list[tuple[int, str]]:
    return []


@pytest.fixture(scope="module")
def made(steps) -> pdf.Pdf:
    return render(DOCUMENT, progress=lambda percent, step: steps.append((percent, step)))


@pytest.fixture
def opened(made):
    with pikepdf.open(io.BytesIO(made.content)) as document:
        yield document


def elements(document: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """Every structure element that hangs on the tree."""
    found, stack = [], [document.Root.StructTreeRoot.K[0]]
    while stack:
        element = stack.pop()
        if not isinstance(element, pikepdf.Dictionary) or pikepdf.Name.S not in element:
            continue
        found.append(element)
        kids = element.get(pikepdf.Name.K, [])
        stack.extend(kids if isinstance(kids, pikepdf.Array) else [kids])
    return found


def test_the_document_has_its_title_its_author_its_language_and_its_pages(made, opened):
    assert made.pages == len(opened.pages) > 1
    assert str(opened.Root.Lang) == "fr-FR"
    assert opened.Root.ViewerPreferences.DisplayDocTitle is True
    assert opened.Root.MarkInfo.Marked is True
    assert str(opened.docinfo.Title) == "Stratégie 2027-2032"
    assert str(opened.docinfo.Author) == "Métropole de Valmarée"
    assert b"<pdfuaid:part>1<" in (xmp := opened.Root.Metadata.read_bytes()) or b'pdfuaid:part="1"' in xmp


def test_each_header_cell_says_whether_it_heads_a_column_or_a_row(opened):
    scopes = [str(e.A.Scope) for e in elements(opened) if e.S == "/TH"]
    assert scopes.count("/Row") == 90
    assert scopes.count("/Column") == 2 * len([e for e in elements(opened) if e.S == "/THead"]) >= 4


def test_each_figure_has_its_text_and_decoration_is_no_figure(opened):
    assert sorted(str(e.Alt) for e in elements(opened) if e.S == "/Figure") == [
        "Barre pleine. Sept sur dix",
        "Logo de la métropole",
    ]


def test_running_headers_and_decoration_are_artifacts_and_all_other_content_hangs_on_the_tree(opened):
    owners = opened.Root.StructTreeRoot.ParentTree.Nums
    reached = {e.objgen for e in elements(opened)}
    for index, sheet in enumerate(opened.pages):
        content = sheet.Contents.read_bytes()
        assert owners[2 * index] == index
        marks = owners[2 * index + 1]
        owned = {n for n in range(len(marks)) if isinstance(marks[n], pikepdf.Dictionary)}
        assert all(marks[n].objgen in reached for n in owned)
        assert {int(n) for n in re.findall(rb"/MCID (\d+)", content)} == owned
        assert content.count(b"/Artifact <</Type /Pagination>> BDC") == len(marks) - len(owned) >= 2


def test_a_link_keeps_only_an_address_that_a_reader_may_follow(opened):
    notes = [note for sheet in opened.pages for note in sheet.get("/Annots", [])]
    assert [str(note.A.URI) for note in notes] == ["https://exemple.org/"]


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
def test_qpdf_finds_nothing_to_say(made, tmp_path):
    (tmp_path / "essai.pdf").write_bytes(made.content)
    check = subprocess.run(["qpdf", "--check", tmp_path / "essai.pdf"], capture_output=True, text=True)
    assert check.returncode == 0, check.stdout + check.stderr


def test_progress_is_seen_often_never_goes_back_and_follows_the_declared_steps(made, steps):
    percents = [percent for percent, _ in steps]
    assert len(set(steps)) >= 5
    assert percents == sorted(percents)
    assert percents[-1] == 100
    labels = [step.split("\u00a0: ")[0] for _, step in steps]
    assert list(dict.fromkeys(labels)) == list(pdf.STEPS)
    assert f"Mise en page\u00a0: page\u00a0{made.pages}" in [step for _, step in steps]


def test_the_same_document_twice_has_the_same_bytes(made):
    """Even in another process, whose hashes are drawn otherwise."""
    assert render(DOCUMENT).content == made.content
    program = (
        "import sys, json, hashlib, django; django.setup(); from aict.ui import pdf; a = json.load(sys.stdin);"
        "p = pdf.render_pdf(a['html'], title=a['title'], author=a['author'],"
        " files={'logo.png': bytes.fromhex(a['logo'])});"
        "sys.stdout.write(hashlib.sha256(p.content).hexdigest())"
    )
    order = {"html": DOCUMENT, "title": "Stratégie 2027-2032", "author": "Métropole de Valmarée", "logo": PIXEL.hex()}
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONHASHSEED": "7", "DJANGO_SETTINGS_MODULE": "aict.settings"},
    )
    assert done.stdout == hashlib.sha256(made.content).hexdigest()


# Sealed -------------------------------------------------------------------------------------
CANARY = "serin-jaune-4217"
SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HOSTILE = {
    "an image of the network": '<img alt="a" src="{web}/a.png">',
    "an image without a scheme": '<img alt="a" src="//{host}/a.png">',
    "a file": '<img alt="a" src="file://{canary}">',
    "a well-known file": '<img alt="a" src="file:///etc/passwd">',
    "a bare path": '<img alt="a" src="{canary}">',
    "a data address": '<img alt="a" src="data:image/png;base64,AAAA">',
    "a path above the static folder": '<img alt="a" src="/static/../../../../..{canary}">',
    "an encoded path above the static folder": '<img alt="a" src="/static/%2e%2e/%2e%2e/aict/settings.py">',
    "a static name above its folder": '<img alt="a" src="static:../aict/settings.py">',
    "a name with a NUL": '<img alt="a" src="static:css/%00pdf.css">',
    "a file that was not handed over": '<img alt="a" src="/files/autre.png">',
    "a set of images": '<img alt="a" srcset="{web}/a.png 2x" src="{web}/b.png">',
    "ftp": '<img alt="a" src="ftp://{host}/a.png">',
    "a stylesheet of the network": '<link rel="stylesheet" href="{web}/a.css">',
    "a stylesheet that does not exist": '<link rel="stylesheet" href="static:css/nulle-part.css">',
    "an import": "<style>@import url('{web}/a.css');</style>",
    "an import of a file": "<style>@import 'file://{canary}';</style>",
    "a background": '<p style="background:url({web}/a.png)">b</p>',
    "a list marker": '<ul style="list-style-image:url(file://{canary})"><li>b</ul>',
    "generated content": "<style>p::before{{content:url({web}/a.png)}}</style>",
    "a font": "<style>@font-face{{font-family:f;src:url({web}/f.woff2)}}p{{font-family:f}}</style>",
    "a font of the machine": "<style>@font-face{{font-family:f;src:local('DejaVu Sans')}}p{{font-family:f}}</style>",
    "a colour profile": "<style>@color-profile --c{{src:url({web}/c.icc)}}p{{color:color(--c 1 0 0)}}</style>",
    "an object": '<object data="file://{canary}" type="image/png"></object>',
    "an embedded object": '<embed src="{web}/a.svg">',
    "a frame": '<iframe src="{web}/"></iframe>',
    "a base address": '<base href="{web}/"><img alt="a" src="a.png">',
    "an attached file": '<link rel="attachment" href="file://{canary}">',
    "an attached static file": '<link rel="attachment" href="static:css/pdf.css">',
    "an attached link": '<a rel="attachment" href="file://{canary}">pièce</a>',
    "a drawing that shows a file": f'<svg {SVG} aria-label="a"><image xlink:href="file://{{canary}}" width="9"/></svg>',
    "a drawing that shows the network": f'<svg {SVG} aria-label="a"><image href="{{web}}/a.png" width="9"/></svg>',
    "a drawing with an import": f'<svg {SVG} aria-label="a"><style>@import url({{web}}/a.css);</style></svg>',
    "a handed file that shows a file": '<img alt="a" src="/files/piege.svg">',
    "a handed file with an entity": '<img alt="a" src="/files/entite.svg">',
    "a handed file that is no image": '<img alt="a" src="/files/faux.png">',
    "an image that says nothing": '<img src="/files/logo.png">',
    "a drawing that says nothing": f"<svg {SVG}><rect/></svg>",
}


@pytest.fixture(scope="module")
def web():
    """A server that nobody should call: it counts the calls."""
    calls = []

    class Count(socketserver.BaseRequestHandler):
        def handle(self):
            calls.append(self.request.recv(64))

    with socketserver.TCPServer(("127.0.0.1", 0), Count) as server:
        server.calls = calls
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def watched(monkeypatch, tmp_path):
    """The child writes each connection and each opened file here."""
    log = tmp_path / "audit.log"
    render_for_real = pdf._render

    def render_watched(order, progress):
        lines: list[str] = []

        def hook(event, args):
            if event.startswith(("socket.", "urllib.", "ftplib.", "http.", "subprocess.", "os.system", "os.exec")):
                lines.append(f"NET {event} {args!r}")
            elif event == "open":
                lines.append(f"OPEN {args[0]}")

        sys.addaudithook(hook)
        try:
            return render_for_real(order, progress)
        finally:
            log.write_text("\n".join(list(lines)))

    monkeypatch.setattr(pdf, "_render", render_watched)
    return log


@pytest.mark.parametrize("case", HOSTILE)
def test_a_sealed_document_calls_nobody_and_reads_no_stray_file(case, web, watched, tmp_path):
    canary = tmp_path / "serin.png"
    canary.write_text(CANARY)
    host = f"127.0.0.1:{web.server_address[1]}"
    files = {
        "logo.png": PIXEL,
        "faux.png": b"<?php echo 1;",
        "piege.svg": f'<svg {SVG} width="9" height="9"><image xlink:href="file://{canary}" width="9"/></svg>'.encode(),
        "entite.svg": f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{canary}">]><svg {SVG}>&x;</svg>'.encode(),
    }
    html = page(HOSTILE[case].format(web=f"http://{host}", host=host, canary=canary))
    with pytest.raises(ReadableError) as refusal:
        render(html, files=files)
    assert refusal.value.what
    assert "Traceback" not in refusal.value.what
    assert web.calls == []
    audit = watched.read_text()
    assert "NET" not in audit
    opened = [line for line in audit.splitlines() if re.search(r"serin\.png|passwd|settings\.py|DejaVu", line)]
    assert opened == []


def test_the_watch_itself_sees_a_file_that_is_read(watched):
    """Without this, the silence of the test above would prove nothing."""
    render(page("", head='<link rel="stylesheet" href="static:css/tokens.css">'))
    assert re.search(r"OPEN .*static/css/tokens\.css", watched.read_text())


FONT = "/static/fonts/source-sans-3-latin-wght-normal.woff2"


def test_the_font_of_the_project_is_carried_by_the_document():
    style = f"<style>@font-face{{font-family:S;src:url({FONT})}}p{{font-family:S}}</style>"
    with pikepdf.open(io.BytesIO(render(page("", head=style)).content)) as document:
        (font,) = document.pages[0].Resources.Font.values()
        assert str(font.BaseFont).endswith("+S")
        assert len(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()) > 1000


def test_what_users_type_stays_words():
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt; \U0001f600 \u202eabc &amp;#0;"
    assert render(page(f"<p>{hostile}</p>")).pages == 1


# Bounded ------------------------------------------------------------------------------------
def test_a_rendering_that_lasts_is_stopped_with_a_message(monkeypatch):
    monkeypatch.setattr(pdf, "TIME_LIMIT", 1)
    with pytest.raises(pdf.PdfError, match="dépassé 1") as stopped:
        render(page("<table>" + ROW * 6000 + "</table>"))
    assert "Allégez" in stopped.value.how


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def test_an_image_bomb_is_stopped_by_the_memory_limit():
    side = 12000  # 432 MB of pixels in 420 KB
    header = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    bomb += chunk(b"IDAT", zlib.compress(bytes((3 * side + 1) * side), 9)) + chunk(b"IEND", b"")
    assert len(bomb) < 1_000_000
    with pytest.raises(pdf.PdfError):
        render(page('<img alt="a" src="/files/bombe.png">'), files={"bombe.png": bomb})


def test_the_memory_limit_holds_and_says_so():
    # In a process of its own: a long test session has room left in what it already maps, and would not ask for more.
    script = (
        "import django; django.setup()\n"
        "from aict.ui import pdf\n"
        "pdf.MEMORY_LIMIT = 1\n"
        "try:\n"
        "    pdf.render_pdf('<!doctype html><html lang=fr><body><h1>A</h1>' + '<p>B' * 500, title='T', author='A')\n"
        "except pdf.PdfError as error:\n"
        "    print(error)\n"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, check=True)
    assert "mémoire" in done.stdout


def test_a_progress_that_raises_stops_the_rendering_and_leaves_no_process(monkeypatch):
    class EnoughError(Exception):
        pass

    def progress(percent, step):
        raise EnoughError

    born = []
    fork = pdf._fork
    monkeypatch.setattr(pdf, "_fork", lambda: born.append(fork()) or born[-1])
    with pytest.raises(EnoughError):
        render(DOCUMENT, progress=progress)
    with pytest.raises(ProcessLookupError):
        os.kill(born[0], 0)
