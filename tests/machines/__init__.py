"""Machines that make test cases: small programs with an oracle, rewrites, and removal of guards."""
