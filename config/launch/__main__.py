"""`python -m config.launch <what>`: the commands behind the Makefile."""

from __future__ import annotations

import sys

from config.launch.commands import main

sys.exit(main(sys.argv[1:]))
