"""The kind of error that people are told: what happened, and what to do next."""

from __future__ import annotations


class AdvisedError(ValueError):
    """Something cannot be done, and there is something to do about it.

    Attributes:
        title: one sentence: what happened.
        advice: one sentence: what to do next.
    """

    def __init__(self, title: str, advice: str) -> None:
        super().__init__(f"{title} {advice}")
        self.title = title
        self.advice = advice

    def __reduce__(self) -> tuple[type[AdvisedError], tuple[str, str]]:
        return type(self), (self.title, self.advice)  # across processes; args are one text
