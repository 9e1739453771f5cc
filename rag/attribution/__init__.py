"""Who said what a claim rests on, and when it happened."""
