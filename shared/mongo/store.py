"""The connection to MongoDB, and the few operations that every service's `mongo.py` is built from.

motor stands behind this module and behind each service's `mongo.py`, nowhere else, so that moving to
PyMongo's own asynchronous client touches those files only.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any, Final

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import IndexModel, InsertOne
from pymongo.errors import BulkWriteError, ConfigurationError, OperationFailure, PyMongoError

from shared.errors import Transient, UserError

Document = dict[str, Any]
Collection = AsyncIOMotorCollection[Document]
Database = AsyncIOMotorDatabase[Document]

DUPLICATE_KEY: Final = 11000
_SERVER_SELECTION_MS: Final = 3_000
_OPERATION_MS: Final = 10_000


class Store:
    """One database. Open it inside the running loop: the client binds to the loop it first meets."""

    def __init__(self, uri: str, database: str) -> None:
        """Connect at the first operation; raises `UserError` for what is no address of MongoDB."""
        try:
            self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
                uri,
                w="majority",
                retryWrites=True,
                serverSelectionTimeoutMS=_SERVER_SELECTION_MS,
                socketTimeoutMS=_OPERATION_MS,
                connectTimeoutMS=_SERVER_SELECTION_MS,
                maxPoolSize=20,
                appname="etiqueta",
            )
        except (ConfigurationError, ValueError):  # their text may quote the password
            raise UserError(
                "MONGODB_URI has a value that cannot be used: it is no address of MongoDB (mongodb://…)."
            ) from None
        options: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
        self._database: Database = self._client.get_database(database, codec_options=options)

    def collection(self, name: str) -> Collection:
        return self._database[name]

    async def ping(self) -> None:
        """Ask the server for a sign of life; raises `Transient` when there is none."""
        async with transient_failures():
            await self._client.admin.command("ping")

    async def declare(
        self, name: str, indexes: Sequence[IndexModel], validator: Mapping[str, Any] | None = None
    ) -> Sequence[str]:
        """Create the collection with its indexes and validator; safe to repeat.

        Returns what this server has not (a store that stands in for MongoDB has no validators, say),
        in words; the services are correct without it.
        """
        missing: list[str] = []
        async with transient_failures():
            if name not in await self._database.list_collection_names():
                await _ignoring_existing(self._database.create_collection(name))
            if indexes:
                await self._database[name].create_indexes(list(indexes))
            if validator is not None:
                try:
                    await self._database.command(
                        {
                            "collMod": name,
                            "validator": {"$jsonSchema": validator},
                            "validationLevel": "moderate",
                        }
                    )
                except OperationFailure:
                    missing.append(f"JSON Schema validation of {name}")
        return missing

    async def drop(self) -> None:
        """Drop the whole database: for tests and the demo."""
        async with transient_failures():
            await self._client.drop_database(self._database.name)

    def close(self) -> None:
        self._client.close()


async def _ignoring_existing(creation: Any) -> None:
    try:
        await creation
    except (OperationFailure, PyMongoError) as error:
        if "already exists" not in str(error):
            raise


@asynccontextmanager
async def transient_failures() -> AsyncIterator[None]:
    """Turn the driver's failures into `Transient`; their own text may quote documents."""
    try:
        yield
    except PyMongoError as error:
        raise Transient(f"MongoDB: {_name(error)}") from None


def _name(error: PyMongoError) -> str:
    code = error.code if isinstance(error, OperationFailure) else None
    return type(error).__name__ if code is None else f"{type(error).__name__}, code {code}"


async def insert_new(collection: Collection, documents: Sequence[Document]) -> frozenset[Any]:
    """Insert what is not there yet, and return the `_id`s that were; the first one stays.

    Trusts `writeErrors` alone: other counts are wrong on servers that stand in for MongoDB.
    """
    if not documents:
        return frozenset()
    try:
        async with transient_failures_but(BulkWriteError):
            await collection.bulk_write([InsertOne(document) for document in documents], ordered=False)
    except BulkWriteError as error:
        errors = error.details.get("writeErrors", [])
        if error.details.get("writeConcernErrors") or any(e["code"] != DUPLICATE_KEY for e in errors):
            raise Transient("MongoDB: a bulk write failed") from None
        return frozenset(documents[e["index"]]["_id"] for e in errors)
    return frozenset()


@asynccontextmanager
async def transient_failures_but(*passed: type[PyMongoError]) -> AsyncIterator[None]:
    """As `transient_failures`, but let the exceptions named pass as they are."""
    try:
        yield
    except passed:
        raise
    except PyMongoError as error:
        raise Transient(f"MongoDB: {_name(error)}") from None
