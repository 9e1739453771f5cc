"""Which claims are shown when a language model and the quote writer have both answered."""

from __future__ import annotations

from dataclasses import replace

from rag.cite import Checked
from rag.models import Claim


def settle(written: Checked, quoted: Checked, *, model_leads: bool) -> tuple[Checked, str | None]:
    """The claims to show, with a notice when the quotes stand in for the model's words.

    A capable model leads: its accepted claims are the answer. A small one only phrases: its
    accepted claims come first if they rest on what the quotes rest on, and the quotes follow, so
    that its words never take the place of the source's. Where nothing was accepted the quotes
    stand. Unsupported claims, of which there are some only if the setting keeps them, come last
    unless the model leads.
    """
    accepted = [claim for claim in written.claims if claim.citations]
    unsupported = [claim for claim in written.claims if not claim.citations]
    shown = [claim for claim in accepted if model_leads or _rests_on(claim, quoted)]
    if not shown:
        notice = (
            "Nothing that the language model wrote passed the check against the sources, "
            "so the answer is made of quotes."
        )
        return replace(written, claims=(*quoted.claims, *unsupported)), notice
    if model_leads:
        return written, None
    said = {claim.text for claim in shown}
    rest = (claim for claim in quoted.claims if claim.text not in said)
    return replace(written, claims=(*shown, *rest, *unsupported)), None


def _rests_on(claim: Claim, quoted: Checked) -> bool:
    used = {citation for entry in quoted.claims for citation in entry.citations}
    return not used.isdisjoint(claim.citations)
