"""The command line: which command, with which options. Called by `python -m config.launch`."""

from __future__ import annotations

import argparse
import sys

from config.launch import environment, foreground, product, servers, suite, upkeep
from config.launch.errors import LaunchError
from config.launch.homes import BENCH, DEMO, TEST, home_for
from config.lib.catalogues import compile_catalogues


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; an expected failure prints its reason only."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.action(options))
    except LaunchError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.launch")
    commands = parser.add_subparsers(required=True, metavar="command")
    simple = {
        "run": (lambda _: product.run(home_for(DEMO)), "start the product and stay"),
        "stop": (lambda _: upkeep.stop(), "stop the product and idle test servers"),
        "status": (lambda _: upkeep.status(), "say whether it runs"),
        "memory": (lambda _: upkeep.memory(), "print the memory of the running product"),
        "clean-data": (lambda _: upkeep.clean_data(), "delete this checkout's data"),
        "lint": (lambda _: suite.lint(), "linters and types"),
        "test": (lambda _: suite.test(), "linters, types and tests"),
        "test-deep": (lambda _: suite.test_deep(), "long tests, and PostgreSQL 15"),
    }
    for name, (action, text) in simple.items():
        commands.add_parser(name, help=text).set_defaults(action=action)
    execute = commands.add_parser("exec", help="run a command on the embedded servers")
    execute.add_argument("--test", action="store_true", help="on the test servers, with databases of its own")
    execute.add_argument("--bench", action="store_true", help="on durable servers of their own, kept between runs")
    execute.add_argument("--keep", action="store_true", help="leave the servers running until `stop`")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    execute.set_defaults(action=_execute)
    return parser


def _execute(options: argparse.Namespace) -> int:
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise LaunchError("Which command? python -m config.launch exec [--test] -- command ...")
    home = home_for(BENCH if options.bench else TEST if options.test else DEMO)
    ours = servers.servers_in(home)
    compile_catalogues()
    with servers.in_use(ours, keep=options.keep):
        if not options.test:
            return foreground.run(command, environment.product_environment(ours))
        with servers.test_slot(home) as slot:
            return foreground.run(command, environment.test_environment(ours, slot))
