"""Tables of the accounts: people and their roles, the journal, the counters of the throttle."""

from portrea.web.accounts.models.account import Invitation, Membership, User, UserManager
from portrea.web.accounts.models.counters import ThrottleCount
from portrea.web.accounts.models.journal import AppendOnlyError, JournalActor, JournalEntry

__all__ = [
    "AppendOnlyError",
    "Invitation",
    "JournalActor",
    "JournalEntry",
    "Membership",
    "ThrottleCount",
    "User",
    "UserManager",
]
