"""What the comparisons share: a cilake server over a lake, alternating runs, medians."""

import contextlib
import os
import pathlib
import statistics
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def binary():
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    return os.environ.get("CILAKE_BINARY") or str(pathlib.Path(target) / "release" / "cilake")


@contextlib.contextmanager
def server(lake, port=5599, memory="4GB"):
    """Serves a lake; gives the process, ready for connections."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [binary(), "serve", "--lake", str(lake), "--port", str(port), "--memory-limit", memory, "--threads", "2"],
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stderr.readline()
    process.ready_ms = (time.perf_counter() - started) * 1000
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def resident_mb(pid, peak=False):
    field = "VmHWM" if peak else "VmRSS"
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no memory figure")


def own_mb(pid):
    """Memory without the pages of the program's file, which come in as code is first used."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no memory figure")


class Peak:
    """The most memory of its own that a process has while this is open, looked at a hundred times a second."""

    def __init__(self, pid):
        self.pid, self.mb, self.done = pid, 0, threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self):
        while not self.done.wait(0.01):
            self.mb = max(self.mb, own_mb(self.pid))

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def alternate(jobs, runs=5):
    """Runs the jobs in turn, after one warm-up each: medians in seconds, by name."""
    times = {name: [] for name in jobs}
    for turn in range(runs + 1):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            if turn > 0:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in times.items()}
