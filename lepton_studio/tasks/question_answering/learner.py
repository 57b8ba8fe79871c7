"""Learning to answer from the text: where an answer starts and where it ends, on the encoder's token vectors.

After Devlin et al. 2019, https://arxiv.org/abs/1810.04805, sections 4.2 and 4.3. The saved folder is a question
answering model of transformers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads.answer_folder import AnswerModel, AnswerSettings, load_answers, new_model, save_answers
from lepton_studio.heads.paired_windows import PairedWindow, PairReader
from lepton_studio.heads.vectors import batch_vectors
from lepton_studio.language import tr
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.tasks.question_answering.annotation import Answer, Answers, Question
from lepton_studio.tasks.question_answering.asked import asked_of
from lepton_studio.tasks.question_answering.no_answer import choose_threshold
from lepton_studio.tasks.question_answering.normal import best_scores
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import BATCH, LENGTH, Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run, by_input
from lepton_studio.training.mark_reading import MarkReading, log_odds_of, places_in_row
from lepton_studio.training.models import Base, Encoder
from lepton_studio.training.tokens import pad, padded

_USUAL_LENGTH = 384
_FEWEST, _MOST = 8, 200
"""The longest answer that is looked for, in tokens, is that of the training set within these."""
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Target:
    """Places in the row; both are the null place where the window has no answer, and all those of a question weigh as
    much as one. `impossible`: the whole text has no answer.
    """

    start: int
    end: int
    weight: float
    impossible: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The best span of one window: its first and last place in the row, its score, that of "no answer", and how sure it
    is of the span (0..1).
    """

    start: int
    end: int
    score: float
    null: float
    sure: float


