"""What the trail records about reading the trail."""

from django.db.models import TextChoices


class AuditKind(TextChoices):
    """Exports are events too."""

    TRAIL_EXPORTED = "trail-exported", "Trail exported"
