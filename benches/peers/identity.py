"""Identity resolution: unify_profiles with its defaults against Splink 5 (pip install splink), both on two threads, one evaluator for both.

usage: identity.py [--data LAKE] [--lake LAKE] [--records N] [--runs N] [--sets NAME,NAME] [--alone]
  --data     a lake with the labelled sets febrl3, fake_1000 and rldata10000, each with tables people and truth; sets it lacks are left out
  --lake     a lake of `cilake demo --customers N --lake LAKE --exit`, for two sets of generated people: customers are the contacts of crm
             and the customers of shop; visitors are these and the visitors of web, of whom no more than an e-mail address is known
  --records  records of each of the two to take, whole people chosen by a hash of their number (1,000,000)
  --runs     of each system and set; seconds are medians, memory is the greatest (3)
  --sets     only these
  --alone    without Splink
restaurants and companies are made by places.py.
Of the generated records those without a name and without an e-mail address are left out: they say nothing that could be matched.

Seconds: for cilake the SQL statement until its last row is here, normalising included; for Splink training, predicting and clustering of
records that lie in DuckDB and are cleaned already. Memory: the most that the server, or the process with Splink, ever held, code included.
"""

import argparse
import csv
import functools
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import duckdb
import psycopg

import places
from common import ROOT, resident_mb, server

MADE = {"restaurants": places.restaurants, "companies": places.companies}
LABELLED = ("febrl3", "fake_1000", "rldata10000")
# An address or number that more records share is a placeholder, which Splink has to be spared: no@email.com.
SHARED_MAX = 50
PERSON = ("first_name", "last_name", "birth_date", "email", "phone", "street", "postcode", "city")
CUSTOMERS = {"contacts": ("crm", "contact_id", PERSON), "customers": ("shop", "customer_id", PERSON)}
# Models of Splink, where a set has several.
MODELS = {"customers": {"Splink": "customers", "narrow": "customers_narrow"}}
GENERATED = {"customers": CUSTOMERS, "visitors": CUSTOMERS | {"visitors": ("web", "visitor_id", ("email",))}}


