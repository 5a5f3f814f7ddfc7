"""How gunicorn serves: `gunicorn --config python:config.server`. GUNICORN_CMD_ARGS overrides all of it."""

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from config.logs import HEALTH
from config.variables import whole_number

PORT = whole_number("PORT", 8000, low=1, high=65_535)


class QuietLogger(Logger):  # type: ignore[misc]
    """Logs no health checks, and an address that answers: nobody's Host is the wildcard that it listens on."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        if environ.get("PATH_INFO") != HEALTH:
            super().access(resp, req, environ, request_time)

    def info(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if msg.startswith("Listening at: %s"):
            msg, args = "Listening at %s", (str(args[0]).replace("//0.0.0.0:", "//127.0.0.1:"),)
        super().info(msg, *args, **kwargs)


wsgi_app = "config.wsgi"
bind = f"0.0.0.0:{PORT}"
workers = whole_number("WEB_CONCURRENCY", 2, low=1, high=1_000)
threads = 4
preload_app = True  # the workers share one random SECRET_KEY where none is set
worker_tmp_dir = "/dev/shm"  # noqa: S108 (gunicorn's heartbeat; memory, also where the container is read-only)
control_socket_disable = True
accesslog = "-"
logger_class = QuietLogger
