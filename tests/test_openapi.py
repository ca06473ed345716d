"""The description of the API: sound, complete, in French."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from django.core.management import call_command


@pytest.fixture(scope="module")
def description(tmp_path_factory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("openapi") / "schema.yml"
    # Raises on a warning too: a type that could not be told is a type that a program reads wrong.
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_field_is_described(description):
    schemas = description["components"]["schemas"]
    assert len(schemas) > 20
    mute = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, value in schema.get("properties", {}).items()
        if not value.get("description")
    ]
    assert mute == []


def test_every_operation_and_every_parameter_is_described(description):
    operations = [(path, one) for path, methods in description["paths"].items() for one in methods.values()]
    assert len(operations) > 15
    assert [path for path, one in operations if not one.get("summary") or not one.get("description")] == []
    assert [
        f"{path} {parameter['name']}"
        for path, one in operations
        for parameter in one.get("parameters", [])
        if not parameter.get("description")
    ] == []


def test_no_english_docstring_shows(description):
    text = yaml.safe_dump(description, allow_unicode=True, width=10_000)
    assert re.findall(r".*\b(?:the|its|an|of|reads?)\b.*", text) == []


@pytest.mark.parametrize("path", ["territoires", "accords", "acteurs", "bureaux"])
def test_a_register_is_filtered_in_the_api_as_on_its_page(description, path):
    parameters = {one["name"] for one in description["paths"][f"/api/v1/{path}/"]["get"]["parameters"]}
    assert {"q", "page"} <= parameters
