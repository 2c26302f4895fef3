"""`python -m services.responder`: the same as `etiqueta serve responder`."""

from services.responder.app import build_app
from services.responder.settings import ResponderSettings
from shared.serving import serve_alone

if __name__ == "__main__":
    serve_alone("responder", lambda: build_app(ResponderSettings.read()))
