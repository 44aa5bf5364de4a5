"""The project around a linted file: its root, its source files, what its imports mean.  Knows paths and text only."""
