"""A million rows of eight mixed columns through pgjdbc with a fetch size of 10,000: cilake against PostgreSQL 15, in one run."""

import pathlib
import subprocess
import sys

from common import server
from wire import ROWS, both_sides

DRIVER = "/usr/share/java/postgresql.jar"


def main():
    with both_sides() as (lake, _), server(lake):
        addresses = [f"jdbc:postgresql://127.0.0.1:{port}/cilake?user={user}" for port, user in ((5598, "postgres"), (5599, "bench"))]
        program = pathlib.Path(__file__).with_name("Fetch.java")
        done = subprocess.run(["java", "-cp", DRIVER, program, *addresses], check=True, stdout=subprocess.PIPE, text=True)
    theirs, ours = map(float, done.stdout.split())
    for label, seconds in (("PostgreSQL", theirs), ("cilake", ours)):
        print(f"{label:12} {seconds:6.3f} s  {ROWS / seconds / 1e6:5.2f} M rows/s")
    print(f"pgjdbc, fetch size 10,000: {theirs / ours:.2f} × PostgreSQL's rows/s")


if __name__ == "__main__":
    sys.exit(main())
