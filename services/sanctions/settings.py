"""What sanctions reads from the environment."""

from typing import Annotated

from pydantic import Field

from shared.settings import ServiceSettings


class SanctionsSettings(ServiceSettings):
    """The service's own names begin with `SANCTIONS_`."""

    sanctions_http_port: Annotated[int, Field(ge=1, le=65_535)] = 8083
    sanctions_body_bytes: Annotated[int, Field(ge=1024)] = 256 * 1024
    sanctions_publish_seconds: Annotated[float, Field(gt=0)] = 5.0
    """How long a caller waits for Kafka before it is told to come back (503)."""
    sanctions_timer_seconds: Annotated[float, Field(gt=0)] = 5.0
    """How often restrictions that have come to their end are looked for."""
