"""What the columns of a table are beside text and label, for the task that is to read it: by their names and cells."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from lepton_studio.formats.corpora.conversations import beside_turns, turns_in
from lepton_studio.formats.corpora.marked_pairs import has_pairs
from lepton_studio.formats.guessing.label_columns import LabelColumns, label_cells, label_columns
from lepton_studio.formats.guessing.roles import Roles, guess_roles
from lepton_studio.formats.marks_json import BadMarks, relations_from_json, spans_from_json
from lepton_studio.formats.misshapen import MISSHAPEN
from lepton_studio.formats.tables.token_cells import token_columns
from lepton_studio.formats.values import as_text

Rows = Sequence[Mapping[str, object]]

_PAIRS: tuple[tuple[str, str], ...] = (
    ("sentence1", "sentence2"), ("sentence_1", "sentence_2"), ("sentence_a", "sentence_b"), ("text_a", "text_b"),
    ("text1", "text2"), ("text_1", "text_2"), ("premise", "hypothesis"), ("question1", "question2"),
    ("question_1", "question_2"), ("query", "passage"), ("query", "document"), ("query", "title"),
    ("query", "response"),
    ("question", "answer"), ("question", "sentence"), ("question", "passage"), ("context", "response"), ("s1", "s2"),
    ("a", "b"), ("user", "item"), ("claim", "evidence"), ("anchor", "positive"), ("text", "second_text"),
    ("sentence", "second_text"), ("review", "second_text"), ("text", "text_pair"), ("text", "aspect"),
    ("headline", "body"), ("post", "reply"), ("tweet", "target"),
)  # fmt: skip
_TARGETS: tuple[tuple[str, str], ...] = (
    ("source", "target"), ("src", "tgt"), ("src", "trg"), ("input", "output"), ("input_text", "target_text"),
    ("article", "highlights"), ("article", "summary"), ("document", "summary"), ("text", "summary"),
    ("dialogue", "summary"), ("dialogue", "summary1"), ("content", "summary"), ("report", "summary"),
    ("text", "target"), ("prompt", "completion"), ("prompt", "response"), ("prompt", "chosen"), ("text", "translation"),
    ("instruction", "output"), ("instruction", "response"), ("question", "response"), ("text", "output"),
    ("original", "translation"), ("sentence", "paraphrase"), ("original", "simplified"), ("wrong", "correct"),
    ("body", "title"), ("article", "title"), ("text", "title"), ("review", "title"),
)  # fmt: skip
_TARGET_NAMES = {target for _, target in _TARGETS} - {"title"} | {"reference", "gold", "translation", "reply"}
_RATINGS = ("rating", "stars", "star_rating", "review_score", "grade", "score", "overall", "points", "similarity")
_CONTEXTS = ("context", "passage", "paragraph", "document", "article", "text", "content", "story")
_QUESTIONS, _ANSWERS = ("question", "query"), ("answers", "answer", "answer_text")
_TURNS = ("messages", "conversations", "conversation", "turns", "dialogue", "dialog", "history", "chat")
_MEDIA = ("media", "image", "picture", "photo", "file_name", "filename", "file", "path")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
_SUGGESTIONS = (
    "suggestion", "suggested_label", "predicted_label", "predicted label", "predicted", "predicted_class", "prediction",
    "pred", "pred_label", "model_label", "model_answer", "model_prediction", "llm_label", "llm_answer",
    "llm_prediction", "llm_output", "gpt_label", "gpt_answer", "建议", "预测", "预测标签", "模型标签",
)  # fmt: skip
_CONFIDENCES = (
    "suggestion_confidence", "predicted_confidence", "prediction_confidence", "llm_confidence", "model_confidence",
    "confidence", "probability", "prob", "suggestion_score", "prediction_score", "score", "certainty", "置信度", "概率",
)  # fmt: skip
_LANGUAGE = re.compile(r"(?:translation\.)?([a-z]{2,3}(?:[-_][A-Za-z]{2,4})?)")
_LANGUAGES = frozenset(
    re.findall(
        "..",
        "arbgbncscydadeelenesetfafifrgaguhehihrhuidisitjakkkmkoltlvmkmlmrmsmtmynbnenlnopaplpsptrorusiskslsqsrsvswtatethtltr"
        "ukuruzvizh",
    )
)
_OUR_ROLES = (
    "spans", "relations", "questions", "target", "more_targets", "rating", "rejected", "skipped", "second_text",
    "turns",
)  # fmt: skip
_OWN = ("questions", "more_targets", "rejected", "skipped")
_NUMBER = re.compile(r"\s*[-+]?\d+([.,]\d+)?\s*$")


@dataclass(frozen=True, slots=True)
class TableRoles(LabelColumns):
    """The columns of a table, named as in `Guess`."""

    text: str | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    fold: bool = False


def guess_table(
    columns: Sequence[str], rows: Rows, found: Roles, *, wants: Sequence[str], is_typed: bool = False
) -> TableRoles:
    """What a task with these wants reads out of the columns; `found` is what is known of text and label. `is_typed`:
    the format has lists, so that a string of numbers is one label.

    Without wants only what cannot be mistaken is taken: marks in JSON, and columns of 0 and 1.
    """
    if ours := _ours(columns):
        ours = replace(ours, label_separator="" if is_typed else ours.label_separator)
        return _media(ours, columns, rows, set(wants))
    said = _of_a_model(columns, rows, text=found.text)
    columns = [name for name in columns if name not in said.values()]
    label = guess_roles(columns, rows).label if found.label in said.values() else found.label
    table = TableRoles(label, text=found.text)
    for step in (_media, _marks, _turns, _questions, _pair, _target, _rating):
        table = step(table, columns, rows, set(wants))
    own = {name: name for name in _OWN if name in columns and name not in table.roles.values()}
    if own and ({"spans", "relations", "target", "rating", "question"} & set(wants) or not wants):
        table = replace(table, roles={**table.roles, **own})
    if "label" in wants or not wants:
        table = _labels(table, columns, rows, wants=wants)
    elif not set(wants) & {"label"}:
        table = replace(table, label=None)
    return _beside(said, _folded(_texts(table, rows), columns, rows), rows)


def _of_a_model(columns: Sequence[str], rows: Rows, *, text: str | None) -> dict[str, str]:
    """The roles of columns that their names say a model wrote: what stands in them is no annotation of a person's."""
    free = [name for name in columns if name != text]
    chosen = _named(free, _SUGGESTIONS)
    if chosen is None:
        return {}
    sure = _named([name for name in free if name != chosen and _all(rows, name, _may_be_sure)], _CONFIDENCES)
    return {"suggestion": chosen} | ({"confidence": sure} if sure else {})


