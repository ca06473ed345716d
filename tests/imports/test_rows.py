"""Rows of files pass the rules of the forms, in the same words, and nothing is written twice."""

import pytest
from django.utils import timezone

from aict.accounts.models import Change
from aict.imports import copy_in
from aict.imports.writing import write
from partners.entry_rules import ASK_FOR_AMOUNT, ASK_FOR_REVIEW, IN_FRANCE, NOT_A_PARTNER, TRANSMITTED_TOO_EARLY
from partners.import_tables import AGREEMENTS, STAKEHOLDERS, TERRITORIES
from partners.models import Agreement, Country, Stakeholder, StakeholderType, TerritorialLevel, Territory
from tests.factories import AgreementFactory, StakeholderFactory, TerritoryFactory
from tests.imports.conftest import outcomes, reasons
from tests.ui.test_spreadsheets import workbook

TOWNS = "Nom;Pays;Échelon;Latitude;Longitude;Population;Référence\n"
TWO = TOWNS + "Sfax;Tunisie;Commune;34,74;10,76;265 131;sfax\nHalle;DE;Commune;51.48;11.97;;\n"
DEALS = "Territoire;Pays;Intitulé;Forme;Validité;Porteur;Objet;Montant;Délibération;Transmission;Début;Fin;Révision\n"
DEAL = "{where};;{title};Convention générale;Révisable à échéance;Métropole;Eau;{amount};{voted};{sent};{dates}\n"


def deal(
    where="Sfax", title="Convention", amount="1000", voted="", sent="", start="01/01/2024", end="31/12/2027", review=""
):
    return DEAL.format(where=where, title=title, amount=amount, voted=voted, sent=sent, dates=f"{start};{end};{review}")


@pytest.fixture
def sfax(collectivity):
    return TerritoryFactory(collectivity=collectivity, name="Sfax")


def test_a_file_creates_its_rows_with_their_history(imported, collectivity, officer):
    made = imported(TERRITORIES, TWO)
    assert outcomes(made) == ["created", "created"]
    sfax = Territory.objects.get(ref="sfax")
    assert (sfax.country.code, sfax.level.code, str(sfax.latitude), sfax.population) == (
        "tn",
        "commune",
        "34.74000",
        265131,
    )
    change = Change.objects.for_collectivity(collectivity).about(sfax).get()
    assert (change.verb, change.author, change.object_label) == ("created", officer.user, "Sfax")


@pytest.mark.parametrize("table", [TERRITORIES, AGREEMENTS, STAKEHOLDERS], ids=lambda table: table.slug)
def test_the_same_file_again_creates_and_changes_nothing(table, imported, sfax):
    files = {
        TERRITORIES: TWO.replace("sfax", "autre").replace("Sfax", "Sousse"),
        AGREEMENTS: DEALS + deal() + deal(start="01/01/2028", end="31/12/2030"),
        STAKEHOLDERS: "Nom;Type;SIREN;Territoires\nPôle Eau;Clusters et pôles de compétitivité;;Sfax (Tunisie)\n",
    }
    assert set(outcomes(imported(table, files[table]))) == {"created"}
    changes = Change.objects.count()
    again = imported(table, files[table])
    assert set(outcomes(again)) == {"unchanged"}
    assert Change.objects.count() == changes


def test_a_row_is_recognised_by_its_reference_then_by_its_name_and_country(imported, collectivity):
    imported(TERRITORIES, TWO)
    renamed = imported(
        TERRITORIES, TOWNS + "Ville de Sfax;Tunisie;Commune;;;;sfax\nHALLÉ;Allemagne;Commune;51,48;11,97;230000;\n"
    )
    assert outcomes(renamed) == ["updated", "updated"]
    assert Territory.objects.for_collectivity(collectivity).count() == 2
    halle = Territory.objects.get(population=230000)
    change = Change.objects.for_collectivity(collectivity).about(halle).first()
    assert change.fields == {"nom": ["Halle", "HALLÉ"], "population": ["", "230000"]}


