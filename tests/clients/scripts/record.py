"""Records what clients ask of PostgreSQL 15's catalogs, and what it answers: queries/*.sql and answers/*.jsonl.

Usage: record.py LOG CONNINFO FOLDER, where LOG is PostgreSQL's jsonlog (log_statement = all) of the clients' runs over fixture.sql.
OIDs of the fixture's own objects are written as {oid:name}, since they differ from server to server."""
import json
import re
import sys
from pathlib import Path

import psycopg
from psycopg import pq

CLIENTS = {"psql": "psql 15", "psycopg": "psycopg 3.3", "sqlalchemy": "SQLAlchemy 2.1 over psycopg 3.3",
           "asyncpg": "asyncpg 0.32", "pgjdbc": "pgjdbc 42.5", "tools": "information_schema and catalogs, as tools and people ask"}
# PostgreSQL's own functions, operators, casts … are not ours: there the columns are compared, not the rows.
OWN_ROWS = re.compile(r"pg_proc|pg_operator|pg_opclass|pg_cast|pg_conversion|pg_settings|pg_database|pg_roles|pg_extension|version\(\)|acl\b|pg_get_viewdef|_size\(")

def statements(log):
    seen = {}
    for line in open(log, encoding="utf-8"):
        entry = json.loads(line)
        message = entry.get("message", "")
        match = re.match(r"(?:statement|execute [^:]*): (.*)", message, re.S)
        client = entry.get("application_name", "")
        if not match or client not in CLIENTS or entry.get("dbname") != "cilake":
            continue
        parameters = re.findall(r"\$\d+ = ('(?:[^']|'')*'|NULL)", entry.get("detail", ""))
        # The same text with other parameters asks nothing new.
        seen.setdefault(client, {}).setdefault(match.group(1).strip().rstrip(";"), parameters)
    return {client: list(queries.items()) for client, queries in seen.items()}


def with_parameters(text, parameters):
    return re.sub(r"\$(\d+)", lambda m: parameters[int(m.group(1)) - 1] if int(m.group(1)) <= len(parameters) else m.group(0), text)


def main():
    log, conninfo, folder = sys.argv[1:]
    recorded = statements(log)
    connection = psycopg.connect(conninfo, autocommit=True)
    own = {str(oid): "{oid:%s}" % name for oid, name in connection.execute(
        "SELECT c.oid, n.nspname || '.' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid >= 16384 AND n.nspname <> 'pg_toast'"
        " UNION ALL SELECT oid, nspname FROM pg_namespace WHERE oid >= 16384"
        " UNION ALL SELECT t.oid, n.nspname || '.' || typname || ' type' FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE t.oid >= 16384")}
    types = dict(connection.execute("SELECT oid, typname FROM pg_type"))
    hide = lambda text: re.sub(r"\b1[67]\d{3}\b", lambda m: own.get(m.group(0), m.group(0)), text)
    owner = lambda text: "{owner}" if text == "postgres" else text
    for client, queries in sorted(recorded.items()):
        texts, answers = [], []
        for text, parameters in queries:
            result = connection.pgconn.exec_(with_parameters(text, parameters).encode())
            if result.status != pq.ExecStatus.TUPLES_OK or re.match(r"(?i)\s*(show|begin|fetch|close|explain)", text):
                continue
            columns = [[result.fname(i).decode(), types[result.ftype(i)]] for i in range(result.nfields)]
            rows = None
            if result.ntuples <= 120 and not OWN_ROWS.search(text):
                cells = lambda row: [None if (value := result.get_value(row, i)) is None else owner(hide(value.decode())) for i in range(result.nfields)]
                # There is no TOAST here.
                rows = [row for row in map(cells, range(result.ntuples)) if "pg_toast" not in row]
            number = len(texts) + 1
            head = f"-- {number}. {CLIENTS[client]}" + "".join(f"\n-- ${i} = {hide(value)}" for i, value in enumerate(parameters, 1))
            texts.append(f"{head}\n{hide(text)};\n")
            answers.append(json.dumps({"columns": columns, "rows": rows}, ensure_ascii=False))
        Path(folder, "queries", f"{client}.sql").write_text("\n".join(texts), encoding="utf-8")
        Path(folder, "answers").mkdir(exist_ok=True)
        Path(folder, "answers", f"{client}.jsonl").write_text("\n".join(answers) + "\n", encoding="utf-8")
        print(client, len(texts))


main()
