"""``python -m responder`` is the ``responder`` command."""

from responder.cli import main

if __name__ == "__main__":
    main()
