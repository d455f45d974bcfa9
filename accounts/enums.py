"""The ten roles of PRODUCT.md's people."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person does in one Match year. A person may have several."""

    DEAN = "dean", "Dean"
    COORDINATOR = "coordinator", "Coordinator"
    MEETING_MEMBER = "meeting_member", "Meeting member"
    CLERKSHIP_DIRECTOR = "clerkship_director", "Clerkship director"
    CALLER = "caller", "Caller"
    ADVISOR = "advisor", "Advisor"
    MATCH_OFFICER = "match_officer", "Match officer"
    REGISTRAR = "registrar", "Registrar"
    AUDITOR = "auditor", "Auditor"
    STUDENT = "student", "Student"


class AuditKind(TextChoices):
    """What the trail records about people."""

    PERSON_ADDED = "person-added", "Person added"
    PERSON_CHANGED = "person-changed", "Person changed"
    PEOPLE_MERGED = "people-merged", "Two people merged"
    ROLES_CHANGED = "roles-changed", "Roles changed"
    SIGN_IN_LINK_MADE = "sign-in-link-made", "Sign-in link made"
    SIGNED_IN = "signed-in", "Signed in"
    SIGN_IN_FAILED = "sign-in-failed", "Sign-in failed"
