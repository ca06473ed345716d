"""Objects for tests, in one collectivité: `TerritoryFactory(collectivity=c)`."""

from __future__ import annotations

from datetime import date

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from aict.imports.models import ImportFile
from evaluation.models import Indicator, IndicatorUse, Measure
from partners.models import (
    ActorCorrection,
    Agreement,
    Amendment,
    Contact,
    Country,
    Document,
    FirmGroup,
    Stakeholder,
    StakeholderType,
    SupportActor,
    TerritorialLevel,
    Territory,
)
from strategy.models import Strategy
from tests.factories.events import (  # noqa: F401
    AppointmentFactory,
    EventFactory,
    EventGuestFactory,
    ProgrammeItemFactory,
    StandShareFactory,
)
from tests.factories.follow_ups import CommentFactory, TaskFactory  # noqa: F401
from tests.factories.funding import (  # noqa: F401
    ActionLinkFactory,
    FundingApplicationFactory,
    FundingCallFactory,
)
from tests.factories.journeys import MobilityFactory, ParticipationFactory  # noqa: F401
from tests.factories.money import AidedFirmFactory, AidLineFactory  # noqa: F401
from tests.factories.practices import BrandFactory, CampaignFactory, PracticeFactory  # noqa: F401
from tests.factories.questions import CooperationFactory, QuestionNoteFactory, RiskAssessmentFactory  # noqa: F401
from typology.models import (
    Action,
    ActionCategory,
    ActionDocument,
    ActionType,
    BudgetLine,
    GraphLink,
    GraphNode,
    LocalRole,
    Office,
    OfficeCost,
    RelationGraph,
    Target,
    TargetZone,
)


class TerritoryFactory(DjangoModelFactory):
    class Meta:
        model = Territory

    name = factory.Sequence(lambda n: f"Ville partenaire {n}")
    country = factory.LazyFunction(lambda: Country.objects.get(code="tn"))
    level = factory.LazyFunction(lambda: TerritorialLevel.objects.get(code="commune"))


class AgreementFactory(DjangoModelFactory):
    class Meta:
        model = Agreement

    territory = factory.SubFactory(TerritoryFactory, collectivity=factory.SelfAttribute("..collectivity"))
    title = factory.Sequence(lambda n: f"Convention {n}")
    form = "convention-generale"
    validity = "revisable"
    holder = "Métropole de Valmarée"
    object = "Développement économique des deux territoires."
    amount = 10000


class AmendmentFactory(DjangoModelFactory):
    class Meta:
        model = Amendment

    agreement = factory.SubFactory(
        AgreementFactory, collectivity=factory.SelfAttribute("..collectivity"), transmitted_on=date(2020, 1, 1)
    )
    title = factory.Sequence(lambda n: f"Avenant {n}")
    effective_on = date(2025, 1, 1)
    ends = date(2030, 12, 31)


class StakeholderFactory(DjangoModelFactory):
    class Meta:
        model = Stakeholder

    name = factory.Sequence(lambda n: f"Acteur {n}")
    type = factory.LazyFunction(lambda: StakeholderType.objects.get(code="cluster"))


class FirmGroupFactory(DjangoModelFactory):
    class Meta:
        model = FirmGroup

    name = factory.Sequence(lambda n: f"Groupe {n}")


class FirmFactory(StakeholderFactory):
    name = factory.Sequence(lambda n: f"Entreprise {n}")
    type = factory.LazyFunction(lambda: StakeholderType.objects.get(code="entreprise"))


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    name = factory.Sequence(lambda n: f"Poste {n}")
    function = "Direction économique"
    stakeholder = factory.Maybe(
        "territory", None, factory.SubFactory(StakeholderFactory, collectivity=factory.SelfAttribute("..collectivity"))
    )
    territory = None
    email = factory.Sequence(lambda n: f"poste{n}@example.org")
    source = "Site public de l’organisme"
    last_contact_on = date(2026, 6, 1)


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = Action

    title = factory.Sequence(lambda n: f"Action {n}")
    type = factory.LazyFunction(lambda: ActionType.objects.get(code="deplacements-entreprises"))


class BudgetLineFactory(DjangoModelFactory):
    class Meta:
        model = BudgetLine

    action = factory.SubFactory(ActionFactory, collectivity=factory.SelfAttribute("..collectivity"))
    year = 2027
    planned = 1000


