"""Background work: the Job row is the truth, Celery is only the doorbell."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from aict.accounts.models import User
from aict.accounts.tenancy import TenantModel, TenantQuerySet

MAX_ATTEMPTS = 3


class JobState(models.TextChoices):
    WAITING = "waiting", "En attente"
    RUNNING = "running", "En cours"
    DONE = "done", "Terminé"
    FAILED = "failed", "Échec"


class JobQuerySet(TenantQuerySet):
    """Queries on jobs."""

    def for_list(self) -> Self:
        return self.select_related("owner").order_by("-created_at", "-pk")

    def claimable(self, now: datetime) -> Self:
        """Waiting, or running under a lease that ran out, with an attempt left."""
        return self.filter(
            Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=now), attempts__lt=MAX_ATTEMPTS
        )

    def exhausted(self, now: datetime) -> Self:
        """Running under a lease that ran out, with no attempt left."""
        return self.filter(state=JobState.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS)


class Job(TenantModel):
    """One piece of background work, from the request to its result or its readable failure."""

    kind = models.SlugField("travail", max_length=40)
    label = models.CharField("intitulé", max_length=200)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="demandé par")
    target_id = models.PositiveBigIntegerField("numéro de l’objet")
    state = models.CharField("état", max_length=8, choices=JobState.choices, default=JobState.WAITING)
    percent = models.PositiveSmallIntegerField("avancement", default=0)
    step = models.CharField("étape", max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    lease_until = models.DateTimeField("bail", null=True, blank=True)
    started_at = models.DateTimeField("commencé le", null=True, blank=True)
    finished_at = models.DateTimeField("fini le", null=True, blank=True)
    result_url = models.CharField("résultat", max_length=300, blank=True)
    error = models.TextField("erreur", blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "traitement"
        verbose_name_plural = "traitements"
        indexes = [models.Index(fields=["state", "lease_until"])]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("jobs:job_detail", args=[self.pk])

    @property
    def is_final(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)
