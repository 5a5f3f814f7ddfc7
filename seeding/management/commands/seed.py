"""`manage.py seed`: a thin face over `seeding.seed`. It parses, calls, prints, and maps errors to exit codes."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import signal
import sys
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import TextIOWrapper
from pathlib import Path
from shutil import get_terminal_size
from types import FrameType
from typing import Any, TextIO, TypeVar, cast

from django.core.management.base import CommandError, CommandParser, DjangoHelpFormatter, OutputWrapper

from seeding import conf
from seeding.apply.seed import seed
from seeding.database.connections import check_alias, describe
from seeding.errors import Differs, SeedError
from seeding.management import drafting
from seeding.management.errors import PlainErrors
from seeding.report.progress import Progress
from seeding.report.results import Loss
from seeding.report.terminal import Bar, Display, Log, has_bar
from seeding.report.wording import duration, printable, row_line, safe

T = TypeVar("T")

LOCKING = {"concurrent", "logging", "queue", "threading"}  # packages whose functions acquire locks in Python

EXAMPLES_AND_EXIT_CODES = """
examples:
  manage.py seed               seed, once per version
  manage.py seed --plan        see what that would do
  manage.py seed --version v2  replace the data with v2
  manage.py seed --force       apply the version again
  manage.py seed --clear       remove what seeds created
  manage.py seed --status      see the history
  manage.py seed --verify      compare every seeded row

exit codes:
  0  seeded, already applied, cleared, or the same
  1  failed, or a bad value in the environment;
     nothing was changed
  2  a bad value on the command line
  3  --check, --verify: the version isn't applied
  4  --check: the code or the row counts now generate
     something else; --verify: the data differs
  5  a lock was not acquired within SEED_LOCK_TIMEOUT
  6  refused: seeding isn't enabled here (SEED_ENABLED), or
     rows not created by a seed would be deleted
  130, 143  interrupted; nothing was changed
