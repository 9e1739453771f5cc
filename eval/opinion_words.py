"""A model's opinion of a run in the words and values that all forms of its report share."""

from __future__ import annotations

from collections.abc import Iterator

from eval.metrics.agreement import Agreement
from eval.models import Figure
from eval.opinions import Judged
from eval.report_words import interval_words, value_words

OPINION_HEADING = "A model's opinion"


def opinion_sentences(judged: Judged) -> list[str]:
    """What the model thinks, how far that agrees with words and people, and what it cost."""
    right, answered = judged.right, judged.right_if_answered
    said = [
        f"{judged.model}, a language model, takes {_words(right)} answerable questions with a "
        f"known answer for rightly answered, and {_words(answered)} answers given. A refusal, a "
        "failed question and “cannot tell” are not right. This is an opinion: no other figure "
        "depends on it.",
        f"It replied yes {judged.count('yes'):,} times, no {judged.count('no'):,} times, cannot "
        f"tell {judged.count('cannot tell'):,} times; {judged.not_understood:,} of the last were "
        "replies other than these three.",
    ]
    if judged.failed:
        said.append(
            f"{judged.failed:,} answers have no opinion, since the model failed, and are left out; "
            "the same command asks for them again."
        )
    said.append(_agreeing("the measure “contained”, which goes by words", judged.with_words))
    said += _people(judged)
    if judged.is_own:
        said.append("It judges answers that it wrote itself, which models tend to favour.")
    read = sum(one.prompt_tokens for one in judged.opinions.values())
    written = sum(one.completion_tokens for one in judged.opinions.values())
    if read or written:
        paid = f", for {judged.paid}" if judged.paid else ""
        said.append(f"For its opinions it read {read:,} tokens and wrote {written:,}{paid}.")
    return said


def _people(judged: Judged) -> Iterator[str]:
    if judged.with_people is None:
        yield "No people's labels stand beside it, so that nobody knows how far to believe it."
        return
    yield _agreeing("people", judged.with_people)
    if judged.labels_left_out:
        yield (
            f"{judged.labels_left_out:,} labels are left out: they are of other questions, of "
            "another answer than this run's, or of one without an opinion."
        )


def _agreeing(whom: str, found: Agreement) -> str:
    kappa = (
        "chance alone would agree as often, so that kappa is undefined"
        if found.kappa is None
        else f"Cohen's kappa {found.kappa:.3f} [{_ends(found)}], where 0 is chance and "
        "1 full agreement"
    )
    if not found.share.n:
        return f"On no answer can it be compared with {whom}."
    return f"On {_words(found.share)} answers it agrees with {whom}; {kappa}."


def _ends(found: Agreement) -> str:
    return "–" if found.interval is None else "–".join(f"{end:.3f}" for end in found.interval)


def _words(one: Figure) -> str:
    return f"{value_words(one)} [{interval_words(one)}] of the {one.n:,}"


def opinion_row(judged: Judged) -> dict[str, object]:
    """The same as JSON values, with each opinion by the id of its question."""
    people = judged.with_people
    return {
        "model": judged.model,
        "right": _figure_row(judged.right),
        "right_if_answered": _figure_row(judged.right_if_answered),
        "replies": {
            "yes": judged.count("yes"),
            "no": judged.count("no"),
            "cannot tell": judged.count("cannot tell"),
            "not_understood": judged.not_understood,
        },
        "failed": judged.failed,
        "agreement_with_contained": _agreement_row(judged.with_words),
        "agreement_with_people": None if people is None else _agreement_row(people),
        "labels_left_out": judged.labels_left_out,
        "paid": judged.paid,
        "opinions": {name: one.reply for name, one in judged.opinions.items()},
    }


def _agreement_row(found: Agreement) -> dict[str, object]:
    low, high = found.interval or (None, None)
    kappa = {"value": found.kappa, "low": low, "high": high, "n": found.share.n}
    return {"share": _figure_row(found.share), "kappa": kappa}


def _figure_row(one: Figure) -> dict[str, object]:
    low, high = one.interval or (None, None)
    return {"value": one.value, "low": low, "high": high, "n": one.n}
