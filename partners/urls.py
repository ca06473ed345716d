"""Addresses of the partners' registers."""

from types import ModuleType

from django.urls import URLPattern, path

from partners.views import (
    actors,
    agreements,
    amendments,
    calendars,
    contacts,
    documents,
    firms,
    merging,
    personal_data,
    places,
    renewal,
    stakeholders,
    territories,
)

app_name = "partners"


def register(prefix: str, name: str, views: ModuleType) -> list[URLPattern]:
    """The seven addresses of one register: `territory_list`, `territory_create`… `territory_export`."""
    return [
        path(f"partenaires/{prefix}/", views.index, name=f"{name}_list"),
        path(f"partenaires/{prefix}/nouveau/", views.create, name=f"{name}_create"),
        path(f"partenaires/{prefix}/export.<str:format>", views.export, name=f"{name}_export"),
        path(f"partenaires/{prefix}/<int:pk>/", views.detail, name=f"{name}_detail"),
        path(f"partenaires/{prefix}/<int:pk>/modifier/", views.edit, name=f"{name}_edit"),
        path(f"partenaires/{prefix}/<int:pk>/supprimer/", views.delete, name=f"{name}_delete"),
        path(f"partenaires/{prefix}/<int:pk>/retablir/", views.restore, name=f"{name}_restore"),
    ]


urlpatterns = [
    *register("territoires", "territory", territories),
    path("partenaires/territoires/carte/", territories.map, name="territory_map"),
    path("partenaires/territoires/lieux/", places.search, name="place_search"),
    path("partenaires/territoires/semblables/", merging.similar, name="territory_similar"),
    path("partenaires/territoires/<int:pk>/fusionner/", merging.merge, name="territory_merge"),
    *register("accords", "agreement", agreements),
    *register("acteurs", "stakeholder", stakeholders),
    path("partenaires/accords/<int:agreement_pk>/avenants/ajouter/", amendments.create, name="amendment_create"),
    path("partenaires/accords/<int:agreement_pk>/avenants/<int:pk>/", amendments.edit, name="amendment_edit"),
    path(
        "partenaires/accords/<int:agreement_pk>/avenants/<int:pk>/supprimer/",
        amendments.delete,
        name="amendment_delete",
    ),
    path("partenaires/accords/<int:pk>/echeance/", renewal.sheet, name="agreement_renewal"),
    path("partenaires/accords/<int:pk>/extinction/", renewal.lapse, name="agreement_lapse"),
    path("partenaires/accords/<int:pk>/extinction/retirer/", renewal.take_up, name="agreement_lapse_undo"),
    path("partenaires/groupes/<int:pk>/", firms.group_detail, name="group_detail"),
    path("partenaires/groupes/<int:pk>/renommer/", firms.group_edit, name="group_edit"),
    path("partenaires/contacts/", contacts.index, name="contact_list"),
    path("partenaires/contacts/nouveau/", contacts.create, name="contact_create"),
    path("partenaires/contacts/ensemble/", contacts.bulk, name="contact_bulk"),
    path("partenaires/contacts/export.<str:format>", contacts.export, name="contact_export"),
    path("partenaires/contacts/<int:pk>/", contacts.detail, name="contact_detail"),
    path("partenaires/contacts/<int:pk>/modifier/", contacts.edit, name="contact_edit"),
    path("partenaires/contacts/<int:pk>/supprimer/", contacts.delete, name="contact_delete"),
    path("partenaires/contacts/<int:pk>/contacte/", contacts.met, name="contact_met"),
    path("partenaires/personne/", personal_data.person, name="person"),
    path("partenaires/personne/export.<str:format>", personal_data.person_export, name="person_export"),
    path("partenaires/personne/effacer/", personal_data.person_erase, name="person_erase"),
    path("partenaires/agenda/", calendars.calendar, name="calendar"),
    path("partenaires/agenda/adresse/", calendars.issue, name="calendar_issue"),
    path("partenaires/agenda/revoquer/", calendars.revoke, name="calendar_revoke"),
    path("agenda/<str:token>.ics", calendars.feed, name="calendar_feed"),
    path("partenaires/accords/<int:pk>/documents/joindre/", documents.add_to_agreement, name="document_add_agreement"),
    path(
        "partenaires/territoires/<int:pk>/documents/joindre/", documents.add_to_territory, name="document_add_territory"
    ),
    path("partenaires/documents/<int:pk>/", documents.download, name="document_download"),
    path("partenaires/documents/<int:pk>/modifier/", documents.edit, name="document_edit"),
    path("partenaires/documents/<int:pk>/supprimer/", documents.delete, name="document_delete"),
    path("appui/annuaire/", actors.index, name="actor_list"),
    path("appui/annuaire/<slug:code>/", actors.detail, name="actor_detail"),
    path("appui/annuaire/<slug:code>/corriger/", actors.correct, name="actor_correct"),
    path("appui/annuaire/<slug:code>/reprendre/", actors.uncorrect, name="actor_uncorrect"),
    path("appui/carte/", actors.map, name="actor_map"),
]
