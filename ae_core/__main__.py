import sys

from ae_core.errors import UserError

try:
    from ae_core.cli.main import main
except UserError as failure:  # a family's file that cannot be used
    print(f"Error: {failure}", file=sys.stderr)
    sys.exit(2)
except KeyboardInterrupt:
    sys.exit(130)

main()
