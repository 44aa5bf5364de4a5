"""The subcommands of ``fr-lint``, one file each: arguments in, text and an exit code out."""
