"""The command line: `python -m ae_core`, or `ae-core` where pip has installed it."""

import gc
import sys

from ae_core.errors import UserError


def main() -> None:
    """Run it; Ctrl-C during the seconds of importing ends it without a word."""
    gc.disable()  # all of it stays: to look for garbage takes a fifth of the time
    try:
        from ae_core.cli.main import main as run
    except UserError as failure:  # a family's file that cannot be used
        print(f"Error: {failure}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
