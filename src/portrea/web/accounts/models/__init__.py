"""Tables of the accounts: people and their roles, how they connect, the journal, the throttle."""

from portrea.web.accounts.models.account import Invitation, Membership, User, UserManager
from portrea.web.accounts.models.counters import ThrottleCount
from portrea.web.accounts.models.journal import AppendOnlyError, JournalActor, JournalEntry
from portrea.web.accounts.models.sign_in import LoginLink, RecoveryCode, SecondFactor

__all__ = [
    "AppendOnlyError",
    "Invitation",
    "JournalActor",
    "JournalEntry",
    "LoginLink",
    "Membership",
    "RecoveryCode",
    "SecondFactor",
    "ThrottleCount",
    "User",
    "UserManager",
]
