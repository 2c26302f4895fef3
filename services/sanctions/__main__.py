"""`python -m services.sanctions`: the same as `etiqueta serve sanctions`."""

from services.sanctions.app import build_app
from services.sanctions.settings import SanctionsSettings
from shared.serving import serve_alone

if __name__ == "__main__":
    serve_alone("sanctions", lambda: build_app(SanctionsSettings.read()))
