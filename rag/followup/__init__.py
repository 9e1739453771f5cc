"""A follow-up question made to stand alone; `rules` is where to begin."""
