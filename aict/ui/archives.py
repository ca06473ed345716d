"""Zip archives judged before anyone opens them: no bomb, no encrypted entry, nothing hidden around the entries."""

from __future__ import annotations

import struct
import zipfile
import zlib
from itertools import pairwise
from typing import IO

from django.core.exceptions import ValidationError

MAX_UNZIPPED = 50 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 5_000
_PIECE = 64 * 1024
_LOCAL = struct.Struct("<4s5H3L2H")  # the header in front of each entry
_END = struct.Struct("<4s4H2LH")  # the record that ends the archive
_MAX_DIRECTORY = 1024 * 1024
_ENCRYPTED = 0x1

_SWELLS = (
    "Ce fichier prend trop de place une fois décompressé (plus de 50 Mo, ou plus de 100 fois sa taille). "
    "Allégez ses images ou exportez-le en PDF."
)
_LOCKED = "Ce fichier est chiffré ou protégé par un mot de passe : retirez la protection, puis joignez-le de nouveau."
_BROKEN = "Ce fichier est abîmé : il ne s’ouvre pas. Enregistrez-le de nouveau depuis son logiciel."
_HIDING = "Ce fichier contient autre chose qu’un document. Enregistrez-le de nouveau depuis son logiciel."


def refusal(code: str) -> ValidationError:
    """The error of a code: `bomb`, `encrypted`, `polyglot` or `broken`."""
    words = {"bomb": _SWELLS, "encrypted": _LOCKED, "polyglot": _HIDING}
    return ValidationError(words.get(code, _BROKEN), code=code)


def check_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """The opened archive, once it is known to be sound; raises ValidationError in French otherwise.

    What the directory declares is judged first, without inflating anything: 50 MB and 100 times its size at most.
    Then each entry is inflated in pieces that are thrown away, no further than what it declares: one that lies stops
    there. Memory stays that of a piece.
    """
    try:
        _check_end(file)
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
        _check_declared(archive, entries)
        for entry in entries:
            _check_entry(file, entry)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, OSError, ValueError, EOFError):
        raise refusal("broken") from None
    finally:
        file.seek(0)
    return archive


def _check_end(file: IO[bytes]) -> None:
    """The last record ends the file and announces a directory of a decent size: nothing of it is read before."""
    size = file.seek(0, 2)
    file.seek(max(size - _END.size - 20, 0))
    tail = file.read()
    mark, _, _, _, count, length, _, comment = _END.unpack(tail[-_END.size :])
    if mark != b"PK\x05\x06" or comment:
        raise refusal("polyglot" if b"PK\x05\x06" in tail else "broken")
    if tail.startswith(b"PK\x06\x07"):
        raise refusal("broken")  # the 64-bit directory, for archives over 4 GB
    if count > MAX_ENTRIES or length > _MAX_DIRECTORY:
        raise refusal("bomb")


def _check_declared(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Everything that the central directory says, before one byte is inflated."""
    unzipped = sum(entry.file_size for entry in entries)
    zipped = sum(entry.compress_size for entry in entries)
    if unzipped > MAX_UNZIPPED or unzipped > MAX_RATIO * max(zipped, 1):
        raise refusal("bomb")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise refusal("encrypted")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise refusal("broken")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise refusal("polyglot")  # two programs would each read another one
    order = sorted(entries, key=lambda entry: entry.header_offset)
    if archive.comment or not order or order[0].header_offset != 0:
        raise refusal("polyglot")
    for entry, following in pairwise(order):
        if entry.header_offset + _LOCAL.size + entry.compress_size > following.header_offset:
            raise refusal("bomb")  # entries that share their bytes swell without end
    if order[-1].header_offset + _LOCAL.size + order[-1].compress_size > archive.start_dir:
        raise refusal("bomb")


def _check_entry(file: IO[bytes], entry: zipfile.ZipInfo) -> None:
    """The entry is where the directory says, under the same name, and holds no more than it declares."""
    file.seek(entry.header_offset)
    mark, _, flags, method, *_, name_size, extra_size = _LOCAL.unpack(file.read(_LOCAL.size))
    name = file.read(name_size)
    if mark != b"PK\x03\x04" or method != entry.compress_type or name != _name_of(entry):
        raise refusal("polyglot")
    if flags & _ENCRYPTED:
        raise refusal("encrypted")
    file.seek(extra_size, 1)
    if method == zipfile.ZIP_STORED:
        if entry.file_size != entry.compress_size:
            raise refusal("broken")
        return
    if _inflated(file, entry) != entry.file_size:
        raise refusal("bomb")


def _name_of(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")


def _inflated(file: IO[bytes], entry: zipfile.ZipInfo) -> int:
    """How many bytes the entry gives, counted no further than one past what it declares."""
    inflater = zlib.decompressobj(-15)
    left, total = entry.compress_size, 0
    while total <= entry.file_size and not inflater.eof:
        piece = inflater.unconsumed_tail
        if not piece:
            if not (piece := file.read(min(_PIECE, left))):
                break
            left -= len(piece)
        total += len(inflater.decompress(piece, _PIECE))
    return total
