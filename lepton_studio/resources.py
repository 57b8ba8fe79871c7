"""Where the files beside the code are: icons, samples, translations, the built-in encoder."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(name: str) -> Path:
    """The path of `resources/name`, in the installed wheel or in the checkout."""
    packaged = _PACKAGE / "_resources"
    return (packaged if packaged.is_dir() else _PACKAGE.parent / "resources") / name
