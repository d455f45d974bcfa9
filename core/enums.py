"""Words of the outbox, with the table of a message's ways under them."""

from django.db.models import TextChoices


class MessageStatus(TextChoices):
    """Where an outgoing message stands."""

    WAITING = "waiting", "waiting"
    CLAIMED = "claimed", "about to go"
    HANDING_OVER = "handing_over", "being handed over"
    SENT = "sent", "sent"
    UNSURE = "unsure", "not known whether it arrived"
    CANCELLED = "cancelled", "cancelled"
    REFUSED = "refused", "refused by the mail server"


_Status = MessageStatus
MESSAGE_TRANSITIONS = {
    _Status.WAITING: frozenset({_Status.CLAIMED, _Status.CANCELLED}),
    # Whoever died holding a claim had handed nothing over yet: the message waits again.
    _Status.CLAIMED: frozenset({_Status.HANDING_OVER, _Status.WAITING}),
    # Back to waiting only when the server said, in so many words, that it did not take the message.
    _Status.HANDING_OVER: frozenset({_Status.SENT, _Status.UNSURE, _Status.REFUSED, _Status.WAITING}),
    _Status.UNSURE: frozenset({_Status.SENT, _Status.WAITING, _Status.CANCELLED}),
    _Status.REFUSED: frozenset({_Status.WAITING}),
}
UNDER_WAY = (_Status.CLAIMED, _Status.HANDING_OVER)


class AuditKind(TextChoices):
    """What the trail records about mail: ids and keys, never an address, a subject or a body."""

    MAIL_PUT = "mail-put", "Mail put into the outbox"
    MAIL_SENT = "mail-sent", "Mail sent"
    MAIL_REFUSED = "mail-refused", "Mail refused by the mail server"
    MAIL_UNSURE = "mail-unsure", "Not known whether a mail arrived"
    MAIL_CANCELLED = "mail-cancelled", "Mail cancelled"
    MAIL_ARRIVED = "mail-arrived", "Mail found to have arrived"
    MAIL_SENT_AGAIN = "mail-sent-again", "Mail put back to be sent"
