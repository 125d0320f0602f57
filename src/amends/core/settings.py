"""Every setting of an installation: one frozen object, read from `AMENDS_*` variables and `.env`."""

from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from amends.core.errors import SettingsWrong

DEMO_SECRET = "demo-secret-never-use-this-elsewhere"  # noqa: S105


class Mode(StrEnum):
    """What this process runs for."""

    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class WatchSetting(BaseModel):
    """One thing to watch on a source."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    query: str = ""


class SourceSetting(BaseModel):
    """One source of `AMENDS_SOURCES`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    brand: str
    network: str
    handle: str
    credentials: dict[str, SecretStr] = Field(default_factory=dict)
    options: dict[str, str] = Field(default_factory=dict)
    watches: tuple[WatchSetting, ...] = ()


class Settings(BaseSettings):
    """The settings; `.env.example` says what each one means."""

    model_config = SettingsConfigDict(env_prefix="AMENDS_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    mode: Mode = Mode.PRODUCTION
    secret_key: SecretStr = SecretStr(DEMO_SECRET)
    database_url: str | None = None
    broker_url: str | None = None
    data_dir: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    log_level: str = "info"
    log_json: bool = False
    sources: tuple[SourceSetting, ...] = ()
    triage_model: str = ""
    poll_seconds: float = Field(default=60, gt=0)
    page_budget: int = Field(default=100, ge=10, le=100)
    alert_urgency: int = Field(default=60, ge=0, le=100)
    alert_followers: int = Field(default=10_000, ge=0)
    alert_cooldown: timedelta = timedelta(minutes=30)
    alert_channels: tuple[str, ...] = ()
    follow_up_after: timedelta = timedelta(days=7)
    proof_after: timedelta = timedelta(minutes=1)
    proof_again_after: timedelta = timedelta(hours=1)
    proof_last_after: timedelta = timedelta(days=1)
    look_after: timedelta = timedelta(hours=1)
    undo_seconds: float = Field(default=10, ge=0, le=120)
    translator_url: str = ""
    translator_key: SecretStr = SecretStr("")
    translator_model: str = ""
    session_length: timedelta = timedelta(hours=12)
    mail_url: SecretStr = SecretStr("")
    require_second_factor: tuple[Literal["agent", "lead", "manager", "admin", "auditor"], ...] = ()
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = "single sign-on"
    oidc_role: Literal["", "agent", "lead", "manager", "admin", "auditor"] = ""
    oidc_only: bool = False

    def check(self) -> "Settings":
        """Return these settings, or raise `SettingsWrong` where they are not safe to run with."""
        if self.mode is Mode.PRODUCTION and self.secret_key.get_secret_value() == DEMO_SECRET:
            raise SettingsWrong("AMENDS_SECRET_KEY is not set. Put a long random text into .env; `./amends secret` prints one.")
        if len(self.secret_key.get_secret_value()) < 16:  # noqa: PLR2004
            raise SettingsWrong("AMENDS_SECRET_KEY is shorter than 16 characters.")
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise SettingsWrong("Single sign-on needs both AMENDS_OIDC_ISSUER and AMENDS_OIDC_CLIENT_ID.")
        if self.oidc_only and not self.oidc_issuer:
            raise SettingsWrong("AMENDS_OIDC_ONLY needs AMENDS_OIDC_ISSUER, or nobody could sign in.")
        return self


def read_settings(**given: Any) -> Settings:
    """Return the settings of this process; `given` wins over the environment. `SettingsWrong` names every setting that is not valid."""
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = [f"AMENDS_{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}" for fault in error.errors()]
        raise SettingsWrong("\n".join(lines)) from None


@cache
def settings() -> Settings:
    """Return the settings of this process, read and checked once."""
    return read_settings().check()
