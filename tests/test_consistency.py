"""The rules of the house as tests. A failure names the file and the rule; see CONTRIBUTING.md.

The locks, the documents, the image and the variables have theirs in tests/test_setup.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import allauth
import django
import pytest
from django import forms
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.urls import URLPattern, get_resolver
from rest_framework.permissions import IsAuthenticated

from aict.accounts.access import Access
from aict.accounts.api import TenantViewSet
from aict.accounts.models import CalendarFeed, Collectivity, Invitation, User
from aict.accounts.reference import ReferenceModel
from aict.accounts.tenancy import TenantModel
from aict.accounts.tenant_forms import TenantModelForm
from aict.ui.colors import PALETTE

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("aict", "partners", "typology", "evaluation", "strategy")
LAYERS = ("ui", "accounts", "imports", "jobs", "partners", "typology", "evaluation", "strategy")  # lowest first
MODELS = [model for label in LAYERS for model in apps.get_app_config(label).get_models()]
TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))

# Declared exceptions: each is a decision, so keep these lists short.
SHARED_MODELS = {User, Collectivity}  # neither a tenant's nor reference data: they are what tenancy is made of
UNIQUE_ALONE = {
    (Invitation, "token"),
    (CalendarFeed, "token"),
}  # digests of random secrets, read first
FORBIDDEN_MODULES = {"utils", "helpers", "common", "services", "managers", "signals"}
FORBIDDEN_IMPORTS = {"django.utils.translation", "django.dispatch", "django.db.models.signals"}
MARKS_SAFE = {Path("aict/ui")}  # the only folder that makes HTML by hand
# Mail programs apply no style sheet, and no policy of ours reaches them.
RULES_OF_PAGES = {("no inline style", "accounts/email/digest_message.html")}
MEMBERS_OR_NOT = {"accounts:switch", "accounts:logo", "account_change_password"}  # whoever is signed in
PUBLIC = {
    "health",
    "accounts:accent_css",
    "accounts:accessibility",
    "accounts:privacy",
    "accounts:invitation",
    "partners:calendar_feed",  # the secret of the address is the key: a calendar program cannot sign in
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}
# The same for every member and network: reference data, and what describes the API.
REFERENCE_VIEWSETS = {
    "IndicatorViewSet",
    "FundingSchemeViewSet",
    "SupportActorViewSet",
    "SpectacularAPIView",
    "Index",
    "Unknown",
}


def sources() -> Iterator[Path]:
    """Our own Python, migrations aside."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def templates(pattern: str = "*.html") -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob(pattern)):
        yield path.relative_to(TEMPLATES).as_posix(), path.read_text(encoding="utf-8")


def all_routes(resolver: Any = None, namespace: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or pattern.pattern}", pattern.callback
        else:
            yield from all_routes(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


@pytest.fixture(scope="module")
def everything_imported() -> None:
    """Every module of ours, so that every form and viewset is known."""
    for package in PACKAGES:
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if "migrations" not in module.name and not module.name.endswith("asgi"):
                import_module(module.name)


# Models ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_belongs_to_a_collectivite_or_is_reference_data(model):
    assert issubclass(model, (TenantModel, ReferenceModel)) or model in SHARED_MODELS


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_says_in_words_what_a_row_is(model):
    owner = next(base for base in model.__mro__ if "__str__" in vars(base))
    assert owner is not models.Model, f"{model.__name__} has no __str__"
    assert "verbose_name" in model._meta.original_attrs, f"{model.__name__} has no French verbose_name"


def test_a_foreign_key_points_at_its_own_layer_or_a_lower_one():
    upward = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in MODELS
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.is_relation and field.related_model._meta.app_label in LAYERS
        if LAYERS.index(field.related_model._meta.app_label) > LAYERS.index(model._meta.app_label)
    ]
    assert not upward


def test_uniqueness_is_inside_a_collectivite():
    alone = [
        f"{model.__name__}.{field.name}"
        for model in MODELS
        if issubclass(model, TenantModel)
        for field in model._meta.local_fields
        if field.unique and not field.primary_key and (model, field.name) not in UNIQUE_ALONE
    ]
    across = [
        f"{model.__name__}: {constraint.name}"
        for model in MODELS
        if issubclass(model, TenantModel)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and "collectivity" not in constraint.fields
    ]
    assert not alone + across


def test_the_fields_of_reference_data_are_protected_from_deletion():
    loose = [
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and issubclass(model, TenantModel)
        and issubclass(field.related_model, ReferenceModel)
        and field.remote_field.on_delete is not models.PROTECT
    ]
    assert not loose


# Migrations ------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [label for label in LAYERS if label != "ui"])
def test_migrations_are_a_line(label, settings):
    settings.MIGRATION_MODULES = {}  # on SQLite the suite makes its tables from the models
    graph = MigrationLoader(None).graph
    assert len(graph.leaf_nodes(label)) == 1
    nodes = [node for node in graph.nodes if node[0] == label]
    followers = [parent for node in nodes for parent in graph.node_map[node].parents if parent.key[0] == label]
    assert len({parent.key for parent in followers}) == len(followers), "two migrations follow the same one"


def test_a_migration_has_a_name_that_says_what_it_does():
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("migrations/0*.py")]
    assert files
    assert not [relative(path) for path in files if re.search(r"_auto_|_alter_.*_and_more", path.name)]


@pytest.mark.django_db
def test_no_migration_is_missing(settings):
    settings.MIGRATION_MODULES = {}
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


# The door --------------------------------------------------------------------------------


