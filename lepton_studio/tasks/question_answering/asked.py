"""The questions of a sample while a person works on them: changes as functions on values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lepton_studio.contract.task import Input
from lepton_studio.language import tr
from lepton_studio.project.marks import QUESTION
from lepton_studio.tasks.question_answering.annotation import Answer, Answers, Question


def asked_of(input: Input) -> tuple[Question, ...]:
    """The questions in the field of a sample that nobody has worked on, one a line."""
    lines = (line.strip() for line in input.fields.get(QUESTION, "").splitlines())
    return tuple(Question(line) for line in lines if line)


def implied() -> Question:
    """The question that is asked where a sample has none."""
    return Question(tr("What is it?"))


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions, and the place of the one being worked on; -1 where there is none."""

    questions: tuple[Question, ...] = ()
    current: int = -1

    @classmethod
    def of(cls, input: Input, value: Answers | None) -> Asked:
        """Those of the value, else those of the sample's field; the first open one is worked on."""
        asked = value.questions if value is not None else asked_of(input)
        return cls(asked).at_open() if asked else cls()

    @property
    def question(self) -> Question | None:
        """The one being worked on."""
        return self.questions[self.current] if 0 <= self.current < len(self.questions) else None

    def at(self, place: int) -> Asked:
        """Work on another one; beyond an end it stays there."""
        return replace(self, current=min(max(place, 0), len(self.questions) - 1))

    def at_open(self) -> Asked:
        """Work on the next open question from here on, else on the one of now, else on the first."""
        later = [place for place, one in enumerate(self.questions) if one.is_open and place >= self.current]
        return self.at(later[0] if later else self.current)

    def change(self, question: Question) -> Asked:
        """Put this in place of the question being worked on; the first one, where there is none."""
        if self.question is None:
            return Asked((*self.questions, question), len(self.questions))
        questions = list(self.questions)
        questions[self.current] = question
        return replace(self, questions=tuple(questions))

    def mark(self, answer: Answer) -> Asked:
        """Add an answer to the question; one that is there already goes."""
        question = self.question or implied()
        kept = tuple(one for one in question.answers if one != answer)
        answers = kept if len(kept) < len(question.answers) else (*kept, answer)
        return self.change(replace(question, answers=answers, impossible=False))

    def unmark(self) -> Asked:
        """Take away the last answer, or that there is none."""
        question = self.question
        if question is None:
            return self
        return self.change(replace(question, answers=question.answers[:-1], impossible=False))

    def no_answer(self) -> Asked:
        """Say that the text has no answer to it, or take that back."""
        question = self.question or implied()
        return self.change(replace(question, answers=(), impossible=not question.impossible))

    def add(self, words: str) -> Asked:
        """Ask one more question, and work on it."""
        return Asked((*self.questions, Question(words)), len(self.questions))

    def reword(self, words: str) -> Asked:
        """Ask it in other words."""
        return self if self.question is None else self.change(replace(self.question, question=words))

    def remove(self) -> Asked:
        """Take the question away."""
        kept = tuple(one for place, one in enumerate(self.questions) if place != self.current)
        return Asked(kept, min(self.current, len(kept) - 1))

    def value(self, input: Input) -> Answers | None:
        """What is to be kept; None where nothing was decided, and the sample's field asks the same."""
        if all(one.is_open for one in self.questions) and self.questions == asked_of(input):
            return None
        return Answers(self.questions)


def suggested_for(question: Question, suggestion: Answers | None) -> Question | None:
    """What is suggested for an open question, by its words."""
    if suggestion is None or not question.is_open:
        return None
    return next((one for one in suggestion.questions if one.question == question.question and not one.is_open), None)


def in_words(question: Question) -> str:
    """Its answers in words, "" while it is open."""
    if question.impossible:
        return tr("no answer in this text")
    return " / ".join(said_of(question.answers))


def said_of(answers: Sequence[Answer]) -> list[str]:
    """The words of the answers, each once."""
    return list(dict.fromkeys(answer.text for answer in answers))
