"""What Pipedrive documents, as data: objects, routes' queries, custom field types, plans."""
