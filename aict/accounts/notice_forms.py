"""The one preference of a member about notices."""

from aict.accounts.models import Membership
from aict.accounts.tenant_forms import TenantModelForm


class DigestForm(TenantModelForm):
    """Whether notices are also sent by e-mail."""

    class Meta(TenantModelForm.Meta):
        model = Membership
        fields = ["wants_digest"]
        labels = {"wants_digest": "M’envoyer un résumé par courriel"}
        help_texts = {"wants_digest": "Un message par jour au plus, les jours où il y a du nouveau."}
