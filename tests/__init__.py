"""Tests: python/ (units), parity/ (Python against TypeScript), browser/ (the page and the module in Chromium)."""
