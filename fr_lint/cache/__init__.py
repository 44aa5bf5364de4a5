"""What was found out in earlier runs, on disk: modules that were lowered, answers that were given."""
