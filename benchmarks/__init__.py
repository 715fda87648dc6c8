"""Measurements that take minutes, outside of the tests."""
