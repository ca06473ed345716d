"""The file to a plan: everything is parsed and validated here, and nothing is written.

Lists are read in the order of their dependencies; a row that cites a refused one is refused with that reason.
Rows already in the registers are matched by reference (measures, budget lines and followed indicators by what
they say) and compared, so that a second import finds nothing to change. What the file does not name stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import slugify

from aict.accounts.models import Collectivity
from evaluation.models import IndicatorUse, Measure
from partners.models import Territory
from strategy.imports import columns as c
from strategy.imports.columns import Table
from strategy.imports.drafting import Draft, Drafter, Reason
from strategy.imports.reading import Row
from strategy.imports.report import Outcome, Refusal, Report, shown
from strategy.imports.values import OWN
from strategy.models import Strategy
from typology import gate, status_moves
from typology.models import Action, ActionType, BudgetLine

NOT_ECONOMIC = "non-economique-avec-acteurs"
CLASSES = ("internationalisation", "promotion", "cooperation-economique", NOT_ECONOMIC)
AID = (
    "cette ligne est une aide à une entreprise nommée : son montant se change depuis la page de l’action, où le cumul "
    "est montré avant l’enregistrement."
)
CLOSED = "la stratégie n’est plus un brouillon : ouvrez d’abord une révision."
_KNOWN = {"collectivity", "territories", "agreements", "stakeholders", "actions", "strategy", "measures", "users"}


@dataclass
class Plan:
    """What an import would do to one collectivité."""

    collectivity: Collectivity
    report: Report
    drafts: list[Draft]


def plan_import(case: Row, *, siren: str = "") -> Plan:
    """Read every row of the file into drafts and a report; `siren` sends it to another, known collectivité.

    Reads the database, never writes. What is wrong is in the report.
    """
    report = Report()
    collectivity = _collectivity(case, siren, report)
    planner = _Planner(collectivity or Collectivity(), report)
    if collectivity is not None:
        planner.run(case)
    return Plan(planner.collectivity, report, planner.drafts)


def _collectivity(case: Row, siren: str, report: Report) -> Collectivity | None:
    """The tenant: matched by SIREN and left as it is, or new. None when it is refused."""
    table = c.COLLECTIVITY
    raw = case.get("collectivity")
    row = raw if isinstance(raw, Row) else Row()
    wanted = siren or row.get("siren")
    is_text = isinstance(wanted, str) and "\0" not in wanted
    found = Collectivity.objects.filter(siren=str(wanted)[:20]).first() if is_text else None
    if found:
        report.count(table.section, Outcome.UNCHANGED)
        return found
    if siren:
        reason = "aucune collectivité de l’application n’a ce SIREN. Créez-la d’abord, ou retirez --collectivity."
        report.refusals.append(Refusal(table.section.key, 0, "", "siren", shown(siren), reason))
        report.count(table.section, Outcome.REFUSED)
        return None
    draft = Drafter(Collectivity(), report).draft(table, row, Collectivity(), "")
    return draft.instance if draft else None


class _Planner(Drafter):
    """Reads the lists of one file for one collectivité."""

    def run(self, case: Row) -> None:
        """Every list, in the order of their dependencies."""
        self._territories(self.rows(c.TERRITORIES.section, case.get("territories")))
        for table, key in ((c.AGREEMENTS, "agreements"), (c.STAKEHOLDERS, "stakeholders")):
            for row in self.rows(table.section, case.get(key)):
                self.register(table, row)
        self._actions(self.rows(c.ACTIONS.section, case.get("actions")))
        if "strategy" in case:
            self._strategy(case)
        self._measures(self.rows(c.MEASURES.section, case.get("measures")))
        self._users(case.get("users"))
        self.report.ignored.update(set(case) - _KNOWN - c.OUTSIDE)

    def _territories(self, rows: list[Row]) -> None:
        """The first one is the collectivité's own."""
        own = Territory.objects.for_collectivity(self._known).filter(is_own=True).first()
        for place, row in enumerate(rows):
            if place:
                self.register(c.TERRITORIES, row)
                continue
            wrong: list[Reason] = []
            ref = row.get("ref")
            if own and not own.ref and isinstance(ref, str):
                self.catalog.rows(Territory).setdefault(ref, own)
            elif own and own.ref != ref:
                reason = (
                    f"la collectivité a déjà son propre territoire, « {own} » : il doit être le premier du fichier."
                )
                wrong.append(("ref", ref, reason))
            self.register(c.TERRITORIES, row, wrong, is_own=True)

    @property
    def _known(self) -> Collectivity | None:
        """The collectivité when it is already there; queries on None find nothing."""
        return self.collectivity if self.collectivity.pk else None

    # Actions -------------------------------------------------------------------------------
    def _actions(self, rows: list[Row]) -> None:
        lines = self._children(BudgetLine, "funder")
        uses = self._children(IndicatorUse, "indicator")
        for row in rows:
            wrong, extra = self._mode(row)
            if status_moves.forgets_reason(row.get("status")):
                extra["status_reason"] = ""
            draft = self.register(c.ACTIONS, row, wrong, **extra)
            if draft:
                first_part = len(self.drafts)
                self._budget(draft.instance, row, lines.get(draft.instance.pk, []))
                self._uses(draft.instance, row, uses.get(draft.instance.pk, []))
                self._gate(draft, row, self.drafts[first_part:], uses.get(draft.instance.pk, []))

    def _gate(self, draft: Draft, row: Row, parts: list[Draft], kept: list[IndicatorUse]) -> None:
        """The moves of a state and the local-interest gate hold here as on the page (SYS-42, product rule 6).

        It judges the action as it will be: what the file says over what is stored, and the indicators already
        there (`kept`: an import takes none away) with those that the file adds. A refused action takes its
        parts with it.
        """
        action = draft.instance
        added = [one for one in parts if one.table is c.USES and one.outcome is Outcome.CREATED]
        refused = status_moves.refusals(
            before=status_moves.stored(draft.before, action.status, is_new=draft.outcome is Outcome.CREATED),
            after=action.status,
            reason=action.status_reason,
            given=gate.gate_of(action, indicators=len(kept) + len(added)),
            reason_before=draft.before.get(str(Action._meta.get_field("status_reason").verbose_name), ""),
            taken_over=True,
        )
        if not refused:
            return
        for part in parts:
            self.forget(part)
        [(key, refusal), *_] = refused.items()
        self.withdraw(draft, row, refusal, key=key, raw=getattr(action, key))
        self.catalog.lost.setdefault(Action, set()).add(action.ref)

    def _mode(self, row: Row) -> tuple[list[Reason], dict[str, Any]]:
        """What the registers keep of fiches 1 to 3 (SYS-01); the rest is reported as ignored."""
        mode = row.get("mode")
        if mode is None:
            return [], {}
        if not isinstance(mode, Row):
            return [("mode", mode, "un bloc de clés est attendu.")], {}
        kept = ("category", "classification", "economic_actors")
        ignored = [key for key, value in mode.items() if key not in kept and value not in (None, [], "")]
        self.report.ignored.update(f"actions.mode.{key}" for key in ignored)
        wrong: list[Reason] = []
        classification = mode.get("classification")
        if classification is not None and classification not in CLASSES:
            wrong.append(("mode", classification, f"classification inconnue ; les codes sont {', '.join(CLASSES)}."))
        category = self._category_of(row.get("type"))
        if category and mode.get("category") not in (None, category):
            wrong.append(("mode", mode["category"], f"la catégorie suit le type d’action : ici, « {category} »."))
        said: dict[str, Any] = {}  # what the block does not say stays as it is
        if classification is not None:
            said["economic_aim"] = classification != NOT_ECONOMIC
        if "economic_actors" in mode:
            said["economic_actors"] = mode["economic_actors"]
        return wrong, said

    def _category_of(self, code: object) -> str:
        """A purpose and a category are never entered: they follow from the type (rule 1)."""
        if not hasattr(self, "_categories"):
            pairs = ActionType.objects.values_list("code", "purpose__category__code")
            self._categories: dict[str, str] = dict(pairs)
        return self._categories.get(code, "") if isinstance(code, str) else ""

    def _budget(self, action: Action, row: Row, existing: list[BudgetLine]) -> None:
        """Lines are known by year, funder and label; two alike are told apart by their order."""
        left = list(existing)
        for item in self.rows(c.BUDGET.section, row.get("budget")):
            funder = None if item.get("funder") in (None, OWN) else item.get("funder")
            said = (item.get("year"), funder, item.get("label") or "")
            # The file names no stakeholder: a cost that one bears is another line than the collectivité's own.
            own = (one for one in left if one.bearer_id is None)
            line = next((one for one in own if (one.year, _code(one.funder), one.label) == said), None)
            if line:
                left.remove(line)
            aid = line.aid_amount if line and line.makes_aid else None
            draft = self.draft(c.BUDGET, item, line or BudgetLine(), action.ref, action=action)
            if draft and aid is not None and draft.instance.aid_amount != aid:
                self.forget(draft)
                self.refuse(c.BUDGET.section, item, action.ref, "planned", item.get("planned"), AID)
        self._kept(action, len(left), "ligne de budget", "lignes de budget")

    def _uses(self, action: Action, row: Row, existing: list[IndicatorUse]) -> None:
        left = {use.indicator.code: use for use in existing}
        seen: set[str] = set()
        raw = row.get("indicators")
        line = row.lines.get("indicators", row.line)
        items = [_as_row(item, line) for item in raw] if isinstance(raw, list) else raw
        for item in self.rows(c.USES.section, items):
            code = str(item.get("code"))
            twice = [("code", code, "cet indicateur est déjà suivi par l’action.")] if code in seen else []
            seen.add(code)
            self.draft(c.USES, item, left.pop(code, None) or IndicatorUse(), action.ref, twice, action=action)
        self._kept(action, len(left), "indicateur", "indicateurs")

    def _kept(self, action: Action, count: int, one: str, many: str) -> None:
        if count:
            what = f"{count} {many if count > 1 else one}"
            self.report.notices.append(
                f"À vérifier, action « {action.ref} » : {what} hors du fichier, sans changement."
            )

    def _children(self, model: type[Any], related: str) -> dict[int, list[Any]]:
        """Budget lines or followed indicators of the whole register, by action: one query."""
        found: dict[int, list[Any]] = {}
        for child in model.objects.for_collectivity(self._known).select_related(related).order_by("pk"):
            found.setdefault(child.action_id, []).append(child)
        return found

    # Measures and users --------------------------------------------------------------------
    def _measures(self, rows: list[Row]) -> None:
        """A measure is known by its indicator, territory, action, year, scope and day."""
        keys = ("indicator", "territory", "action", "year", "scope", "measured_on")
        known: dict[tuple[Any, ...], Measure] = {
            (m.indicator_id, m.territory_id, m.action_id, m.year, m.scope, m.measured_on): m
            for m in Measure.objects.for_collectivity(self._known)
        }
        first: dict[tuple[str, ...], int] = {}
        for row in rows:
            name = str(row.get("indicator"))[:80]
            line = first.setdefault(tuple(str(row.get(key)) for key in keys), row.line)
            twice = (
                [("indicator", name, f"cette mesure est déjà donnée à la ligne {line}.")] if line != row.line else []
            )
            values = self.values(c.MEASURES, row, name, twice)
            if values is None:
                continue
            said = {"scope": "", **values}
            cited = [said[key] for key in keys if isinstance(said.get(key), models.Model)]
            match = tuple(getattr(said.get(key), "pk", said.get(key)) for key in keys)
            measure = known.get(match) if all(one.pk for one in cited) else None
            self.settle(c.MEASURES, row, measure or Measure(), name, values)

    def _users(self, raw: Any) -> None:
        if isinstance(raw, list) and raw:
            self.report.notices.append(
                f"Comptes : {len(raw)} postes décrits, aucun compte créé (le fichier ne donne pas d’adresse). "
                "Invitez ces personnes depuis la page « Membres »."
            )

    # Strategy ------------------------------------------------------------------------------
    def _strategy(self, case: Row) -> None:
        row = case["strategy"]
        if not isinstance(row, Row):
            self.refuse(c.STRATEGY.section, Row(), "", "strategy", row, "un bloc de clés est attendu.")
            return
        period = row.get("period")
        years = period if isinstance(period, Row) else Row()
        head = case.get("case")
        ref = row.get("ref") or (head.get("code") if isinstance(head, Row) else None)
        ref = ref if isinstance(ref, str) else slugify(f"strategie-{years.get('from')}-{years.get('to')}")
        strategy = self.catalog.rows(Strategy).get(ref) or Strategy()
        extra: dict[str, Any] = {"ref": ref, "period_start": years.get("from"), "period_end": years.get("to")}
        draft = self.draft(c.STRATEGY, row, strategy, ref, **extra)
        if draft and draft.outcome is not Outcome.UNCHANGED and not strategy.is_editable:
            self.withdraw(draft, row, CLOSED)
        self._steps(draft.instance if draft else None, row)

    def _steps(self, strategy: Strategy | None, row: Row) -> None:
        steps = row.get("steps")
        if not isinstance(steps, Row):
            if steps is not None:
                self.refuse(c.STRATEGY.section, row, "", "steps", steps, "un bloc de huit listes est attendu.")
            return
        for slug in steps:
            if slug not in c.STEP_TABLES:
                reason = f"cette étape n’existe pas ; les étapes sont {', '.join(c.STEP_TABLES)}."
                self.refuse(c.STRATEGY.section, steps, "", "steps", slug, reason)
        for slug, table in c.STEP_TABLES.items():
            self._step(strategy, table, self.rows(table.section, steps.get(slug)))

    def _step(self, strategy: Strategy | None, table: Table, rows: list[Row]) -> None:
        known = self._step_rows(table.model, strategy) if strategy and strategy.pk else {}
        for position, row in enumerate(rows):
            ref = self.new_ref(table, row)
            if not ref:
                continue
            if strategy is None:
                self.refuse(table.section, row, ref, "", None, "dépend de la stratégie, qui est refusée.")
                continue
            extra: dict[str, Any] = {"strategy": strategy, "position": position, "ref": ref}
            draft = self.draft(table, row, known.get(ref) or table.model(), ref, **extra)
            if draft and draft.outcome is not Outcome.UNCHANGED and not strategy.is_editable:
                self.withdraw(draft, row, CLOSED)

    def _step_rows(self, model: type[Any], strategy: Strategy) -> dict[str, Any]:
        many = [field.name for field in model._meta.many_to_many]
        return {row.ref: row for row in model.objects.of(strategy).prefetch_related(*many) if row.ref}


def _code(row: Any) -> str | None:
    return row.code if row else None


def _as_row(item: Any, line: int) -> Any:
    """An indicator is a code, or a block that also gives its baseline and target (ours)."""
    if not isinstance(item, str):
        return item
    row = Row(code=item)
    row.line, row.lines = line, {}
    return row
