"""What the classifier reads from the environment."""

from typing import Annotated

from pydantic import Field

from shared.settings import ServiceSettings


class ClassifierSettings(ServiceSettings):
    """The service's own names begin with `CLASSIFIER_`."""

    classifier_http_port: Annotated[int, Field(ge=1, le=65_535)] = 8082
    classifier_publish_seconds: Annotated[float, Field(gt=0)] = 10.0
