"""Logos: judged by their content; nothing that acts, loads or swells gets in."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from aict.ui.uploads import MAX_BYTES, check_logo, kind_of


def picture(kind="PNG", size=(64, 64)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "#0b5d6b").save(buffer, kind)
    return buffer.getvalue()


def svg(
    inside="", head="", root='xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
) -> bytes:
    return f'{head}<svg {root} viewBox="0 0 8 8"><path d="M0 0h8v8z" fill="#0b5d6b"/>{inside}</svg>'.encode()


def png_that_claims(width: int, height: int) -> bytes:
    """A header with no pixel behind it."""
    header = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    chunks = b""
    for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
        chunks += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return b"\x89PNG\r\n\x1a\n" + chunks


def refusal(content: bytes, name="logo.png") -> str:
    with pytest.raises(ValidationError) as raised:
        check_logo(SimpleUploadedFile(name, content))
    return f"{raised.value.code}: {raised.value.message}"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("PNG"), "png"),
        (picture("JPEG"), "jpeg"),
        (picture("PNG", (4000, 10)), "png"),
        (svg(), "svg"),
        (svg(head='<?xml version="1.0" encoding="UTF-8"?>\n<!-- Logo -->\n'), "svg"),
        (b"\xef\xbb\xbf" + svg(), "svg"),
        (svg('<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use xlink:href="#b"/><g id="b"/>'), "svg"),
        (svg("<style>.a{fill:#0b5d6b}</style><title>Métropole</title>"), "svg"),
        (svg('<image href="data:image/png;base64,iVBORw0KGgo="/>'), "svg"),
    ],
)
def test_a_sound_logo_is_accepted_and_left_at_its_start(content, kind):
    file = SimpleUploadedFile("logo", content)
    check_logo(file)
    assert kind_of(content) == kind
    assert file.read() == content


def test_a_picture_is_known_by_its_content_whatever_its_name():
    check_logo(SimpleUploadedFile("logo.svg", picture("PNG")))
    assert kind_of(picture("PNG")) == "png"


@pytest.mark.parametrize(
    "content",
    [
        b"bonjour",
        b"MZ\x90\x00",
        b"%PDF-1.7",
        b"GIF89a\x01\x00",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"<html><body>",
        b"\x00" * 64,
    ],
)
def test_a_file_that_is_not_an_image_is_refused_even_named_png(content):
    assert refusal(content).startswith("not-image")


def test_an_empty_file_is_refused():
    assert refusal(b"").startswith("empty")


def test_three_megabytes_are_refused():
    assert refusal(picture() + b"\x00" * 3 * 1024 * 1024).startswith("too-big")
    assert MAX_BYTES < 3 * 1024 * 1024


@pytest.mark.parametrize("size", [(4001, 10), (10, 4001), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_an_image_that_claims_too_many_pixels_is_refused_without_being_decoded(size):
    assert refusal(png_that_claims(*size)).split(":")[0] in ("too-large", "broken")


@pytest.mark.parametrize("content", [picture("PNG")[:40], picture("JPEG")[:30], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
def test_a_truncated_image_is_refused(content):
    assert refusal(content).startswith("broken")


@pytest.mark.parametrize(
    "content",
    [
        picture("PNG") + b"<script>alert(1)</script>",
        picture("PNG") + b"PK\x03\x04 archive",
        picture("JPEG") + b"<html>",
        picture("JPEG") + b"bytes after the end",
        picture("JPEG")[:-2] + b"<?php system(1)?>\xff\xd9",
    ],
)
def test_an_image_that_is_also_something_else_is_refused(content):
    assert refusal(content).startswith("polyglot")


@pytest.mark.parametrize(
    "content",
    [
        svg("<script>alert(1)</script>"),
        svg("<SCRIPT>alert(1)</SCRIPT>"),
        svg('<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>'),
        svg('<g onload="alert(1)"/>'),
        svg('<g ONCLICK="alert(1)"/>'),
        svg("<foreignObject><p>x</p></foreignObject>"),
        svg('<p xmlns="http://www.w3.org/1999/xhtml">x</p>'),
        svg('<image href="https://example.org/x.png"/>'),
        svg('<image xlink:href="file:///etc/passwd"/>'),
        svg('<image href="data:image/svg+xml;base64,PHN2Zz4="/>'),
        svg('<a href="javascript:alert(1)"><path/></a>'),
        svg('<a xlink:href=" java&#10;script:alert(1)"><path/></a>'),
        svg('<use href="//example.org/a.svg#b"/>'),
        svg('<rect fill="url(https://example.org/a)"/>'),
        svg("<rect style=\"fill:url('http://example.org/a')\"/>"),
        svg("<style>@import 'https://example.org/a.css';</style>"),
        svg("<style>@im/**/port 'https://example.org/a.css';</style>"),
        svg("<style>.a{background:u\\72l(https://example.org)}</style>"),
        svg("<style><![CDATA[.a{fill:url(//example.org/x)}]]></style>"),
        svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
        svg('<g xml:base="https://example.org/"/>'),
        svg(head='<?xml-stylesheet href="https://example.org/a.css"?>'),
        svg(head='<!DOCTYPE svg [<!ENTITY a "x">]>'),
        svg("&b;", head='<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'),
        svg("&x;", head='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        svg(head='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'),
        svg("<g>" * 100 + "</g>" * 100),
        svg("<path/>" * 20_001),
        svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#c"/></g><g id="c"/>'),
    ],
)
def test_an_svg_that_acts_loads_or_swells_is_refused(content):
    message = refusal(content, "logo.svg")
    assert message.startswith("active-svg")
    assert "Exportez le logo" in message


@pytest.mark.parametrize(
    "content", [b"<svg", b"<svg><g></svg>", b"<a><svg/></a>", svg().replace(b"path", b"p\x00th"), svg()[:-3]]
)
def test_a_broken_svg_is_refused(content):
    assert refusal(content, "logo.svg").split(":")[0] in ("broken", "not-image")
