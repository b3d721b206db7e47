"""``python -m tools.check_migrations``: do the migrations build what the models say?"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from responder import create_app
from responder.core.database import alembic
from responder.settings import Settings


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(state_dir=Path(folder)))
        with app.app_context():
            alembic.upgrade()
            differences = alembic.compare_metadata()
    for difference in differences:
        print(difference)
    print("migrations = models" if not differences else "migrations and models differ")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
