"""The program's settings: one model, read from everywhere they may come from.

Defaults < `settings.toml` < environment (`LABWRIGHT_PORT=8000`) < command line.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from app.archive.naming import DEFAULT_PATTERN, NamePattern
from things.errors import ThingError, ValueRefusedError
from things.schemas import said_plainly

APP = "labwright"
DEFAULT_PORT = 7170


class SettingsError(ThingError):
    """A setting is wrong; says which, where it came from and what was expected."""


def default_data_folder() -> Path:
    """Where data is kept unless told otherwise, by the manners of the system."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def default_lock_folder() -> Path:
    """The same for all programs of a user, whatever their data folders."""
    return Path(platformdirs.user_state_dir(APP, appauthor=False)) / "running"


def settings_file() -> Path:
    """Where the settings file is looked for; `LABWRIGHT_SETTINGS_FILE` names another."""
    given = os.environ.get("LABWRIGHT_SETTINGS_FILE")
    if given:
        return Path(given)
    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "settings.toml"


class Settings(BaseSettings):
    """What can be set, with its default."""

    model_config = SettingsConfigDict(
        env_prefix="LABWRIGHT_", extra="forbid", validate_default=True, frozen=True
    )

    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(
        DEFAULT_PORT, ge=0, le=65535, description="Port the server listens on; 0 picks a free one."
    )
    prefix: str = Field(
        "",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="Path below which everything is served, such as '/lab'.",
    )
    data_folder: Path = Field(
        default_factory=default_data_folder, description="Where settings and records are kept."
    )
    lock_folder: Path = Field(
        default_factory=default_lock_folder,
        description="Where programs of this user see which benches are running.",
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description="Origins of web pages elsewhere that may use the server, exactly."
    )
    max_invocations: int = Field(
        100, ge=1, le=10_000, description="How many actions may run or wait at once."
    )
    stuck_after_s: float = Field(
        3.0,
        gt=0,
        le=600,
        description="How long after it was asked to stop an action that goes on counts as stuck.",
    )
    write_wait_s: float = Field(
        0.5,
        ge=0,
        le=60,
        description="How long setting a value waits for a busy instrument before it is refused.",
    )
    record_runs: bool = Field(
        True,
        description="Whether every run is recorded. Where it cannot be, no action is started.",
    )
    ledger_keep_days: float = Field(
        3650.0, gt=0, le=36_500, description="How old recorded runs may become, in days."
    )
    ledger_max_mb: float = Field(
        2000.0, ge=1, description="How much recorded runs may take on the disk, in megabytes."
    )
    database_url: str = Field(
        "",
        description="Address of a PostgreSQL database that records are kept in, such as "
        "'postgresql://lab@server/labwright'; a file in the folder of data without.",
    )
    database_copies: int = Field(
        2, ge=0, le=100, description="How many daily copies of the database file are kept."
    )
    archive_folder: Path | None = Field(
        None,
        description="Where kept files lie; each bench has a folder in it. Beside its records where "
        "nothing is said.",
    )
    archive_names: str = Field(
        DEFAULT_PATTERN,
        description="What kept files are called: {date}, {time}, {sample}, {session}, {operator}, "
        "{thing}, {action}, {output} and {n}, which counts.",
    )
    archive_max_mb: float | None = Field(
        None, ge=1, description="How much kept files may take, in megabytes; as much as there is."
    )
    archive_low_mb: float = Field(
        256.0,
        ge=0,
        description="With less room on the disk, in megabytes, nothing is kept, and no action is "
        "started whose outputs would be.",
    )
    output_memory_mb: float = Field(
        512.0, ge=0, description="How much of what actions returned may be in memory, in megabytes."
    )
    output_cache_mb: float = Field(
        2000.0, ge=0, description="How much outputs that nobody kept may take on the disk."
    )
    output_cache_days: float = Field(
        7.0, ge=0, le=3650, description="How long outputs that nobody kept stay, in days."
    )
    max_body_bytes: int = Field(
        16 * 2**20, ge=1024, description="Largest JSON body taken from the network, in bytes."
    )
    max_upload_bytes: int = Field(
        2**30, ge=1024, description="Largest file taken from the network, in bytes."
    )
    close_wait_s: float = Field(
        5.0, gt=0, le=600, description="How long running actions are waited for at the end."
    )
    dev: bool = Field(
        False,
        description="Whether developers of drivers may try faults on simulated instruments.",
    )

    @field_validator("archive_names")
    @classmethod
    def _archive_names(cls, given: str) -> str:
        try:
            NamePattern(given)
        except ValueRefusedError as error:
            raise ValueError(error.reason) from None
        return given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, then environment, then file."""
        file = InitSettingsSource(settings_cls, _from_file(settings_file(), cls))
        return init_settings, env_settings, file


def _from_file(file: Path, model: type[Settings]) -> dict[str, Any]:
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read: {error}") from error
    for key in raw:
        if key not in model.model_fields:
            near = difflib.get_close_matches(key, model.model_fields, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            known = ", ".join(model.model_fields)
            raise SettingsError(f"{file}: unknown key {key!r}{hint} Known are {known}")
    return raw


def read_settings(**command_line: Any) -> Settings:
    """All settings.

    Args:
        **command_line: What was given there; None means not given.

    Raises:
        SettingsError: A key is not known or a value does not fit.
    """
    given = {key: value for key, value in command_line.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        key = str(fault["loc"][0]) if fault["loc"] else "settings"
        raise SettingsError(
            f"{_source(key, given)}: {key} {said_plainly(fault)}, not {fault['input']!r}"
        ) from None


def _source(key: str, given: dict[str, Any]) -> str:
    if key in given:
        return "command line"
    if EnvSettingsSource(Settings).env_vars.get(f"labwright_{key}") is not None:
        return f"environment LABWRIGHT_{key.upper()}"
    return str(settings_file())
