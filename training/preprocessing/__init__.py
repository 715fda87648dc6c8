"""The preprocessing that the browser must match, number for number."""
