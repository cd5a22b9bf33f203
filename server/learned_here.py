"""What a visitor's browser has learned, as it sends it: checked, and put where it is measured."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ae_core.errors import UserError
from ae_core.texts import N_, _
from server.making import asked
from server.owner import person_of
from server.uploads import LEARNED

TOO_MUCH = N_("That is more than a model from a browser can be.")
NO_DISK = N_("The disk does not take it just now. Send it again in a while.")


async def take(request: Request) -> Response:
    """A result: the number of the job that measures it and keeps it, or why it is refused."""
    from ae_core.training.received import MOST_BYTES  # torch comes after the first page

    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            return PlainTextResponse(_(TOO_MUCH), status_code=413)
        parts.append(part)
    try:
        return JSONResponse({"job": await asked(_submitted, request, b"".join(parts))})
    except UserError as failure:
        return PlainTextResponse(str(failure), status_code=422)
    except OSError:
        return PlainTextResponse(_(NO_DISK), status_code=503)


def _submitted(request: Request, data: bytes) -> int:
    """Who trains on a shared set had its link, as who opens the set."""
    from ae_core.jobs import access
    from ae_core.training import received

    person = person_of(request, received.spec_in(data).image_set)
    return access.submit_learned(person, data).id


ROUTES = [Route(LEARNED, take, methods=["PUT"])]