def test_a_name_in_another_country_is_another_territory(imported):
    imported(TERRITORIES, TWO)
    assert outcomes(imported(TERRITORIES, TOWNS + "Halle;Belgique;Commune;;;;\n")) == ["created"]


BLANK = "Nom;Pays;Échelon;Latitude;Population;Référence\n"


def test_a_blank_cell_and_an_absent_column_leave_what_is_recorded(imported):
    imported(TERRITORIES, TWO)
    changes = Change.objects.count()
    assert outcomes(imported(TERRITORIES, "Nom;Pays\nSfax;Tunisie\n")) == ["unchanged"]
    assert outcomes(imported(TERRITORIES, BLANK + "Sfax;Tunisie;;;;\n")) == ["unchanged"]
    assert outcomes(imported(TERRITORIES, BLANK + ";;;;;sfax\n")) == ["unchanged"]
    assert Change.objects.count() == changes
    made = imported(TERRITORIES, BLANK + ";;;;270000;sfax\n")
    assert [change.column for change in made.report.lines[0].changes] == ["Population"]
    sfax = Territory.objects.get(ref="sfax")
    assert (sfax.name, sfax.population, str(sfax.latitude)) == ("Sfax", 270000, "34.74000")


def test_a_blank_cell_erases_when_it_is_chosen(imported, planned):
    imported(TERRITORIES, TWO)
    imported(TERRITORIES, "Nom;Pays;Population\nSfax;Tunisie;\n", blanks_erase=True)
    assert Territory.objects.get(ref="sfax").population is None
    made = planned(TERRITORIES, BLANK + "Sfax;Tunisie;;34,74;;\n", blanks_erase=True)
    assert reasons(made) == ["Échelon (C2) : À remplir."]


@pytest.mark.parametrize("erase", [False, True])
def test_a_new_row_is_asked_for_what_it_needs_whatever_blanks_do(erase, planned):
    made = planned(TERRITORIES, BLANK + "Sousse;Tunisie;;;;\n;;Commune;;;inconnue\n", blanks_erase=erase)
    assert outcomes(made) == ["refused", "refused"]
    assert [one for one in reasons(made) if "C2" in one] == ["Échelon (C2) : À remplir."]
    assert {"Nom (A3) : À remplir.", "Pays (B3) : À remplir."} & set(reasons(made))


def test_blank_cells_leave_lists_and_parties(imported, sfax, collectivity):
    pole = StakeholderFactory(collectivity=collectivity, name="Pôle Eau")
    pole.territories.add(sfax)
    rows = f"Nom;Type;Territoires\nPôle Eau;{pole.type.label};\n"
    assert outcomes(imported(STAKEHOLDERS, rows)) == ["unchanged"]
    assert list(pole.territories.all()) == [sfax]
    assert outcomes(imported(STAKEHOLDERS, rows, blanks_erase=True)) == ["updated"]
    assert not pole.territories.exists()
    heads, row = DEALS.strip(), deal().strip()
    imported(AGREEMENTS, f"{heads};Autres parties\n{row};Une fondation\n")
    assert outcomes(imported(AGREEMENTS, f"{heads};Autres parties\n{row};\n")) == ["unchanged"]
    assert Agreement.objects.get().parties.count() == 1


@pytest.mark.parametrize("order", [1, -1])
def test_twins_told_apart_by_a_blank_cell_stay_as_they_are(order, planned, collectivity):
    germany = Country.objects.get(code="de")
    for note in ("", "Une note"):
        TerritoryFactory(collectivity=collectivity, name="Halle", country=germany, note=note)
    rows = ["Halle;Allemagne;\n", "Halle;Allemagne;Une note\n"][::order]
    assert outcomes(planned(TERRITORIES, "Nom;Pays;Remarques\n" + "".join(rows))) == ["unchanged"] * 2


def test_successive_agreements_of_one_title_are_told_apart_by_their_dates(imported, sfax):
    imported(AGREEMENTS, DEALS + deal())
    longer = imported(AGREEMENTS, DEALS + deal(end="31/12/2028") + deal(start="01/01/2029", end="31/12/2031"))
    assert outcomes(longer) == ["updated", "created"]
    assert Agreement.objects.filter(title="Convention").count() == 2


