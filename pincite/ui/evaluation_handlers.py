"""What happens on the evaluation page: one method for each event."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import gradio as gr

from index.errors import DatasetError, PinciteError, UsageError
from pincite.ui.evaluation_report_view import render_comparison, render_file, render_report
from pincite.ui.evaluation_run import Plan, said
from pincite.ui.evaluation_runs import Runs
from pincite.ui.evaluation_stored import named, stored_runs
from pincite.ui.evaluation_view import (
    empty_report,
    render_progress,
    render_run_buttons,
    render_stored,
)
from pincite.ui.guard import shares_of, visitor_of
from pincite.ui.library import safe_name
from pincite.ui.markup import notice
from pincite.ui.settings_fields import Rights
from pincite.words import mark, number, plural, t
from rag import Assistant

if TYPE_CHECKING:
    from eval.drafts import Draft

# Seconds between two looks at a run; an answer takes longer.
_LOOK = 0.5
_DRAFTS_LIMIT = 500
_READ_ONLY = mark(
    "This page is served to other machines, and you are not signed in: runs can be read here, and "
    "begun, stopped or deleted on the machine itself."
)


class EvaluationHandlers:
    """One method for each event; each only translates between components and the runs."""

    def __init__(self, assistant: Assistant, runs: Runs, *, public_only: bool) -> None:
        self._assistant = assistant
        self._public_only = public_only
        self._runs = runs
        self._files = itertools.count(1)

    def choose(self, uploaded: str | None) -> tuple[str | None, str]:
        """Keep a visitor's file of questions at hand, if it is one."""
        from eval.datasets import load_dataset

        if uploaded is None:
            return None, ""
        path = Path(uploaded)
        if not path.is_file():  # a folder may name files of this machine
            return None, notice(t("That is no file of questions: choose one file."), kind="trouble")
        try:
            dataset = load_dataset(path)
        except DatasetError as error:
            return None, notice(said(error, path.parent), kind="trouble")
        answerable = sum(query.answerable is True for query in dataset.queries)
        told = plural(
            "{file}: {count} question, {answerable} of them answerable.",
            "{file}: {count} questions, {answerable} of them answerable.",
            len(dataset.queries),
            file=path.name,
            answerable=number(answerable),
        )
        return uploaded, notice(" ".join((told, *dataset.notes)), kind="done")

    def start(self, questions: str | None, event: gr.EventData, request: gr.Request) -> str:
        """Begin a run; what cannot be asked so is said in a sentence."""
        try:
            self._require_rights(request)
            turns = shares_of(request).turns
            limit = _number(str(getattr(event, "limit", "")))
            removed = bool(getattr(event, "removed", False))
            if getattr(event, "what", "") == "bundled":
                plan = Plan(questions=None, limit=limit, evidence_removed=removed)
                self._runs.begin(plan, turns=turns)
                return ""
            if questions is None:
                raise UsageError(t("Choose a file of questions first."))
            if not self._assistant.documents():
                raise UsageError(t("The library is empty: add documents first, then ask them."))
            path = Path(questions)
            plan = Plan(questions=safe_name(path.name), limit=limit, evidence_removed=removed)
            self._runs.begin(plan, path, turns=turns)
        except PinciteError as error:
            return notice(str(error), kind="trouble")
        return ""

    def resume(self, event: gr.EventData, request: gr.Request) -> str:
        """Go on with a run that was ended early."""

        def go_on() -> None:
            self._require_rights(request)
            self._runs.go_on(self._folder(event), turns=shares_of(request).turns)

        return self._told(go_on)

    def stop(self, request: gr.Request) -> str:
        """Stop the run under way, whoever began it."""

        def end() -> None:
            self._require_rights(request)
            self._runs.stop()

        return self._told(end)

    def show_beginning(self, request: gr.Request) -> tuple[Any, str]:
        """The ways to begin a run for whoever may, else a sentence that says who may."""
        may = self._may(request)
        return gr.update(visible=may), "" if may else notice(t(_READ_ONLY))

    def read_news(self, _: Sequence[object]) -> str:
        """What differs when a run began, ended or was deleted, whoever did it."""
        return self._runs.news

    async def watch(self, request: gr.Request) -> AsyncIterator[tuple[Any, Any, Any]]:
        """The run under way until its end; whoever leaves stops only looking."""
        may, buttons = self._may(request), None
        standing = self._runs.standing
        while True:
            over = standing is None or standing.ended
            redrawn = render_run_buttons(standing, may=may)
            yield (
                render_progress(standing),
                gr.skip() if redrawn == buttons else redrawn,
                self._stored(may=may) if over or buttons is None else gr.skip(),
            )
            if over:
                return
            buttons = redrawn
            while self._runs.standing is standing:
                await asyncio.sleep(_LOOK)
            standing = self._runs.standing

    def open(self, event: gr.EventData) -> str:
        """Show a stored run."""
        from eval.stored import REPORT, read_report

        try:
            folder = self._folder(event)
            report = read_report(folder)
        except PinciteError as error:
            return self._refused(error)
        written = _written(folder / REPORT)
        return self._opened(render_report(report, written=written, name=folder.name))

    def compare(self, event: gr.EventData) -> str:
        """Compare two stored runs, the earlier with the later one."""
        from eval.compare import compare
        from eval.stored import REPORT, read_run

        try:
            folders = [named(self._runs.folder, str(name)) for name in getattr(event, "names", ())]
            if len(folders) != 2:
                raise UsageError(t("Two runs are compared: tick two of them."))
            runs = {folder: read_run(folder) for folder in folders}
            before, after = sorted(folders, key=lambda folder: _written(folder / REPORT))
            found = compare(runs[before], runs[after])
        except PinciteError as error:
            return self._refused(error)
        return self._opened(
            render_comparison(
                found, before=_written(before / REPORT), after=_written(after / REPORT)
            )
        )

    def delete(self, event: gr.EventData, request: gr.Request) -> tuple[str, ...]:
        """Delete stored runs for good."""
        names = [str(name) for name in getattr(event, "names", ())]

        def each() -> None:
            self._require_rights(request)
            for name in names:
                self._runs.delete(named(self._runs.folder, name))

        deleted = plural("{count} run deleted.", "{count} runs deleted.", len(names))
        note = self._told(each) or notice(deleted, kind="done")
        may, standing = self._may(request), self._runs.standing
        buttons = render_run_buttons(standing, may=may)
        return render_progress(standing), buttons, self._stored(may=may), note, empty_report()

    def save(self, event: gr.EventData) -> tuple[str, str]:
        """A run's report.html for the browser to save."""
        try:
            content = (self._folder(event) / "report.html").read_bytes()
        except (PinciteError, OSError):
            said = t("The file of this report is not there any more.")
            return "", notice(said, kind="trouble")
        return self._file("report.html", content, media="text/html"), ""

    def draft_conversations(self, request: gr.Request) -> tuple[str, str]:
        """The questions that the visitor asked and stored, as a table to correct."""
        from eval.drafts import draft_conversations

        nothing = t(
            "There is no question to draft from: none is stored; ask some under “{ask}”.",
            ask=t("Ask"),
        )
        return self._drafted(draft_conversations, "asked.csv", nothing, request)

    def draft_feedback(self, request: gr.Request) -> tuple[str, str]:
        """The questions whose answers the visitor rated, as a table to correct."""
        from eval.drafts import draft_feedback

        nothing = t(
            "There is no question to draft from: no answer is rated; press “{good}” or “{bad}” "
            "under some.",
            good=t("Helpful"),
            bad=t("Not helpful"),
        )
        return self._drafted(draft_feedback, "rated.csv", nothing, request)

    def _drafted(
        self, draft: Callable[..., list[Draft]], name: str, nothing: str, request: gr.Request
    ) -> tuple[str, str]:
        from eval.draft_file import write_drafts

        try:
            owner = visitor_of(request).owner
            drafts = draft(self._assistant, count=_DRAFTS_LIMIT, owner=owner)
            if not drafts:
                raise UsageError(nothing)
            with TemporaryDirectory(prefix="pincite-") as folder:
                write_drafts(drafts, Path(folder) / name)
                content = (Path(folder) / name).read_bytes()
        except PinciteError as error:
            return "", notice(str(error), kind="trouble")
        told = plural(
            "{file} holds {count} draft. Correct questions and answers, take “draft” out of the "
            "status of those that are right, and choose the file above.",
            "{file} holds {count} drafts. Correct questions and answers, take “draft” out of the "
            "status of those that are right, and choose the file above.",
            len(drafts),
            file=name,
        )
        return self._file(name, content, media="text/csv"), notice(told, kind="done")

    def _file(self, name: str, content: bytes, *, media: str) -> str:
        return render_file(name, content, media=media, key=next(self._files))

    def _may(self, request: gr.Request) -> bool:
        """Whether a visitor may begin, stop and delete runs; all may read them."""
        signed_in = visitor_of(request).user is not None
        return Rights.of(public_only=self._public_only, signed_in=signed_in).settings

    def _require_rights(self, request: gr.Request) -> None:
        """Raises `UsageError` for a visitor who may only read."""
        if not self._may(request):
            raise UsageError(t(_READ_ONLY))

    def _refused(self, error: PinciteError) -> str:
        said = notice(_without_folder(error, self._runs.folder), kind="trouble")
        return self._opened(f'<div class="report-view">{said}</div>')

    def _opened(self, markup: str) -> str:
        """Never the same markup twice: the browser waits for a change."""
        return f'<div data-opened="{next(self._files)}">{markup}</div>'

    def _stored(self, *, may: bool) -> str:
        standing = self._runs.standing
        running = standing.name if standing is not None and not standing.ended else None
        return render_stored(stored_runs(self._runs.folder), running=running, may=may)

    def _folder(self, event: gr.EventData) -> Path:
        return named(self._runs.folder, str(getattr(event, "name", "")))

    def _told(self, done: Callable[[], None]) -> str:
        try:
            done()
        except PinciteError as error:
            return notice(_without_folder(error, self._runs.folder), kind="trouble")
        return ""


def _without_folder(error: PinciteError, folder: Path) -> str:
    return str(error).replace(f"{folder}/", "")


def _number(typed: str) -> int | None:
    """The number of questions; all of them if none is typed."""
    if not typed.strip():
        return None
    try:
        limit = int(typed)
    except ValueError:
        limit = 0
    if limit < 1:
        raise UsageError(
            t("The number of questions is a whole number from 1; leave it empty for all.")
        )
    return limit


def _written(report: Path) -> datetime:
    try:
        return datetime.fromtimestamp(report.stat().st_mtime).astimezone()
    except OSError as error:
        raise UsageError(
            t("One of these runs has no report: only finished runs have one.")
        ) from error
