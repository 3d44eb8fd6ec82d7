"""Runs statements on PostgreSQL and on cilake and compares columns, types, rows and SQLSTATEs.

    compare.py --postgres DSN --cilake DSN [--corpus TOPIC ...] [--generate CASES] [--seed SEED] [--verbose]

Both servers get the tables of tables.sql, unless --keep says that they have them. The corpus is one statement a line; before one that
differs stands `-- differs KINDS: reason`, and any other difference, or none, is an error. The last line is a count; the exit status is 1
if anything differs that is not documented.
"""

import argparse
import collections
import decimal
import math
import pathlib
import re
import sys

import psycopg

HERE = pathlib.Path(__file__).parent
FLOATS = (700, 701)
NUMBERS = (20, 21, 23, 1700, *FLOATS)
TEXTS = (25, 1043)
KINDS = ["silent", "value", "written", "error", "sqlstate", "name", "type"]


class Server:
    """A connection that is made again when it is lost."""

    def __init__(self, dsn):
        self.dsn, self.connection = dsn, None

    def connected(self):
        if self.connection is None or self.connection.closed:
            self.connection = psycopg.connect(self.dsn, autocommit=True)
            self.connection.execute("SET TIME ZONE 'Europe/Berlin'")
            self.connection.execute("SET statement_timeout = '20s'")
        return self.connection

    def answer(self, statement):
        """("rows", names, types, rows as PostgreSQL writes them) or ("error", SQLSTATE, message)."""
        try:
            result = self.connected().pgconn.exec_(statement.encode())
        except psycopg.OperationalError as error:
            return ("error", "lost connection", str(error))
        columns = range(result.nfields)
        if result.status != psycopg.pq.ExecStatus.TUPLES_OK:
            state = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE) or b""
            return ("error", state.decode(), result.error_message.decode("utf8", "replace").split("\n")[0])
        names = [result.fname(column).decode() for column in columns]
        types = [result.ftype(column) for column in columns]
        cells = lambda row: tuple(None if (v := result.get_value(row, c)) is None else v.decode("utf8", "replace") for c in columns)
        return ("rows", names, types, [cells(row) for row in range(result.ntuples)])


def ordered(statement):
    """Whether the statement itself, not a part of it in parentheses, says an order."""
    text, before = re.sub(r"'(?:[^']|'')*'", "", statement), None
    while text != before:
        before, text = text, re.sub(r"\([^()]*\)", "", text)
    return re.search(r"\border by\b", text, re.IGNORECASE) is not None


def same_number(a, b, is_float):
    if not is_float:
        try:
            return decimal.Decimal(a) == decimal.Decimal(b)
        except (TypeError, ValueError, decimal.InvalidOperation):
            return False
    try:
        x, y = float(a), float(b)
    except (TypeError, ValueError):
        return False
    # Sums of doubles depend on the order of the rows, and libraries of functions differ in the last bit.
    return x == y or abs(x - y) <= 4e-15 * max(abs(x), abs(y))


def without_zeros(text):
    """The text with the zeros at the end of each decimal fraction cut off."""
    return text and re.sub(r"\.(?!\d)", "", re.sub(r"(\.\d*?)0+(?!\d)", r"\1", text))


def same_cells(a, b, types, other_types, written):
    def same(x, y, one, other):
        if x == y:
            return True
        if one in FLOATS:
            return same_number(x, y, True)
        if written and one in NUMBERS and other in NUMBERS:
            return same_number(x, y, False)
        return written and one in TEXTS and without_zeros(x) == without_zeros(y)

    return len(a) == len(b) and all(
        len(x) == len(y) and all(map(same, x, y, types, other_types)) for x, y in zip(a, b)
    )


def sortable(row):
    def key(cell):
        try:
            number = float(cell)
            return (1, 0.0 if math.isnan(number) else number, "NaN" if math.isnan(number) else "")
        except (TypeError, ValueError):
            return (0 if cell is None else 2, 0.0, cell or "")

    return [key(cell) for cell in row]


