"""What the comparisons share: a cilake server over a lake, alternating runs, medians."""

import contextlib
import os
import pathlib
import statistics
import subprocess
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
