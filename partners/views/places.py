"""What helps to fill the form of a territory: the towns of the gazetteer.

They answer a module of the page as one types; without JavaScript, the form itself comes back with the towns found.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aict.accounts.access import number_in, requires
from aict.accounts.enums import Ability
from aict.ui.typography import NBSP, number
from partners import gazetteer
from partners.forms import TerritoryForm
from partners.models import Country, TerritorialLevel, Territory

CHOICES = 8
TOWN = "commune"


@require_safe
@requires(Ability.EDIT_PARTNERS)
def search(request: HttpRequest) -> HttpResponse:
    """`?q=` words, `&country=` number of the country chosen in the form: towns, each with the values of its fields."""
    found = gazetteer.search(request.GET.get("q", ""), _country_code(request.GET.get("country", "")), CHOICES)
    countries = _numbers(found)
    places = [{"label": label(one), "detail": detail(one), "values": _values(one, countries)} for one in found]
    return JsonResponse({"places": places})


def looked_up(request: HttpRequest, territory: Territory) -> HttpResponse | None:
    """The form again with towns to choose from, or filled with the chosen one; None when it is being saved.

    Whoever types a place and presses Enter searches it; once its towns were shown, Enter saves.
    """
    words = request.POST.get("lieu", "").strip()
    chosen = gazetteer.place(request.POST.get("choisir", ""))
    if not chosen and "chercher" not in request.POST and words in ("", request.POST.get("lieu_vu", "")):
        return None
    typed: dict[str, Any] = request.POST.dict()
    context: dict[str, Any] = {"lieu": words, "asked": True, "chosen": chosen, "places": []}
    if chosen:
        typed |= _values(chosen, _numbers([chosen]))
        typed["level"] = typed.get("level") or TerritorialLevel.objects.get(code=TOWN).pk
        context["lieu"] = ""
    else:
        found = gazetteer.search(words, _country_code(request.POST.get("country", "")), CHOICES)
        context["places"] = [(one.number, label(one), detail(one)) for one in found]
    form = TerritoryForm(instance=territory, initial=typed, access=request.access)
    context |= {"form": form, "row": territory, "saved_name": territory.name if territory.pk else ""}
    return render(request, "partners/territory_form.html", context)


def label(place: gazetteer.Place) -> str:
    """« Londres, Royaume-Uni »."""
    return f"{place.name}, {place.country_label}"


def detail(place: gazetteer.Place) -> str:
    """« 8 961 989 habitants, trouvé par “Londra” »."""
    found_by = f", trouvé par «{NBSP}{place.found_by}{NBSP}»" if place.found_by else ""
    return f"{number(place.population)} habitants{found_by}"


def _values(place: gazetteer.Place, countries: dict[str, int]) -> dict[str, str]:
    """What a town fills in the form, written as the form reads it."""
    return {
        "name": place.name,
        "name_en": place.name_en if place.name_en != place.name else "",
        "country": str(countries.get(place.country, "")),
        "latitude": place.latitude.replace(".", ","),
        "longitude": place.longitude.replace(".", ","),
        "population": str(place.population),
    }


def _numbers(places: list[gazetteer.Place]) -> dict[str, int]:
    """The number of each country of these towns; one query."""
    return dict(Country.objects.filter(code__in={place.country for place in places}).values_list("code", "pk"))


def _country_code(typed: str) -> str:
    return Country.objects.filter(pk=number_in(typed)).values_list("code", flat=True).first() or ""