def test_a_stakeholder_is_recognised_by_its_siren_whatever_its_name(imported, collectivity):
    row = StakeholderFactory(collectivity=collectivity, name="Ancien nom", siren="732829320")
    imported(STAKEHOLDERS, f"Nom;Type;SIREN\nNouveau nom;{row.type.label};732 829 320\n")
    row.refresh_from_db()
    assert row.name == "Nouveau nom"
    other = f"Nom;Type;SIREN\nNouveau nom;{row.type.label};552100554\n"
    assert outcomes(imported(STAKEHOLDERS, other)) == ["created"]


def test_a_line_repeated_in_the_file_is_harmless_and_a_contradiction_is_refused(planned):
    made = planned(
        TERRITORIES, TWO + "Sfax;Tunisie;Commune;34,74;10,76;265131;sfax\nSfax;Tunisie;Région;34,74;10,76;265131;\n"
    )
    assert outcomes(made) == ["created", "created", "unchanged", "refused"]
    assert "La ligne 2 décrit déjà le même élément" in reasons(made)[0]


def test_a_deleted_row_is_neither_doubled_nor_brought_back(planned, collectivity):
    germany = Country.objects.get(code="de")
    TerritoryFactory(collectivity=collectivity, name="Halle", country=germany, deleted_at=timezone.now())
    made = planned(TERRITORIES, TOWNS + "Halle;Allemagne;Commune;;;;\n")
    assert outcomes(made) == ["refused"]
    assert "rétablissez-le" in reasons(made)[0]


def test_a_territory_merged_into_another_says_so_and_cannot_be_restored(planned, sfax, collectivity):
    germany = Country.objects.get(code="de")
    gone = {"collectivity": collectivity, "name": "Halle", "country": germany, "deleted_at": timezone.now()}
    TerritoryFactory(merged_into=sfax, **gone)
    made = planned(TERRITORIES, TOWNS + "Halle;Allemagne;Commune;;;;\n")
    assert reasons(made) == [" () : Ce territoire est fusionné dans « Sfax » : retirez la ligne."]
    TerritoryFactory(**gone)
    assert "rétablissez-le" in reasons(planned(TERRITORIES, TOWNS + "Halle;Allemagne;Commune;;;;\n"))[0]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Maroque", "Maroc"),
        ("Tunisi", "Tunisie"),
        ("Itlie", "Italie"),
        ("Cote dIvoire", "Côte d’Ivoire"),
        ("Germany", ""),
        ("Atlantide", ""),
        ("Tx", ""),
        ("Tnn", ""),
    ],
)
def test_a_near_country_is_proposed_as_it_is_written_or_none_is(said, meant, planned):
    (told,) = reasons(planned(TERRITORIES, TOWNS + f"Sfax;{said};Commune;;;;\n"))
    assert told.partition("Vouliez-vous dire ")[2] == (f"« {meant} » ?" if meant else "")


def test_a_near_territory_is_proposed_with_its_country(planned, sfax):
    told = reasons(planned(AGREEMENTS, DEALS + deal(where="Sfaxx (tn)")))[0]
    assert f"Vouliez-vous dire « {sfax.full_name} » ?" in told.replace("\u00a0", " ")


