"""A keyring of the tests, for the process that asks the Hub: PYTHON_KEYRING_BACKEND names it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    """Keeps secrets in the file that TEST_KEYRING names."""

    priority = 5.0

    def get_password(self, service: str, username: str) -> str | None:
        """What was kept; None for nothing."""
        found = self._read().get(f"{service}/{username}")
        return None if found is None else str(found)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self._write({**self._read(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Raises PasswordDeleteError where there is none."""
        kept = self._read()
        if kept.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError
        self._write(kept)

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(Path(os.environ["TEST_KEYRING"]).read_text("utf-8")))
        except OSError:
            return {}

    def _write(self, kept: dict[str, str]) -> None:
        Path(os.environ["TEST_KEYRING"]).write_text(json.dumps(kept), "utf-8")
