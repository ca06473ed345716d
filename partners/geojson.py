"""Rows with coordinates as GeoJSON (RFC 7946), for mapping software."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer

MEDIA_TYPE = "application/geo+json"

EXAMPLE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": 12,
            "geometry": {"type": "Point", "coordinates": [10.76028, 34.74056]},
            "properties": {"name": "Sfax", "country": "tn", "level": "commune", "population": 280566},
        }
    ],
}

_GEOMETRY = {
    "type": "object",
    "nullable": True,
    "description": "null quand les coordonnées ne sont pas connues.",
    "properties": {
        "type": {"type": "string", "enum": ["Point"]},
        "coordinates": {
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
            "description": "Longitude puis latitude, en degrés (WGS 84).",
        },
    },
}
SCHEMA = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "id", "geometry", "properties"],
                "properties": {
                    "type": {"type": "string", "enum": ["Feature"]},
                    "id": {"type": "integer"},
                    "geometry": _GEOMETRY,
                    "properties": {"type": "object", "description": "Les autres champs du territoire."},
                },
            },
        },
    },
}


class GeoJsonRenderer(JSONRenderer):
    """JSON, under the name that mapping software asks for."""

    media_type = MEDIA_TYPE
    format = "geojson"


def collection(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The FeatureCollection of serialized rows that hold `id`, `latitude` and `longitude`."""
    return {"type": "FeatureCollection", "features": [_feature(row) for row in rows]}


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    properties = {name: value for name, value in row.items() if name not in ("id", "latitude", "longitude")}
    return {"type": "Feature", "id": row["id"], "geometry": _point(row), "properties": properties}


def _point(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["latitude"] is None or row["longitude"] is None:
        return None
    return {"type": "Point", "coordinates": [float(row["longitude"]), float(row["latitude"])]}