class IndicatorUseFactory(DjangoModelFactory):
    class Meta:
        model = IndicatorUse

    action = factory.SubFactory(ActionFactory, collectivity=factory.SelfAttribute("..collectivity"))
    indicator = factory.LazyFunction(lambda: Indicator.objects.get(code="f1-rendez-vous"))


class MeasureFactory(DjangoModelFactory):
    class Meta:
        model = Measure

    indicator = factory.LazyFunction(lambda: Indicator.objects.get(code="f1-rendez-vous"))
    year = 2026
    value = 12
    unit = "rendez-vous"


class StrategyFactory(DjangoModelFactory):
    class Meta:
        model = Strategy

    title = "Stratégie d’action économique internationale"
    period_start = 2027
    period_end = 2032


class ActorCorrectionFactory(DjangoModelFactory):
    class Meta:
        model = ActorCorrection

    actor = factory.LazyFunction(lambda: SupportActor.objects.get(code="afd"))
    sector = "public"
    location = "les-deux"


class DocumentFactory(DjangoModelFactory):
    """A file under settings.MEDIA_ROOT: point it at tmp_path first."""

    class Meta:
        model = Document

    agreement = factory.SubFactory(AgreementFactory, collectivity=factory.SelfAttribute("..collectivity"))
    title = factory.Sequence(lambda n: f"Document {n}")
    filename = "document.txt"
    content_type = "text/plain"
    size = 5
    sha256 = "0" * 64
    file = factory.LazyFunction(lambda: ContentFile(b"texte", name="document.txt"))


class ActionDocumentFactory(DocumentFactory):
    class Meta:
        model = ActionDocument
        exclude = ["agreement"]

    agreement = None
    action = factory.SubFactory(ActionFactory, collectivity=factory.SelfAttribute("..collectivity"))


class OfficeFactory(DjangoModelFactory):
    class Meta:
        model = Office

    name = factory.Sequence(lambda n: f"Bureau {n}")
    place = "Bruxelles"
    country = factory.LazyFunction(lambda: Country.objects.get(code="be"))
    role = "Suivre les programmes européens."


class OfficeCostFactory(DjangoModelFactory):
    class Meta:
        model = OfficeCost

    office = factory.SubFactory(OfficeFactory, collectivity=factory.SelfAttribute("..collectivity"))
    year = 2026
    amount = 90000


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target

    category = factory.LazyFunction(lambda: ActionCategory.objects.get(code="internationalisation"))
    zone = factory.LazyFunction(lambda: TargetZone.objects.get(code="fiche-1-cibles-recurrentes"))
    reason = "marche"


class RelationGraphFactory(DjangoModelFactory):
    class Meta:
        model = RelationGraph

    title = factory.Sequence(lambda n: f"Schéma {n}")


class GraphNodeFactory(DjangoModelFactory):
    class Meta:
        model = GraphNode

    graph = factory.SubFactory(RelationGraphFactory, collectivity=factory.SelfAttribute("..collectivity"))
    label = factory.Sequence(lambda n: f"Acteur du schéma {n}")


class GraphLinkFactory(DjangoModelFactory):
    """A link between two new actors of one graph."""

    class Meta:
        model = GraphLink

    graph = factory.SubFactory(RelationGraphFactory, collectivity=factory.SelfAttribute("..collectivity"))
    source = factory.SubFactory(
        GraphNodeFactory, collectivity=factory.SelfAttribute("..collectivity"), graph=factory.SelfAttribute("..graph")
    )
    target = factory.SubFactory(
        GraphNodeFactory, collectivity=factory.SelfAttribute("..collectivity"), graph=factory.SelfAttribute("..graph")
    )
    label = "jumelage"


class LocalRoleFactory(DjangoModelFactory):
    """Without actor nor stakeholder: the collectivité itself."""

    class Meta:
        model = LocalRole

    year = 2027
    type = factory.LazyFunction(lambda: ActionType.objects.get(code="deplacements-entreprises"))


class ImportFileFactory(DjangoModelFactory):
    """A file of territories, checked: one row that is sound, one that is not."""

    class Meta:
        model = ImportFile

    register = "territoires"
    filename = "territoires.csv"
    state = "checked"
    mapping = ("name", "country_name", "level")
    summary = factory.LazyFunction(lambda: {"counts": {"created": 1, "refused": 1}, "notices": []})
    file = factory.django.FileField(
        data="Nom;Pays;Échelon\nSfax;Tunisie;Commune\nNulle part;Atlantide;Commune".encode()
    )
    report = factory.django.FileField(data=b'[2,"created","Sfax",[],[],[]]')
