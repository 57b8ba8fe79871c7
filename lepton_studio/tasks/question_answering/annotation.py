"""The value of the task: the questions asked of a text, each with the places that answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lepton_studio.contract.task import BadAnnotation, Part
from lepton_studio.language import tr
from lepton_studio.project.marks import AnswerMark, Marks, QuestionMark
from lepton_studio.project.records import Labels
from lepton_studio.words import shortened

_IN_WORDS = 80


@dataclass(frozen=True, slots=True)
class Answer:
    """Code points `start` to `end` (exclusive) of the text, and what stands there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """Neither answers nor `impossible` (the text has no answer): it is still open. `id` is its name in its file."""

    question: str
    answers: tuple[Answer, ...] = ()
    impossible: bool = False
    id: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it."""
        return not self.answers and not self.impossible


@dataclass(frozen=True, slots=True)
class Answers:
    """The questions of one text, in the order in which they are asked."""

    questions: tuple[Question, ...] = ()


def parse(stored: object, labels: Labels) -> Answers:
    """Read what `dump` gives. Raises BadAnnotation for another shape, an empty question or answer, answers to what is
    said to have none, offsets that do not go with their words.
    """
    questions = stored.get("questions") if isinstance(stored, dict) else None
    if not isinstance(questions, list):
        raise BadAnnotation(tr("An annotation must be a list of questions."))
    return Answers(tuple(_question(one) for one in questions))


def _question(stored: object) -> Question:
    asked = stored.get("question") if isinstance(stored, dict) else None
    if not isinstance(stored, dict) or not isinstance(asked, str) or not asked.strip():
        raise BadAnnotation(tr("A question cannot be empty."))
    answers, impossible, name = stored.get("answers", []), stored.get("impossible", False), stored.get("id", "")
    if not isinstance(answers, list) or not isinstance(impossible, bool) or not isinstance(name, str):
        raise BadAnnotation(tr("Cannot read the answers to “{question}”.", question=asked))
    if answers and impossible:
        raise BadAnnotation(tr("“{question}” has answers but is marked as having none.", question=asked))
    return Question(asked, tuple(_answer(one) for one in answers), impossible, name)


def _answer(stored: object) -> Answer:
    start, end, text = (stored.get(key) if isinstance(stored, dict) else None for key in ("start", "end", "text"))
    if type(start) is not int or type(end) is not int or not isinstance(text, str):
        raise BadAnnotation(tr("An answer must have a start, an end and a text."))
    if not 0 <= start < end or len(text) != end - start:
        raise BadAnnotation(
            tr("The answer “{answer}” does not fit its positions, {start} to {end}.", answer=text, start=start, end=end)
        )
    return Answer(start, end, text)


def dump(value: Answers) -> object:
    """The JSON value."""
    return {
        "questions": [
            {
                "question": one.question,
                "answers": [{"start": answer.start, "end": answer.end, "text": answer.text} for answer in one.answers],
                "impossible": one.impossible,
            }
            | ({"id": one.id} if one.id else {})
            for one in value.questions
        ]
    }


def is_done(value: Answers) -> bool:
    """Whether each question is answered, or said to have no answer."""
    return not any(one.is_open for one in value.questions)


def from_marks(marks: Marks, ids: Mapping[str, int]) -> Answers | None:
    """The questions of a file, with those answers whose words the file gives.

    None where it has no questions, or none of them is answered: then they wait for a person in the sample's field.
    """
    questions = tuple(
        Question(
            one.question,
            tuple(Answer(answer.start, answer.end, answer.quote) for answer in one.answers if answer.quote),
            one.impossible and not one.answers,
            one.id,
        )
        for one in marks.questions or ()
    )
    return None if all(one.is_open for one in questions) else Answers(questions)


def to_marks(value: Answers, names: Mapping[int, str]) -> Marks:
    """Marks for files out."""
    return Marks(
        questions=tuple(
            QuestionMark(
                one.question,
                tuple(AnswerMark(answer.start, answer.end, answer.text) for answer in one.answers),
                one.impossible,
                one.id,
            )
            for one in value.questions
        )
    )


def words(value: Answers, labels: Labels) -> str:
    """The answers, each after its question where there are several."""
    several = len(value.questions) > 1
    found = [(f"{one.question} " if several else "") + _said(one) for one in value.questions]
    return "; ".join(" ".join(one.split()) for one in found) or tr("no questions")


def _said(question: Question) -> str:
    if question.impossible:
        return tr("(no answer)")
    if not question.answers:
        return tr("(unanswered)")
    return shortened(" / ".join(dict.fromkeys(answer.text for answer in question.answers)), _IN_WORDS)


def parts(value: Answers, text: str, labels: Labels) -> Sequence[Part[Answers]]:
    """Each question with its first answer, or that it has none."""
    return [
        Part(
            Answers((replace(one, answers=one.answers[:1]),)),
            f"{shortened(' '.join(one.question.split()), _IN_WORDS)} {_said(one)}",
        )
        for one in value.questions
        if not one.is_open
    ]
