"""People, collectivités (the tenants), memberships, invitations and the history of changes."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone

from aict.accounts.enums import ABILITIES, Ability, CollectivityKind, Fate, Role
from aict.accounts.reference import ReferenceModel
from aict.accounts.siren import validate_siren
from aict.accounts.tenancy import TenantModel, TenantQuerySet
from aict.ui.colors import validate_accent

INVITATION_DAYS = 14


class UserManager(BaseUserManager["User"]):
    """Accounts are keyed by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractUser):
    """A person who signs in. Known by a post, never by more than needed."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("adresse électronique", unique=True)
    label = models.CharField("fonction", max_length=120, help_text="Par exemple : chargé·e de mission.")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"

    def __str__(self) -> str:
        return self.label or self.email

    @property
    def initials(self) -> str:
        words = [word for word in (self.label or self.email).replace("’", " ").split() if word[0].isalpha()]
        return "".join(word[0] for word in words[:2]).upper()


class Authority(ReferenceModel):
    """A région, département or intercommunalité of the official list; code = level and INSEE code."""

    siren = models.CharField("SIREN", max_length=9, blank=True, db_index=True)
    kind = models.CharField("nature", max_length=20, choices=CollectivityKind.choices)
    insee_code = models.CharField("code INSEE", max_length=9)
    departement = models.CharField("département", max_length=3, blank=True)
    region = models.CharField("région", max_length=3, blank=True)
    population = models.PositiveIntegerField("population", null=True, blank=True)

    class Meta(ReferenceModel.Meta):
        verbose_name = "collectivité du répertoire"
        verbose_name_plural = "collectivités du répertoire"


def logo_path(collectivity: Collectivity, filename: str) -> str:
    """Uploads keep their checked extension, never their name."""
    return f"logos/{collectivity.pk}-{secrets.token_hex(8)}.{filename.rsplit('.', 1)[-1].lower()}"


class Collectivity(models.Model):
    """A tenant: one French local authority and all of its data."""

    name = models.CharField("nom", max_length=160)
    short_name = models.CharField("nom court", max_length=60, blank=True)
    siren = models.CharField("SIREN", max_length=9, unique=True, validators=[validate_siren])
    kind = models.CharField("nature", max_length=20, choices=CollectivityKind.choices)
    seat = models.CharField("siège", max_length=120, blank=True)
    department = models.CharField("département", max_length=3, blank=True)
    region = models.CharField("région", max_length=120, blank=True)
    population = models.PositiveIntegerField("population", null=True, blank=True)
    population_year = models.PositiveSmallIntegerField("année de population", null=True, blank=True)
    website = models.URLField("site", blank=True)
    logo = models.FileField("logo", upload_to=logo_path, blank=True)
    accent = models.CharField("couleur d’accent", max_length=7, default="#0b5d6b", validators=[validate_accent])

    class Meta:
        verbose_name = "collectivité"
        verbose_name_plural = "collectivités"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def logo_url(self) -> str:
        """Where members read the logo; it changes with the file, so that browsers may keep it for long."""
        name = PurePosixPath(self.logo.name or "").stem
        return f"{reverse('accounts:logo', args=[self.pk])}?v={name}" if name else ""


class MembershipQuerySet(TenantQuerySet):
    """Who belongs to which collectivité."""

    def able_to(self, ability: Ability) -> Self:
        """Memberships, of accounts in use, whose role has an ability."""
        return self.filter(role__in=[role for role, has in ABILITIES.items() if ability in has], user__is_active=True)

    def of(self, user: User) -> Self:
        """Memberships of one person, first by the name of the collectivité."""
        return self.filter(user=user).select_related("collectivity", "user").order_by("collectivity__name")

    def with_unread(self) -> Self:
        """Annotate `unread`: how many notices each member has not read."""
        unread = Notice.objects.filter(membership=OuterRef("pk")).unread().order_by().values("membership")
        return self.annotate(unread=Coalesce(Subquery(unread.annotate(count=Count("pk")).values("count")), 0))


class Membership(TenantModel):
    """A person's role in one collectivité."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name="compte")
    role = models.CharField("rôle", max_length=10, choices=Role.choices)
    wants_digest = models.BooleanField("résumé des avis par courriel", default=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "membre"
        verbose_name_plural = "membres"
        constraints = [
            models.UniqueConstraint(
                fields=["collectivity", "user"],
                name="one_membership_each",
                violation_error_message="Cette personne est déjà membre de la collectivité.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    def refuse_if_last_admin(self) -> None:
        """Raise ValidationError when nobody else could manage the collectivité."""
        admins = Membership.objects.for_collectivity(self.collectivity).filter(role=Role.ADMIN, user__is_active=True)
        if self.role == Role.ADMIN and not admins.exclude(pk=self.pk).exists():
            raise ValidationError(
                "C’est la dernière personne qui administre la collectivité : nommez-en une autre d’abord."
            )


class Invitation(TenantModel):
    """A link, sent by e-mail, that opens a membership once."""

    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=10, choices=Role.choices)
    token = models.CharField("jeton", max_length=64, unique=True, default=secrets.token_urlsafe, editable=False)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="invité par"
    )
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"

    def fate_of_mention(self, named: set[str]) -> Fate:
        """An invitation is nothing without its address."""
        return Fate.DELETE

    @property
    def expires_at(self) -> datetime:
        """When the link stops working: fourteen days after it was sent."""
        return self.created_at + timedelta(days=INVITATION_DAYS)

    @property
    def is_open(self) -> bool:
        """Neither used nor older than fourteen days."""
        return self.accepted_at is None and timezone.now() < self.expires_at


class ChangeQuerySet(TenantQuerySet):
    """The history of a collectivité."""

    def about(self, instance: models.Model) -> Self:
        """Changes of one object, newest first."""
        return self.filter(model=instance._meta.label_lower, object_id=instance.pk)


class Change(TenantModel):
    """Who changed what, when: one row per write, never edited."""

    class Verb(models.TextChoices):
        CREATED = "created", "création"
        UPDATED = "updated", "modification"
        DELETED = "deleted", "suppression"
        RESTORED = "restored", "rétablissement"
        ERASED = "erased", "effacement de données personnelles"

    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="auteur")
    verb = models.CharField("geste", max_length=10, choices=Verb.choices)
    model = models.CharField("objet", max_length=80)
    object_id = models.PositiveBigIntegerField("numéro")
    object_label = models.CharField("nom", max_length=250)
    fields = models.JSONField("champs", default=dict)  # {label: [before, after]}, shown, never searched

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "changement"
        verbose_name_plural = "changements"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["collectivity", "model", "object_id"])]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} : {self.object_label}"


