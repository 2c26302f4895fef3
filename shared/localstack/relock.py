"""Writes the lock files of the jars: `python -m shared.localstack.relock`, after a version changed below.

Resolving walks the poms and takes a minute; everybody else only reads the result.
"""

import tempfile
from pathlib import Path

from jgo.env import LockFile
from jgo.maven import MavenContext, PythonResolver

KAFKA_VERSION = "4.4.0"
MONGO_JAVA_SERVER_VERSION = "1.47.0"

_WANTED = {
    # Kafka's pom brings no binding for its log calls; 2.25 is the line of the log4j that it brings. "!"
    # keeps the pom of that jar, which manages versions of a hundred others, from overruling them.
    "kafka": (
        f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}",
        "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5!",
    ),
    "mongodb": (
        f"de.bwaldvogel:mongo-java-server:{MONGO_JAVA_SERVER_VERSION}",
        f"de.bwaldvogel:mongo-java-server-h2-backend:{MONGO_JAVA_SERVER_VERSION}",
        "org.slf4j:slf4j-simple:2.0.17!",
    ),
}


def relock(name: str, coordinates: tuple[str, ...], target: Path) -> int:
    """Resolve `coordinates` and write their lock file; returns how many jars it names."""
    with tempfile.TemporaryDirectory() as scratch:
        context = MavenContext(repo_cache=Path(scratch), resolver=PythonResolver(), timeout=30)
        asked = [context.create_dependency(coordinate) for coordinate in coordinates]
        inputs, transitive = context.resolver.resolve(asked)
        needed = [*inputs, *(jar for jar in transitive if jar.scope in {"compile", "runtime"})]
        LockFile.from_resolved_dependencies(needed, environment_name=name).save(target)
        return len(needed)


if __name__ == "__main__":
    for lock_name, wanted in _WANTED.items():
        path = Path(__file__).with_name(f"{lock_name}.lock.toml")
        print(f"{path.name}: {relock(lock_name, wanted, path)} jars")  # noqa: T201