def test_every_page_passes_the_door():
    open_pages = [
        name
        for name, view in all_routes()
        if not hasattr(view, "cls") and not hasattr(view, "required_ability") and name not in PUBLIC | MEMBERS_OR_NOT
    ]
    assert not open_pages, f"neither @requires nor declared: {open_pages}"


def test_what_is_public_is_declared_and_nothing_declared_is_gone():
    public = {name for name, view in all_routes() if not getattr(view, "login_required", True)}
    api = {name for name, view in all_routes() if hasattr(view, "cls")}
    assert public - api == PUBLIC
    assert {name for name, _ in all_routes()} >= PUBLIC | MEMBERS_OR_NOT


def test_every_viewset_asks_who_is_there_and_for_whom():
    for name, view in all_routes():
        if hasattr(view, "cls"):
            assert issubclass(view.cls, TenantViewSet) or view.cls.__name__ in REFERENCE_VIEWSETS, name
            assert view.cls.permission_classes == [IsAuthenticated], name


def test_every_form_that_writes_a_tenants_data_is_checked(everything_imported):
    def below(form: type) -> Iterator[type]:
        for child in form.__subclasses__():
            yield child
            yield from below(child)

    ours = [form for form in below(forms.ModelForm) if form.__module__.partition(".")[0] in PACKAGES]
    assert ours
    for form in ours:
        if form._meta.model and issubclass(form._meta.model, TenantModel):
            assert issubclass(form, TenantModelForm), form.__name__


# Templates -------------------------------------------------------------------------------


def test_no_template_is_unused():
    said = "\n".join([path.read_text(encoding="utf-8") for path in sources()] + [text for _, text in templates()])
    theirs = [Path(allauth.__file__).parent / "templates", Path(django.__file__).parent / "forms/templates"]
    theirs.append(Path(django.__file__).parent / "views/templates")
    unused = []
    for path in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        name = path.relative_to(TEMPLATES).as_posix()
        is_error_page = re.fullmatch(r"(4\d\d|500)\.html|403_csrf\.html", name)
        is_override = any((folder / name).exists() for folder in theirs)
        if f'"{name}"' not in said and f"'{name}'" not in said and not is_error_page and not is_override:
            unused.append(name)
    assert not unused


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("nothing is marked safe", r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off"),
        ("no inline style", r"<[^>]*\sstyle\s*=|<style\b"),
        ("no inline handler", r"<[^>]*\son\w+\s*="),
        ("no inline script", r"<script(?![^>]*\ssrc=)|javascript:"),
        ("no address of another host", r"<(?:script|link|img|iframe|form)\b[^>]*(?:src|href|action)=\"(?:https?:)?//"),
        ("abilities, never roles", r"\brole\s*(?:==|!=|in\b)"),
        ("literals, no gettext", r"{%\s*(?:load i18n|trans|blocktrans|translate|blocktranslate)\b"),
    ],
)
def test_a_template_keeps_the_rule(rule, pattern):
    guilty = [
        name
        for name, text in templates()
        if re.search(pattern, text, re.IGNORECASE) and (rule, name) not in RULES_OF_PAGES
    ]
    assert not guilty, f"{rule}: {guilty}"


def test_html_is_made_by_templates_and_by_the_toolkit_alone():
    guilty = [
        relative(path)
        for path in sources()
        if "mark_safe" in path.read_text(encoding="utf-8")
        and not any(path.is_relative_to(ROOT / folder) for folder in MARKS_SAFE)
    ]
    assert not guilty


def test_a_form_that_posts_carries_its_token():
    guilty = [
        name
        for name, text in templates()
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE)
        if "csrf_token" not in form
    ]
    assert not guilty


def test_the_palette_of_the_charts_is_the_one_of_the_style_sheet():
    sheet = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", sheet))
    for name, color in PALETTE.items():
        said = tokens[name]
        assert color == (said if len(said) == 7 else "#" + "".join(digit * 2 for digit in said[1:])), name


# Source files ----------------------------------------------------------------------------


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_stay_short():
    limits = [(path, 400) for path in sources()] + [(path, 600) for path in (ROOT / "tests").rglob("*.py")]
    long = [
        f"{relative(path)}: {lines} lines, at most {limit}"
        for path, limit in limits
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > limit
    ]
    assert not long


def test_functions_stay_short_and_views_shorter():
    long = []
    for path in sources():
        is_views = "views" in path.parts or path.stem.endswith("views")
        for node in functions(path):
            arguments = node.args.posonlyargs + node.args.args
            is_view = is_views and bool(arguments) and arguments[0].arg == "request"
            if length(node) > (limit := 25 if is_view else 40):
                long.append(f"{relative(path)}: {node.name} has {length(node)} lines, at most {limit}")
    assert not long, "\n".join(long)


def test_a_module_is_named_for_what_it_knows():
    assert not [relative(path) for path in sources() if path.stem in FORBIDDEN_MODULES]
    assert not [relative(path) for path in sources() if path.parent.name in FORBIDDEN_MODULES]


def test_no_signal_no_gettext_no_generic_key():
    guilty = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module in FORBIDDEN_IMPORTS or (module and "contenttypes" in module):
                guilty.append(f"{relative(path)}: {module}")
    assert not guilty


def test_a_module_says_in_one_sentence_what_it_knows():
    bare = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if text.strip() and path.name != "apps.py" and ast.get_docstring(ast.parse(text)) is None:
            bare.append(relative(path))
    assert not bare


def test_templates_ask_abilities_that_exist():
    known = set(Access(user=None, collectivity=None).can)
    asked = {(name, ability) for name, text in templates() for ability in re.findall(r"access\.can\.(\w+)", text)}
    assert not {(name, ability) for name, ability in asked if ability not in known}
