"""What the scripts of `behaviour/` say, in the language spoken now."""

from __future__ import annotations

from pincite.words import form_for, mark_plural, t


def script_words() -> dict[str, str | list[str]]:
    """Sentences by the names that scripts have for them, places open.

    Of those that go with a number there are two, for one and for more: what `Intl.PluralRules`
    calls `one`, and all else.
    """
    return {
        "allDocuments": t("all documents"),
        "asking": t("Asking it …"),
        "copied": t("Copied"),
        "copy": t("Copy"),
        "copyingFails": t("The browser does not allow copying here; save it instead."),
        "deleteRuns": _forms(
            mark_plural("Delete {count} run for good?", "Delete {count} runs for good?")
        ),
        "either": t("{names} or {name}"),
        "noFiles": t(
            "There is no file in what was dropped: hidden files and empty folders are left out."
        ),
        "notAllowed": t("Not allowed here"),
        "page": t("page {page}"),
        "placeOf": t("{place} of {count}"),
        "removeDocuments": _forms(
            mark_plural("Remove {count} document?", "Remove {count} documents?")
        ),
        "saved": t("Saved"),
        "selected": _forms(mark_plural("{count} document selected", "{count} documents selected")),
        "shownOf": t("{shown} of {count} shown"),
        "source": t("Source"),
        "stopping": t("Stopping"),
        "tooMuch": t(
            "These files are {size} GB together, and 2 GB can be added at once: add them in parts."
        ),
    }


def _forms(sentence: tuple[str, str]) -> list[str]:
    return [form_for(*sentence, count) for count in (1, 2)]
