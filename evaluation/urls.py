"""Addresses of measures, of the indicators of an action, and of the indicator library."""

from django.urls import path

from evaluation.views import indicators, measures, uses

app_name = "evaluation"

urlpatterns = [
    path("evaluation/mesures/", measures.index, name="measure_list"),
    path("evaluation/mesures/nouvelle/", measures.create, name="measure_create"),
    path("evaluation/mesures/export.<str:format>", measures.export, name="measure_export"),
    path("evaluation/mesures/<int:pk>/", measures.detail, name="measure_detail"),
    path("evaluation/mesures/<int:pk>/modifier/", measures.edit, name="measure_edit"),
    path("evaluation/mesures/<int:pk>/supprimer/", measures.delete, name="measure_delete"),
    path("evaluation/mesures/<int:pk>/retablir/", measures.restore, name="measure_restore"),
    path("evaluation/mesures/<int:pk>/etat/<slug:move>/", measures.state, name="measure_state"),
    path("actions/<int:action_pk>/indicateurs/nouveau/", uses.create, name="indicator_use_create"),
    path("actions/<int:action_pk>/indicateurs/<int:pk>/modifier/", uses.edit, name="indicator_use_edit"),
    path("actions/<int:action_pk>/indicateurs/<int:pk>/supprimer/", uses.delete, name="indicator_use_delete"),
    path("referentiel/indicateurs/", indicators.indicator_list, name="indicator_list"),
    path("referentiel/indicateurs/<slug:code>/", indicators.indicator_detail, name="indicator_detail"),
]
