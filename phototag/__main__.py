"""`python -m phototag` is `phototag`."""

from phototag.cli.main import run

if __name__ == "__main__":
    run()
