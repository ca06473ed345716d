"""Nomenclatures: read-only, loaded by `load_reference`."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.reference import ReferenceModel, ReferenceQuerySet
from aict.ui.typography import fold_words
from partners.models import SupportActor
from typology.enums import Question, SchemeKind, SchemeReach, SchemeStatus, SkillKind, TermKind

OUTDATED = (SchemeStatus.REMPLACE, SchemeStatus.CLOS)  # what a scheme has become since the guide was printed


class ActionCategory(ReferenceModel):
    """Internationalisation, promotion, coopération."""

    details = models.CharField("précision", max_length=200, blank=True)

    # Shape codes of static/img and of the SVG charts: a category is a shape and a word, then a colour.
    SHAPES = {"internationalisation": "int", "promotion": "pro", "cooperation": "coo"}

    class Meta(ReferenceModel.Meta):
        verbose_name = "catégorie d’action"
        verbose_name_plural = "catégories d’action"

    @property
    def shape(self) -> str:
        return self.SHAPES[self.code]

    @property
    def short_label(self) -> str:
        """First word of the label: what a badge shows."""
        return self.label.split()[0].rstrip(",")


class ActionPurpose(ReferenceModel):
    """One of the six sub-categories of purpose."""

    category = models.ForeignKey(
        ActionCategory, on_delete=models.PROTECT, related_name="purposes", verbose_name="catégorie"
    )
    details = models.CharField("précision", max_length=250, blank=True)

    class Meta(ReferenceModel.Meta):
        verbose_name = "finalité"
        verbose_name_plural = "finalités"

    @property
    def heading(self) -> str:
        """« Promotion – visibilité locale »: the heading of its types in a select."""
        return f"{self.category.short_label} – {self.label[:1].lower()}{self.label[1:]}"


class ActionTypeQuerySet(ReferenceQuerySet):
    """Queries on the 27 leaves."""

    def for_tree(self) -> Self:
        return self.current().select_related("purpose__category").order_by("order")

    def matching(self, words: str) -> Self:
        """Whose label, details, purpose or category holds the words."""
        return self.filter(
            Q(label__icontains=words)
            | Q(details__icontains=words)
            | Q(purpose__label__icontains=words)
            | Q(purpose__category__label__icontains=words)
        )


class ActionType(ReferenceModel):
    """One of the 27 leaves; `order` runs over the whole tree."""

    purpose = models.ForeignKey(ActionPurpose, on_delete=models.PROTECT, related_name="types", verbose_name="finalité")
    details = models.CharField("précision", max_length=250, blank=True)
    may_be_state_aid = models.BooleanField("aide économique à vérifier", default=False)

    objects = ActionTypeQuerySet.as_manager()

    class Meta(ReferenceModel.Meta):
        verbose_name = "type d’action"
        verbose_name_plural = "types d’action"


class Fiche(ReferenceModel):
    """A practical sheet of the guide: 1 to 3 (modes of action), A to D (strategy)."""

    number = models.CharField("numéro", max_length=2)
    category = models.ForeignKey(
        ActionCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="fiches", verbose_name="catégorie"
    )

    class Meta(ReferenceModel.Meta):
        verbose_name = "fiche pratique"
        verbose_name_plural = "fiches pratiques"


class FicheSection(ReferenceModel):
    """A question (fiches 1 to 3) or a step (fiches A to D) with its guidance and options."""

    fiche = models.ForeignKey(Fiche, on_delete=models.CASCADE, related_name="sections", verbose_name="fiche")
    subtitle = models.CharField("sous-titre", max_length=250, blank=True)
    guidance = models.JSONField("conseils", default=list, blank=True)
    options = models.JSONField("options", default=dict, blank=True)

    class Meta(ReferenceModel.Meta):
        verbose_name = "partie de fiche"
        verbose_name_plural = "parties de fiche"


class FicheOptionQuerySet(ReferenceQuerySet):
    """Queries on the choices of the fiches."""

    def of_category(self, category: ActionCategory) -> Self:
        """Those of the fiche of a category of action."""
        return self.filter(section__fiche__category=category)

    def answers(self) -> Self:
        """Those that answer a question of the sheet: all but the risks."""
        return self.exclude(group=FicheOption.RISKS)

    def risks(self) -> Self:
        return self.filter(group=FicheOption.RISKS)


class FicheOption(ReferenceModel):
    """A choice that a question of fiches 1 to 3 offers (SYS-10); `group` is the code of its list."""

    section = models.ForeignKey(
        FicheSection, on_delete=models.CASCADE, related_name="choices", verbose_name="question de la fiche"
    )
    question = models.CharField("question", max_length=10, choices=Question.choices)
    group = models.CharField("liste", max_length=40)
    items = models.JSONField("exemples", default=list, blank=True)

    # Fiche 3, « Pourquoi »: the fears to assess on both sides (SYS-25). Assessed one by one, never ticked.
    RISKS = "risques"

    objects = FicheOptionQuerySet.as_manager()

    class Meta(ReferenceModel.Meta):
        verbose_name = "choix d’une fiche"
        verbose_name_plural = "choix des fiches"


class TargetZone(ReferenceModel):
    """A place proposed by « Où » of fiches 1 to 3, for one category of action (SYS-17)."""

    category = models.ForeignKey(
        ActionCategory, on_delete=models.PROTECT, related_name="zones", verbose_name="catégorie"
    )
    group = models.CharField("liste de la fiche", max_length=20)
    items = models.JSONField("pays et régions", default=list, blank=True)
    is_own_territory = models.BooleanField("territoire de la collectivité", default=False)

    GROUPS = {"heading": "Dans l’intitulé de la fiche", "zones": "Zones citées", "vagues": "Vagues de coopération"}
    # Fiche 1: « Peu ciblées », the zones that export seldom aims at; a partnership may open them.
    SELDOM = "fiche-1-peu-ciblees"

    class Meta(ReferenceModel.Meta):
        verbose_name = "zone cible"
        verbose_name_plural = "zones cibles"

    @property
    def group_label(self) -> str:
        """The heading of its list in a select."""
        return self.GROUPS[self.group]

    @property
    def full_label(self) -> str:
        """« Peu ciblées : Amérique latine, Asie du Sud »: with what the fiche names in it."""
        return f"{self.label} : {', '.join(self.items)}" if self.items else self.label


class ExportPhase(ReferenceModel):
    """A phase of an export project (SYS-40)."""

    class Meta(ReferenceModel.Meta):
        verbose_name = "phase d’export"
        verbose_name_plural = "phases d’export"


class Sdg(ReferenceModel):
    """One of the 17 sustainable development goals of the United Nations."""

    number = models.PositiveSmallIntegerField("numéro")
    is_proposed = models.BooleanField("proposé d’abord", default=False)  # quoted by the guide: 1, 8, 9, 10 (SYS-49)

    class Meta(ReferenceModel.Meta):
        verbose_name = "objectif de développement durable"
        verbose_name_plural = "objectifs de développement durable"

    def __str__(self) -> str:
        return f"ODD {self.number}"


class PublicPolicy(ReferenceModel):
    """A thematic public policy that an expense serves: the functions of the M57 accounting rules (SYS-28)."""

    class Meta(ReferenceModel.Meta):
        verbose_name = "politique publique"
        verbose_name_plural = "politiques publiques"


class FundingSchemeQuerySet(ReferenceQuerySet):
    """Queries on schemes: a few dozen rows, so words are searched in Python, folded as people type them."""

    def for_list(self) -> Self:
        """Those that the guide prints first, then their successors, with what a card shows."""
        return (
            self.current()
            .select_related("funder", "phase", "successor", "parent")
            .prefetch_related("categories", "sdgs")
            .order_by("order", "pk")
        )

    def matching(self, words: str) -> Self:
        """Whose label, wording, domains, purpose or today note hold all the words, whatever their accents.

        And what came after them: whoever searches a replaced programme needs the one that can be asked today.
        """
        wanted, rows = fold_words(words).split(), list(self.model.objects.current())
        after = {row.pk: row.successor_id for row in rows}
        found = {row.pk for row in rows if all(word in row.folded for word in wanted)}
        fresh = set(found)
        while fresh := {after[pk] for pk in fresh if after.get(pk)} - found:
            found |= fresh
        return self.filter(pk__in=found)

    def instruments(self) -> Self:
        """The export instruments of the guide, by phase (SYS-40)."""
        return self.filter(kind=SchemeKind.EXPORT_INSTRUMENT).order_by("phase__order", "order")

    def in_force(self, on: date) -> Self:
        """Those that may be asked on a date: unknown dates do not exclude, being closed or replaced since does."""
        dated = self.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_until=None) | Q(valid_until__gte=on))
        return dated.exclude(valid_until=None, today_status__in=OUTDATED)


class FundingScheme(ReferenceModel):
    """A programme, export instrument or other support, as printed, with what became of it."""

    label_printed = models.CharField("libellé imprimé", max_length=250, blank=True)
    kind = models.CharField("genre", max_length=20, choices=SchemeKind.choices)
    acronym = models.CharField("sigle", max_length=60, blank=True)
    details = models.CharField("précision", max_length=250, blank=True)
    funder = models.ForeignKey(
        SupportActor, on_delete=models.PROTECT, null=True, blank=True, related_name="schemes", verbose_name="financeur"
    )
    level = models.CharField("échelon", max_length=10, blank=True)
    phase = models.ForeignKey(
        ExportPhase, on_delete=models.PROTECT, null=True, blank=True, related_name="schemes", verbose_name="phase"
    )
    scope = models.TextField("objet", blank=True)
    domains = models.JSONField("domaines", default=list, blank=True)
    beneficiaries = models.JSONField("bénéficiaires", default=list, blank=True)
    categories = models.ManyToManyField(ActionCategory, blank=True, related_name="schemes", verbose_name="catégories")
    today_status = models.CharField("état actuel", max_length=12, choices=SchemeStatus.choices)
    today_text = models.TextField("aujourd’hui", blank=True)
    today_is_checked = models.BooleanField("note vérifiée", default=False)
    is_printed = models.BooleanField("cité par le guide", default=True)
    phase_is_deduced = models.BooleanField("phase déduite", default=False)
    footnote = models.CharField("note du tableau", max_length=250, blank=True)
    provides = models.JSONField("apports", default=list, blank=True)
    sdgs = models.ManyToManyField(Sdg, blank=True, related_name="schemes", verbose_name="ODD")
    valid_from = models.DateField("en vigueur à partir du", null=True, blank=True)
    valid_until = models.DateField("en vigueur jusqu’au", null=True, blank=True)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="successeur"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="programme parent"
    )
    reach = models.CharField(
        "où les projets ont lieu", max_length=15, choices=SchemeReach.choices, default=SchemeReach.EVERYWHERE
    )

    objects = FundingSchemeQuerySet.as_manager()

    class Meta(ReferenceModel.Meta):
        verbose_name = "dispositif de financement"
        verbose_name_plural = "dispositifs de financement"

    def get_absolute_url(self) -> str:
        return reverse("typology:scheme_detail", args=[self.code])

    @property
    def folded(self) -> str:
        """All the words that a search reads, folded."""
        texts = [self.label, self.label_printed, self.acronym, self.details, self.scope, self.today_text]
        return fold_words(" ".join([*texts, *self.domains, *self.beneficiaries, *self.provides]))

    @property
    def is_outdated(self) -> bool:
        """Closed or replaced since the guide was printed."""
        return self.today_status in OUTDATED

    @property
    def today_kind(self) -> str:
        """What the `status` tag draws its present state with."""
        kinds = {SchemeStatus.INCHANGE: "ok", SchemeStatus.EVOLUE: "info", SchemeStatus.A_VERIFIER: "mute"}
        return kinds.get(SchemeStatus(self.today_status), "warn")


class GlossaryTermQuerySet(ReferenceQuerySet):
    """Queries on the glossary."""

    def matching(self, words: str) -> Self:
        """Whose acronym, term, expansion or definition holds the words."""
        return self.filter(Q(label__icontains=words) | Q(expansion__icontains=words) | Q(definition__icontains=words))


class GlossaryTerm(ReferenceModel):
    """An acronym with its expansion, or a concept with its definition; `label` is the term itself."""

    kind = models.CharField("genre", max_length=12, choices=TermKind.choices)
    expansion = models.CharField("développé", max_length=250, blank=True)
    definition = models.TextField("définition", blank=True)
    note = models.TextField("remarque", blank=True)

    # How the fixture writes an acronym that the source documents use and never spell out.
    NOT_EXPANDED = "Non développé"

    objects = GlossaryTermQuerySet.as_manager()

    class Meta(ReferenceModel.Meta):
        verbose_name = "terme du glossaire"
        verbose_name_plural = "termes du glossaire"

    @property
    def is_expanded(self) -> bool:
        """Whether the source documents, or we, say what the acronym stands for (BMI: nobody does)."""
        return self.expansion not in ("", self.NOT_EXPANDED)


class Skill(ReferenceModel):
    """One of the 50 skills of the guide."""

    kind = models.CharField("genre", max_length=12, choices=SkillKind.choices)
    group = models.CharField("groupe", max_length=120, blank=True)

    class Meta(ReferenceModel.Meta):
        verbose_name = "compétence"
        verbose_name_plural = "compétences"
