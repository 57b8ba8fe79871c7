"""The label of a project that stands for "none of the others", told by its name."""

from __future__ import annotations

from lepton_studio.project.records import LabelId, Labels

_NAMES = frozenset(
    (
        "other", "others", "other topic", "something else", "anything else", "none", "none of these",
        "none of the above", "none of the labels", "no label", "misc", "miscellaneous", "unknown", "irrelevant",
        "out of scope", "oos", "rest", "其他", "其它", "其他类", "都不是", "以上都不是", "无关", "未知",
        "sonstiges", "andere", "anderes", "autre", "autres", "otro", "otros", "altro", "その他", "기타",
    )
)  # fmt: skip


def other_label(labels: Labels) -> LabelId | None:
    """The first label that is named so, also as the last part of a path ("topic/other"); None without one."""
    return next((one.id for one in labels if _plain(one.name) in _NAMES), None)


def _plain(name: str) -> str:
    return " ".join(name.rpartition("/")[2].casefold().replace("_", " ").replace("-", " ").split())