def _beside(said: Mapping[str, str], table: TableRoles, rows: Rows) -> TableRoles:
    """The table with the columns of a model, which say labels as its own label does, or as they do by themselves."""
    if not said:
        return table
    table = replace(table, roles={**table.roles, **said})
    if table.label is not None or table.label_columns:
        return table
    told = label_cells(rows, said["suggestion"])
    return replace(table, label_separator=told.label_separator, label_form=told.label_form)


def _may_be_sure(cell: object) -> bool:
    return _is_number(as_text(cell).strip().removesuffix("%"))


def _texts(table: TableRoles, rows: Rows) -> TableRoles:
    """With the text as "texts" where its cells are lists of them: strings of several words."""
    if table.text is None or table.roles or not _all(rows, table.text, _are_strings):
        return table
    cells = [cell for row in rows if isinstance(cell := row.get(table.text or ""), list)]
    strings = [str(one) for cell in cells for one in cell]
    is_wordy = sum(" " in one or not one.isascii() for one in strings) > 0.3 * len(strings)
    return replace(table, roles={"texts": table.text}) if is_wordy else table


def _are_strings(cell: object) -> bool:
    return isinstance(cell, list) and all(isinstance(one, str) for one in cell)


def is_ours(columns: Sequence[str]) -> bool:
    """Whether these are the columns of a table that we wrote: in it, nothing stands for what it is not."""
    return _ours(columns) is not None


