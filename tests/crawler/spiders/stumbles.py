"""A module that breaks when it is imported."""

raise ValueError("the desk is closed")
