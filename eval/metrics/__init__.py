"""Pure measures: each states its formula, source and range, and works an example."""
