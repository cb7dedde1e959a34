"""Kickserv as its documentation and its recorded replies describe it: XML (v1) and JSON (v2)."""
