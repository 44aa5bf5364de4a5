"""The rules: each reads facts, phrases findings, and holds its documentation.  No rule walks syntax."""
