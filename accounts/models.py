"""People: everybody the product knows by address, with or without a way to sign in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.enums import Role
from core import audit


class PersonManager(BaseUserManager["Person"]):
    """Makes people; addresses are kept in lower case, so that they compare without it."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Make a person. Without a password nobody can sign in as them."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """Find by address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


@audit.tracked
class Person(AbstractBaseUser):
    """The user model. Imports make people without password and role; what a role lets do stands in `roles.py` alone."""

    email = models.EmailField("address", max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    position = models.CharField("position at the school", max_length=60, blank=True)
    department = models.CharField(max_length=120, blank=True)
    specialty = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def position_words(self) -> str:
        """The position as people say it; imports write it as a code."""
        return self.position.replace("_", " ")

    def get_full_name(self) -> str:
        """Return the name as the school writes it."""
        return str(self)


@audit.tracked
class Address(models.Model):
    """A further address of a person, under which imports find them too."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="addresses")
    email = models.EmailField(max_length=254, unique=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="address_email_lower")]

    def __str__(self) -> str:
        return self.email


@audit.tracked
class RoleAssignment(models.Model):
    """One role of one person in one Match year."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_assignments")
    year = models.PositiveSmallIntegerField("Match year")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "year", "role"], name="role_once_a_year"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()} {self.year}"
