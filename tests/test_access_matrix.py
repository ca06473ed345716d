"""Who gets what: every route of the resolver and of the router × every actor × its methods.

The statuses are written here, never computed from the code under test. The table that they follow is ABILITIES
(aict/accounts/enums.py): the elected official reads and gives the vision; the economic service also writes
stakeholders, actions, measures and the strategy; the officer also partners, agreements and the adoption; the admin
everything; a network reads the API alone. The stranger is an admin of another collectivité.

A new route: add one line to ROUTES. Its object, when it needs one, is made by `World`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
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


ROUTES: dict[str, list[Case]] = {
    # The frame
    "home": page(READ),
    "health": page(PUBLIC),
    # Accounts
    "accounts:accent_css": page(PUBLIC, "color"),
    "accounts:logo": page(LOGO, "logo"),
    "accounts:accessibility": page(PUBLIC),
    "accounts:privacy": page(PUBLIC),
    "accounts:settings": form(MANAGE),
    "accounts:switch": [Case("GET", SIGNED_IN), Case("POST", line(302, 404, 404, 404, 404, 404, 404))],
    "accounts:member_list": page(MANAGE),
    "accounts:member_invite": [Case("POST", MANAGE)],
    "accounts:member_edit": form(MANAGE_ONE, "member"),
    "accounts:member_remove": gesture(MANAGE_ONE, "member"),
    "accounts:invitation_cancel": gesture(MANAGE_ONE, "invitation"),
    "accounts:invitation": [
        Case("GET", PUBLIC, "token"),
        Case("POST", line(200, 403, 403, 403, 403, 403, 403), "token"),  # signed in with another address
    ],
    "accounts:notice_list": page(READ),
    "accounts:notice_read": gesture(NOTICE_ONE, "notice"),
    "accounts:notice_read_all": gesture(READ),
    "accounts:notice_digest": gesture(READ),
    "account_login": [Case("GET", NOT_SIGNED_IN), Case("POST", NOT_SIGNED_IN)],
    "account_logout": [Case("GET", SIGNED_IN), Case("POST", done(SIGNED_IN))],
    "account_change_password": form(SIGNED_IN),
    "account_reset_password": form(PUBLIC),
    "account_reset_password_done": page(PUBLIC),
    "account_reset_password_from_key": form(PUBLIC, "reset"),
    "account_reset_password_from_key_done": page(PUBLIC),
    # Background work
    "jobs:job_list": page(READ),
    "jobs:job_detail": page(READ_ONE, "job"),
    "jobs:job_state": page(READ_ONE, "job"),
    "jobs:job_retry": gesture(READ_ONE, "job"),
    "jobs:export_download": page(READ_ONE, "export"),
    # Imports: the economic service writes stakeholders, and the register of the file decides
    "imports:upload": form(AUTHOR),
    "imports:columns": form(EDIT_PARTNERS_ONE, "import_file"),
    "imports:preview": form(EDIT_PARTNERS_ONE, "import_file"),
    "imports:result": page(EDIT_PARTNERS_ONE, "written_import"),
    "imports:refusals": page(EDIT_PARTNERS_ONE, "import_file"),
    "imports:discard": gesture(EDIT_PARTNERS_ONE, "import_file"),
    # Partners
    "partners:territory_list": page(READ),
    "partners:territory_create": form(EDIT_PARTNERS),
    "partners:territory_export": page(READ, "csv"),
    "partners:territory_detail": page(READ_ONE, "territory"),
    "partners:territory_edit": form(EDIT_PARTNERS_ONE, "territory"),
    "partners:territory_delete": saved(EDIT_PARTNERS_ONE, "territory"),
    "partners:territory_restore": gesture(EDIT_PARTNERS_ONE, "gone_territory"),
    "partners:territory_map": page(READ),
    "partners:place_search": page(EDIT_PARTNERS),
    "partners:territory_similar": page(EDIT_PARTNERS),
    "partners:territory_merge": form(EDIT_PARTNERS_ONE, "territory"),
    "partners:agreement_list": page(READ),
    "partners:agreement_create": form(EDIT_PARTNERS),
    "partners:agreement_export": page(READ, "csv"),
    "partners:agreement_detail": page(READ_ONE, "agreement"),
    "partners:agreement_edit": form(EDIT_PARTNERS_ONE, "agreement"),
    "partners:agreement_delete": saved(EDIT_PARTNERS_ONE, "agreement"),
    "partners:agreement_restore": gesture(EDIT_PARTNERS_ONE, "gone_agreement"),
    "partners:agreement_renewal": page(READ_ONE, "agreement"),
    "partners:agreement_lapse": gesture(EDIT_PARTNERS_ONE, "agreement", reason="Fin prévue"),
    "partners:agreement_lapse_undo": gesture(EDIT_PARTNERS_ONE, "agreement"),
    "partners:amendment_create": form(EDIT_PARTNERS_ONE, "agreement_pk"),
    "partners:amendment_edit": form(EDIT_PARTNERS_ONE, "amendment"),
    "partners:amendment_delete": saved(EDIT_PARTNERS_ONE, "amendment"),
    "partners:stakeholder_list": page(READ),
    "partners:stakeholder_create": form(AUTHOR),
    "partners:stakeholder_export": page(READ, "csv"),
    "partners:stakeholder_detail": page(READ_ONE, "stakeholder"),
    "partners:stakeholder_edit": form(AUTHOR_ONE, "stakeholder"),
    "partners:stakeholder_delete": saved(AUTHOR_ONE, "stakeholder"),
    "partners:stakeholder_restore": gesture(AUTHOR_ONE, "gone_stakeholder"),
    "partners:calendar": page(READ),
    "partners:calendar_issue": [Case("POST", READ)],  # the answer shows the secret once: no redirection
    "partners:calendar_revoke": gesture(READ),
    "partners:calendar_feed": page(PUBLIC, "feed"),
    "partners:document_add_agreement": form(EDIT_PARTNERS_ONE, "agreement"),
    "partners:document_add_territory": form(EDIT_PARTNERS_ONE, "territory"),
    "partners:document_download": page(READ_ONE, "document"),
    "partners:document_edit": form(EDIT_PARTNERS_ONE, "document"),
    "partners:document_delete": saved(EDIT_PARTNERS_ONE, "document"),
    # The support system
    "partners:actor_list": page(READ),
    "partners:actor_map": page(READ),
    "partners:actor_detail": page(READ, "support_actor"),
    "partners:actor_correct": saved(AUTHOR, "support_actor", sector="public", location="france"),
    "partners:actor_uncorrect": gesture(AUTHOR_ONE, "support_actor"),
    "typology:local_role_matrix": page(READ),
    "typology:local_role_edit": saved(AUTHOR, "role_line"),
    "typology:local_role_copy": gesture(AUTHOR, "role_year"),
    "typology:local_role_export": page(READ, "csv"),
    "partners:group_detail": page(READ_ONE, "group"),
    "partners:group_edit": form(AUTHOR_ONE, "group"),
    "partners:contact_list": page(READ),
    "partners:contact_create": form(AUTHOR),
    "partners:contact_bulk": gesture(AUTHOR),
    "partners:contact_export": page(READ, "csv"),
    "partners:contact_detail": page(READ_ONE, "contact"),
    "partners:contact_edit": form(AUTHOR_ONE, "contact"),
    "partners:contact_delete": saved(AUTHOR_ONE, "contact"),
    "partners:contact_met": gesture(AUTHOR_ONE, "contact"),
    "partners:person": form(MANAGE),
    "partners:person_export": [Case("POST", MANAGE, "json")],
    "partners:person_erase": [Case("POST", MANAGE)],
    # Actions and reference pages
    "typology:action_list": page(READ),
    "typology:action_create": form(AUTHOR),
    "typology:action_export": page(READ, "csv"),
    "typology:action_classify": page(READ),
    "typology:action_modes": page(READ),
    "typology:action_detail": page(READ_ONE, "action"),
    "typology:action_classification": form(AUTHOR_ONE, "action"),
    "typology:action_edit": form(AUTHOR_ONE, "action"),
    "typology:sdg_report": page(READ),
    "typology:action_duplicate": form(AUTHOR_ONE, "action"),
    "typology:action_recurrence": form(AUTHOR_ONE, "action"),
    "typology:action_next_edition": gesture(AUTHOR_ONE, "action"),
    "typology:action_delete": saved(AUTHOR_ONE, "action"),
    "typology:action_bulk": gesture(AUTHOR),  # nothing ticked: back to the list
    "typology:action_status": saved(
        AUTHOR_ONE, "action", **{"from": "prevue", "status": "abandonnee", "status_reason": "Essai"}
    ),
    "typology:action_restore": gesture(AUTHOR_ONE, "gone_action"),
    "typology:action_link_create": form(AUTHOR_ONE, "action_pk"),
    "typology:action_link_delete": saved(AUTHOR_ONE, "action_link"),
    "typology:action_questions": page(READ_ONE, "action"),
    "typology:action_question": [
        Case("GET", AUTHOR_ONE, "question"),
        Case("POST", done(AUTHOR_ONE), "question", (("timing", "ponctuel"),)),
    ],
    "typology:risk_create": form(AUTHOR_ONE, "cooperation_pk"),
    "typology:risk_edit": form(AUTHOR_ONE, "risk"),
    "typology:risk_delete": saved(AUTHOR_ONE, "risk"),
    "typology:budget_line_create": form(AUTHOR_ONE, "action_pk"),
    "typology:budget_line_edit": form(AUTHOR_ONE, "budget_line"),
    "typology:budget_line_delete": saved(AUTHOR_ONE, "budget_line"),
    "typology:action_budget": page(READ_ONE, "action"),
    "typology:budget_report": page(READ),
    "typology:budget_report_export": page(READ, "csv"),
    "typology:aid_list": page(READ),
    "typology:aid_create": form(AUTHOR),
    "typology:aid_export": page(READ, "csv"),
    "typology:aid_edit": form(AUTHOR_ONE, "aid"),
    "typology:aid_delete": saved(AUTHOR_ONE, "aid"),
    "typology:aid_declare": saved(AUTHOR_ONE, "aid"),
    "typology:aid_firm": page(READ_ONE, "aided_firm"),
    "typology:aid_attest": gesture(READ_ONE, "aided_firm"),
    "typology:aid_attestation": page(READ_ONE, "attestation"),
    "typology:document_add": form(AUTHOR_ONE, "action_pk"),
    "typology:document_download": page(READ_ONE, "action_document"),
    "typology:document_edit": form(AUTHOR_ONE, "action_document"),
    "typology:document_delete": saved(AUTHOR_ONE, "action_document"),
    "typology:action_firms": page(READ_ONE, "action"),
    "typology:participation_add": form(AUTHOR_ONE, "action_pk"),
    "typology:participation_edit": form(AUTHOR_ONE, "participation"),
    "typology:participation_delete": saved(AUTHOR_ONE, "participation"),
    "typology:firm_list": page(READ),
    "typology:firm_export": page(READ, "csv"),
    "typology:firm_detail": page(READ_ONE, "firm"),
    "typology:event_list": page(READ),
    "typology:event_create": form(AUTHOR),
    "typology:event_export": page(READ, "csv"),
    "typology:event_detail": page(READ_ONE, "event"),
    "typology:event_edit": form(AUTHOR_ONE, "event"),
    "typology:event_delete": saved(AUTHOR_ONE, "event"),
    "typology:event_restore": gesture(AUTHOR_ONE, "gone_event"),
    "typology:event_programme": page(READ_ONE, "event"),
    "typology:event_stand": saved(AUTHOR_ONE, "event"),
    "typology:event_guest_create": form(AUTHOR_ONE, "event_pk"),
    "typology:event_guest_edit": form(AUTHOR_ONE, "event_guest"),
    "typology:event_guest_delete": saved(AUTHOR_ONE, "event_guest"),
    "typology:appointment_create": form(AUTHOR_ONE, "event_pk"),
    "typology:appointment_several": form(AUTHOR_ONE, "event_pk"),
    "typology:appointment_edit": form(AUTHOR_ONE, "appointment"),
    "typology:appointment_delete": saved(AUTHOR_ONE, "appointment"),
    "typology:event_item_create": form(AUTHOR_ONE, "event_pk"),
    "typology:event_item_edit": form(AUTHOR_ONE, "programme_item"),
    "typology:event_item_delete": saved(AUTHOR_ONE, "programme_item"),
    "typology:event_follow_up_create": form(AUTHOR_ONE, "event_pk"),
    "typology:mobility_list": page(READ),
    "typology:mobility_create": form(AUTHOR),
    "typology:mobility_export": page(READ, "csv"),
    "typology:mobility_edit": form(AUTHOR_ONE, "mobility"),
    "typology:mobility_delete": saved(AUTHOR_ONE, "mobility"),
    "typology:scheme_list": page(READ),
    "typology:scheme_detail": page(READ, "scheme"),
    "typology:scheme_export_table": page(READ),
    "typology:call_list": page(READ),
    "typology:call_create": form(AUTHOR),
    "typology:call_example": gesture(AUTHOR),
    "typology:call_detail": page(READ_ONE, "call"),
    "typology:call_edit": form(AUTHOR_ONE, "call"),
    "typology:call_delete": saved(AUTHOR_ONE, "free_call"),
    "typology:application_list": page(READ),
    "typology:funding_spot": gesture(AUTHOR_ONE, "spotting"),
    "typology:application_create": form(AUTHOR),
    "typology:application_export": page(READ, "csv"),
    "typology:application_detail": page(READ_ONE, "application"),
    "typology:application_edit": form(AUTHOR_ONE, "application"),
    "typology:application_delete": saved(AUTHOR_ONE, "application"),
    "typology:application_undo": gesture(AUTHOR_ONE, "application"),
    "typology:application_move": form(AUTHOR_ONE, "application_filing"),
    "typology:brand_list": page(READ),
    "typology:brand_create": form(AUTHOR),
    "typology:brand_detail": page(READ_ONE, "brand"),
    "typology:brand_edit": form(AUTHOR_ONE, "brand"),
    "typology:brand_delete": saved(AUTHOR_ONE, "brand"),
    "typology:brand_restore": gesture(AUTHOR_ONE, "gone_brand"),
    "typology:campaign_create": form(AUTHOR),
    "typology:campaign_edit": form(AUTHOR_ONE, "campaign"),
    "typology:campaign_delete": saved(AUTHOR_ONE, "campaign"),
    "typology:target_list": page(READ),
    "typology:target_create": form(AUTHOR),
    "typology:target_edit": form(AUTHOR_ONE, "target"),
    "typology:target_delete": saved(AUTHOR_ONE, "target"),
    "typology:graph_list": page(READ),
    "typology:graph_create": form(AUTHOR),
    "typology:graph_examples": gesture(AUTHOR),
    "typology:graph_detail": page(READ_ONE, "graph"),
    "typology:graph_edit": form(AUTHOR_ONE, "graph"),
    "typology:graph_delete": saved(AUTHOR_ONE, "graph"),
    "typology:graph_node_create": form(AUTHOR_ONE, "graph_pk"),
    "typology:graph_node_edit": form(AUTHOR_ONE, "graph_node"),
    "typology:graph_node_delete": saved(AUTHOR_ONE, "graph_node"),
    "typology:graph_link_create": form(AUTHOR_ONE, "graph_pk"),
    "typology:graph_link_edit": form(AUTHOR_ONE, "graph_link"),
    "typology:graph_link_delete": saved(AUTHOR_ONE, "graph_link"),
    "typology:practice_list": page(READ),
    "typology:practice_create": form(AUTHOR),
    "typology:practice_export": page(READ, "csv"),
    "typology:practice_detail": page(READ_ONE, "practice"),
    "typology:practice_edit": form(AUTHOR_ONE, "practice"),
    "typology:practice_delete": saved(AUTHOR_ONE, "practice"),
    "typology:practice_restore": gesture(AUTHOR_ONE, "gone_practice"),
    "typology:office_list": page(READ),
    "typology:office_create": form(AUTHOR),
    "typology:office_export": page(READ, "csv"),
    "typology:office_detail": page(READ_ONE, "office"),
    "typology:office_edit": form(AUTHOR_ONE, "office"),
    "typology:office_delete": saved(AUTHOR_ONE, "office"),
    "typology:office_restore": gesture(AUTHOR_ONE, "gone_office"),
    "typology:office_close": form(AUTHOR_ONE, "office"),
    "typology:office_reopen": gesture(AUTHOR_ONE, "closed_office"),
    "typology:office_cost_create": form(AUTHOR_ONE, "office_pk"),
    "typology:office_cost_edit": form(AUTHOR_ONE, "office_cost"),
    "typology:office_cost_delete": saved(AUTHOR_ONE, "office_cost"),
    "typology:tree": page(READ),
    "typology:glossary": page(READ),
    "typology:fields": page(READ),
    # Follow-up: tasks, comments
    "typology:action_follow_up": page(READ_ONE, "action"),
    "typology:comment_create": form(AUTHOR_ONE, "action_pk"),
    "typology:comment_resolve": gesture(AUTHOR_ONE, "comment"),
    "typology:comment_reopen": gesture(AUTHOR_ONE, "closed_comment"),
    "typology:comment_delete": saved(MANAGE_ONE, "comment"),  # the author's own, and the author is the admin
    "typology:calendar": page(READ),
    "typology:action_ics": page(READ_ONE, "dated_action"),
    "typology:event_ics": page(READ_ONE, "event"),
    "typology:task_list": page(READ),
    "typology:task_export": page(READ, "csv"),
    "typology:task_create": form(AUTHOR_ONE, "action_pk"),
    "typology:task_edit": form(AUTHOR_ONE, "task"),
    "typology:task_done": gesture(AUTHOR_ONE, "task"),
    "typology:task_reopen": gesture(AUTHOR_ONE, "task"),
    "typology:task_delete": saved(AUTHOR_ONE, "task"),
    # Evaluation
    "evaluation:measure_list": page(READ),
    "evaluation:measure_create": form(AUTHOR),
    "evaluation:measure_export": page(READ, "csv"),
    "evaluation:measure_detail": page(READ_ONE, "measure"),
    "evaluation:measure_edit": form(AUTHOR_ONE, "measure"),
    "evaluation:measure_delete": saved(AUTHOR_ONE, "measure"),
    "evaluation:measure_restore": gesture(AUTHOR_ONE, "gone_measure"),
    "evaluation:measure_state": gesture(AUTHOR_ONE, "move"),
    "evaluation:indicator_use_create": form(AUTHOR_ONE, "action_pk"),
    "evaluation:indicator_use_edit": form(AUTHOR_ONE, "indicator_use"),
    "evaluation:indicator_use_delete": saved(AUTHOR_ONE, "indicator_use"),
    "evaluation:indicator_list": page(READ),
    "evaluation:indicator_detail": page(READ, "indicator"),
    # Strategy
    "strategy:strategy_list": page(READ),
    "strategy:strategy_create": form(AUTHOR),
    "strategy:strategy_detail": page(READ_ONE, "strategy"),
    "strategy:strategy_edit": form(AUTHOR_ONE, "strategy"),
    "strategy:strategy_move": gesture(AUTHOR_ONE, "strategy"),
    "strategy:strategy_adopt": form(ADOPT_ONE, "strategy"),
    "strategy:step": [
        Case("GET", READ_ONE, "step"),
        Case("POST", done(AUTHOR_ONE), "step"),
        Case("POST", done(READ_ONE), "vision"),  # B2: the elected official gives the long-term vision
    ],
    "strategy:take_over": gesture(AUTHOR_ONE, "step"),
    "strategy:row_delete": saved(AUTHOR_ONE, "row", version="0"),
    "strategy:preview": page(READ_ONE, "step"),
    "strategy:make_document": gesture(READ_ONE, "strategy"),
    "strategy:download": page(READ_ONE, "version"),
    # API: a network reads what is shared; its description says nothing of anybody's data
    "api": page(API),
    "api-unknown": page(line(403, 404, 404, 404, 404, 404, 404)),
    "schema": page(line(403, 200, 200, 200, 200, 200, 200)),
    "territory-list": page(API),
    "territory-detail": api("territory"),
    "territory-geojson": page(API),
    "agreement-list": page(API),
    "agreement-detail": api("agreement"),
    "stakeholder-list": page(API),
    "stakeholder-detail": api("stakeholder"),
    "action-list": page(API),
    "action-detail": api("action"),
    "event-list": page(API),
    "event-detail": api("event"),
    "office-list": page(API),
    "office-detail": api("office"),
    "practice-list": page(API),
    "practice-detail": api("practice"),
    "measure-list": page(API),
    "measure-detail": api("measure"),
    "localrole-list": page(line(403, 200, 200, 200, 200, 200, 403)),
    "localrole-detail": page(line(403, 404, 200, 200, 200, 200, 403), "local_role"),
    "fundingscheme-list": page(API),
    "fundingscheme-detail": page(API, "scheme"),
    "fundingcall-list": page(line(403, 200, 200, 200, 200, 200, 403)),
    "fundingcall-detail": page(line(403, 404, 200, 200, 200, 200, 403), "call"),
    "fundingapplication-list": page(line(403, 200, 200, 200, 200, 200, 403)),
    "fundingapplication-detail": page(line(403, 404, 200, 200, 200, 200, 403), "application"),
    "budgetline-list": page(line(403, 200, 200, 200, 200, 200, 403)),
    "budgetline-detail": page(line(403, 404, 200, 200, 200, 200, 403), "budget_line_row"),
    "aidline-list": page(line(403, 200, 200, 200, 200, 200, 403)),
    "aidline-detail": page(line(403, 404, 200, 200, 200, 200, 403), "aid"),
    "target-list": page(line(403, 200, 200, 200, 200, 200, 403)),
    "target-detail": page(line(403, 404, 200, 200, 200, 200, 403), "target"),
    "supportactor-list": page(API),
    "supportactor-detail": page(API, "support_actor"),
    "indicator-list": page(API),
    "indicator-detail": page(API, "indicator"),
}


def route_names() -> set[str]:
    """Every named address, with its namespace; an address without a name is given by its pattern."""

    def walk(resolver: Any, namespace: str) -> set[str]:
        names: set[str] = set()
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern):
                names.add(f"{namespace}{pattern.name or pattern.pattern}")
            else:
                names |= walk(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        return names

    return walk(get_resolver(), "")


def test_every_route_has_its_line():
    undeclared = sorted(route_names() - ROUTES.keys())
    assert not undeclared, f"routes without a line in ROUTES: {', '.join(undeclared)}"


def test_every_line_has_its_route():
    stale = sorted(ROUTES.keys() - route_names())
    assert not stale, f"lines of ROUTES whose route is gone: {', '.join(stale)}"


@pytest.fixture
def clients(stranger, elected, economic, officer, admin, network) -> dict[str, Client]:
    cast = {"stranger": stranger, "elected": elected, "economic": economic, "officer": officer}
    cast |= {"admin": admin, "network": network}
    return {"anonymous": Client()} | {name: actor.client for name, actor in cast.items()}


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of expected refusals: only errors are worth reading."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(admin, settings, tmp_path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return World(admin.collectivity, admin.user)


def ask(client: Client, method: str, url: str, data: dict[str, str] | None = None) -> Any:
    """One request, whose writes are undone, so that each actor finds the same world."""
    cookies = client.cookies.copy()  # signing out would last otherwise
    with transaction.atomic():
        options = {} if method in ("GET", "HEAD", "POST") else {"content_type": "application/json"}
        response = getattr(client, method.lower())(url, data=data or {}, **options)
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def group(name: str) -> str:
    """The part of the site that a route belongs to: one test each."""
    app, _, rest = name.partition(":")
    return app if rest else ("api" if name.endswith(("-list", "-detail")) else "frame")


GROUPS = sorted({group(name) for name in ROUTES})


def routes_of(part: str) -> list[tuple[str, list[Case]]]:
    return [(name, cases) for name, cases in ROUTES.items() if group(name) == part]


@pytest.mark.parametrize("part", GROUPS)
def test_each_actor_gets_what_the_matrix_says(part, clients, world, subtests):
    for name, cases in routes_of(part):
        for case in cases:
            url = reverse(name, kwargs=world.arguments(case.on))
            with subtests.test(f"{case.method} {name} {case.on}"):
                answers = {actor: ask(client, case.method, url, dict(case.data)) for actor, client in clients.items()}
                assert {actor: answer.status_code for actor, answer in answers.items()} == case.expected
                if case.expected["anonymous"] == 302 and not name.startswith("account_log"):
                    assert answers["anonymous"]["Location"].startswith(LOGIN)


@pytest.mark.parametrize("part", GROUPS)
def test_no_other_method_breaks_a_route_or_opens_it(part, clients, world, subtests):
    for name, cases in routes_of(part):
        url = reverse(name, kwargs=world.arguments(cases[0].on))
        others = [method for method in ("POST", "PUT", "DELETE", "OPTIONS") if method not in {c.method for c in cases}]
        for actor in ("anonymous", "stranger", "network", "admin"):
            is_open = any(case.expected[actor] == 200 or case.expected["anonymous"] == 200 for case in cases)
            for method in others:
                with subtests.test(f"{method} {name} as {actor}"):
                    answer = ask(clients[actor], method, url)
                    assert answer.status_code < 500
                    assert is_open or answer.status_code >= 300 or not answer.content
