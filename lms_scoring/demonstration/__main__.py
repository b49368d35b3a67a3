"""Starts the stand-in platform: prints its addresses as one JSON line and serves until it is told to stop."""

import argparse
import json
import signal
import sys
import threading

from lms_scoring.demonstration.lrs_kinds import KINDS
from lms_scoring.demonstration.running import Options, running_platform


def main() -> int:
    """Serves until SIGTERM or SIGINT, or until standard input closes if that was asked for."""
    arguments = _parser().parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with running_platform(_options(arguments)) as platform:
        sys.stdout.write(json.dumps(platform.addresses()) + "\n")
        sys.stdout.flush()
        if arguments.until_stdin_closes:
            threading.Thread(target=_set_at_end_of_input, args=(stop,), daemon=True).start()
        stop.wait()
    return 0


def _set_at_end_of_input(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()


def _options(arguments: argparse.Namespace) -> Options:
    given = {name: value for name, value in vars(arguments).items() if value is not None}
    given.pop("until_stdin_closes")
    return Options(**given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lms_scoring.demonstration", description=__doc__)
    parser.add_argument("--port", type=int, help="of the Moodle; 0, the default, takes a free one")
    parser.add_argument("--lrs-port", type=int, help="of the LRS; 0, the default, takes a free one")
    parser.add_argument("--latency", type=float, help="share of each call's recorded time to wait")
    parser.add_argument("--copies", type=int, help="times the recorded statements")
    parser.add_argument("--no-batching", dest="batching", action="store_false", default=None)
    parser.add_argument("--lrs-kind", choices=sorted(KINDS), help="whose quirks the LRS has")
    parser.add_argument("--malformed-every", type=int, help="a malformed statement after so many good ones")
    parser.add_argument("--learners", type=int, help="only the first so many learners; all if not given")
    parser.add_argument("--token", help="of the Moodle; random if not given")
    parser.add_argument("--key", help="of the LRS; random if not given")
    parser.add_argument("--secret", help="of the LRS; random if not given")
    parser.add_argument("--until-stdin-closes", action="store_true")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
