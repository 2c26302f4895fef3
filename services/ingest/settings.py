"""What ingest reads from the environment."""

from typing import Annotated

from pydantic import Field

from shared.settings import ServiceSettings


class IngestSettings(ServiceSettings):
    """The service's own names begin with `INGEST_`."""

    ingest_http_port: Annotated[int, Field(ge=1, le=65_535)] = 8081
    ingest_body_bytes: Annotated[int, Field(ge=1024)] = 3 * 1024 * 1024
    """Providers send at most 3 MB at once."""
    ingest_publish_seconds: Annotated[float, Field(gt=0)] = 5.0
    """How long a caller waits for Kafka before it is told to come back (503)."""
    ingest_in_flight: Annotated[int, Field(ge=1)] = 256
    """Requests that may wait for Kafka at once; the next one is told to come back (429)."""