"""


class Command(PlainErrors):
    help = "Fills the database with the configured version of the demo\ndata, once per version, all or nothing."
    display: Display | None = None
    requires_system_checks = ()  # they take longer than a skip; what a seed needs, it checks itself

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["no_color"] = kwargs.get("no_color") or bool(os.environ.get("NO_COLOR"))  # see no-color.org
        for stream in ("stdout", "stderr"):
            if getattr(sys, stream) is None:  # closed before the process started, as daemons do
                kwargs[stream] = kwargs.get(stream) or Path(os.devnull).open("w")  # noqa: SIM115
        super().__init__(*args, **kwargs)
        self.stdout, self.stderr = _Patient(self.stdout), _Patient(self.stderr)
        self.signals: list[int] = []
        self.row_counts: dict[str, int] = {}
        self.unusable: SeedError | None = None
        try:
            self.row_counts = conf.default_row_counts()
        except SeedError as exc:  # said when the command runs, by when errors become one line
            self.unusable = exc

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs |= {"usage": "%(prog)s [options]", "epilog": EXAMPLES_AND_EXIT_CODES}
        kwargs |= {"formatter_class": _HelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.allow_abbrev = False  # --over is no --overwrite
        what = parser.add_argument_group("what to seed", conflict_handler="resolve")  # Django has a --version, too
        for name, rows in self.row_counts.items():
            what.add_argument(
                f"--{name.replace('_', '-')}",
                dest=name,
                type=_checked(conf.row_count),
                metavar="N",
                help=f"number of {name} (SEED_{name.upper()}, else {rows:,})",
            )
        for option in ("--seed-version", "--version"):
            what.add_argument(
                option,
                dest="seed_version",
                type=_checked(conf.version_name),
                metavar="V",
                help="version to apply (SEED_VERSION, else v1)" if option != "--version" else "the same",
            )
        what.add_argument(
            "--loader",
            type=_checked(conf.loader_name),
            metavar="L",
            help=f"one of {', '.join(conf.LOADERS)} (SEED_LOADER, else auto)",
        )
        what.add_argument("--database", default="default", metavar="ALIAS", help="database to seed (default)")
        parser.add_argument("--force", action="store_true", help="apply the version again even if it is applied")
        parser.add_argument(
            "--overwrite", action="store_true", help="also delete rows not created by a seed, if need be"
        )
        parser.add_argument(
            "--clear", action="store_true", help="remove what seeds created, and nothing else; seed nothing"
        )
        parser.add_argument(
            "--wait",
            type=_checked(conf.seconds),
            default=0,
            metavar="SECONDS",
            help="how long to wait for a database that is still starting (0)",
        )
        parser.add_argument("--noinput", "--no-input", action="store_true", help="never ask")
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument(
            "--plan", action="store_true", help="say what would be deleted, kept and created; change nothing"
        )
        mode.add_argument("--status", action="store_true", help="show the history, and whether a seed is running now")
        mode.add_argument(
            "--check",
            action="store_true",
            help="check whether the version is applied, and whether the code still generates it",
        )
        mode.add_argument("--verify", action="store_true", help="compare every seeded row with what was generated")
        drafting.add_arguments(parser)
        parser.add_argument(
            "--format", choices=("table", "json"), default="table", help="how --status and --plan print (table)"
        )

    def handle(self, **options: Any) -> None:
        atexit.register(gc.freeze)  # don't search a process that ends for garbage: it takes longer than a skip
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a name in another script is no reason to fail
        self.verbosity: int = options["verbosity"]
        self.options = options
        if options["format"] == "json" and not (options["status"] or options["plan"]):
            raise CommandError("--format json goes with --status or --plan; nothing was done.", returncode=2)
        if options["clear"] and (unfit := self._unfit_for_clear()):
            raise CommandError(f"--clear doesn't go with {unfit}; nothing was done.", returncode=2)
        try:
            if self.unusable is not None:
                raise self.unusable
            with _interruptible(self.signals), _logging_elsewhere():
                if options["wait"]:
                    from seeding.database.startup import wait_until_up

                    check_alias(options["database"])
                    wait_until_up(options["database"], options["wait"], self.report)
                if options["draft"] is not None or options["write"] is not None:
                    self._write(self.stdout, drafting.draft(options))
                elif options["status"]:
                    self.show_status()
                elif options["plan"]:
                    self.show_plan()
                elif options["check"]:
                    self.check_applied()
                elif options["verify"]:
                    self.verify()
                elif options["clear"]:
                    self.clear()
                else:
                    self.seed()
        except SeedError as exc:
            raise CommandError(safe(str(exc)), returncode=exc.exit_code) from exc

    def seed(self) -> None:
        with self._display() as self.display:
            result = seed(
                **self._seed_arguments(),
                force=self.options["force"],
                overwrite=self.options["overwrite"],
                confirm=self._confirm() if not self.options["noinput"] else None,
                report=self.report,
            )
        self.display = None
        self._say(str(result), style=None if result.skipped else self.style.SUCCESS)

    def clear(self) -> None:
        from seeding.apply.clear import clear

        with self._display() as self.display:
            result = clear(
                using=self.options["database"],
                overwrite=self.options["overwrite"],
                confirm=self._confirm() if not self.options["noinput"] else None,
                report=self.report,
            )
        self.display = None
        self._say(str(result), style=self.style.SUCCESS if result.version is not None else None)

    def _unfit_for_clear(self) -> str:
        """Return the options given that say what to seed, or do something else."""
        names = ["seed_version", "loader", "force", "status", "check", "verify", *self.row_counts]
        given = [name for name in names if self.options[name] not in (None, False)]
        return ", ".join(f"--{name.replace('_', '-')}" for name in given)

    def check_applied(self) -> None:
        from seeding.apply.check import check

        self._say(check(**self._seed_arguments()))

    def verify(self) -> None:
        from seeding.apply.verify import verify

        with self._display() as self.display:
            found = verify(**self._seed_arguments(), report=self.report)
        self.display = None
        if not found.same:
            raise Differs(str(found))
        self._say(str(found), style=self.style.SUCCESS)

    def _display(self) -> AbstractContextManager[Display | None]:
        """Return what shows the progress: a bar at a terminal, else a line now and then; nothing at verbosity 0."""
        if not self.verbosity:
            return nullcontext()
        plain = self.verbosity > 1 or not self.stdout.isatty() or os.environ.get("NO_COLOR") or self.options["no_color"]
        return Log(self._line) if plain or not has_bar() else Bar(self._line)

    def show_plan(self) -> None:
        from seeding.apply.clear import plan_clear
        from seeding.apply.plan import plan
        from seeding.report.as_json import plan_as_json
        from seeding.report.text import plan_as_text

        clears = self.options["clear"]
        found = (
            plan_clear(self.options["database"], self.report)
            if clears
            else plan(**self._seed_arguments(), report=self.report)
        )
        text = plan_as_json(found) if self.options["format"] == "json" else plan_as_text(found)
        self._write(self.stdout, text)

    def show_status(self) -> None:
        from seeding.apply.plan import status
        from seeding.report.as_json import status_as_json
        from seeding.report.text import status_as_text

        is_json = self.options["format"] == "json"
        found = status(self.options["database"], most=None) if is_json else status(self.options["database"])
        if is_json:
            self._write(self.stdout, status_as_json(found))
        else:
            colours = {"success": self.style.SUCCESS, "failed": self.style.ERROR}
            self._write(self.stdout, status_as_text(found, get_terminal_size().columns, colours))

    def report(self, event: Progress) -> None:
        """Print an event: warnings always but at verbosity 0, a line a table at 1, a line a batch at 2."""
        if self.display is not None:
            self.display.update(event)
        if event.stage == "warning":
            self._warn(self.style.WARNING(f"Warning: {printable(event.message)}"))
        elif event.stage in ("loading", "comparing"):
            if event.done:
                self._say(f"  {event.table}: {event.done:,} of {event.total:,} rows", level=2)
        elif event.stage == "recreating":
            self._say(f"  {printable(event.message)}", level=2)
        elif event.stage in ("loaded", "deleted"):
            self._say(row_line(printable(event.table), event.total, duration(event.seconds)))
        elif event.stage == "step":
            self._say(f"  {printable(event.message)}", level=2)
        elif event.message:
            self._say(printable(event.message), level=2 if event.stage == "note" else 1)
        if self.signals and event.stage != "warning":  # the handler noted it, and couldn't raise it, or it was lost
            raise Signalled(self.signals[0])

    def _say(self, line: str, *, level: int = 1, style: Callable[[str], str] | None = None) -> None:
        if self.verbosity < level:
            return
        if self.display is not None:
            self.display.print(safe(line))
        else:
            self._write(self.stdout, style(safe(line)) if style else safe(line))

    def _warn(self, line: str) -> None:
        if self.verbosity:
            with self.display.paused() if self.display is not None else nullcontext():
                self._write(self.stderr, line)

    def _line(self, line: str) -> None:
        self._write(self.stdout, line)

    def _write(self, stream: OutputWrapper, text: str) -> None:
        stream.write(text)
        stream.flush()

    def _seed_arguments(self) -> dict[str, Any]:
        given = {name: self.options[name] for name in self.row_counts}
        return {
            "version": self.options["seed_version"],
            "row_counts": {name: rows for name, rows in given.items() if rows is not None},
            "loader": self.options["loader"],
            "using": self.options["database"],
        }

    def _confirm(self) -> Callable[[Sequence[Loss]], bool] | None:
        """Return a function that asks the person at the terminal, if there is one."""
        if sys.stdin is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return None

        def ask(losses: Sequence[Loss]) -> bool:
            database = describe(self.options["database"])
            with self.display.paused() if self.display is not None else nullcontext():
                self.stdout.write(f"These rows of {database} were not created by a seed, and would be deleted:")
                for loss in losses:
                    self.stdout.write(f"  {loss}")
                try:
                    return input("Delete them? [y/N] ").strip().lower() in ("y", "yes")
                except EOFError:
                    return False

        return ask


class _HelpFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Shows the examples line by line, and this command's own --version among its own options."""

    show_last = DjangoHelpFormatter.show_last - {"--version"}


