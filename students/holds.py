"""What the evidence tells the outbox: the secret part of a personal link is put into a mail on its way out only."""

from __future__ import annotations

from core import outbox
from students.actions.asking import hash_of, token_of
from students.models import VouchLink


@outbox.fills("vouch-link")
def link_token(pk: str) -> str:
    """Return a link's token. Raises `Unfillable` for a link that ended, or that the site's present key cannot make."""
    link = VouchLink.objects.filter(pk=pk).first()
    if link is None or not link.is_open:
        raise outbox.Unfillable("The personal link in this mail has ended. Cancel the mail and ask again.")
    token = token_of(link)
    if hash_of(token) != link.token_hash:
        raise outbox.Unfillable("The site's secret key changed since this mail was written. Cancel it and ask again.")
    return token
