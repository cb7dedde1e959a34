"""The types of metadata that a deploy may hold."""
