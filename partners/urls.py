"""Addresses of the partners' registers."""

from types import ModuleType

from django.urls import URLPattern, path

from partners.views import agreements, stakeholders, territories

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
    *register("accords", "agreement", agreements),
    *register("acteurs", "stakeholder", stakeholders),
]
