"""What forms know of firms: a SIREN as people paste it, the name of a group."""

from __future__ import annotations

from typing import Any

from django import forms

from aict.accounts.tenant_forms import TenantModelForm
from partners.models import FirmGroup


class SirenField(forms.CharField):
    """A SIREN, with or without the spaces of the document that it is pasted from."""

    def to_python(self, value: Any) -> str:
        return "".join(super().to_python(value).split())

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Room for the spaces; a number pad on a phone."""
        return super().widget_attrs(widget) | {"maxlength": "15", "inputmode": "numeric"}


class FirmGroupForm(TenantModelForm):
    """The name of a group; its firms are chosen on their own pages."""

    class Meta(TenantModelForm.Meta):
        model = FirmGroup
        fields = ["name"]