def _ours(columns: Sequence[str]) -> TableRoles | None:
    """The roles in a table that we wrote, where names are enough; None for another."""
    label = next((name for name in ("label", "labels") if name in columns), None)
    if label is None or not {"text", "split", "note"} <= set(columns):
        return None
    roles = {name: name for name in _OUR_ROLES if name in columns}
    return TableRoles(label, "#", text="text", roles=roles)


def _media(table: TableRoles, columns: Sequence[str], rows: Rows, wants: set[str]) -> TableRoles:
    """With a column of names of pictures, which is that of the text too where there is no other."""
    if "media" not in wants:
        return table
    found = [name for name in columns if _all(rows, name, _names_picture)]
    chosen = _named(found, _MEDIA) or next(iter(found), None)
    if chosen is None:
        return table
    text = chosen if table.text is None else table.text
    label = None if table.label == chosen else table.label
    return replace(table, text=text, label=label, roles={**table.roles, "media": chosen})


def _names_picture(cell: object) -> bool:
    return isinstance(cell, str) and cell.strip().lower().endswith(_PICTURES)


def _marks(table: TableRoles, columns: Sequence[str], rows: Rows, wants: set[str]) -> TableRoles:
    if wants and "spans" not in wants:
        return table
    if tokens := token_columns(columns, rows):
        label = None if table.label in tokens else table.label
        return replace(table, text=tokens[0], label=label, roles={**table.roles, "tags": tokens[1]})
    if table.text is not None and "spans" in wants and has_pairs(rows, table.text):
        named = {"relation": table.label} if table.label else {}
        return replace(table, label=None, roles={**table.roles, "pairs": table.text, **named})
    spans = next((name for name in columns if _all(rows, name, _are_spans)), None)
    relations = next((name for name in columns if name != spans and _all(rows, name, _are_relations)), None)
    if spans is None and (relations is None or _plain(relations) != "relations"):
        return table
    found = {"spans": spans, "relations": relations}
    roles = {**table.roles, **{role: name for role, name in found.items() if name is not None}}
    return replace(table, roles=roles, label=None if table.label == spans else table.label)


def _turns(table: TableRoles, columns: Sequence[str], rows: Rows, wants: set[str]) -> TableRoles:
    if "turns" not in wants:
        return table
    chosen = conversation_column(columns, rows)
    if chosen is None:
        return table
    is_beside = table.text not in (None, chosen) and _plain(table.text or "") == "text" and _plain(chosen) == "turns"
    text = table.text if is_beside else chosen
    return replace(table, text=text, roles={**table.roles, "turns": chosen})


def conversation_column(columns: Sequence[str], rows: Rows) -> str | None:
    """The column that holds a conversation in each cell: a list of turns, else lines that begin with who speaks; a list
    of strings, and lines, only where its name says so."""
    named = [name for name in columns if _plain(name).rsplit(".", 1)[-1] in _TURNS]
    lists = [name for name in columns if _all(rows, name, lambda cell: bool(beside_turns(cell)) and _talk(cell))]
    strings = [name for name in named if _all(rows, name, lambda cell: not isinstance(cell, str) and _talk(cell))]
    lines = [name for name in columns if name in (*named, "text") and _all(rows, name, _talk)]
    return next(iter((*sorted(lists, key=lambda name: name not in named), *strings, *lines)), None)


def _questions(table: TableRoles, columns: Sequence[str], rows: Rows, wants: set[str]) -> TableRoles:
    if "question" not in wants:
        return table
    question, context = _named(columns, _QUESTIONS), _named(columns, _CONTEXTS)
    if question is None or context is None:
        return table
    roles = {**table.roles, "question": question}
    label = None if table.label == question else table.label
    if answer := _named(columns, _ANSWERS):
        roles["answer"] = answer
        label = None if label == answer else label
    return replace(table, text=context, label=label, roles=roles)


