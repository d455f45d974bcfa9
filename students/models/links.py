"""Personal links: who holds one answers the vouch requests put to that person, and nothing else, without signing in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import audit
from core.clock import real_now
from matchweek.models import Cycle
from students.enums import LinkEnd


@audit.tracked
class VouchLink(models.Model):
    """A link bound to one person and one cycle. Kept as the hash of its token; times are real, not the cycle's."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="vouch_links")
    nonce = models.CharField(max_length=32, help_text="With the site's secret key it makes the token again")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=real_now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=LinkEnd, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["cycle", "person"], name="link_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_why="")
                | Q(ended_at__isnull=False, ended_why__in=LinkEnd.values),
                name="link_ended_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it still leads anywhere."""
        return self.ended_at is None and real_now() < self.expires_at
