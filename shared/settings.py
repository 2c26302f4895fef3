"""What every service reads from the environment, once, and how a missing value is said."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import UserError

S = TypeVar("S", bound="ServiceSettings")


class ServiceSettings(BaseSettings):
    """Read once, where a service is built. Nothing that differs between environments has a default.

    The names are those of the environment; a service adds its own fields with its own prefix.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    kafka_bootstrap_servers: Annotated[str, Field(min_length=1)]
    mongodb_uri: SecretStr
    """May carry a password, which a URL type would print."""
    mongodb_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")] = "etiqueta"
    etiqueta_policies: Path
    etiqueta_accounts: Path
    etiqueta_clock: Literal["wall", "events"] = "wall"
    etiqueta_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    etiqueta_http_host: str = "0.0.0.0"  # noqa: S104 - a service in a container listens to its network
    etiqueta_instance: str | None = None
    """A static name of this process (a StatefulSet's pod), never in two at once."""
    etiqueta_topic_replication: Annotated[int, Field(ge=1, le=9)] = 1
    """For topics that this process has to create; existing ones are left alone."""
    etiqueta_topic_partitions: Annotated[int | None, Field(ge=1)] = None
    """In place of the declared number, for topics that this process creates on a small local stack."""
    etiqueta_batch_records: Annotated[int, Field(ge=1, le=5000)] = 200
    etiqueta_quarantine_run: Annotated[int, Field(ge=1)] = 50
    etiqueta_drain_seconds: Annotated[float, Field(gt=0)] = 25.0

    def instance(self, service: str, group: str) -> str | None:
        """Return the static member name of one consumer of this process, or None for dynamic ones."""
        if self.etiqueta_instance is None:
            return None
        return f"{self.etiqueta_instance}-{service}-{group}"

    @classmethod
    def read(cls) -> Self:
        """Read the environment; raises `UserError` that names the variable and says what is wrong."""
        try:
            return cls()
        except ValidationError as error:
            raise UserError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    problem = error.errors(include_input=False, include_url=False, include_context=False)[0]
    name = str(problem["loc"][0]).upper() if problem["loc"] else "the environment"
    if problem["type"] == "missing":
        return f"{name} is not set. Set it in the environment; the service's README says what it holds."
    return f"{name} has a value that cannot be used: {problem['msg']}."


def secret(reference: Mapping[str, str], where: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the secret that `{env: NAME}` or `{file: PATH}` names.

    Raises `UserError` naming the variable or file; the secret itself is in no message.
    """
    known = os.environ if environment is None else environment
    if (name := reference.get("env")) is not None:
        if not known.get(name):
            raise UserError(f"{where}: the variable {name} is not set or empty.")
        return known[name]
    if (path := reference.get("file")) is not None:
        try:
            content = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise UserError(f"{where}: the file {path} cannot be read ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise UserError(f"{where}: the file {path} is not UTF-8 text.") from None
        if not content:
            raise UserError(f"{where}: the file {path} is empty.")
        return content
    raise UserError(f"{where}: a secret is given as {{env: NAME}} or {{file: PATH}}, never as itself.")
