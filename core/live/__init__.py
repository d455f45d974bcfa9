"""Live things: rows with an event number. "meeting:7 is at 4711" is all that ever travels to those who follow."""

from core.live.announcing import announce
from core.live.tokens import InvalidToken, read_token, stream_token

__all__ = ["InvalidToken", "announce", "read_token", "stream_token"]
