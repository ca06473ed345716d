"""Addresses of actions, of their budget lines, and of the reference pages."""

from django.urls import path

from typology.views import actions, budget, documents, reference

app_name = "typology"

urlpatterns = [
    path("actions/", actions.index, name="action_list"),
    path("actions/nouvelle/", actions.create, name="action_create"),
    path("actions/export.<str:format>", actions.export, name="action_export"),
    path("actions/<int:pk>/", actions.detail, name="action_detail"),
    path("actions/<int:pk>/modifier/", actions.edit, name="action_edit"),
    path("actions/<int:pk>/supprimer/", actions.delete, name="action_delete"),
    path("actions/<int:pk>/retablir/", actions.restore, name="action_restore"),
    path("actions/<int:action_pk>/budget/nouveau/", budget.create, name="budget_line_create"),
    path("actions/<int:action_pk>/budget/<int:pk>/modifier/", budget.edit, name="budget_line_edit"),
    path("actions/<int:action_pk>/budget/<int:pk>/supprimer/", budget.delete, name="budget_line_delete"),
    path("actions/<int:action_pk>/documents/joindre/", documents.add, name="document_add"),
    path("actions/documents/<int:pk>/", documents.download, name="document_download"),
    path("actions/documents/<int:pk>/modifier/", documents.edit, name="document_edit"),
    path("actions/documents/<int:pk>/supprimer/", documents.delete, name="document_delete"),
    path("referentiel/typologie/", reference.tree, name="tree"),
    path("referentiel/glossaire/", reference.glossary, name="glossary"),
    path("referentiel/champs/", reference.fields, name="fields"),
]
