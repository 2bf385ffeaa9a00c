"""``python -m sandbox`` is the ``council`` command."""

from sandbox.cli import main

if __name__ == "__main__":
    main()
