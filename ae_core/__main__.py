from ae_core.cli.main import main

main()
