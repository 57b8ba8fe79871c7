"""The access token in the system's keyring: Keychain, Credential Locker, or a Secret Service. Child only.

The window asks for it in another process, as a keyring may ask for its password first, or take long to answer. It is
never written to a file of ours.
"""

from __future__ import annotations

import keyring
from keyring.errors import KeyringError, PasswordDeleteError

from lepton_studio.hub.failures import Failed

_SERVICE, _NAME = "Lepton Studio", "Hugging Face access token"


def kept_token() -> str:
    """The token in the keyring; "" where there is none, or no keyring."""
    if not is_safe():
        return ""
    try:
        return keyring.get_password(_SERVICE, _NAME) or ""
    except (KeyringError, OSError, RuntimeError):
        return ""


def keep_token(token: str) -> Failed | None:
    """Put it there, or take out what is there for ""; what stands against that."""
    if not is_safe():
        return Failed("no_keyring") if token else None
    try:
        if token:
            keyring.set_password(_SERVICE, _NAME, token)
        elif keyring.get_password(_SERVICE, _NAME) is not None:
            keyring.delete_password(_SERVICE, _NAME)
    except PasswordDeleteError:
        return None
    except (KeyringError, OSError, RuntimeError) as error:
        return Failed("no_keyring", detail=repr(error))
    return None


def is_safe() -> bool:
    """Whether this system has a keyring that keeps secrets: those that write to a plain file say a priority below 1."""
    try:
        return float(keyring.get_keyring().priority) >= 1
    except (KeyringError, OSError, RuntimeError, TypeError, ValueError):
        return False
