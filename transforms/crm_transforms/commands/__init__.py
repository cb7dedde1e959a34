"""The verbs of a migration, one per file."""
