"""A page's questions and the visitor's choices, which are stored only in the address."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.lab.patterns.pattern import Pattern, QuizQuestion


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """A question as it stands on the page; `chosen` is None until it is answered."""

    question: QuizQuestion
    chosen: int | None
    carried: Mapping[str, str]
    """Other parameters of the address, which stay."""

    @property
    def name(self) -> str:
        return name_of(self.question)

    @property
    def is_right(self) -> bool:
        return self.chosen == self.question.answer

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Return each choice with its mark: right, wrong, or nothing yet."""
        return [(text, self._mark(number)) for number, text in enumerate(self.question.choices)]

    def _mark(self, number: int) -> str:
        if self.chosen is None:
            return ""
        if number == self.question.answer:
            return "right"
        return "wrong" if number == self.chosen else ""


def name_of(question: QuizQuestion) -> str:
    return f"answer-{question.slug}"


def asked(pattern: Pattern, address: Mapping[str, str]) -> list[AskedQuestion]:
    return [_asked(each, address) for each in pattern.questions]


def asked_now(pattern: Pattern, address: Mapping[str, str]) -> AskedQuestion | None:
    """Return the question whose fragment is asked for."""
    wanted = address.get("question", "")
    return next((each for each in asked(pattern, address) if each.question.slug == wanted), None)


def _asked(question: QuizQuestion, address: Mapping[str, str]) -> AskedQuestion:
    name = name_of(question)
    given = address.get(name, "")
    is_known = given in map(str, range(len(question.choices)))
    others = {key: value for key, value in address.items() if key not in {name, "question"}}
    return AskedQuestion(question=question, chosen=int(given) if is_known else None, carried=others)
