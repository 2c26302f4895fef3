"""What the local stack reads from the environment, and how a value that cannot be used is said."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.localstack.errors import BadValue
from shared.localstack.state import PartLabel

Port = Annotated[int, Field(ge=1, le=65535)]


def project_local_dir() -> Path:
    """Return `.local` of the project: beside pyproject.toml in a clone, else of the current folder."""
    root = Path(__file__).resolve().parents[2]
    return (root if (root / "pyproject.toml").is_file() else Path.cwd()) / ".local"


class StackSettings(BaseSettings):
    """Read once, where a stack is chosen. The names are those of the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    kafka_bootstrap_servers: str | None = None
    mongodb_uri: SecretStr | None = None
    """May carry a password, so it is never printed."""
    etiqueta_stack: Literal["auto", "docker", "processes"] = "auto"
    """Docker or processes by decree; `auto` takes Docker when it is usable."""
    etiqueta_local_dir: Path | None = None
    """Everything that the stack writes; `.local` of the project when not given."""
    etiqueta_jars_dir: Path | None = None
    """Where the jars are kept; `jars` in the local folder when not given."""
    etiqueta_kafka_port: Port | None = None
    etiqueta_mongodb_port: Port | None = None
    etiqueta_docker_pull: bool = False
    etiqueta_kafka_image: str = "apache/kafka:4.4.0"
    etiqueta_mongodb_image: str = "mongo:7"
    etiqueta_stack_start_seconds: Annotated[float, Field(gt=0, le=600)] = 120.0
    """How long a part may take to answer its first real request."""

    @classmethod
    def read(cls) -> Self:
        """Read the environment; raises `BadValue` that names the variable and says what is wrong."""
        try:
            return cls()
        except ValidationError as error:
            problem = error.errors(include_input=False, include_url=False, include_context=False)[0]
            name = str(problem["loc"][0]).upper() if problem["loc"] else "The environment"
            raise BadValue(f"{name} has a value that cannot be used: {problem['msg']}.") from None

    def image(self, label: PartLabel) -> str:
        """Return the name of the image that serves as this part in Docker."""
        return self.etiqueta_kafka_image if label == "kafka" else self.etiqueta_mongodb_image

    @property
    def local_dir(self) -> Path:
        return (self.etiqueta_local_dir or project_local_dir()).expanduser().absolute()

    @property
    def jars_dir(self) -> Path:
        if self.etiqueta_jars_dir is None:
            return self.local_dir / "jars"
        return self.etiqueta_jars_dir.expanduser().absolute()
