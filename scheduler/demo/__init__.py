"""See it work: an embedded newsroom on loopback, with a developing story, for the real daemon to watch."""
