"""What an error of somebody else's said, fit to be shown to a person."""

from __future__ import annotations

_LIMIT = 200  # characters


def said(error: BaseException, *, secret: str | None = None) -> str:
    r"""An error's words on one line of at most 200 characters, without the secret.

    >>> said(ValueError("bad key abc,\nsorry"), secret="abc")
    'bad key (key), sorry'
    >>> said(TimeoutError())
    'TimeoutError'
    """
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001  # an error that cannot even be printed
        text = ""
    text = text or type(error).__name__
    if secret:
        text = text.replace(secret, "(key)")
    return text if len(text) <= _LIMIT else text[: _LIMIT - 1] + "…"
