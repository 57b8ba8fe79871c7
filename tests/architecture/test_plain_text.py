"""What people import is never read as markup: there is one way to put words on the screen, and no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

THE_WAY = "plain_text.py"
FORBIDDEN_NAMES = {
    "QLabel": "words() or PlainLabel",
    "QToolTip": "show_tool_tip()",
    "QMessageBox": "a card over the page, or a toast",
    "QErrorMessage": "a card over the page, or a toast",
    "QInputDialog": "a card over the page",
    "QProgressDialog": "widgets/progress.py",
    "QTextBrowser": "QPlainTextEdit",
    "QTextEdit": "QPlainTextEdit",
    "QTextDocument": "QTextLayout, or OwnPage for the printer",
    "QWhatsThis": "words()",
    "TextItem": "a painter's drawText",
    "LabelItem": "a painter's drawText",
    "LegendItem": "a painter's drawText",
    "Markup": "filled()",
}
"""What may be mentioned in a type, but not made or subclassed, and the way to do it instead."""
FORBIDDEN_CALLS = {
    "setToolTip": "set_tool_tip()",
    "setWhatsThis": "words()",
    "setTextFormat": "PlainLabel.set_plain(), .set_markup()",
    "setHtml": "PlainLabel.set_markup(), or OwnPage",
    "addLegend": "a painter's drawText",
}


def test_there_is_one_way_to_put_words_on_the_screen(checkout: Path) -> None:
    guilty = [f"{file}:{fault}" for file in of_the_window(checkout) for fault in faults(file.read_text("utf-8"))]
    assert not guilty, "\n".join(guilty)


@pytest.mark.parametrize(
    "other_way",
    [
        "label = QLabel(name)",
        "label = QtWidgets.QLabel(name)",
        "class Heading(QLabel): ...",
        "button.setToolTip(name)",
        "QToolTip.showText(at, name, over)",
        "QMessageBox.warning(self, name, name)",
        "box = QMessageBox(self)",
        "label.setTextFormat(Qt.TextFormat.RichText)",
        "self.view = QTextBrowser()",
        "item = pg.TextItem(html=name)",
        "label.set_markup(Markup(name))",
        "label.set_markup(filled('<b>' + name + '</b>'))",
        "label.set_markup(filled(f'<b>{name}</b>'))",
        "item.setData(Qt.ItemDataRole.ToolTipRole, name)",
        "def data(role):\n    if role == Qt.ItemDataRole.ToolTipRole:\n        return name",
        "def data(role):\n    if role in (Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):\n        return name",
        "def data(role):\n    return name if role == Qt.ItemDataRole.ToolTipRole else None",
    ],
)
def test_the_other_ways_are_found(other_way: str) -> None:
    assert list(faults(other_way))


def of_the_window(checkout: Path) -> Iterator[Path]:
    """The files that show something."""
    package = checkout / "lepton_studio"
    for file in [*package.glob("*.py"), *(package / "ui").rglob("*.py"), *(package / "widgets").rglob("*.py")]:
        if file.name != THE_WAY:
            yield file
    yield from package.glob("tasks/*/editor.py")
    yield package / "contract" / "editing.py"


def faults(source: str) -> Iterator[str]:
    """Each line that puts words on the screen in another way, and which way to take."""
    tree = ast.parse(source)
    answered = {id(role) for node in ast.walk(tree) if isinstance(node, ast.If) for role in _escaped_roles(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            made = _name(node.func)
            owner = _name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
            for name in (made, owner):
                if name in FORBIDDEN_NAMES:
                    yield f"{node.lineno}: {name}: take {FORBIDDEN_NAMES[name]}"
            if made in FORBIDDEN_CALLS:
                yield f"{node.lineno}: {made}: take {FORBIDDEN_CALLS[made]}"
            if made == "filled" and not (node.args and isinstance(node.args[0], ast.Constant)):
                yield f"{node.lineno}: filled: its markup stands in the code, its values are named"
        elif isinstance(node, ast.ClassDef):
            for base in (_name(one) for one in node.bases):
                if base in FORBIDDEN_NAMES:
                    yield f"{node.lineno}: {base}: take {FORBIDDEN_NAMES[base]}"
        elif isinstance(node, ast.Attribute) and node.attr == "ToolTipRole" and id(node) not in answered:
            yield f"{node.lineno}: ToolTipRole: `if role == ToolTipRole: return tool_tip(...)`, by itself"


def _escaped_roles(node: ast.If) -> Iterator[ast.AST]:
    """The mention of ToolTipRole in a condition all of whose answers are those of `tool_tip`."""
    tests = node.test.values if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And) else [node.test]
    answers = [one for part in node.body for one in ast.walk(part) if isinstance(one, ast.Return)]
    if all(isinstance(one.value, ast.Call) and _name(one.value.func) == "tool_tip" for one in answers):
        for test in tests:
            if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq):
                yield from (one for one in test.comparators if isinstance(one, ast.Attribute))


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
