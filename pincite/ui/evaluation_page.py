"""The evaluation page: what to ask, the run under way, the stored runs, and what one says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import gradio as gr

from pincite.ui.evaluation_handlers import EvaluationHandlers
from pincite.ui.evaluation_view import empty_report, render_start, render_what
from pincite.ui.parts import AT_ONCE, QUIET, answering, behaviour
from pincite.words import t

_FORMS = [".csv", ".tsv", ".json", ".jsonl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPage:
    """The components that events read and write; `questions` is the visitor's own file."""

    questions: gr.State
    beginning: gr.Column
    readers: gr.HTML
    uploader: gr.UploadButton
    chosen: gr.HTML
    start: gr.HTML
    note: gr.HTML
    progress: gr.HTML
    buttons: gr.HTML
    stored: gr.HTML
    drafts: gr.Button
    rated: gr.Button
    report: gr.HTML
    saved: gr.HTML

    @classmethod
    def draw(cls, handlers: EvaluationHandlers, *, bundled: bool, public_only: bool) -> Self:
        """With `bundled`, the questions that come with Pincite can be asked.

        Without `public_only` everybody may begin a run.
        """
        with gr.Row(elem_id="evaluation"):
            with gr.Column(elem_id="runs-column", min_width=0):
                gr.HTML(f"<h2>{t('A new run')}</h2>", apply_default_css=False)
                # Where it depends on who looks, it is drawn when that is known.
                with gr.Column(
                    elem_id="beginning", min_width=0, visible=not public_only
                ) as beginning:
                    gr.HTML(
                        render_what(bundled=bundled),
                        elem_id="evaluation-what",
                        apply_default_css=False,
                    )
                    uploader = gr.UploadButton(
                        t("Choose a file"), file_types=_FORMS, elem_id="questions-file", size="sm"
                    )
                    chosen = gr.HTML("", elem_id="questions-chosen", **behaviour("chosenQuestions"))
                    start = gr.HTML(
                        render_start(), elem_id="evaluation-start", **behaviour("startRun", "start")
                    )
                readers = gr.HTML("", elem_id="evaluation-readers", apply_default_css=False)
                note = gr.HTML("", elem_id="evaluation-note", apply_default_css=False)
                progress = gr.HTML(
                    "",
                    elem_id="evaluation-progress",
                    js_on_load="window.pincite.runProgress(element, trigger, server, ['news'])",
                    server_functions=[answering(handlers.read_news)],
                    apply_default_css=False,
                )
                buttons = gr.HTML(
                    "",
                    elem_id="evaluation-buttons",
                    **behaviour("runButtons", "stop", "resume", "open"),
                )
                gr.HTML(f"<h2>{t('Stored runs')}</h2>", apply_default_css=False)
                stored = gr.HTML(
                    "",
                    elem_id="evaluation-stored",
                    **behaviour("storedRuns", "open", "resume", "compare", "remove"),
                )
                about = t(
                    "What was asked, or what was rated, as a table: correct the answers, and it "
                    "is a file of questions."
                )
                gr.HTML(
                    f'<h2>{t("Questions that were asked")}</h2><p class="hint">{about}</p>',
                    apply_default_css=False,
                )
                drafts = gr.Button(t("Save what was asked"), elem_id="evaluation-drafts", size="sm")
                rated = gr.Button(t("Save what was rated"), elem_id="evaluation-rated", size="sm")
                saved = gr.HTML("", elem_id="evaluation-saved", **behaviour("savedFile"))
            with gr.Column(elem_id="report-column", min_width=0):
                report = gr.HTML(
                    empty_report(), elem_id="evaluation-report", **behaviour("runReport", "save")
                )
        return cls(
            questions=gr.State(None),
            beginning=beginning,
            readers=readers,
            uploader=uploader,
            chosen=chosen,
            start=start,
            note=note,
            progress=progress,
            buttons=buttons,
            stored=stored,
            drafts=drafts,
            rated=rated,
            report=report,
            saved=saved,
        )

    def wire(self, page: gr.Blocks, handlers: EvaluationHandlers) -> None:
        """Have runs begun, watched, read, compared and deleted."""
        watched = [self.progress, self.buttons, self.stored]
        watching: dict[str, Any] = {"concurrency_limit": None, **QUIET}
        self.uploader.upload(
            handlers.choose, [self.uploader], [self.questions, self.chosen], queue=False, **QUIET
        )
        self.start.start(handlers.start, [self.questions], [self.note], queue=False, **QUIET).then(
            handlers.watch, None, watched, **watching
        )
        for place in (self.buttons, self.stored):
            place.resume(handlers.resume, None, [self.note], queue=False, **QUIET).then(
                handlers.watch, None, watched, **watching
            )
            place.open(handlers.open, None, [self.report], concurrency_limit=AT_ONCE, **QUIET)
        self.buttons.stop(handlers.stop, None, [self.note], queue=False, **QUIET)
        self.stored.compare(
            handlers.compare, None, [self.report], concurrency_limit=AT_ONCE, **QUIET
        )
        self.stored.remove(
            handlers.delete, None, [*watched, self.note, self.report], queue=False, **QUIET
        )
        self.report.save(handlers.save, None, [self.saved, self.note], queue=False, **QUIET)
        self.drafts.click(
            handlers.draft_conversations, None, [self.saved, self.note], queue=False, **QUIET
        )
        self.rated.click(
            handlers.draft_feedback, None, [self.saved, self.note], queue=False, **QUIET
        )
        page.load(
            handlers.show_beginning, None, [self.beginning, self.readers], queue=False, **QUIET
        )
        page.load(handlers.watch, None, watched, **watching)
        self.progress.news(handlers.watch, None, watched, trigger_mode="always_last", **watching)
