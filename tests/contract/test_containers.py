"""The containers' description: what cannot be run without an engine is held against the settings, the commands and the schema."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from amends.cli.main import amends
from amends.core.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def parsed(command: list[str]) -> click.Context:
    """Let our own command line read a container's command, without running it."""
    context = click.Context(amends)
    name, found, rest = amends.resolve_command(context, command)
    assert found is not None
    return found.make_context(name, rest, parent=context)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_container_runs_a_command_that_there_is(name: str) -> None:
    parsed(OURS[name]["command"])


def test_every_part_of_an_installation_has_its_container() -> None:
    assert {tuple(service["command"]) for service in OURS.values()} == {
        ("migrate",),
        ("api",),
        ("worker", "--lane", "collect"),
        ("worker", "--lane", "desk"),
        ("beat",),
    }


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_lasting_service_has_a_health_check_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", [name for name in OURS if OURS[name].get("healthcheck", {}).get("test", [])[4:5] == ["amends.cli.main"]])
def test_health_checks_ask_doctor_something_it_knows(name: str) -> None:
    parsed(OURS[name]["healthcheck"]["test"][5:])


def test_containers_are_given_settings_that_there_are() -> None:
    known = {f"AMENDS_{field.upper()}" for field in Settings.model_fields}
    for service in OURS.values():
        assert set(service["environment"]) <= known


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("AMENDS_SECRET_KEY", "POSTGRES_PASSWORD", "RABBITMQ_PASSWORD"):
        uses = re.findall(rf"\$\{{{name}([^}}]*)}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)


def test_nobody_is_root_and_nothing_is_written_into_the_image() -> None:
    assert re.search(r"^USER amends$", DOCKERFILE, re.MULTILINE)
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_images_are_pinned_and_data_lives_in_volumes() -> None:
    images = [service["image"] for service in SERVICES.values()] + re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []
    for name in ("postgres", "rabbitmq"):
        volume = SERVICES[name]["volumes"][0].split(":")[0]
        assert volume in COMPOSE["volumes"]


def test_services_wait_for_services_that_there_are() -> None:
    for service in SERVICES.values():
        for waited, how in service.get("depends_on", {}).items():
            assert how["condition"] in {"service_healthy", "service_completed_successfully"}
            assert "healthcheck" in SERVICES[waited] or how["condition"] == "service_completed_successfully"


def test_compose_itself_takes_the_file() -> None:
    if shutil.which("docker") is None or subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("there is no docker compose here")
    env = {"PATH": "/usr/bin:/bin", "AMENDS_SECRET_KEY": "x" * 20, "POSTGRES_PASSWORD": "y", "RABBITMQ_PASSWORD": "z"}
    done = subprocess.run(["docker", "compose", "config", "--quiet"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
