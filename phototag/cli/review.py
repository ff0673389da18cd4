"""phototag review."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from phototag import wiring
from phototag.app import review as reviewing
from phototag.app.export import to_json
from phototag.app.review import Answer, Question
from phototag.cli import bar, options, render
from phototag.errors import UsageError
from phototag.settings import Settings, load

YES, NO, SKIP, STOP = {"y", "yes"}, {"n", "no"}, {"", "s", "skip"}, {"q", "quit"}


def review(library: options.Library = None, index: options.Index = None, json: options.Json = False) -> None:
    """Answer questions about faces, the one that settles the most first.

    Is this somebody you named? y, n, the name of somebody else whom you named, or s to skip. Who is this? A name, or
    Enter to skip. q stops; every answer is kept at once. A picture is drawn for each question. With --json, print the
    questions and ask none.
    """
    settings = load(library, index)
    if json:
        with wiring.reading(settings) as opened:
            asked = reviewing.questions(opened)
        render.out(to_json({"questions": [_document(question) for question in asked]}))
        return
    _Conversation(settings).run()


class _Conversation:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.skipped: set[object] = set()
        self.answered = 0
        self.picture = Path()

    def run(self) -> None:
        question, left = self._next()
        total = left
        with bar.counter("Faces settled", total, "face") as settled:
            while question is not None and self._ask(question):
                question, left = self._next()
                settled.show(total - left)
        if not total:
            render.out(f"Nothing to ask. Who is known: {render.command('people')}")
            return
        render.out(f"\n{render.count(self.answered, 'answer')} kept; {render.count(left, 'face')} still open.")
        if self.answered:
            render.out(f"Group anew with what you said: {render.command('scan', 'DIR')}")

    def _next(self) -> tuple[Question | None, int]:
        """The best question that was not skipped, and how many faces are still open."""
        with wiring.reading(self.settings) as index:
            asked = reviewing.questions(index)
            best = next((question for question in asked if question.key not in self.skipped), None)
            if best is not None:
                self.picture = reviewing.draw(index, best)
        return best, sum(len(question.faces) for question in asked)

    def _ask(self, question: Question) -> bool:
        """One question and its answer; False to stop."""
        faces, photos = render.count(len(question.faces), "face"), render.count(question.photos, "photo")
        render.out(f"\n{faces} on {photos}: {self.picture}")
        while True:
            said = _read(_prompt(question))
            if said is None or said.lower() in STOP:
                return False
            if said.lower() in SKIP:
                self.skipped.add(question.key)
                return True
            if self._kept(question, said):
                return True

    def _kept(self, question: Question, said: str) -> bool:
        """Write an answer down; False if it is none."""
        with wiring.writing(self.settings, "review", render.note) as index:
            try:
                if question.person is None and said.lower() in YES | NO:
                    render.out("A name, please; Enter skips, q stops.")
                    return False
                if said.lower() in YES | NO:
                    yes = said.lower() in YES
                    reviewing.answer(index, question, Answer.YES if yes else Answer.NO, time.time_ns())
                elif question.person is None or reviewing.is_somebody(index, said):
                    reviewing.answer_name(index, question, said, time.time_ns())
                else:
                    render.out("y for yes, n for no, the name of somebody else who has one, s to skip, q to stop.")
                    return False
            except UsageError as error:
                render.out(str(error))
                return False
        self.answered += 1
        return True


def _prompt(question: Question) -> str:
    if question.person is None:
        return "Who is this? (a name; Enter skips, q stops) "
    return f"Is this {question.person}? (y, n, or who it is; s, q) "


def _read(prompt: str) -> str | None:
    """A line from the user; None at the end of the input."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None


def _document(question: Question) -> dict[str, object]:
    return {
        "person": question.person,
        "distance": None if question.distance is None else round(question.distance, 4),
        "cluster": question.cluster,
        "faces": [face.id for face in question.faces],
        "photos": question.photos,
        "references": [face.id for face in question.references],
    }