def test_a_row_with_several_faults_tells_them_all_at_once(planned):
    made = planned(TERRITORIES, TOWNS + "Nulle part;Atlantide;Commune;abc;2;;\n")
    assert [one.partition(" (")[0] for one in reasons(made)] == ["Latitude", "Pays"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Lyon;France;Commune;;;;", f"Pays (B2) : {IN_FRANCE}"),
        ("Sfax;Atlantide;Commune;;;;", "Pays (B2) : « Atlantide » ne figure pas dans la liste : pays"),
        ("Sfax;Tunisi;Commune;;;;", "Vouliez-vous dire « Tunisie » ?"),
        ("Sfax;Tunisie;Village;;;;", "Échelon (C2) : « Village » ne figure pas"),
        ("Sfax;Tunisie;Commune;91;10;;", "Latitude (D2) : Trop grand : 90 au plus."),
        ("Sfax;Tunisie;Commune;34;;;", "Donnez la latitude et la longitude ensemble"),
        ("Sfax;Tunisie;Commune;abc;10;;", "Latitude (D2) : « abc » n’est pas un nombre"),
        ("Sfax;Tunisie;Commune;34;10;-5;", "Population (F2) : Un nombre ne peut pas être négatif."),
        ("Sfax;Tunisie;Commune;34;10;99999999999999999999;", "Population (F2) : "),
        (";Tunisie;Commune;;;;", "Nom (A2) : À remplir."),
        ("Sfax;;Commune;;;;", "Pays (B2) : À remplir."),
        ("Sfax;Tunisie;;;;;", "Échelon (C2) : À remplir."),
        ("x" * 161 + ";Tunisie;Commune;;;;", "Nom (A2) : Trop long"),
        ("Sfax;Tunisie;Commune;;;;une réf !", "Référence (G2) : "),
    ],
)
def test_a_bad_territory_is_refused_with_its_column_its_cell_and_its_reason(row, reason, planned):
    made = planned(TERRITORIES, TOWNS + row + "\n")
    assert outcomes(made) == ["refused"]
    assert any(reason.replace("\u00a0", " ") in one for one in reasons(made)), reasons(made)
    assert made.drafts == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (deal(end=""), f"Révision (M2) : {ASK_FOR_REVIEW}"),
        (deal(amount=""), f"Montant (H2) : {ASK_FOR_AMOUNT}"),
        (deal(amount="-1"), "Montant (H2) : Un montant ne peut pas être négatif."),
        (deal(voted="02/01/2024", sent="01/01/2024"), f"Transmission (J2) : {TRANSMITTED_TOO_EARLY}"),
        (deal(start="31/02/2024"), "Début (K2) : « 31/02/2024 » n’est pas une date du calendrier"),
        (deal(start="01/01/0024"), "Début (K2) : L’année 24 ne convient pas"),
        (deal(start="01/01/2028"), "La fin précède le début"),
        (deal(where="Nulle part"), "Territoire (A2) : « Nulle part » ne figure pas"),
        (deal(where="Chez nous"), f"Territoire (A2) : {NOT_A_PARTNER}"),
        (deal(where="Tunisie"), "interdit (CGCT, art. L.1115-5)"),
        (deal().replace("Convention générale", "Traité"), "Forme (D2) : « Traité » n’est pas une valeur admise"),
        (deal(title=""), "Intitulé (C2) : À remplir."),
    ],
)
def test_a_bad_agreement_is_refused_in_the_words_of_the_form(row, reason, planned, sfax, collectivity):
    TerritoryFactory(collectivity=collectivity, name="Chez nous", is_own=True)
    TerritoryFactory(collectivity=collectivity, name="Tunisie", level=TerritorialLevel.objects.get(code="pays"))
    made = planned(AGREEMENTS, DEALS + row)
    assert outcomes(made) == ["refused"]
    assert any(reason.replace("\u00a0", " ") in one for one in reasons(made)), reasons(made)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Pôle Eau;Cluster imaginaire;;", "Type (B2) : "),
        ("Pôle Eau;{type};123456789;", "SIREN (C2) : « 123456789 » n’est pas un SIREN"),
        ("Pôle Eau;{type};;Nulle part", "Territoires (D2) : « Nulle part »"),
    ],
)
def test_a_bad_stakeholder_is_refused(row, reason, planned):
    label = StakeholderType.objects.get(code="cluster").label
    made = planned(STAKEHOLDERS, "Nom;Type;SIREN;Territoires\n" + row.format(type=label) + "\n")
    assert outcomes(made) == ["refused"]
    assert any(reason in one for one in reasons(made)), reasons(made)


