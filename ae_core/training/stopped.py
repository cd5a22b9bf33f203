"""Runs that were stopped on the command line, kept so that the same command goes on with them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as write_tensors

from ae_core.errors import DiskError, UserError
from ae_core.settings import settings
from ae_core.storage.folders import write_file
from ae_core.texts import _
from ae_core.training.base_run import BaseRun
from ae_core.training.specs import Spec


def keep(run: BaseRun[Any, Any]) -> None:
    """Keep the state of a run that was stopped, so that `resume` can go on to the same bits.

    Raises:
        UserError: the disk does not take it.
    """
    path = _path(run.spec)
    state = write_tensors(run.training.state(), metadata={"command": run.spec.command()})
    try:
        write_file(path, state)
    except OSError as failure:
        raise DiskError(
            _(
                "The stopped run could not be kept in {folder} ({reason}). Make room or choose"
                " another AE_HOME.",
                folder=path.parent, reason=failure.strerror,
            )
        ) from failure  # fmt: skip


def resume(run: BaseRun[Any, Any]) -> None:
    """Take a run that has just been started to where `keep` left it.

    Raises:
        UserError: none was stopped, another command asked for it, or its file is damaged.
    """
    path = _path(run.spec)
    if not path.is_file():
        raise UserError(_("There is no stopped run to resume in {folder}.", folder=path.parent))
    try:
        with safe_open(path, "pt") as file:
            command = (file.metadata() or {}).get("command")
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if command == run.spec.command():
            run.training.restore(state)
    except (SafetensorError, KeyError, RuntimeError, ValueError) as failure:
        raise UserError(
            _(
                "The stopped run in {file} is damaged or of another version. Delete that file and"
                " train again.",
                file=path,
            )
        ) from failure
    if command != run.spec.command():
        raise UserError(
            _("Another command was stopped: {command}. Resume that one.", command=command)
        )


def commands() -> dict[str, str]:
    """What asked for each run that was stopped, by its name; damaged files are left out."""
    found = {}
    for path in sorted(_folder().glob("*.safetensors")):
        with suppress(SafetensorError, OSError), safe_open(path, "pt") as file:
            found[path.stem] = (file.metadata() or {}).get("command", "")
    return found


def discard(spec: Spec) -> None:
    """Forget the state that `keep` kept, if any."""
    if (path := _path(spec)).is_file():
        path.unlink()


def _path(spec: Spec) -> Path:
    return _folder() / f"{spec.kept_name}.safetensors"


def _folder() -> Path:
    return settings().home / "stopped"
