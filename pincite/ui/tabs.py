"""What the server holds of the browser tabs that have the page, open ones and closed ones."""

from __future__ import annotations

from gradio.state_holder import StateHolder

# Closed tabs of which all is kept, for an hour at most: a browser that lost its connection for a
# while goes on where it was.
CLOSED_TABS = 50
# Tabs kept in all; the one that was used longest ago goes first.
TABS = 1_000


class Tabs(StateHolder):
    """The state of all tabs; in Gradio's own holder closed ones would fill the memory.

    That empties after an hour what a closed tab had in its `gr.State`, and keeps the rest: every
    component with what it showed last, some hundred kilobytes.
    """

    def delete_all_expired_state(self) -> None:
        """Called by Gradio every second."""
        super().delete_all_expired_state()  # type: ignore[no-untyped-call]
        closed = [name for name, tab in list(self.session_data.items()) if tab.is_closed]
        for place, name in enumerate(reversed(closed)):
            if place >= CLOSED_TABS or not self.session_data[name].state_data:
                del self.session_data[name]
                self.time_last_used.pop(name, None)
