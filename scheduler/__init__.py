"""The clock and the disk: the daemon, its configuration, its database and the `tocsin` command."""
