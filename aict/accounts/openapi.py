"""The description of the API, completed: no field and no parameter goes without words in French."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Fields alike in every register; the others take the name that the screens give them.
_FIELDS = {
    "id": "Numéro, stable.",
    "code": "Code, stable.",
    "count": "Nombre total d’objets.",
    "next": "Adresse de la page suivante, ou null.",
    "previous": "Adresse de la page précédente, ou null.",
    "results": "Objets de cette page.",
    "source": "D’où vient la fiche ; vide si rien ne le dit.",
    "nature": "Ce que vaut la source : une hypothèse n’est jamais un fait.",
    "territory": "Territoire partenaire.",
    "action": "Numéro de l’action.",
    "siren": "SIREN de l’entreprise, neuf chiffres ; vide sinon.",
    "population": "Habitants.",
    "minimum": "Plus petite valeur admise, dans l’unité de l’indicateur.",
    "maximum": "Plus grande valeur admise, dans l’unité de l’indicateur.",
}
_FORMATS = {"date": ", par exemple 2027-01-31", "decimal": ", par exemple 12000.00"}
_PARAMETERS = {"id": "Numéro de l’objet.", "code": "Code de l’objet."}


def describe(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give each field and parameter without a description the words of the screens; a hook of drf-spectacular.

    Docstrings, which are for maintainers and in English, leave the description.
    """
    for schema in result["components"]["schemas"].values():
        fields = schema.get("properties", {})
        if fields:
            schema.pop("description", None)
        for name, field in fields.items():
            if not field.get("description") and (words := _words(name, field)):
                fields[name] = ({"allOf": [field]} if "$ref" in field else field) | {"description": words}
    for path, operation in _operations(result):
        if path.endswith("}/"):
            operation["description"] = f"{operation['summary']}, ou 404 s’il n’existe pas ou ne vous est pas partagé."
        for parameter in operation.get("parameters", []):
            if not parameter.get("description") and parameter["name"] in _PARAMETERS:
                parameter["description"] = _PARAMETERS[parameter["name"]]
    return result


def _words(name: str, field: dict[str, Any]) -> str:
    if name in _FIELDS:
        return _FIELDS[name]
    title = field.get("title", "")
    return f"{title}{_FORMATS.get(field.get('format', ''), '')}." if title else ""


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in result["paths"].items():
        for operation in methods.values():
            yield path, operation
