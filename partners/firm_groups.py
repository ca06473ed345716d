"""Groups of firms: a group opens with its first firm and closes with its last.

Firms of a group make a single undertaking, whose aids are counted together (Regulation (EU) 2023/2831, art. 2).
"""

from __future__ import annotations

from aict.accounts import history, registers
from aict.accounts.models import Collectivity, User
from partners.models import FirmGroup, Stakeholder


def named(*, name: str, collectivity: Collectivity, author: User | None) -> FirmGroup:
    """The group of this name, whatever its capitals; opened when the collectivité has none."""
    group = FirmGroup.objects.for_collectivity(collectivity).filter(name__iexact=name).first()
    if group is None:
        group, is_new = FirmGroup.objects.get_or_create(collectivity=collectivity, name=name)
        if is_new:
            history.record(instance=group, author=author)
    return group


def close_if_empty(*, number: int | None, collectivity: Collectivity, author: User | None) -> None:
    """Delete a group that no firm belongs to any more; a deleted firm still counts, for it may be restored."""
    group = FirmGroup.objects.for_collectivity(collectivity).filter(pk=number).first()
    if group is None or Stakeholder.objects.with_deleted_of(collectivity).filter(group=group).exists():
        return
    registers.remove(row=group, author=author)
