"""What the responder reads from the environment."""

from typing import Annotated

from pydantic import Field

from shared.settings import ServiceSettings


class ResponderSettings(ServiceSettings):
    """The service's own names begin with `RESPONDER_`."""

    responder_http_port: Annotated[int, Field(ge=1, le=65_535)] = 8084
    responder_publish_seconds: Annotated[float, Field(gt=0)] = 10.0
    responder_whatsapp_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")] = "https://graph.facebook.com"
    responder_whatsapp_version: Annotated[str, Field(pattern=r"^v\d+\.\d+$")] = "v23.0"
    responder_send_seconds: Annotated[float, Field(gt=0)] = 15.0
    """How long a call may take before its answer counts as lost."""
    responder_lease_seconds: Annotated[float, Field(gt=0)] = 60.0
    """How long a claimed reply waits for its sender before it counts as unknown; longer than a call."""
    responder_poll_seconds: Annotated[float, Field(gt=0)] = 0.2
    """How often the outbox is looked at while nothing is due."""
