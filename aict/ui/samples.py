"""Sample data of the component page, all fictional: what each component looks like, filled, empty and refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict

from aict.ui import charts
from aict.ui.colors import PALETTE
from aict.ui.fields import FrenchDateField, FrenchDecimalField, YesNoField
from aict.ui.worldmap import MapPoint

TODAY = date(2026, 11, 23)

COLORS = [
    ("Encre 900", "ink-900", "titres, barre"),
    ("Encre 800", "ink-800", "texte"),
    ("Encre 600", "ink-600", "texte second"),
    ("Encre 400", "ink-400", "bords de champ"),
    ("Filet", "line", "filets"),
    ("Fond", "ground", "page"),
    ("Accent", "accent", "une couleur par collectivité"),
    ("Internationalisation", "cat-int", "carré"),
    ("Promotion", "cat-pro", "triangle"),
    ("Coopération", "cat-coo", "disque"),
]

STEPS = [
    {"code": code, "label": label, "state": state, "word": word, "url": "#", "current": code == "C1"}
    for code, label, state, word in (
        ("A1", "Ressources internes", "complete", "Complète"),
        ("A2", "État des lieux", "complete", "Complète"),
        ("B1", "Parties prenantes", "complete", "Complète"),
        ("B2", "Vision politique", "complete", "1 info"),
        ("C1", "Priorités", "incomplete", "1 blocage"),
        ("C2", "Confiance", "incomplete", "2 alertes"),
        ("C3", "Financement", "not-started", "À faire"),
        ("D1", "Évaluation", "not-started", "À faire"),
    )
]

FACTS = [
    ("Pays", "Tunisie"),
    ("Échelon", "Commune, 330 000 habitants"),
    ("Horizon", "Lien de long terme"),
    ("Date de révision", None),
]

LANES = [
    charts.Lane("Protocole de jumelage", [charts.Span(date(1998, 5, 12), date(2003, 12, 31))], "1998-2003"),
    charts.Lane("Convention de coopération", [charts.Span(date(2006, 3, 1), date(2010, 12, 31))], "2006-2010"),
    charts.Lane("Accord-projet technopôle", [charts.Span(date(2012, 1, 15), date(2014, 12, 31))], "2012-2014"),
    charts.Lane(
        "Convention de coopération",
        [
            charts.Span(date(2019, 8, 1), date(2023, 7, 31)),
            charts.Span(date(2023, 8, 1), date(2027, 7, 31), extended=True),
        ],
        "2019-2027, avenant n° 1",
    ),
]

STAKEHOLDERS = [
    charts.QuadrantPoint("Campus scientifique", Decimal("4.7"), 5, "Savoir"),
    charts.QuadrantPoint("Pôle photonique", Decimal("4.7"), Decimal("4.8"), "Économie"),
    charts.QuadrantPoint("Université", Decimal("4.3"), 5, "Savoir"),
    charts.QuadrantPoint("Cluster de la montagne", 4, Decimal("4.2"), "Économie"),
    charts.QuadrantPoint("Office de tourisme", Decimal("3.7"), Decimal("2.5"), "Développement"),
    charts.QuadrantPoint("Pôle énergie", Decimal("2.7"), Decimal("3.5"), "Économie"),
    charts.QuadrantPoint("Chambre de métiers", Decimal("2.5"), Decimal("1.3"), "Développement"),
    charts.QuadrantPoint("Comité de jumelage", Decimal("1.2"), 2, "Associations"),
    charts.QuadrantPoint("Agence d’urbanisme", None, 3, "Développement"),
]

SERIES: list[tuple[str, Decimal | None]] = [
    ("2020", Decimal(22)),
    ("2021", Decimal(25)),
    ("2022", None),
    ("2023", Decimal(31)),
    ("2024", Decimal("37.5")),
    ("2025", Decimal(46)),
]

BARS = [
    charts.BarRow("Industrie et procédés", 18),
    charts.BarRow("Énergie", 11),
    charts.BarRow("Recherche et enseignement supérieur", Decimal("7.5")),
    charts.BarRow("Agriculture et alimentation", None),
    charts.BarRow("Tourisme", 0),
]

BUDGET = [  # shape, label, planned, actual
    ("int", "Internationalisation", 245_000, 171_500),
    ("pro", "Promotion", 636_000, 521_000),
    ("coo", "Coopération", 403_500, 219_495),
]

PROGRESS: list[tuple[str, int | None, int | None, int | None, int]] = [  # label, baseline, value, target, maximum
    ("Entreprises accompagnées", 22, 46, 60, 66),
    ("Délégations reçues", 2, 9, 15, 16),
    ("Départ non relevé", None, 7, 10, 12),
    ("Sans cible", 3, 5, None, 12),
    ("Emplois créés", 40, None, 120, 130),
]

MATRIX_HEAD = ["Recherche", "Innovation", "Industrie", "Tourisme", "Agriculture", "Services"]
MATRIX = [
    ("Tsukuba", ("int coo", "int coo", "", "", "", "")),
    ("Phoenix", ("", "pro", "int pro", "", "", "")),
    ("Sfax", ("coo", "", "coo", "", "coo", "")),
    ("Innsbruck", ("", "", "pro", "pro coo", "", "")),
]
CATEGORY_NAMES = {"int": "Internationalisation", "pro": "Promotion", "coo": "Coopération"}

HOME = MapPoint("Valmarée", 45.19, 5.72, "home", "FR")
PLACES = [
    MapPoint("Sfax", 34.74, 10.76, "cooperation", "TN"),
    MapPoint("Ouagadougou", 12.36566, -1.53388, "cooperation", "BF"),
    MapPoint("Innsbruck", 47.27, 11.39, "both", "AT"),
    MapPoint("Tsukuba", 36.08, 140.08, "both", "JP"),
    MapPoint("Phoenix", 33.45, -112.07, "both", "US"),
    MapPoint("Bethléem", 31.70, 35.20, "cooperation", "PS"),
    MapPoint("Sevan", 40.55, 44.95, "cooperation", "AM"),
    MapPoint("Constantine", 36.37, 6.61, "cooperation", "DZ"),
    MapPoint("Las Vegas", 36.17, -115.14, "prospection", "US"),
    MapPoint("Inde", 22.0, 79.0, "prospection", "IN"),
    MapPoint("Partenariat en projet", None, None, "cooperation"),
]


@dataclass(frozen=True)
class SampleChange:
    """A row of the history, as accounts.Change shows it."""

    created_at: datetime
    verb: str
    author: str
    object_label: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    @property
    def author_id(self) -> int | None:
        return 1 if self.author else None

    def get_verb_display(self) -> str:
        return self.verb


CHANGES = [
    SampleChange(
        datetime(2026, 11, 20, 14, 6, tzinfo=UTC),
        "modification",
        "Relations internationales",
        "Sfax",
        {"fin": ["31/07/2023", "31/07/2027"], "note": ["", "Avenant n° 1 signé à Sfax."]},
    ),
    SampleChange(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "création", "", "Convention de coopération"),
]


@dataclass(frozen=True)
class SampleRow:
    """A deleted row."""

    deleted_at: datetime = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class SampleDocument:
    """A file attached to a row."""

    pk: int
    title: str
    get_kind_display: str
    filename: str
    size: int
    sha256: str
    extension: str
    added_by: str = "Chargé·e de mission relations internationales"
    added_by_id: int = 1
    created_at: datetime = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


DOCUMENTS = [
    SampleDocument(2, "Texte signé", "Texte signé", "convention-sfax.pdf", 1_840_000, "9f86d081" * 8, "PDF"),
    SampleDocument(1, "Délibération", "Délibération", "délibération 2026.docx", 48_200, "60303ae2" * 8, "DOCX"),
]


@dataclass(frozen=True)
class SampleMessage:
    """A message of django.contrib.messages."""

    level_tag: str
    text: str

    def __str__(self) -> str:
        return self.text


MESSAGES = [
    SampleMessage("success", "L’action a été ajoutée au territoire Sfax."),
    SampleMessage("error", "L’accord n’a pas été enregistré : la fin précède le début."),
]


class SampleFilters(forms.Form):
    """The filters of a list of agreements."""

    q = forms.CharField(label="Territoire, objet ou partie", required=False)
    state = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous"), ("en-vigueur", "En vigueur"), ("expire", "Expiré")]
    )
    form = forms.ChoiceField(label="Forme", required=False, choices=[("", "Toutes"), ("jumelage", "Jumelage")])
    due = forms.ChoiceField(label="Échéance", required=False, choices=[("", "Toutes"), ("180", "Dans 180 jours")])


@dataclass(frozen=True)
class SampleSection:
    """A section of a long form."""

    legend: str
    help: str = ""
    folded: bool = False


class SampleForm(forms.Form):
    """One field of each kind, one of them refused."""

    subject = forms.CharField(label="Objet de l’accord", help_text="Une phrase, lisible dans une délibération.")
    ends = FrenchDateField(label="Fin", required=False, help_text="Vide si l’accord n’a pas de terme.")
    amount = FrenchDecimalField(label="Montant prévu", required=False, help_text="En euros ; 0 est permis.")
    visibility = forms.ChoiceField(
        label="Visibilité",
        widget=forms.RadioSelect,
        choices=[("internal", "Interne"), ("network", "Réseaux"), ("public", "Publique")],
    )
    fields_of_work = forms.MultipleChoiceField(
        label="Secteurs",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("energie", "Énergie"), ("eau", "Eau"), ("sante", "Santé")],
    )
    answered = YesNoField(label="Transmis au préfet", required=False)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    @property
    def sections(self) -> list[tuple[SampleSection, list[forms.BoundField], bool]]:
        """As accounts' sectioned forms give them to form_sections.html."""
        return [
            (
                SampleSection("L’essentiel", "Ce qui figure dans la délibération."),
                [self["subject"], self["ends"]],
                True,
            ),
            (SampleSection("Pour compléter", folded=True), [self["amount"], self["note"]], False),
        ]


def refused_form() -> SampleForm:
    """A form with a date that is not one, and an amount that is not a number."""
    data = QueryDict(mutable=True)
    data.update({"subject": "Énergie solaire et formation", "ends": "31/02/2027", "amount": "douze"})
    data.update({"visibility": "network", "answered": "", "note": ""})
    data.setlist("fields_of_work", ["energie", "eau"])
    return SampleForm(data, auto_id="refuse_%s")


def page() -> Any:
    """The second page of a list."""
    return Paginator(range(120), 50).page(2)


def swatches() -> list[tuple[str, str, str]]:
    """Name, value and use of each colour."""
    return [(name, PALETTE[code], use) for name, code, use in COLORS]
