"""The strategy document: from a frozen snapshot to plain data for the template. Pure: no query, no clock."""

from __future__ import annotations

from strategy.document import annexes, chapter_a, chapter_b, chapter_c, chapter_d, opening
from strategy.document.frozen import Frozen
from strategy.document.parts import Document
from strategy.document.words import line
from strategy.snapshots import Snapshot, sha256

__all__ = ["Document", "build"]


def build(snapshot: Snapshot, *, number: int) -> Document:
    """The document of a snapshot kept as version `number`. The same arguments always give an equal document."""
    data, digest = Frozen(snapshot), sha256(snapshot)
    return Document(
        title=opening.full_title(data),
        organisation=line(data.collectivity["name"]),
        edition=opening.edition(data, number),
        accent=data.accent,
        cover=opening.cover(data, number=number, sha256=digest),
        essential=opening.essential(data),
        chapters=(
            opening.introduction(data),
            chapter_a.chapter(data),
            chapter_b.chapter(data),
            chapter_c.chapter(data),
            chapter_d.chapter(data),
            annexes.chapter(data, number=number, sha256=digest),
        ),
    )