class AnswersLearner:
    """See `lepton_studio.training.learner.Learner`."""

    is_draft = False

    def __init__(self, encoder: Encoder, model: AnswerModel, *, settings: AnswerSettings) -> None:
        self.model: nn.Module = model
        self.max_length = settings.max_length
        self.settings = settings
        self._encoder = encoder
        self._reader = PairReader(encoder.tokenizer, max_length=settings.max_length)
        self._is_new = False
        """It has not seen yet where answers begin and end; the first ones are those that it learns from."""

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> AnswersLearner:
        """A new head on the base model, or that of a base model which answers questions. Raises ModelNotFound."""
        encoder = base.prepare(recipe, usual_length=_USUAL_LENGTH)
        learner = cls(encoder, new_model(encoder, base), settings=AnswerSettings(max_length=encoder.max_length))
        learner._is_new = True
        return learner

    @classmethod
    def load(cls, folder: Path) -> AnswersLearner:
        """The learner saved in a model folder. Raises ModelNotFound."""
        encoder, model, settings = load_answers(folder)
        return cls(encoder, model, settings=settings)

    def encode(self, inputs: Sequence[Input], values: Sequence[Answers] | None = None) -> list[Example]:
        """Windows for each question: of the values, those that are answered; else the lines of the question's field."""
        if self._is_new and values is not None:
            self._is_new = False
            answers = [[answer for one in value.questions for answer in one.answers] for value in values]
            edges = [{place for one in some for place in (one.start, one.end)} for some in answers]
            self._reader.reader.split_where_marked([one.text for one in inputs], edges)
        examples = []
        texts = self._reader.reader.read([one.text for one in inputs])
        for sample, (input, tokens) in enumerate(zip(inputs, texts, strict=True)):
            questions = asked_of(input) if values is None else values[sample].questions
            for number, question in enumerate(questions):
                rows = list(self._reader.windows(tokens, question=question.question, number=number))
                targets = [None] * len(rows) if values is None else self._targets(question, [one for *_, one in rows])
                for (row, cut, window), target in zip(rows, targets, strict=False):
                    examples.append(Example(row, sample, cut, target, window))
        return examples

    def _targets(self, question: Question, windows: Sequence[PairedWindow]) -> list[Target | None]:
        """The place of the first answer in each window that holds it whole; none for a question that is open, or whose
        answer stands in no window.
        """
        places: list[tuple[int, int] | None] = []
        for window in windows:
            answer = question.answers[0] if question.answers else None
            span = None if answer is None else window.tokens.within(answer.start, answer.end)
            places.append(span if span and window.first <= span[0] and span[1] < window.last else None)
        empty = places.count(None)
        if empty == len(places) and not question.impossible:
            return []
        null = self._reader.null
        return [
            Target(null, null, 1 / empty, question.impossible)
            if place is None
            else Target(place[0] - window.first + window.before, place[1] - window.first + window.before, 1.0, False)
            for place, window in zip(places, windows, strict=True)
        ]

    def prepare(self, train: Sequence[Example]) -> None:
        """Take the length of the longest answer, and what the samples are without. Raises BadData without answers."""
        targets: list[Target] = [example.target for example in train]
        lengths = [one.end - one.start + 1 for one in targets if one.start != self._reader.null]
        if not lengths:
            raise BadData(
                tr("None of the training questions has an answer in its text; the model needs some that have one.")
            )
        self.settings = replace(
            self.settings,
            longest_answer=min(_MOST, max(_FEWEST, *lengths)),
            threshold=0.0 if any(one.impossible for one in targets) else None,
            knows_null=len(lengths) < len(targets),
        )

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """Nothing: one vector a text says nothing of the places in it."""

    def features(self, batch: Batch) -> Tensor:
        """The vector of the first token, [size, width]; nothing is fitted on it."""
        return batch_vectors(self._encoder.model, batch.inputs)[:, 0]

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Pad to the longest; on the CPU. `readable`: the tokens of the text, `words`: 1 where one of its words begins,
        2 where one ends, 3 for both.
        """
        length = max(len(example.tokens) for example in examples)
        windows: list[PairedWindow] = [example.info for example in examples]
        inputs = padded([one.tokens for one in examples], fill=self._reader.reader.padding)
        beside = {
            "words": pad([bytes(window.before) + window.edges() for window in windows], length=length, fill=0),
            "readable": pad([window.readable() for window in windows], length=length, fill=0),
        }
        if any(window.segment is not None for window in windows):
            segments = [bytes(one.info.segment) + bytes([1]) * (len(one.tokens) - one.info.segment) for one in examples]
            inputs["token_type_ids"] = pad(segments, length=length, fill=0)
        targets: list[Target | None] = [example.target for example in examples]
        if None in targets:
            return Batch(inputs, None, float(len(examples)), len(examples), beside)
        known = [one for one in targets if one is not None]
        beside["weights"] = torch.tensor([one.weight for one in known])
        places = torch.tensor([[one.start, one.end] for one in known])
        return Batch(inputs, places, sum(one.weight for one in known), len(examples), beside)

    def forward(self, batch: Batch) -> Tensor:
        """How well an answer starts and ends at each token: [size, length, 2]."""
        return self.model(**batch.inputs)  # type: ignore[no-any-return]

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Cross-entropy over the tokens of the text and the null place, the mean of start and end; weighted, summed."""
        assert batch.targets is not None
        readable = batch.beside["readable"].bool()
        readable[:, self._reader.null] = True
        said = outputs.masked_fill(~readable.unsqueeze(-1), _NEVER).transpose(1, 2)
        every = F.cross_entropy(said.flatten(0, 1), batch.targets.flatten(), reduction="none").view(-1, 2).mean(1)
        return (every * batch.beside["weights"]).sum()

    def answers(self, outputs: Tensor, batch: Batch) -> list[Found]:
        """The best span of whole words in each window, no longer than the longest answer."""
        starts, ends, null = self._edges(outputs, batch.beside["words"])
        longest = min(self.settings.longest_answer, starts.shape[1])
        spans = starts.unsqueeze(-1) + F.pad(ends, (0, longest - 1), value=_NEVER).unfold(1, longest, 1)
        best, place = spans.flatten(1).max(1)
        first = place // longest
        last = first + place % longest
        sure = (best - self._whole(starts, ends, null)).exp().clamp(0, 1)
        columns = (one.cpu().tolist() for one in (first, last, best, null, sure))
        return [Found(*one) for one in zip(*columns, strict=True)]

    def _edges(self, outputs: Tensor, words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """How well an answer starts and ends where a word does, [size, length] each, and how well there is none."""
        starts = outputs[..., 0].masked_fill(words & 1 == 0, _NEVER)
        ends = outputs[..., 1].masked_fill(words & 2 == 0, _NEVER)
        return starts, ends, outputs[:, self._reader.null].sum(-1)

    def _whole(self, starts: Tensor, ends: Tensor, null: Tensor) -> Tensor:
        """What all answers of a window have together, as a logarithm."""
        whole = starts.logsumexp(1) + ends.logsumexp(1)
        return whole if self.settings.threshold is None else torch.logaddexp(whole, null)

    def reading(self, given: Input, part: Answers, decided: Answers) -> MarkReading | None:
        """How the answer to the only question of `part` is read in the window with most context for it, or that there
        is none, in the first one.
        """
        (tokens,) = self._reader.reader.read([given.text])
        best: tuple[int, Target, Example] | None = None
        rows = list(self._reader.windows(tokens, question=part.questions[0].question, number=0))
        is_none = part.questions[0].impossible
        for (row, cut, window), target in zip(
            rows, self._targets(part.questions[0], [one for *_, one in rows]), strict=False
        ):
            if target is None or (target.start == self._reader.null) != is_none:
                continue
            context = min(target.start - window.before, window.last - window.first + window.before - target.end)
            if best is None or (context > best[0] and not is_none):
                best = context, target, Example(row, 0, cut, None, window)
        if best is None:
            return None
        _, target, example = best
        batch = self.collate([example])
        window = example.info

        def said(outputs: Tensor) -> Tensor:
            starts, ends, null = self._edges(outputs, batch.beside["words"].to(outputs.device).expand(len(outputs), -1))
            one = null if is_none else starts[:, target.start] + ends[:, target.end]
            return log_odds_of(one - self._whole(starts, ends, null))

        places = places_in_row(tokens, window.first, window.last, before=window.before, length=len(example.tokens))
        return MarkReading(self.model, batch.inputs, said, places, self._reader.reader.padding)

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[Answers]]:
        """The best answer to each question over its windows, or none; as sure as of the least sure of them."""
        decisions = []
        found = by_input(run(examples), inputs=inputs, examples=examples)
        for input, pairs in zip(inputs, found, strict=True):
            questions = []
            sure = 1.0
            for window, best in self._best_of_each(pairs):
                answer = self._answer(input.text, window, best)
                above = self._above(best)
                threshold = self.settings.threshold
                if answer is None or (threshold is not None and above < threshold):
                    questions.append(Question(window.question, impossible=True))
                    sure = min(sure, 1 / (1 + math.exp(max(-50.0, above - (threshold or 0.0)))))
                else:
                    questions.append(Question(window.question, (answer,)))
                    sure = min(sure, best.sure)
            decisions.append(Decision(Answers(tuple(questions)), sure, {}))
        return decisions

    def _best_of_each(self, pairs: Sequence[tuple[Example, Found]]) -> list[tuple[PairedWindow, Found]]:
        """The best window of each question, in their order."""
        best: dict[int, tuple[PairedWindow, Found]] = {}
        for example, found in pairs:
            number = example.info.number
            if number not in best or self._above(found) > self._above(best[number][1]):
                best[number] = (example.info, found)
        return [best[number] for number in sorted(best)]

    def _above(self, found: Found) -> float:
        """What windows are compared by: how far the span is above "no answer", where the model learned what that is."""
        return found.score - found.null if self.settings.knows_null else found.score

    def _answer(self, text: str, window: PairedWindow, found: Found) -> Answer | None:
        if found.score <= _NEVER / 2:
            return None
        first, last = (place - window.before + window.first for place in (found.start, found.end))
        start, end = window.tokens.starts[first], window.tokens.ends[last]
        return Answer(start, end, text[start:end]) if start < end else None

    def calibrate(self, inputs: Sequence[Input], values: Sequence[Answers], *, run: Run) -> None:
        """Choose from where on "no answer" is said, where there are questions without one."""
        examples = self.encode(inputs, values)
        seen = []
        for input, value, pairs in zip(
            inputs, values, by_input(run(examples), inputs=inputs, examples=examples), strict=True
        ):
            for window, best in self._best_of_each(pairs):
                answer = self._answer(input.text, window, best)
                question = value.questions[window.number]
                _, f1 = best_scores(answer.text if answer else "", golds=[one.text for one in question.answers])
                seen.append((self._above(best), f1, question.impossible))
        threshold = choose_threshold(seen)
        if threshold is not None and self.settings.threshold is not None:
            self.settings = replace(self.settings, threshold=threshold)

    def graphs(self) -> dict[str, Graph]:
        """The whole model."""
        return {
            "model": Graph(
                self.model,
                self._encoder.ports(typed="token_type_ids" in self._encoder.tokenizer.model_input_names),
                "logits",
                (BATCH, LENGTH, 2),
                longest=self.max_length,
                says="How well an answer starts and how well one ends at each token.",
            )
        }

    def save(self, folder: Path) -> None:
        """See `save_answers`."""
        assert isinstance(self.model, AnswerModel)
        save_answers(folder, self._encoder, self.model, settings=self.settings)
