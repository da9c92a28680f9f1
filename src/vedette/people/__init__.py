"""Who may see and act: accounts, passwords, tokens, sessions, certificates; every change is in the log."""

from vedette.people.accounts import Account, Accounts
from vedette.people.config import PeopleConfig
from vedette.people.database import open_database
from vedette.people.door import Door, RefusedError, SignedIn
from vedette.people.password import Passwords
from vedette.people.sessions import Session, Sessions
from vedette.people.throttle import Throttle
from vedette.people.tokens import Token, Tokens

__all__ = [
    "Account",
    "Accounts",
    "Door",
    "Passwords",
    "PeopleConfig",
    "RefusedError",
    "Session",
    "Sessions",
    "SignedIn",
    "Throttle",
    "Token",
    "Tokens",
    "open_database",
]
