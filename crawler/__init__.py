"""One document at a time: fetch it, read it. Knows nothing of rules, of other documents or of the disk."""
