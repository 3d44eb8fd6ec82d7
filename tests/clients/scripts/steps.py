"""Runs the steps of a client and prints what each gives; a step that fails prints its SQLSTATE, and the next one runs."""
import asyncio
import signal

SECONDS_MAX = 20


def sqlstate(error):
    """The code that the driver, or the driver below it, carries."""
    while error is not None:
        for name in ("sqlstate", "pgcode"):
            if isinstance(code := getattr(error, name, None), str):
                return code
        error = getattr(error, "orig", None) or error.__cause__
    return None


def failure(error):
    return f"{type(error).__name__} {sqlstate(error) or (str(error).splitlines() or [''])[0]}"


def show(value):
    """Lists one item a line, everything else as Python writes it."""
    if isinstance(value, list):
        return "".join(f"\n  {item!r}" for item in value)
    return f" {value!r}"


def late(*_):
    raise TimeoutError(f"no answer in {SECONDS_MAX} seconds")


def step(name, run):
    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS_MAX)
    try:
        print(name + ":" + show(run()), flush=True)
    except Exception as error:
        print(f"{name}: {failure(error)}", flush=True)
    finally:
        signal.alarm(0)


async def astep(name, run):
    try:
        print(name + ":" + show(await asyncio.wait_for(run(), SECONDS_MAX)), flush=True)
    except Exception as error:
        print(f"{name}: {failure(error)}", flush=True)
