"""`python -m benchmarks [name ...]`: run the benchmarks and print one table each."""

from __future__ import annotations

import sys

from benchmarks import edge

BENCHMARKS = {"edge": edge.run}


def main() -> None:
    """Run the named benchmarks, or all."""
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"== {name}")
        for what, figure in BENCHMARKS[name]():
            print(f"{what:<60} {figure}")


if __name__ == "__main__":
    main()
