"""What the server holds of the browser tabs that have the page, open ones and closed ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from gradio.state_holder import StateHolder

# Closed tabs of which all is kept, for an hour at most: a browser that lost its connection for a
# while goes on where it was.
CLOSED_TABS = 50
# Tabs kept in all; the one that was used longest ago goes first.
TABS = 1_000


class Tabs(StateHolder):
    """The state of all tabs; in Gradio's own holder closed ones would fill the memory.

    That empties after an hour what a closed tab had in its `gr.State`, and keeps the rest: every
    component with what it showed last, some hundred kilobytes. And it calls every tab closed whose
    connection broke once, though the browser goes on with it: a tab that is used so much later
    than it `closed` that no answer can have been on its way is an open one.
    """

    on_its_way = timedelta(minutes=1)

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._closed: dict[str, datetime] = {}

    def delete_all_expired_state(self) -> None:
        """Called by Gradio every second."""
        super().delete_all_expired_state()  # type: ignore[no-untyped-call]
        now = datetime.now()  # as Gradio's `time_last_used`
        with self.lock:
            closed = {
                name: self._closed.get(name, now)
                for name, tab in list(self.session_data.items())
                if tab.is_closed
            }
            for name, since in list(closed.items()):
                if self.time_last_used.get(name, since) > since + self.on_its_way:
                    self.session_data[name].is_closed = False
                    del closed[name]
            for place, name in enumerate(reversed(list(closed))):
                if place >= CLOSED_TABS or not self.session_data[name].state_data:
                    del self.session_data[name], closed[name]
                    self.time_last_used.pop(name, None)
            self._closed = closed
