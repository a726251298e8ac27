"""`python -m etl`: the command `etl` for environments in which its script is not on the path."""

from etl.cli.main import main

if __name__ == "__main__":
    main()
