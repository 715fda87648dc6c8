"""Serving the page from somewhere else than `mien-serve`."""