def _pair(table: TableRoles, columns: Sequence[str], rows: Rows, wants: set[str]) -> TableRoles:
    if "second_text" not in wants or {"question", "turns"} & set(table.roles):
        return table
    pair = _pair_named(columns, rows, _PAIRS)
    if pair is None:
        return table
    label = None if table.label in pair else table.label
    return replace(table, text=pair[0], label=label, roles={**table.roles, "second_text": pair[1]})


def _target(table: TableRoles, columns: Sequence[str], rows: Rows, wants: set[str]) -> TableRoles:
    if "target" not in wants or {"question", "spans", "second_text"} & set(table.roles):
        return table
    if "turns" in table.roles:
        chosen = _named(columns, ("target", "chosen", "reply", "response", "next_reply"))
        return replace(table, roles={**table.roles, "target": chosen}) if chosen else table
    pair = _pair_named(columns, rows, _TARGETS) or _two_languages(columns)
    only = "label" not in wants
    if pair is None and only and table.text is not None:
        named = next((name for name in columns if _plain(name) in _TARGET_NAMES and name != table.text), None)
        other = named or table.label or _other_text(table, columns, rows)
        pair = (table.text, other) if other else None
    if pair is None:
        return table
    text, target = pair
    roles = {**table.roles, "target": target}
    if (verdict := _verdict(text, columns, rows)) is not None:
        roles["wanted"] = verdict
    numbered = re.match(r"(.*?)_?1$", target)
    further = [name for name in columns if numbered and re.fullmatch(re.escape(numbered[1]) + r"_?[2-9]", name)]
    roles |= {f"target {place}": name for place, name in enumerate(further, start=2)}
    label = None if table.label in roles.values() or table.label == text else table.label
    return replace(table, text=text, label=label, roles=roles)


def _verdict(prompt: str, columns: Sequence[str], rows: Rows) -> str | None:
    """The column `label` of a prompt with a completion, where it says true or false: whether the reply is wanted."""
    is_prompt = _plain(prompt) == "prompt"
    found = _named(columns, ("label",)) if is_prompt else None
    return found if found and _all(rows, found, lambda cell: as_text(cell).lower() in ("true", "false")) else None


def _rating(table: TableRoles, columns: Sequence[str], rows: Rows, wants: set[str]) -> TableRoles:
    if "rating" not in wants:
        return table
    numbers = [name for name in columns if name != table.text and _all(rows, name, _is_number)]
    mostly = [name for name in columns if name != table.text and _are_mostly_numbers(rows, name)]
    has_other_label = "label" in wants and table.label is not None and table.label not in numbers
    chosen = _named(mostly, _RATINGS)
    if chosen is None and ("label" not in wants or has_other_label):
        kept = [name for name in numbers if not _plain(name).endswith("id") and _plain(name) != "index"]
        chosen = table.label if table.label in kept else next(iter(kept), None)
    if chosen is None:
        return table
    label = table.label
    if label == chosen:  # what is left may hold the label of a task that takes both
        label = guess_roles([name for name in columns if name != chosen], rows).label if "label" in wants else None
    return replace(table, label=label, roles={**table.roles, "rating": chosen})


def _labels(table: TableRoles, columns: Sequence[str], rows: Rows, *, wants: Sequence[str]) -> TableRoles:
    taken = {table.text, *table.roles.values()}
    found = label_columns(columns, rows, label=table.label, taken=taken, wants=wants)
    return replace(table, **{one.name: getattr(found, one.name) for one in fields(found)})


def _folded(table: TableRoles, columns: Sequence[str], rows: Rows) -> TableRoles:
    """With `fold` where texts are repeated, once for each question, or, under one id, once for each label; the label
    is then the column that differs from row to row of one text."""
    if table.text is None:
        return table
    if "question" in table.roles:
        texts = [as_text(row.get(table.text)) for row in rows]
        return replace(table, fold=len(set(texts)) < len(texts))
    if table.label is None:
        return table
    for name in columns:
        if not (_plain(name) == "id" or _plain(name).endswith(("_id", " id"))) or name in (table.text, table.label):
            continue
        by_id: dict[str, list[Mapping[str, object]]] = defaultdict(list)
        for row in rows:
            by_id[as_text(row.get(name))].append(row)
        several = [group for identity, group in by_id.items() if identity and len(group) > 1]
        distinct = [len({as_text(row.get(table.text)) for row in group}) for group in several]
        if len(several) <= 0.01 * len(by_id) or max(distinct) > 1:
            continue
        others = [other for other in columns if other not in (name, table.text, table.label)]
        for label in (table.label, *others):
            if _differs(label, several) and len({as_text(row.get(label)) for row in rows}) < 0.2 * len(rows):
                return replace(table, label=label, fold=True)
    return table


