"""Who asks, what they may get, and a collectivité with one of everything: what the access matrix is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from aict.accounts import feeds, invitations
from aict.accounts.models import Invitation, Membership, Notice, User
from aict.jobs.models import ExportFile, Job
from strategy import steps
from strategy.models import Strategy, StrategyVersion
from strategy.writing import open_steps
from tests.factories import (
    ActionDocumentFactory,
    ActionFactory,
    ActionLinkFactory,
    ActorCorrectionFactory,
    AgreementFactory,
    AidedFirmFactory,
    AidLineFactory,
    AmendmentFactory,
    AppointmentFactory,
    BrandFactory,
    BudgetLineFactory,
    CampaignFactory,
    CommentFactory,
    ContactFactory,
    DocumentFactory,
    EventFactory,
    EventGuestFactory,
    FirmGroupFactory,
    FundingApplicationFactory,
    FundingCallFactory,
    GraphLinkFactory,
    ImportFileFactory,
    IndicatorUseFactory,
    LocalRoleFactory,
    MeasureFactory,
    MobilityFactory,
    OfficeCostFactory,
    OfficeFactory,
    ParticipationFactory,
    PracticeFactory,
    ProgrammeItemFactory,
    QuestionNoteFactory,
    RiskAssessmentFactory,
    StakeholderFactory,
    StandShareFactory,
    StrategyFactory,
    TargetFactory,
    TaskFactory,
    TerritoryFactory,
)
from typology import attestations
from typology.models import Series, Tag

ACTORS = ("anonymous", "stranger", "elected", "economic", "officer", "admin", "network")
LOGIN = "/compte/connexion/"

Line = dict[str, int]


def line(*statuses: int) -> Line:
    """One status per actor, in the order of ACTORS."""
    return dict(zip(ACTORS, statuses, strict=True))


def done(expected: Line) -> Line:
    """The gesture succeeds and goes on to another page: 302 where the page would have answered 200."""
    return {actor: 302 if status == 200 else status for actor, status in expected.items()}


# What is expected: anonymous, stranger, elected, economic, officer, admin, network. « _ONE »: of one object.
PUBLIC = line(200, 200, 200, 200, 200, 200, 200)
SIGNED_IN = line(302, 200, 200, 200, 200, 200, 200)
READ = line(302, 200, 200, 200, 200, 200, 403)
READ_ONE = line(302, 404, 200, 200, 200, 200, 403)
EDIT_PARTNERS = line(302, 200, 403, 403, 200, 200, 403)
EDIT_PARTNERS_ONE = line(302, 404, 403, 403, 200, 200, 403)
AUTHOR = line(302, 200, 403, 200, 200, 200, 403)  # stakeholders, actions, measures, strategy
AUTHOR_ONE = line(302, 404, 403, 200, 200, 200, 403)
ADOPT_ONE = EDIT_PARTNERS_ONE  # the same two roles
MANAGE = line(302, 200, 403, 403, 403, 200, 403)
MANAGE_ONE = line(302, 404, 403, 403, 403, 200, 403)
NOTICE_ONE = line(302, 404, 404, 404, 404, 200, 403)  # a notice of the admin: nobody else's
LOGO = line(302, 404, 200, 200, 200, 200, 200)
API = line(403, 200, 200, 200, 200, 200, 200)
API_INTERNAL = line(403, 404, 200, 200, 200, 200, 404)
API_SHARED = line(403, 404, 200, 200, 200, 200, 200)
NOT_SIGNED_IN = line(200, 302, 302, 302, 302, 302, 302)


class World:
    """One object of each kind, all of the collectivité of the cast."""

    def __init__(self, collectivity: Any, author: User, colleague_name: str = "collegue") -> None:
        mine = {"collectivity": collectivity}
        gone = {"deleted_at": timezone.now(), **mine}
        self.territory = TerritoryFactory(**mine)
        self.agreement = AgreementFactory(territory=self.territory, **mine)
        self.amendment = AmendmentFactory(**mine)
        self.stakeholder = StakeholderFactory(**mine)
        self.action = ActionFactory(**mine)
        self.action.tags.add(Tag.objects.create(name="Mer", **mine))
        self.document = DocumentFactory(agreement=self.agreement, **mine)
        self.action_document = ActionDocumentFactory(action=self.action, **mine)
        self.office = OfficeFactory(**mine)
        self.office_cost = OfficeCostFactory(office=self.office, **mine)
        self.event = EventFactory(action=self.action, kind="stand", stand_mode="mutualise-villes", **mine)
        self.event_guest = EventGuestFactory(event=self.event, **mine)
        self.appointment = AppointmentFactory(event=self.event, **mine)
        self.programme_item = ProgrammeItemFactory(event=self.event, **mine)
        self.stand_share = StandShareFactory(event=self.event, name="Ville amie", **mine)
        self.budget_line = BudgetLineFactory(action=self.action, **mine)
        self.aided_firm = AidedFirmFactory(**mine)
        self.aid = AidLineFactory(firm=self.aided_firm, action=self.action, **mine)
        letter = {"kind": attestations.JOB_KIND, "target_id": self.aided_firm.pk, "state": "done"}
        self.letter = Job.objects.create(label="Attestation", owner=author, **letter, **mine)
        default_storage.save(attestations.path(self.letter), ContentFile(b"%PDF-1.7"))
        self.risk = RiskAssessmentFactory(**mine)
        QuestionNoteFactory(action=self.risk.action, **mine)
        self.action_link = ActionLinkFactory(source=self.action, **mine)
        self.call, self.free_call = FundingCallFactory(**mine), FundingCallFactory(**mine)
        self.application = FundingApplicationFactory(call=self.call, action=self.action, **mine)
        self.participation = ParticipationFactory(action=self.action, note="Stand partagé", **mine)
        self.firm = self.participation.firm
        self.mobility = MobilityFactory(action=self.action, territory=self.territory, note="Stages", **mine)
        self.practice = PracticeFactory(action=self.action, territory=self.territory, **mine)
        self.campaign = CampaignFactory(action=self.action, **mine)
        self.brand = self.campaign.brand
        self.indicator_use = IndicatorUseFactory(action=self.action, **mine)
        self.measure = MeasureFactory(**mine)
        self.correction = ActorCorrectionFactory(**mine)
        self.local_role = LocalRoleFactory(stakeholder=self.stakeholder, territory=self.territory, **mine)
        self.contact = ContactFactory(territory=self.territory, **mine)
        self.group = FirmGroupFactory(**mine)
        self.target = TargetFactory(**mine)
        self.graph_link = GraphLinkFactory(**mine)
        self.graph = self.graph_link.graph
        self.graph_node = self.graph_link.source
        self.gone_territory = TerritoryFactory(**gone)
        self.gone_agreement = AgreementFactory(territory=self.territory, **gone)
        self.gone_stakeholder = StakeholderFactory(**gone)
        self.gone_action = ActionFactory(**gone)
        self.gone_office = OfficeFactory(**gone)
        self.gone_event = EventFactory(action=self.action, **gone)
        self.gone_practice = PracticeFactory(**gone)
        self.gone_brand = BrandFactory(**gone)
        self.closed_office = OfficeFactory(closed_on="2026-01-31", **mine)
        self.gone_measure = MeasureFactory(**gone)
        for name in ("territory", "agreement", "stakeholder", "action", "office", "measure", "practice"):
            shared = getattr(self, name)
            copy = type(shared).objects.get(pk=shared.pk)
            copy.pk, copy._state.adding, copy.visibility = None, True, "network"
            copy.save()
            setattr(self, f"shared_{name}", copy)
        type(self.measure).objects.filter(pk=self.shared_measure.pk).update(state="validated")
        self.shared_event = EventFactory(action=self.shared_action, visibility="network", **mine)
        self.action.series, self.action.edition = Series.objects.create(name="Forum", until="2030-12-31", **mine), 1
        self.action.save(update_fields=["series", "edition"])
        self.strategy: Strategy = StrategyFactory(**mine)
        open_steps(self.strategy)
        self.row = steps.BY_SLUG["c-3-financer"].model.objects.create(strategy=self.strategy, **mine)
        self.version = StrategyVersion.objects.create(
            strategy=self.strategy, number=1, sha256="0" * 64, snapshot={}, **mine
        )
        self.version.pdf.save("document.pdf", ContentFile(b"%PDF-1.7"))
        book = ContentFile(b"PK", "classeur.xlsx")
        self.export = ExportFile.objects.create(register="actions", filename="actions", owner=author, file=book, **mine)
        self.job = Job.objects.create(kind="essai", label="Essai", target_id=1, state="failed", owner=author, **mine)
        colleague = User.objects.create_user(f"{colleague_name}@example.org", label="Collègue")
        self.member = Membership.objects.create(user=colleague, role="economic", **mine)
        self.invitation = Invitation(email="invitee@example.org", role="elected", **mine)
        self.token = invitations.issue(invitation=self.invitation, author=author)
        own = Membership.objects.get(user=author, **mine)
        self.dated_action = ActionFactory(starts=timezone.localdate(), **mine)
        self.task = TaskFactory(action=self.action, owner=own, **mine)
        self.comment = CommentFactory(action=self.action, author=author, **mine)
        self.closed_comment = CommentFactory(action=self.action, author=author, resolved_at=timezone.now(), **mine)
        self.comment.mentions.add(self.member)
        self.notice = Notice.objects.create(membership=own, key="essai", title="Avis", **mine)
        self.feed_token = feeds.issue(membership=own)
        collectivity.logo.save("logo.svg", ContentFile(b"<svg/>"))
        self.import_file = ImportFileFactory(owner=author, **mine)
        self.written_import = ImportFileFactory(owner=author, state="written", **mine)
        self.collectivity = collectivity

    def arguments(self, name: str) -> dict[str, Any]:
        """The arguments of an address: of the object of this name, else one of the special ones."""
        special: dict[str, Any] = {
            "": {},
            "color": {"color": "0b5d6b"},
            "csv": {"format": "csv"},
            "json": {"format": "json"},
            "logo": {"pk": self.collectivity.pk},
            "token": {"token": self.token},
            "feed": {"token": self.feed_token},
            "indicator": {"code": "f1-rendez-vous"},
            "support_actor": {"code": self.correction.actor.code},
            "role_line": {"year": 2027, "code": self.local_role.type.code},
            "role_year": {"year": 2028},
            "action_pk": {"action_pk": self.action.pk},
            "scheme": {"code": "urbact"},
            "spotting": {"action_pk": self.action.pk, "code": "urbact-4"},
            "application_filing": {"pk": self.application.pk, "state": "deposee"},
            "action_link": {"action_pk": self.action.pk, "pk": self.action_link.pk},
            "question": {"pk": self.action.pk, "slug": "quand"},
            "cooperation_pk": {"action_pk": self.risk.action_id},
            "risk": {"action_pk": self.risk.action_id, "pk": self.risk.pk},
            "budget_line": {"action_pk": self.action.pk, "pk": self.budget_line.pk},
            "participation": {"action_pk": self.action.pk, "pk": self.participation.pk},
            "budget_line_row": {"pk": self.budget_line.pk},
            "attestation": {"pk": self.aided_firm.pk, "job_pk": self.letter.pk},
            "agreement_pk": {"agreement_pk": self.amendment.agreement_id},
            "amendment": {"agreement_pk": self.amendment.agreement_id, "pk": self.amendment.pk},
            "event_pk": {"event_pk": self.event.pk},
            "event_guest": {"event_pk": self.event.pk, "pk": self.event_guest.pk},
            "appointment": {"event_pk": self.event.pk, "pk": self.appointment.pk},
            "programme_item": {"event_pk": self.event.pk, "pk": self.programme_item.pk},
            "office_pk": {"office_pk": self.office.pk},
            "office_cost": {"office_pk": self.office.pk, "pk": self.office_cost.pk},
            "indicator_use": {"action_pk": self.action.pk, "pk": self.indicator_use.pk},
            "move": {"pk": self.measure.pk, "move": "soumettre"},
            "step": {"pk": self.strategy.pk, "slug": "c-3-financer"},
            "vision": {"pk": self.strategy.pk, "slug": "b-2-vision-politique"},
            "graph_pk": {"graph_pk": self.graph.pk},
            "graph_node": {"graph_pk": self.graph.pk, "pk": self.graph_node.pk},
            "graph_link": {"graph_pk": self.graph.pk, "pk": self.graph_link.pk},
            "row": {"pk": self.strategy.pk, "slug": "c-3-financer", "row_pk": self.row.pk},
            "version": {"pk": self.strategy.pk, "number": 1},
            "reset": {"uidb36": "1", "key": "faux"},
        }
        return special[name] if name in special else {"pk": getattr(self, name).pk}


@dataclass(frozen=True)
class Case:
    """One method on one object, and who gets what. `data` is posted."""

    method: str
    expected: Line
    on: str = ""
    data: tuple[tuple[str, str], ...] = ()


def page(expected: Line, on: str = "") -> list[Case]:
    """Read only."""
    return [Case("GET", expected, on)]


def form(expected: Line, on: str = "") -> list[Case]:
    """A page with a form: sent empty, it comes back with its errors."""
    return [Case("GET", expected, on), Case("POST", expected, on)]


def saved(expected: Line, on: str = "", **data: str) -> list[Case]:
    """A page with a form or a confirmation, that goes elsewhere once done."""
    return [Case("GET", expected, on), Case("POST", done(expected), on, tuple(data.items()))]


def gesture(expected: Line, on: str = "", **data: str) -> list[Case]:
    """POST alone; GET is refused to whoever passes the door."""
    return [Case("POST", done(expected), on, tuple(data.items()))]


def api(name: str) -> list[Case]:
    """Detail of the API: an internal object and a shared one."""
    return [Case("GET", API_INTERNAL, name), Case("GET", API_SHARED, f"shared_{name}")]