class _Patient(OutputWrapper):
    """A stream that may be closed or full: no reason to stop, nor to end with another exit code."""

    def __init__(self, wrapped: OutputWrapper) -> None:
        super().__init__(cast(TextIO, wrapped._out), ending=wrapped.ending)
        self.style_func = wrapped.style_func

    def write(  # type: ignore[override]  # as its parent does
        self, msg: str = "", style_func: Callable[[str], str] | None = None, ending: str | None = None
    ) -> None:
        try:
            super().write(msg, style_func, ending)
            self.flush()
        except OSError:  # nobody reads on: Python shouldn't complain of it either when it exits
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())


class Signalled(KeyboardInterrupt):
    """SIGINT or SIGTERM: the driver cancels its query, and the transaction is rolled back."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.signal_number = number


@contextmanager
def _interruptible(signals: list[int]) -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, and note in `signals` what came.

    Only a process's main thread gets signals. An exception that a handler raises is lost where Python happens to run a
    destructor, and leaves a lock locked forever where Python had just acquired it; hence the note.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        signals.append(number)
        if len(signals) > 1:  # a second one must not disturb the rollback, nor the look at how COMMIT ended
            return
        module = frame.f_globals.get("__name__", "") if frame is not None else ""
        if module.partition(".")[0] not in LOCKING:
            raise Signalled(number)

    try:
        before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # another thread
        yield
        return
    try:
        yield
    except KeyboardInterrupt as exc:  # outside the seed's own work: nothing to undo
        number = getattr(exc, "signal_number", signal.SIGINT)
        raise CommandError("Interrupted; nothing was changed.", returncode=128 + number) from exc
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _logging_elsewhere() -> Iterator[None]:
    """Keep the engine's log records off the terminal in the block: this command says there what they say."""

    def is_of_others(record: logging.LogRecord) -> bool:
        return record.name != "seeding"

    found = [handler for name in ("", "seeding") for handler in logging.getLogger(name).handlers]
    terminal = [h for h in found if isinstance(h, logging.StreamHandler) and h.stream in (sys.stdout, sys.stderr)]
    for handler in terminal:
        handler.addFilter(is_of_others)
    try:
        yield
    finally:
        for handler in terminal:
            handler.removeFilter(is_of_others)


def _checked(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Return `parse` as argparse wants it: its message is shown, not just its name."""

    def parsed(text: str) -> T:
        try:
            return parse(text)
        except ValueError as exc:
            raise ArgumentTypeError(str(exc)) from exc

    return parsed
