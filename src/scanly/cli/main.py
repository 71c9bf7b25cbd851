"""``scanly``: the grouped help, the common options, and the one place where errors become an exit status."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from scanly import __version__
from scanly.cli.commands import Commands
from scanly.cli.session import Session, hoisted
from scanly.core.errors import Invalid, ScanlyError
from scanly.core.text import printable

_WRONG_USE = 2
_INTERRUPTED = 130

EPILOG = (
    "Every command takes --data DIR, --workspace NAME, --json and --quiet. "
    "Exit status: 0 done, 1 failed, 2 wrong use, 3 done but some rows or files failed, 130 interrupted."
)

app = typer.Typer(
    name="scanly",
    help="QR codes, short links, small web pages and scan analytics in one program.",
    epilog=EPILOG,
    cls=Commands,
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"scanly {__version__}\n")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    data: Annotated[Path | None, Option(help="The data folder (or SCANLY_DATA).", show_default=False)] = None,
    workspace: Annotated[
        str | None, Option(envvar="SCANLY_WORKSPACE", help="The workspace to work in.", show_default=False)
    ] = None,
    json: Annotated[bool, Option("--json", help="Machine output on stdout, and nothing else there.")] = False,
    quiet: Annotated[bool, Option("--quiet", help="No progress and no messages but errors.")] = False,
    debug: Annotated[bool, Option("--debug", help="Show where an error comes from.")] = False,
    version: Annotated[
        bool, Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del debug, version  # the first is read from the arguments, the second has done its work
    context.obj = Session(data, workspace, json=json, quiet=quiet)


def run() -> None:
    """The program. Exits with the status of `EPILOG`."""
    arguments = sys.argv[1:]
    if arguments == ["_picture"]:
        from scanly.media import worker

        sys.exit(worker.answer())
    if arguments[:1] in (["_work"], ["_ingest"]):
        from scanly.cli import internal

        sys.exit(internal.run(*arguments))
    if getattr(sys, "frozen", False):
        _prepare_frozen()
    sys.exit(main(hoisted(arguments)))


def main(arguments: list[str]) -> int:
    """Runs one command; returns its exit status."""
    try:
        status = typer.main.get_command(app).main(arguments, prog_name="scanly", standalone_mode=False)
    except ScanlyError as error:
        problems = error.problems if isinstance(error, Invalid) else ()
        lines = [str(problem) for problem in problems] if len(problems) > 1 else [str(error)]
        return _failed("\n".join(lines), "--debug" in arguments)
    except typer.exceptions.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # a group without a command; the class is not public
            sys.stdout.write(f"{error.format_message()}\n")
            return 0
        return _failed(_usage(error), show_trace=False, status=_WRONG_USE)
    except (typer.Abort, KeyboardInterrupt):
        return _failed("Interrupted.", show_trace=False, status=_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output went away; there is nobody to tell
        return 1
    except Exception as error:
        hint = 'Run it again with --debug and report what it shows; "scanly doctor" may know more.'
        return _failed(f"Something unexpected went wrong: {error!r}. {hint}", "--debug" in arguments)
    if status == _INTERRUPTED:
        return _failed("Interrupted.", show_trace=False, status=_INTERRUPTED)
    return status if isinstance(status, int) else 0


def _usage(error: typer.exceptions.TyperException) -> str:
    message = error.format_message().rstrip(".")
    stop = "" if message.endswith("?") else "."
    return f'{message}{stop} Run "scanly --help" or the command with --help.'


def _failed(sentence: str, show_trace: bool, status: int = 1) -> int:
    if show_trace:
        import traceback

        traceback.print_exc()
    for line in sentence.splitlines() or [""]:
        sys.stderr.write(f"scanly: {printable(line)}\n")
    return status


def _prepare_frozen() -> None:
    """A onefile binary: helpers of process pools run this file, too, and the loader must not outlive it."""
    import multiprocessing

    from scanly.ops.processes import die_with_loader

    multiprocessing.freeze_support()
    die_with_loader()
