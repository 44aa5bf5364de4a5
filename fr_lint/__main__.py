"""``python -m fr_lint``: the command, where its script is not on the path."""

from fr_lint.cli import main

raise SystemExit(main())