def _differs(column: str, groups: Sequence[Sequence[Mapping[str, object]]]) -> bool:
    """Whether a column says something, and something else, in each row of nearly every group."""
    cells = [[as_text(row.get(column)) for row in group] for group in groups]
    return sum(all(one) and len(set(one)) == len(one) for one in cells) >= 0.95 * len(cells)


def _other_text(table: TableRoles, columns: Sequence[str], rows: Rows) -> str | None:
    """The column with the longest cells that is not the text; ids and numbers are none."""

    def length(name: str) -> float:
        if any(isinstance(row.get(name), dict) for row in rows):
            return 0.0
        cells = [as_text(row.get(name)) for row in rows]
        return (
            sum(map(len, cells)) / (len(cells) or 1) if any(" " in cell or not cell.isascii() for cell in cells) else 0
        )

    others = [name for name in columns if name != table.text]
    best = max(others, key=length, default=None)
    return best if best is not None and length(best) > 0 else None


def _plain(name: str) -> str:
    return name.strip().lower()


def _named(columns: Sequence[str], names: Sequence[str]) -> str | None:
    by_name = {_plain(column): column for column in reversed(columns)}
    return next((by_name[name] for name in names if name in by_name), None)


def _pair_named(columns: Sequence[str], rows: Rows, pairs: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The first known pair among the columns; the second must hold words, not numbers."""
    by_name = {_plain(column): column for column in reversed(columns)}
    for first, second in pairs:
        if first in by_name and second in by_name and not _all(rows, by_name[second], _is_number):
            return by_name[first], by_name[second]
    return None


def is_language(name: str) -> bool:
    """Whether this is the code of a language, with or without a country: "en", "zh-CN"."""
    match = _LANGUAGE.fullmatch(name)
    return match is not None and re.split("[-_]", match[1])[0] in _LANGUAGES


def _two_languages(columns: Sequence[str]) -> tuple[str, str] | None:
    """Two columns called by their languages."""
    found = [name for name in columns if is_language(name) and name != "id"]
    return (found[0], found[1]) if len(found) == 2 else None


def _all(rows: Rows, name: str, test: Callable[[object], bool]) -> bool:
    """Whether nearly all cells of a column that are not empty pass the test, and some are not empty."""
    cells = [cell for row in rows if (cell := row.get(name)) not in (None, "", [], "[]")][:300]
    return bool(cells) and sum(map(test, cells)) >= 0.95 * len(cells)


def _is_number(cell: object) -> bool:
    return bool(_NUMBER.match(as_text(cell))) and not isinstance(cell, bool)


def _are_mostly_numbers(rows: Rows, name: str) -> bool:
    """Whether more cells are numbers than not: the others are slips, which are told of row by row."""
    cells = [cell for row in rows if (cell := row.get(name)) not in (None, "")]
    return 2 * sum(map(_is_number, cells)) > len(cells)


def _talk(cell: object) -> bool:
    return turns_in(cell) is not None


def _are_spans(cell: object) -> bool:
    return _reads(cell, lambda found: spans_from_json(found))


def _are_relations(cell: object) -> bool:
    return _reads(cell, lambda found: relations_from_json(found))


def _reads(cell: object, reader: Callable[[object], object]) -> bool:
    try:
        found = json.loads(cell) if isinstance(cell, str) and cell.startswith("[") else cell
        reader(found)
    except (BadMarks, *MISSHAPEN):
        return False
    return True
