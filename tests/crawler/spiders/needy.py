"""A module that needs another."""

import no_such_library_as_this  # noqa: F401  that it is missing is the point
