"""Background work: the Job row is the truth, Celery is only the doorbell."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aict.accounts.models import User
from aict.accounts.tenancy import TenantModel, TenantQuerySet
from aict.jobs.registry import Kind, kind_of
from aict.ui.errors import ReadableError
from aict.ui.typography import french

MAX_ATTEMPTS = 3
NO_RESULT = "Le travail s’est arrêté avant la fin, trois fois de suite."
ASK_ADMIN = "Relancez. Si l’échec se répète, donnez la référence ci-dessous à l’administrateur."


class JobState(models.TextChoices):
    WAITING = "waiting", "En attente"
    RUNNING = "running", "En cours"
    DONE = "done", "Terminé"
    FAILED = "failed", "Échec"


ACTIVE = (JobState.WAITING, JobState.RUNNING)


class JobQuerySet(TenantQuerySet):
    """Queries on jobs, and the changes of state: each is one UPDATE whose WHERE says who may make it."""

    def for_list(self) -> Self:
        return self.select_related("owner").order_by("-created_at", "-pk")

    def since(self, moment: datetime) -> Self:
        """Asked for at that moment or later."""
        return self.filter(created_at__gte=moment)

    def active(self) -> Self:
        """Neither done nor failed."""
        return self.filter(state__in=ACTIVE)

    def claimable(self, now: datetime) -> Self:
        """Waiting, or running under a lease that ran out, with an attempt left."""
        return self.filter(
            Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=now), attempts__lt=MAX_ATTEMPTS
        )

    def exhausted(self, now: datetime) -> Self:
        """Running under a lease that ran out, with no attempt left."""
        return self.filter(state=JobState.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS)

    def unheard(self, now: datetime, *, patience: timedelta) -> Self:
        """Claimable, and rung too long ago to still hope for an answer."""
        return self.claimable(now).exclude(state=JobState.WAITING, updated_at__gt=now - patience)

    def held_by(self, job: Job) -> Self:
        """The row of this job while this very attempt still holds it: the number and the time of the claim tell."""
        return self.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts, started_at=job.started_at)

    def claim(self, now: datetime, *, lease: timedelta) -> int:
        """Take the claimable rows among these. Two workers at once: the second one's WHERE no longer matches."""
        return self.claimable(now).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            lease_until=now + lease,
            started_at=now,
            updated_at=now,
            percent=0,
            step="",
            step_detail="",
            steps=[],
        )

    def finish(self, now: datetime, *, result_url: str) -> int:
        """Done, with its result."""
        return self.update(
            state=JobState.DONE, percent=100, result_url=result_url, finished_at=now, updated_at=now, lease_until=None
        )

    def fail(self, now: datetime, error: ReadableError, *, step: str = "") -> int:
        """Failed for good, with what the user can read."""
        lines = (error.what, error.where or step, error.how or ASK_ADMIN)
        return self.update(
            state=JobState.FAILED,
            error="\n".join(french(" ".join(line.split("\n"))) for line in lines),
            finished_at=now,
            updated_at=now,
            lease_until=None,
        )

    def give_back(self, now: datetime, *, refund: bool) -> int:
        """Waiting again; `refund` when the attempt was cut short by a stop of the worker, not by the work."""
        attempts = F("attempts") - (1 if refund else 0)
        return self.update(state=JobState.WAITING, attempts=attempts, updated_at=now, lease_until=None)

    def restart(self, now: datetime) -> int:
        """Failed rows wait again, with all their attempts."""
        return self.filter(state=JobState.FAILED).update(
            state=JobState.WAITING,
            attempts=0,
            percent=0,
            step="",
            step_detail="",
            steps=[],
            error="",
            started_at=None,
            finished_at=None,
            updated_at=now,
        )


class Job(TenantModel):
    """One piece of background work, from the request to its result or its readable failure."""

    kind = models.SlugField("travail", max_length=40)
    label = models.CharField("intitulé", max_length=200)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="demandé par")
    target_id = models.PositiveBigIntegerField("numéro de l’objet")
    state = models.CharField("état", max_length=8, choices=JobState.choices, default=JobState.WAITING)
    percent = models.PositiveSmallIntegerField("avancement", default=0)
    step = models.CharField("étape", max_length=120, blank=True)
    step_detail = models.CharField("détail de l’étape", max_length=60, blank=True)
    steps = models.JSONField("étapes faites", default=list, blank=True)  # [[label, seconds]], shown, never searched
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    lease_until = models.DateTimeField("bail", null=True, blank=True)
    started_at = models.DateTimeField("commencé le", null=True, blank=True)
    finished_at = models.DateTimeField("fini le", null=True, blank=True)
    result_url = models.CharField("résultat", max_length=300, blank=True)
    error = models.TextField("erreur", blank=True)  # three lines: what, where, how to mend

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "traitement"
        verbose_name_plural = "traitements"
        indexes = [models.Index(fields=["state", "lease_until"])]
        constraints = [
            # A double click, or two people at once: one job.
            models.UniqueConstraint(
                fields=["collectivity", "kind", "target_id"],
                condition=Q(state__in=ACTIVE),
                name="one_active_job_per_target",
                violation_error_message="Ce traitement est déjà demandé.",
            )
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("jobs:job_detail", args=[self.pk])

    @property
    def is_final(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def reference(self) -> str:
        """What to tell the administrator."""
        return f"T-{self.created_at.year}-{self.pk}"

    @property
    def spec(self) -> Kind:
        """The declaration of this kind of work."""
        return kind_of(self.kind)

    @property
    def seconds(self) -> int | None:
        """How long the last attempt took, in whole seconds, at least 1; None before its end."""
        if not (self.started_at and self.finished_at):
            return None
        return max(1, round((self.finished_at - self.started_at).total_seconds()))

    @property
    def steps_ahead(self) -> list[str]:
        """Declared steps that are neither done nor in hand."""
        known = {label for label, _ in self.steps} | {self.step}
        return [label for label in self.spec.steps if label not in known]

    @property
    def failure(self) -> dict[str, str]:
        """What, where and how to mend, for the page."""
        lines = [*self.error.split("\n"), "", "", ""]
        return {"what": lines[0], "where": lines[1], "how": lines[2]}


EXPORT_DAYS = 7  # a workbook stays to be downloaded this long


class ExportFileQuerySet(TenantQuerySet):
    """Queries on exports."""

    def out_of_date(self, now: datetime) -> Self:
        """Asked for more than EXPORT_DAYS days ago, their file still there."""
        return self.filter(created_at__lt=now - timedelta(days=EXPORT_DAYS)).exclude(file="")


def export_path(row: ExportFile, filename: str) -> str:
    """Where a workbook lies: an address that nobody guesses."""
    return f"exports/{row.collectivity_id}/{secrets.token_hex(16)}.xlsx"


class ExportFile(TenantModel):
    """A workbook that the worker makes: the rows of a register through the filters of an address."""

    register = models.SlugField("registre", max_length=40)
    query = models.CharField("filtres", max_length=2000, blank=True)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="demandé par")
    filename = models.CharField("nom du fichier", max_length=80)
    file = models.FileField("fichier", upload_to=export_path, blank=True)
    count = models.PositiveIntegerField("lignes", null=True, blank=True)

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = "export"
        verbose_name_plural = "exports"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("jobs:export_download", args=[self.pk])