def differences(statement, there, here):
    """The kinds of differences between PostgreSQL's answer and this one."""
    if there[0] == "error" or here[0] == "error":
        if there[0] == here[0]:
            return [] if there[1] == here[1] else ["sqlstate"]
        return ["silent"] if there[0] == "error" else ["error"]
    found = []
    rows, mine = there[3], here[3]
    if not ordered(statement):
        rows, mine = sorted(rows, key=sortable), sorted(mine, key=sortable)
    if not same_cells(rows, mine, there[2], here[2], False):
        found.append("written" if same_cells(rows, mine, there[2], here[2], True) else "value")
    if there[1] != here[1]:
        found.append("name")
    if there[2] != here[2]:
        found.append("type")
    return found


def shown(statement, kinds, there, here):
    def brief(answer):
        if answer[0] == "error":
            return f"{answer[1]} {answer[2]}"[:300]
        rows = "; ".join("|".join("∅" if cell is None else cell for cell in row) for row in answer[3][:9])
        return f"{','.join(answer[1])} {answer[2]} {rows}"[:400]

    return f"{'+'.join(kinds)}: {statement}\n    PostgreSQL: {brief(there)}\n    here:       {brief(here)}"


def corpus(topics):
    for path in sorted((HERE / "corpus").glob("*.sql")):
        if topics and path.stem not in topics:
            continue
        documented = []
        for line in path.read_text().splitlines():
            if line.startswith("-- differs "):
                documented = line.removeprefix("-- differs ").split(":")[0].split("+")
            elif line.strip() and not line.startswith("-- "):
                yield path.stem, line.strip(), documented
                documented = []


def compare_corpus(postgres, cilake, topics):
    counts, failures, as_documented = collections.defaultdict(collections.Counter), [], 0
    for topic, statement, documented in corpus(topics):
        there, here = postgres.answer(statement), cilake.answer(statement)
        kinds = differences(statement, there, here)
        counts[topic]["lines"] += 1
        counts[topic].update(kinds)
        if kinds != documented:
            failures.append(f"{shown(statement, kinds or ['nothing'], there, here)}\n    documented: {'+'.join(documented) or 'nothing'}")
        elif kinds:
            as_documented += 1
    print(f"{'topic':14}{'lines':>7}" + "".join(f"{kind:>10}" for kind in KINDS))
    total = collections.Counter()
    for topic, count in counts.items():
        total.update(count)
    for topic, count in [*counts.items(), ("all", total)]:
        print(f"{topic:14}{count['lines']:7}" + "".join(f"{count[kind]:10}" for kind in KINDS))
    print(f"{as_documented} differ as documented")
    return total["lines"], failures


def compare_generated(postgres, cilake, cases, seed):
    import generator

    failures, known = [], collections.Counter()
    for case in range(cases):
        tree = generator.statement(seed * 1_000_000 + case)

        def differing(tree):
            statement = generator.text(tree)
            there, here = postgres.answer(statement), cilake.answer(statement)
            return differences(statement, there, here), there, here

        kinds, there, here = differing(tree)
        if not kinds:
            continue
        if (reason := generator.known(generator.text(tree), kinds)) is None:
            tree = generator.shrunk(tree, lambda smaller: set(differing(smaller)[0]) & set(kinds))
            kinds, there, here = differing(tree)
            reason = generator.known(generator.text(tree), kinds)
        if reason is None:
            failures.append(shown(generator.text(tree), kinds, there, here))
        else:
            known[reason] += 1
    for reason, count in known.most_common():
        print(f"known, {count} times: {reason}")
    return cases, failures


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--postgres", required=True)
    arguments.add_argument("--cilake", required=True)
    arguments.add_argument("--keep", action="store_true")
    arguments.add_argument("--corpus", nargs="*")
    arguments.add_argument("--generate", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    postgres, cilake = Server(given.postgres), Server(given.cilake)
    if not given.keep:
        for server in (postgres, cilake):
            for part in (HERE / "tables.sql").read_text().split(";\n"):
                if part.strip():
                    server.connected().execute(part)
    statements, failures = 0, []
    if given.corpus is not None or not given.generate:
        statements, failures = compare_corpus(postgres, cilake, given.corpus)
    if given.generate:
        generated, more = compare_generated(postgres, cilake, given.generate, given.seed)
        statements, failures = statements + generated, failures + more
    for failure in failures:
        print(failure)
    print(f"{statements - len(failures)} equal or documented, {len(failures)} differ")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