class Records:
    """One set: tables in a lake of its own, the same records cleaned and in one table for Splink, and the truth."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder / name
        self.lake, self.cleaned, self.truth = (self.folder / part for part in ("lake", "cleaned.parquet", "truth.parquet"))
        self.tables = {}
        self.lake.mkdir(parents=True)

    def add_table(self, duck, table, query):
        path = self.lake / f"{table}.parquet"
        duck.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        self.tables[table] = [column[0] for column in duck.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]

    def count(self, duck):
        return duck.execute(f"SELECT count(*), count(DISTINCT person_id) FROM '{self.truth}'").fetchone()

    def statement(self):
        relations = [f"(SELECT {', '.join(columns)} FROM {table})" for table, columns in self.tables.items()]
        return f"SELECT source, record_id, profile_id FROM unify_profiles({', '.join(relations)}, id => 'record_id')"


def labelled(duck, data, name, folder):
    records = Records(name, folder)
    people = f"'{data}/{name}/people/*.parquet'"
    records.add_table(duck, "people", f"SELECT * FROM {people}")
    duck.execute(f"COPY (SELECT record_id, person_id FROM '{data}/{name}/truth/*.parquet') TO '{records.truth}' (FORMAT parquet)")
    # These sets are in lower case, or in one case, as they come.
    duck.execute(f"COPY (SELECT * FROM {people}) TO '{records.cleaned}' (FORMAT parquet)")
    return records


def made(duck, name, folder):
    """Places of `places.py`, numbered. Splink gets them in lower case, telephones as digits."""
    records, (columns, rows) = Records(name, folder), MADE[name]()
    texts = records.folder / "places.csv"
    with open(texts, "w", newline="") as file:
        csv.writer(file).writerows([("record_id", *columns), *((number, *row) for number, row in enumerate(rows))])
    duck.execute(f"CREATE OR REPLACE TEMP TABLE made AS SELECT * REPLACE (CAST(record_id AS BIGINT) AS record_id) FROM read_csv('{texts}', all_varchar = true)")
    records.add_table(duck, name, "SELECT * EXCLUDE (place) FROM made")
    duck.execute(f"COPY (SELECT record_id, place AS person_id FROM made) TO '{records.truth}' (FORMAT parquet)")
    of_column = {column: f"lower({column}) AS {column}" for column in columns[1:]} | {"phone": "regexp_replace(phone, '[^0-9]', '', 'g') AS phone"}
    duck.execute(f"COPY (SELECT record_id, {', '.join(of_column.values())} FROM made) TO '{records.cleaned}' (FORMAT parquet)")
    return records


def generated(duck, lake, name, wanted, folder):
    """Records of some people of a demo company, numbered through all tables."""
    records, tables, sources = Records(name, folder), GENERATED[name], []
    for table, (schema, key, columns) in tables.items():
        known = " OR ".join(f"{column} IS NOT NULL" for column in ("last_name", "email") if column in columns)
        sources.append(
            f"SELECT '{schema}.{table}' AS source, CAST({key} AS VARCHAR) AS id, "
            + ", ".join(column if column in columns else f"NULL AS {column}" for column in PERSON)
            + f" FROM '{lake}/{schema}/{table}/*.parquet' WHERE {known}"
        )
    duck.execute(f"""
        CREATE TEMP TABLE everybody AS
        SELECT person_id, hash(person_id) AS chosen_by, records.*
        FROM ({' UNION ALL '.join(sources)}) AS records
             JOIN '{lake}/truth/identities/*.parquet' AS truth ON truth.source = records.source AND truth.record_id = records.id""")
    share = min(1, wanted / duck.execute("SELECT count(*) FROM everybody").fetchone()[0])
    duck.execute(f"""
        CREATE TEMP TABLE chosen AS
        SELECT row_number() OVER (ORDER BY hash(source, id)) AS record_id, * EXCLUDE (chosen_by) FROM everybody
        WHERE chosen_by < {share} * 18446744073709551615""")
    for table, (schema, _, columns) in tables.items():
        records.add_table(duck, table, f"SELECT record_id, {', '.join(columns)} FROM chosen WHERE source = '{schema}.{table}'")
    duck.execute(f"COPY (SELECT record_id, person_id FROM chosen) TO '{records.truth}' (FORMAT parquet)")
    duck.execute(f"""
        COPY (WITH cleaned AS (
                  SELECT record_id,
                         lower(strip_accents(first_name)) AS first_name, lower(strip_accents(last_name)) AS last_name,
                         CAST(birth_date AS VARCHAR) AS birth_date, lower(trim(email)) AS email,
                         nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 9), '') AS phone,
                         lower(strip_accents(street)) AS street, upper(replace(postcode, ' ', '')) AS postcode
                  FROM chosen)
              SELECT * REPLACE (CASE WHEN count(*) OVER (PARTITION BY email) <= {SHARED_MAX} THEN email END AS email,
                                CASE WHEN count(*) OVER (PARTITION BY phone) <= {SHARED_MAX} THEN phone END AS phone)
              FROM cleaned) TO '{records.cleaned}' (FORMAT parquet)""")
    duck.execute("DROP TABLE everybody; DROP TABLE chosen")
    return records


def evaluated(duck, records, clusters):
    """Pairwise and B³ precision, recall and F1 of clusters: (record_id, cluster) against (record_id, person_id)."""
    duck.execute(f"""
        CREATE OR REPLACE TEMP TABLE found AS
        SELECT person_id, cluster FROM '{records.truth}' JOIN {clusters} AS clusters USING (record_id)""")
    told = records.count(duck)[0]
    met = duck.execute("SELECT count(*) FROM found").fetchone()[0]
    assert told == met, f"{told} records, {met} of them with a cluster"
    precision, recall, b3_precision, b3_recall = duck.execute("""
        WITH both_sides AS (SELECT person_id, cluster, count(*) AS n FROM found GROUP BY ALL),
             persons AS (SELECT person_id, sum(n) AS of_person FROM both_sides GROUP BY ALL),
             clusters AS (SELECT cluster, sum(n) AS of_cluster FROM both_sides GROUP BY ALL),
             pairs AS (SELECT (SELECT sum(n * (n - 1) / 2) FROM both_sides) AS right_pairs,
                              (SELECT sum(of_person * (of_person - 1) / 2) FROM persons) AS true_pairs,
                              (SELECT sum(of_cluster * (of_cluster - 1) / 2) FROM clusters) AS found_pairs)
        SELECT any_value(right_pairs) / any_value(found_pairs), any_value(right_pairs) / any_value(true_pairs),
               sum(n * n / of_cluster) / sum(n), sum(n * n / of_person) / sum(n)
        FROM both_sides JOIN persons USING (person_id) JOIN clusters USING (cluster), pairs""").fetchone()
    precision = precision or 0.0

    def f1(precision, recall):
        return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0

    return (precision, recall, f1(precision, recall)), (b3_precision, b3_recall, f1(b3_precision, b3_recall))


def of_cilake(duck, records, runs):
    """A server for each run, so that nothing is warm and its peak is that of this statement."""
    seconds, peaks, csv = [], [], records.folder / "cilake.csv"
    for _ in range(runs):
        with server(records.lake, memory="8GB") as process, psycopg.connect("host=127.0.0.1 port=5599 dbname=cilake user=bench", autocommit=True) as connection:
            started = time.perf_counter()
            with open(csv, "wb") as file, connection.cursor().copy(f"COPY ({records.statement()}) TO STDOUT (FORMAT csv)") as rows:
                for row in rows:
                    file.write(row)
            seconds.append(time.perf_counter() - started)
            peaks.append(resident_mb(process.pid, True))
    names = "columns = {'source': 'VARCHAR', 'record_id': 'BIGINT', 'cluster': 'BIGINT'}"
    return {0.95: evaluated(duck, records, f"read_csv('{csv}', header = false, {names})")}, {"all": seconds}, max(peaks)


def of_splink(duck, records, runs, model):
    steps, peaks, parquet = {}, [], records.folder / "splink.parquet"
    script = pathlib.Path(__file__).with_name("identity_splink.py")
    for _ in range(runs):
        command = [sys.executable, str(script), model, str(records.cleaned), str(parquet)]
        told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
        for step, seconds in told["seconds"].items():
            steps.setdefault(step, []).append(seconds)
        steps.setdefault("all", []).append(sum(told["seconds"].values()))
        peaks.append(told["peak_mb"])
    thresholds = [row[0] for row in duck.execute(f"SELECT DISTINCT threshold FROM '{parquet}'").fetchall()]
    of_threshold = {float(t): evaluated(duck, records, f"(SELECT * FROM '{parquet}' WHERE threshold = {t})") for t in thresholds}
    return of_threshold, steps, max(peaks)


def report(duck, records, runs, alone):
    count, people = records.count(duck)
    print(f"\n{records.name}: {count:,} records of {people:,} people")
    print(f"{'':6} {'threshold':>9} {'pairwise P':>10} {'R':>6} {'F1':>6}   {'B³ P':>6} {'R':>6} {'F1':>6}   {'seconds':>8} {'peak MB':>8}")
    totals = {}
    models = {} if alone else MODELS.get(records.name, {"Splink": records.name})
    measures = {system: functools.partial(of_splink, model=model) for system, model in models.items()}
    for system, measure in (measures | {"cilake": of_cilake}).items():
        of_threshold, steps, peak = measure(duck, records, runs)
        medians = {step: statistics.median(seconds) for step, seconds in steps.items()}
        totals[system] = medians.pop("all")
        of_steps = "; ".join(f"{step} {seconds:.2f}" for step, seconds in medians.items())
        print(f"{system:6} {figures(0.95, of_threshold)}   {totals[system]:8.2f} {peak:8.0f}   {of_steps}", flush=True)
        best = max(of_threshold, key=lambda threshold: of_threshold[threshold][0][2])
        if best != 0.95:
            print(f"{system:6} {figures(best, of_threshold)}   its best threshold", flush=True)
    ours = totals.pop("cilake")
    for system, seconds in totals.items():
        print(f"time of cilake to that of {system}: {ours / seconds:.3f}", flush=True)


def figures(threshold, of_threshold):
    pairwise, b_cubed = of_threshold[threshold]
    return f"{threshold:9} {pairwise[0]:10.4f} {pairwise[1]:6.4f} {pairwise[2]:6.4f}   {b_cubed[0]:6.4f} {b_cubed[1]:6.4f} {b_cubed[2]:6.4f}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared" / "data" / "lake")
    arguments.add_argument("--lake", type=pathlib.Path)
    arguments.add_argument("--records", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--sets", type=lambda names: names.split(","), default=[*LABELLED, *MADE, *GENERATED])
    arguments.add_argument("--alone", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        duck = duckdb.connect()
        duck.execute("SET threads = 2")
        for name in filter(given.sets.__contains__, MADE):
            report(duck, made(duck, name, pathlib.Path(folder)), given.runs, given.alone)
        for name in filter(given.sets.__contains__, LABELLED):
            if (given.data / name).is_dir():
                report(duck, labelled(duck, given.data, name, pathlib.Path(folder)), given.runs, given.alone)
            else:
                print(f"\n{name}: not in {given.data}")
        for name in filter(given.sets.__contains__, GENERATED if given.lake else ()):
            report(duck, generated(duck, given.lake, name, given.records, pathlib.Path(folder)), given.runs, given.alone)


if __name__ == "__main__":
    main()
