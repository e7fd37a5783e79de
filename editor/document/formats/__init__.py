"""Photographs as files: one module a family, each with its one way of reading and of writing."""
