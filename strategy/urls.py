"""Addresses of strategies, of the wizard and of documents."""

from django.urls import path

from strategy.views import documents, preview, strategies, wizard

app_name = "strategy"

urlpatterns = [
    path("strategies/", strategies.strategy_list, name="strategy_list"),
    path("strategies/nouvelle/", strategies.strategy_create, name="strategy_create"),
    path("strategies/<int:pk>/", strategies.strategy_detail, name="strategy_detail"),
    path("strategies/<int:pk>/modifier/", strategies.strategy_edit, name="strategy_edit"),
    path("strategies/<int:pk>/etat/", strategies.strategy_move, name="strategy_move"),
    path("strategies/<int:pk>/adopter/", strategies.strategy_adopt, name="strategy_adopt"),
    path("strategies/<int:pk>/etapes/<slug:slug>/", wizard.step, name="step"),
    path("strategies/<int:pk>/etapes/<slug:slug>/reprendre/", wizard.take_over, name="take_over"),
    path("strategies/<int:pk>/etapes/<slug:slug>/<int:row_pk>/supprimer/", wizard.delete_row, name="row_delete"),
    path("strategies/<int:pk>/etapes/<slug:slug>/apercu/", preview.preview, name="preview"),
    path("strategies/<int:pk>/document/", documents.make_document, name="make_document"),
    path("strategies/<int:pk>/versions/<int:number>.pdf", documents.download, name="download"),
]
