"""Who may import whom. The table itself is in pyproject.toml (import-linter); here is what a contract cannot say."""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "lepton_studio"
WINDOW = (
    "app",
    "cli",
    "commands",
    "log",
    "__main__",
    "ui",
    "widgets",
    "studio",
    "contract",
    "methods",
    "project",
    "formats",
    "native",
    "stopping",
    "runs",
    "language",
    "resources",
    "settings",
)
LEAVES = ("errors", "language", "progress", "scripts", "stopping", "words")
"""Modules that know nothing else of ours: anything may use them."""
NEVER_IN_THE_WINDOW = {
    "torch", "transformers", "tokenizers", "safetensors", "datasets", "pandas", "peft", "sklearn", "scipy",
}  # fmt: skip


def test_every_import_goes_the_way_that_the_design_allows(checkout: Path) -> None:
    linter = Path(sysconfig.get_path("scripts")) / "lint-imports"
    checked = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_window_starts_fast_because_no_module_of_it_names_torch(checkout: Path) -> None:
    guilty = []
    for file in sources(checkout):
        part = file.relative_to(checkout / PACKAGE).parts[0].removesuffix(".py")
        if (part in WINDOW or file.name == "editor.py") and file.name != "hooks.py":
            guilty += [f"{file}: {name}" for name in imported(file) if name.split(".")[0] in NEVER_IN_THE_WINDOW]
    assert not guilty


def test_the_runner_needs_only_the_core_of_qt(checkout: Path) -> None:
    for file in sources(checkout, under="runs"):
        qt = {name for name in imported(file) if name.startswith("PySide6")}
        allowed = {"PySide6.QtCore"} if file.name == "runner.py" else set()
        assert qt <= allowed, file


def test_a_task_knows_no_other_task_and_of_a_project_only_its_records(checkout: Path) -> None:
    tasks = checkout / PACKAGE / "tasks"
    for folder in (one for one in tasks.iterdir() if (one / "__init__.py").is_file()):
        for file in folder.rglob("*.py"):
            for name in (one for one in imported(file) if one.startswith(f"{PACKAGE}.")):
                part, *rest = name.split(".")[1:]
                if part == "tasks":
                    assert rest and rest[0] == folder.name, f"{file} imports {name}"
                if part == "project":
                    assert rest[0] in ("records", "marks"), f"{file} imports {name}"
                if file.name not in ("editor.py", "learner.py"):
                    assert part in ("tasks", "contract", "project", *LEAVES), f"{file} imports {name}"


@pytest.mark.parametrize("module", ["lepton_studio.__main__", "lepton_studio.cli"])
def test_the_command_line_answers_at_once_because_it_loads_nothing_heavy(module: str) -> None:
    assert not loaded_by(module) & (NEVER_IN_THE_WINDOW | {"PySide6", "numpy", "sqlite_utils", "pyarrow"})


def test_tuning_from_the_command_line_leaves_torch_to_the_child() -> None:
    assert not loaded_by("lepton_studio.studio.tuning") & (NEVER_IN_THE_WINDOW | {"PySide6"})


@pytest.mark.parametrize("package", ["project", "formats", "studio", "contract", "tasks", "methods"])
def test_the_core_works_on_a_machine_without_qt_or_torch(package: str, checkout: Path) -> None:
    """Import every module of it where PySide6 and torch cannot be imported."""
    modules = [
        ".".join(file.relative_to(checkout).with_suffix("").parts).removesuffix(".__init__")
        for file in sources(checkout, under=package)
        if file.name not in ("editor.py", "learner.py", "hooks.py")
    ]
    script = (
        "import sys\n"
        "for name in ('PySide6', 'torch', 'transformers', 'pyqtgraph'): sys.modules[name] = None\n"
        "import importlib\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def loaded_by(module: str) -> set[str]:
    """All modules that a fresh interpreter has loaded after it imported this one."""
    script = f"import sys, {module}; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def sources(checkout: Path, *, under: str = "") -> Iterator[Path]:
    """Every Python file of the package, or of one folder of it."""
    return (checkout / PACKAGE / under).rglob("*.py")


def imported(file: Path) -> Iterator[str]:
    """The full name of each module a file imports, inside functions too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (
                (f"{node.module}.{alias.name}" for alias in node.names)
                if node.module
                in (
                    "PySide6",
                    f"{PACKAGE}",
                    f"{PACKAGE}.tasks",
                    f"{PACKAGE}.project",
                )
                else [node.module]
            )