class NoticeQuerySet(TenantQuerySet):
    """Notices of a collectivité."""

    def of(self, user: User | None) -> Self:
        """Those of one person: unread first, the gravest among them first, then by day, the latest first."""
        rows = self.filter(membership__user=user) if user else self.none()
        gravity = Case(When(tone="danger", then=0), When(tone="warn", then=1), default=2)
        day = TruncDate("created_at")
        return rows.order_by(F("read_at").desc(nulls_first=True), gravity, day.desc(), "pk")

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def mark_read(self, at: datetime) -> int:
        """How many were unread, and no longer are."""
        return self.unread().order_by().update(read_at=at)

    def to_mail(self) -> Self:
        """Unread and never mailed, to members who want the digest and may open the page that it leads to."""
        readers = Membership.objects.able_to(Ability.VIEW).filter(wants_digest=True)
        return self.unread().filter(mailed_at=None, membership__in=readers)

    def mailed(self, user: User, at: datetime) -> Self:
        """Those of one message to one person, all collectivités together."""
        return self.filter(membership__user=user, mailed_at=at)

    def mailed_on(self, user: User, day: date) -> Self:
        """Those mailed to one person on a day of the local calendar."""
        return self.filter(membership__user=user, mailed_at__date=day)

    def people(self) -> models.QuerySet[User]:
        """Whose notices they are, each person once."""
        return User.objects.filter(memberships__in=self.order_by().values("membership")).distinct().order_by("pk")


class Notice(TenantModel):
    """Something to know, told once to one member: here, then in at most one digest a day."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="notices", verbose_name="membre")
    key = models.CharField("clé", max_length=120)  # what is told: the same key is never told twice
    tone = models.CharField("gravité", max_length=10, default="info")
    title = models.CharField("titre", max_length=200)
    text = models.TextField("texte", blank=True)
    url = models.CharField("adresse", max_length=300, blank=True)
    read_at = models.DateTimeField("lu le", null=True, blank=True)
    mailed_at = models.DateTimeField("envoyé le", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        constraints = [
            models.UniqueConstraint(fields=["collectivity", "membership", "key"], name="one_notice_by_subject")
        ]
        indexes = [models.Index(fields=["membership"], condition=models.Q(read_at=None), name="notice_unread")]

    def __str__(self) -> str:
        return self.title


class CalendarFeedQuerySet(TenantQuerySet):
    """Secret addresses of calendars."""

    def in_use(self) -> Self:
        """Those of members who may still read the pages, with what their calendar needs."""
        readers = Membership.objects.able_to(Ability.VIEW)
        return self.filter(membership__in=readers).select_related("collectivity")


class CalendarFeed(TenantModel):
    """A secret address at which a member's calendar reads deadlines; `token` is its SHA-256, never the secret."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="feeds", verbose_name="membre")
    token = models.CharField("empreinte de l’adresse", max_length=64, unique=True, editable=False)
    read_at = models.DateTimeField("lu le", null=True, blank=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = "agenda en ligne"
        verbose_name_plural = "agendas en ligne"
        constraints = [models.UniqueConstraint(fields=["collectivity", "membership"], name="one_feed_by_member")]

    def __str__(self) -> str:
        return f"Agenda de {self.membership}"
