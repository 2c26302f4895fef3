"""`python -m services.ingest`: the same as `etiqueta serve ingest`."""

from services.ingest.app import build_app
from services.ingest.settings import IngestSettings
from shared.serving import serve_alone

if __name__ == "__main__":
    serve_alone("ingest", lambda: build_app(IngestSettings.read()))
