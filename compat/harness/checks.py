"""What the suites of the Python clients share: checks, and sections that run side by side."""
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

bootstrap = sys.argv[1]
_lock = threading.Lock()
_failed = False


def check(area, what, holds, *why):
    """Prints the line of a behaviour."""
    global _failed
    with _lock:
        _failed = _failed or not holds
        print(f"ok - {area}: {what}" if holds else f"not ok - {area}: {what}: {' '.join(map(str, why))}", flush=True)


def refused(area, what, action, *expected):
    """Checks that an action ends with one of these errors: its class, or what a KafkaException of librdkafka holds."""
    try:
        action()
        check(area, what, False, "it was accepted")
    except Exception as error:
        inner = error.args[0] if error.args else None
        name = inner.name() if hasattr(inner, "name") else type(error).__name__
        check(area, what, name in expected, name, repr(error))


def run_sections(*sections):
    """Runs them six at a time; one that raises counts as a failed check of its area, the first word of its name."""
    def guarded(section):
        try:
            section()
        except Exception as error:
            lines = ", ".join(f"{f.name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)[1:5])
            check(section.__name__.split("_")[0], f"section {section.__name__}", False, f"{error!r} at {lines}")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(guarded, sections))


def exit_code():
    """1 if a check failed."""
    return 1 if _failed else 0


def until(condition, step=lambda: time.sleep(0.02), seconds=30):
    """Waits for a condition; the answer is whether it came true."""
    deadline = time.time() + seconds
    while not condition() and time.time() < deadline:
        step()
    return condition()