def test_a_date_typed_as_a_number_is_told_and_never_guessed(planned, sfax):
    heads = DEALS.strip().split(";")
    cells = deal().strip().split(";")
    cells[10] = 45292
    made = planned(AGREEMENTS, workbook(heads, cells))
    assert "45292 est un nombre, pas une date : pour un tableur, ce serait le 01/01/2024" in reasons(made)[0]


def test_several_parties_are_recognised_and_an_agreement_with_itself_is_refused(imported, planned, sfax, collectivity):
    TerritoryFactory(collectivity=collectivity, name="Sousse")
    StakeholderFactory(collectivity=collectivity, name="Pôle Eau")
    heads, row = DEALS.strip(), deal().strip()
    made = imported(AGREEMENTS, f'{heads};Autres parties\n{row};"Sousse (Tunisie) ; Pôle Eau ; Une fondation"\n')
    assert outcomes(made) == ["created"]
    agreement = Agreement.objects.get()
    found = {(bool(one.territory), bool(one.stakeholder), one.name) for one in agreement.parties.all()}
    assert found == {(True, False, ""), (False, True, ""), (False, False, "Une fondation")}
    again = planned(AGREEMENTS, f'{heads};Autres parties\n{row};"Une fondation ; Pôle Eau ; Sousse"\n')
    assert outcomes(again) == ["unchanged"]
    itself = planned(AGREEMENTS, f"{heads};Autres parties\n{row};Sfax\n")
    assert "est déjà le premier partenaire" in reasons(itself)[0]


def test_an_agreement_without_amount_from_elsewhere_stays_when_nothing_changes(planned, sfax, collectivity):
    AgreementFactory(
        collectivity=collectivity, territory=sfax, title="Convention", amount=None, object="Eau", holder="M"
    )
    same = "Territoire;Intitulé;Forme;Montant\nSfax;Convention;Convention générale;\n"
    assert outcomes(planned(AGREEMENTS, same)) == ["unchanged"]
    other = same.replace("Montant", "Montant;Porteur").replace("générale;", "générale;;Autre")
    made = planned(AGREEMENTS, other)
    assert outcomes(made) == ["refused"]
    assert f"Montant (D2) : {ASK_FOR_AMOUNT}".replace("\u00a0", " ") in reasons(made)


def test_nothing_of_another_collectivite_is_seen_cited_or_changed(imported, planned, other_collectivity):
    theirs = TerritoryFactory(collectivity=other_collectivity, name="Sfax", ref="sfax")
    assert outcomes(imported(TERRITORIES, TWO)) == ["created", "created"]
    theirs.refresh_from_db()
    assert theirs.population is None
    TerritoryFactory(collectivity=other_collectivity, name="Ailleurs")
    assert "« Ailleurs » ne figure pas" in reasons(planned(AGREEMENTS, DEALS + deal(where="Ailleurs")))[0]


def test_hostile_text_is_kept_as_text(imported):
    name = "<script>alert(1)</script> ‮🚀"
    imported(TERRITORIES, TOWNS + f"{name};Tunisie;Commune;;;;\n")
    assert Territory.objects.filter(name=name).exists()


def test_all_or_nothing_holds_when_the_write_is_cut(planned, officer, monkeypatch):
    made = planned(TERRITORIES, TWO)
    real = copy_in.insert

    def cut(rows):
        if rows and isinstance(rows[0], Change):
            raise RuntimeError("cut")
        real(rows)

    monkeypatch.setattr(copy_in, "insert", cut)
    with pytest.raises(RuntimeError):
        write(made.drafts, author=officer.user)
    assert not Territory.objects.exists()


def test_a_stakeholder_keeps_the_fields_that_its_file_does_not_name(imported, collectivity):
    row = StakeholderFactory(collectivity=collectivity, name="Pôle Eau", website="https://example.org")
    imported(STAKEHOLDERS, f"Nom;Type;Remarques\nPôle Eau;{row.type.label};À suivre\n")
    row.refresh_from_db()
    assert (row.website, row.note) == ("https://example.org", "À suivre")
    assert Stakeholder.objects.count() == 1
