"""`python -m services.classifier`: the same as `etiqueta serve classifier`."""

from services.classifier.app import build_app
from services.classifier.settings import ClassifierSettings
from shared.serving import serve_alone

if __name__ == "__main__":
    serve_alone("classifier", lambda: build_app(ClassifierSettings.read()))
