"""Twinnings of many communes in one file: a row gives a partner town and the twinning with it.

Nothing is guessed. The file says a town, a country, a Wikidata code; rows whose codes contradict each other are
refused, those that leave a doubt (two places at one spot, one name in several countries) are taken as the file says,
their country and coordinates marked as assumed. What is recorded already is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError

from aict.accounts.enums import Ability, SourceNature
from aict.accounts.siren import validate_siren
from aict.imports.book import Book
from aict.imports.planning import Plan, Planner
from aict.imports.report import LineReport, Outcome, Reason, short
from aict.imports.tables import Column, Table, register
from aict.imports.values import coordinate
from aict.ui.spreadsheets import Line, Sheet, letter, shown
from aict.ui.typography import fold_words
from partners.enums import AgreementForm, Validity
from partners.import_tables.agreements import AGREEMENTS
from partners.import_tables.cited import as_text, country_of
from partners.import_tables.territories import TERRITORIES
from partners.models import Agreement, TerritorialLevel, Territory

SOURCE = "Fichier de jumelages importé. Pays et coordonnées : tels que le fichier les donne."
OBJECT = "Jumelage. Objet non précisé par la source."
OTHER_SIREN = "Cette ligne est celle d’une autre collectivité (SIREN {siren})."
TOWN = "commune"  # code of the level: the file holds towns alone


# A source that knows neither amount nor dates: product rule 3 lists them as findings, the rules of entry wait.
_TAKEN_AS_SAID = replace(AGREEMENTS, errors=lambda values: {})


@dataclass(frozen=True)
class Twin:
    """What a row says, once read."""

    line: Line
    siren: str
    town: str
    country: Any
    wikidata: str
    latitude: Any
    longitude: Any

    @property
    def name(self) -> str:
        return f"{self.town} ({self.country.label})"


@dataclass
class Reading:
    """The rows of a file: those that were read, those refused, and the doubts that rows cast on one another."""

    twins: list[Twin] = field(default_factory=list)
    refused: list[LineReport] = field(default_factory=list)
    doubts: dict[int, list[str]] = field(default_factory=dict)  # by line
    notices: list[tuple[str, set[int]]] = field(default_factory=list)  # with the lines that they are about

    def about(self, lines: set[int]) -> list[str]:
        """The notices that concern these lines."""
        return [text for text, concerned in self.notices if concerned & lines]


class Reader:
    """Reads the rows of a file, whoever they belong to."""

    def __init__(self, sheet: Sheet, mapping: Sequence[str], book: Book) -> None:
        self.sheet, self.book = sheet, book
        self.places = {key: place for place, key in enumerate(mapping) if key}

    def read(self) -> Reading:
        """Every row, then what they say of one another."""
        found = Reading()
        for line in self.sheet.lines:
            try:
                found.twins.append(self._twin(line))
            except ValidationError as error:
                found.refused.append(self.refusal(line, error))
        self._refuse_torn(found)
        _doubt(found)
        return found

    def _twin(self, line: Line) -> Twin:
        errors: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for key, place in self.places.items():
            try:
                if place in line.unreadable:
                    raise ValidationError(line.unreadable[place])
                column = TWINNINGS.by_key[key]
                values[key] = column.read(line.cells[place], self.book) if column.read else None
            except ValidationError as error:
                errors[key] = error.messages
        if not values.get("town") and "town" not in errors:
            errors["town"] = "À remplir."
        country = self._country(values, errors)
        if errors:
            raise ValidationError(errors)
        return Twin(
            line,
            values.get("siren", ""),
            values["town"],
            country,
            values.get("wikidata", "").upper(),
            values.get("latitude"),
            values.get("longitude"),
        )

    def _country(self, values: dict[str, Any], errors: dict[str, Any]) -> Any:
        try:
            country = country_of(values.get("country_name", ""), values.get("country_code", ""), self.book)
        except ValidationError as error:
            errors.update(error.message_dict)
            return None
        if country is None:
            errors.setdefault("country_name", "À remplir.")
        return country

    def refusal(self, line: Line, error: ValidationError) -> LineReport:
        """A refused row, each reason beside its column."""
        named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        reasons = []
        for key, messages in named.items():
            place = self.places.get(key, self.places.get({"name": "town", "country": "country_name"}.get(key, "")))
            text = " ".join(messages)
            if place is None:
                reasons.append(Reason("", "", "", text))
                continue
            cell = f"{letter(place)}{line.number}"
            reasons.append(Reason(short(self.sheet.headings[place]), cell, short(shown(line.cells[place])), text))
        label = shown(line.cells[self.places["town"]]) if "town" in self.places else ""
        return LineReport(line.number, Outcome.REFUSED, short(label), reasons)

    def refused(self, line: Line, key: str, text: str) -> LineReport:
        """A row refused for one column."""
        return self.refusal(line, ValidationError({key: text}))

    def _refuse_torn(self, found: Reading) -> None:
        """One Wikidata code under two countries: the rows contradict each other, none can be believed."""
        countries: dict[str, dict[int, Any]] = {}
        for twin in found.twins:
            if twin.wikidata:
                countries.setdefault(twin.wikidata, {})[twin.country.pk] = twin.country
        torn = {code: known for code, known in countries.items() if len(known) > 1}
        for twin in [twin for twin in found.twins if twin.wikidata in torn]:
            names = ", ".join(sorted(one.label for one in torn[twin.wikidata].values()))
            text = f"Le fichier place {twin.wikidata} dans plusieurs pays : {names}. Gardez le bon, puis recommencez."
            found.refused.append(self.refusal(twin.line, ValidationError({"country_name": text})))
        found.twins = [twin for twin in found.twins if twin.wikidata not in torn]


def _doubt(found: Reading) -> None:
    """What makes a country or coordinates doubtful: said of the file, and of each row."""
    _doubt_spots(found)
    _doubt_homonyms(found)


def _doubt_spots(found: Reading) -> None:
    """Two places at one spot: a country imputed by name puts Bethlehem where Belém is."""
    spots: dict[tuple[Any, Any], list[Twin]] = {}
    for twin in found.twins:
        if twin.latitude is not None and twin.wikidata:
            spots.setdefault((twin.latitude, twin.longitude), []).append(twin)
    for twins in spots.values():
        names = {twin.wikidata: f"« {twin.town} » ({twin.wikidata})" for twin in twins}
        if len(names) < 2:
            continue
        text = (
            f"À vérifier : {', '.join(names.values())} ont les mêmes coordonnées ({twins[0].country.label}) : "
            "le pays de l’un d’eux peut être faux."
        )
        found.notices.append((text, {twin.line.number for twin in twins}))
        for twin in twins:
            others = ", ".join(name for code, name in names.items() if code != twin.wikidata)
            text = f"Pays et coordonnées à vérifier : le fichier place au même endroit {others}."
            found.doubts.setdefault(twin.line.number, []).append(text)


def _doubt_homonyms(found: Reading) -> None:
    """One name in several countries, or for several places of one country."""
    names: dict[str, list[Twin]] = {}
    for twin in found.twins:
        names.setdefault(fold_words(twin.town), []).append(twin)
    for twins in names.values():
        countries = sorted({twin.country.label for twin in twins})
        codes = sorted({twin.wikidata for twin in twins if twin.wikidata})
        if len(countries) > 1:
            text = f"Homonymes : « {twins[0].town} » est cité dans plusieurs pays : {', '.join(countries)}."
        elif len(codes) > 1:
            text = f"Homonymes : « {twins[0].town} » ({countries[0]}) désigne plusieurs lieux : {', '.join(codes)}."
        else:
            continue
        found.notices.append((text, {twin.line.number for twin in twins}))
        for twin in twins:
            found.doubts.setdefault(twin.line.number, []).append(text)


class Twinner:
    """Plans the twinnings of one collectivité: new rows only, beside what it has."""

    def __init__(
        self, book: Book, reader: Reader, reading: Reading, rows: Mapping[str, list[Any]] | None = None
    ) -> None:
        """`rows`: what the collectivité has, by table, when it was read already."""
        rows = rows or {}
        self.book, self.reader, self.reading = book, reader, reading
        self.plan = Plan(book)
        self.agreements = Planner(_TAKEN_AS_SAID, book, rows.get(AGREEMENTS.slug))
        self.territories = Planner(TERRITORIES, book, rows.get(TERRITORIES.slug))
        self.by_code: dict[str, Territory] = {}
        self.by_name: dict[tuple[str, int], Territory] = {}
        for row in self.territories.existing:
            if row.deleted_at is None:
                self._know(row)
        self.twinned = {
            row.territory_id
            for row in self.agreements.existing
            if row.form == AgreementForm.JUMELAGE and row.deleted_at is None
        }
        self.lines: dict[int, int] = {}  # identity of a territory of the file → its line
        self.towns = book.shared("town", lambda: TerritorialLevel.objects.get(code=TOWN))

    def _know(self, row: Territory) -> None:
        self.by_code.setdefault(row.wikidata, row) if row.wikidata else None
        self.by_name.setdefault((fold_words(row.name), row.country_id), row)

    def add(self, twin: Twin) -> None:
        """One row: unchanged when the twinning is there, refused when the town cannot be told, else created."""
        doubts = self.reading.doubts.get(twin.line.number, [])
        territory = self.by_code.get(twin.wikidata) or self.by_name.get((fold_words(twin.town), twin.country.pk))
        try:
            notes = self._agree(twin, territory) + doubts
            if territory is None:
                territory = self._territory(twin, doubts)
            elif territory.pk in self.twinned or id(territory) in self.lines:
                first = self.lines.get(id(territory))
                notes += [f"Répète la ligne {first}."] if first else []
                self._report(twin, Outcome.UNCHANGED, notes)
                return
            self._agreement(twin, territory)
        except ValidationError as error:
            self.plan.report.lines.append(self.reader.refusal(twin.line, error))
            return
        self._report(twin, Outcome.CREATED, notes)

    def _report(self, twin: Twin, outcome: Outcome, notes: list[str]) -> None:
        self.plan.report.lines.append(LineReport(twin.line.number, outcome, short(twin.name), notes=notes))

    def _agree(self, twin: Twin, territory: Territory | None) -> list[str]:
        """What the register says otherwise: a homonym is refused, another country is told and kept."""
        if territory is None:
            return []
        if twin.wikidata and territory.wikidata and territory.wikidata != twin.wikidata:
            raise ValidationError(
                {
                    "town": f"Homonyme : « {territory.full_name} » porte déjà l’identifiant {territory.wikidata}, "
                    f"la ligne donne {twin.wikidata}. Si c’est un autre lieu, ajoutez-le à la main sous un "
                    "nom plus précis."
                }
            )
        if territory.country_id != twin.country.pk:
            return [
                f"Pays : « {territory.name} » ({territory.wikidata}) est enregistré dans le pays "
                f"{territory.country.label}, le fichier dit {twin.country.label}. Le registre est gardé."
            ]
        return []

    def _territory(self, twin: Twin, doubts: list[str]) -> Territory:
        draft, wrong = self.territories.create(
            twin.line.number,
            name=twin.town,
            country=twin.country,
            level=self.towns,
            latitude=twin.latitude,
            longitude=twin.longitude,
            wikidata=twin.wikidata,
            note="\n".join(doubts)[:4000],
            nature=SourceNature.FACT,
            source=SOURCE,
            assumed=["level", "country", "latitude", "longitude"],
        )
        if draft is None:
            raise ValidationError(_by_name(wrong))
        self.plan.drafts.append(draft)
        self._know(draft.instance)
        return draft.instance

    def _agreement(self, twin: Twin, territory: Territory) -> None:
        draft, wrong = self.agreements.create(
            twin.line.number,
            territory=territory,
            title=f"Jumelage avec {territory.name}"[:250],
            form=AgreementForm.JUMELAGE,
            validity=Validity.SANS_DUREE,
            holder=str(self.book.collectivity)[:160],
            object=OBJECT,
            nature=SourceNature.FACT,
            source=SOURCE,
            assumed=["validity", "holder", "object"],
        )
        if draft is None:
            raise ValidationError(_by_name(wrong))
        self.plan.drafts.append(draft)
        self.lines[id(territory)] = twin.line.number


def _by_name(wrong: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in wrong:
        found.setdefault(name or "town", []).append(text)
    return found


def plan_twinnings(sheet: Sheet, mapping: Sequence[str], _table: Table, book: Book) -> Plan:
    """The rows of one collectivité, by its SIREN; the others are set aside. Without SIREN, every row is its own."""
    reader = Reader(sheet, mapping, book)
    reading = reader.read()
    twinner = Twinner(book, reader, reading)
    has_siren = "siren" in reader.places
    mine = book.collectivity.siren
    for twin in reading.twins:
        if has_siren and twin.siren != mine:
            aside = [OTHER_SIREN.format(siren=twin.siren or "manquant")]
            twinner.plan.report.lines.append(LineReport(twin.line.number, Outcome.ASIDE, short(twin.name), notes=aside))
        else:
            twinner.add(twin)
    for refused in reading.refused:
        number = refused.number
        line = next(one for one in sheet.lines if one.number == number)
        if has_siren and _siren(line.cells[reader.places["siren"]], book) != mine:
            refused = LineReport(number, Outcome.ASIDE, refused.label, notes=[OTHER_SIREN.format(siren="autre")])
        twinner.plan.report.lines.append(refused)
    twinner.plan.drafts.sort(key=lambda draft: draft.table.slug != TERRITORIES.slug)  # what is cited comes first
    twinner.plan.report.lines.sort(key=lambda line: line.number)
    mine_only = {line.number for line in twinner.plan.report.lines if line.outcome is not Outcome.ASIDE}
    twinner.plan.report.notices += [*sheet.notices, *reading.about(mine_only)]
    return twinner.plan


def _siren(cell: Any, _book: Book) -> str:
    return "".join(shown(cell).split())


def siren_problem(siren: str) -> str:
    """Why a SIREN cannot be that of a collectivité; empty when it can."""
    if not siren:
        return "Le SIREN de la collectivité manque : complétez-le."
    try:
        validate_siren(siren)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


TWINNINGS = register(
    Table(
        slug="jumelages",
        label="Jumelages",
        nouns="jumelage,jumelages",
        model=Agreement,
        ability=Ability.EDIT_PARTNERS,
        list_route="partners:agreement_list",
        rank=4,
        needed=(("town",), ("country_name", "country_code")),
        help="Chaque ligne crée le territoire partenaire, s’il manque, et son jumelage. Seules les lignes de votre "
        "SIREN sont lues. Ce qui est déjà enregistré n’est pas modifié.",
        columns=(
            Column("SIREN", "siren", (), _siren),
            Column("Collectivité", "collectivity", (), as_text),
            Column("Département", "department", (), as_text),
            Column("Population de la collectivité", "population", ("population",), as_text),
            Column("Ville partenaire", "town", (), as_text),
            Column("Code pays", "country_code", (), as_text),
            Column("Pays", "country_name", (), as_text),
            Column("Latitude", "latitude", (), coordinate("latitude", Territory)),
            Column("Longitude", "longitude", (), coordinate("longitude", Territory)),
            Column("Wikidata", "wikidata", (), as_text),
        ),
        natural_keys=lambda row: (),
        signature=frozenset({"siren", "ville partenaire", "code pays"}),
        plan_file=plan_twinnings,
    )
)
