"""What users of psycopg 2 do: parameters, named cursors, transactions, COPY, types, errors, cancel."""
import datetime
import io
import threading
import time
from decimal import Decimal

import psycopg2
import psycopg2.extensions
import psycopg2.extras
from steps import step

ALL = "SELECT * FROM care.readings ORDER BY id"
connection = psycopg2.connect("")
cursor = connection.cursor()


def rows(text, parameters=None):
    cursor.execute(text, parameters)
    return cursor.fetchall()


def rolled_back(name, run):
    step(name, run)
    connection.rollback()


def described():
    cursor.execute(ALL + " LIMIT 1")
    return [(column.name, column.type_code, column.internal_size, column.precision, column.scale) for column in cursor.description]


def named():
    with connection.cursor("every row") as server:
        server.itersize = 300
        server.execute(ALL)
        total = sum(row[5] for row in server)
        return total, server.rowcount


def named_fetches():
    with connection.cursor("some rows", scrollable=True) as server:
        server.execute("SELECT id FROM care.readings WHERE id > %s ORDER BY id", (10,))
        first, two = server.fetchone(), server.fetchmany(2)
        server.scroll(5)
        after = server.fetchone()
        server.scroll(0, mode="absolute")
        return first, two, after, server.fetchone(), len(server.fetchall())


def hold():
    with connection.cursor("kept", withhold=True) as server:
        server.execute("SELECT id FROM care.readings ORDER BY id")
        connection.commit()
        return server.fetchmany(2)


def copy_out(text):
    target = io.StringIO()
    cursor.copy_expert(text, target)
    return target.getvalue().splitlines()[:4], len(target.getvalue())


def copy_in():
    cursor.execute("CREATE TEMPORARY TABLE arrived (id bigint, name text, amount numeric(12,2), day date)")
    cursor.copy_expert("COPY arrived FROM STDIN", io.StringIO("1\ta\t1.50\t2024-01-01\n2\t\\N\t2\t2024-02-29\n"))
    cursor.copy_expert("COPY arrived (id, name) FROM STDIN WITH (FORMAT csv, HEADER)", io.StringIO('id,name\n3,"x, y"\n'))
    return rows("SELECT * FROM arrived ORDER BY id")


def copy_in_wrong():
    cursor.copy_expert("COPY arrived FROM STDIN", io.StringIO("one\ta\t1.50\t2024-01-01\n"))


def transaction():
    cursor.execute("SAVEPOINT before")
    try:
        cursor.execute("SELECT 1 / 0")
    except psycopg2.Error as error:
        code, status = error.pgcode, connection.get_transaction_status()
    try:
        cursor.execute("SELECT 1")
    except psycopg2.Error as error:
        failed = error.pgcode
    cursor.execute("ROLLBACK TO SAVEPOINT before")
    return code, status, failed, rows("SELECT 1")


def cancelled():
    threading.Timer(0.5, connection.cancel).start()
    started = time.monotonic()
    try:
        cursor.execute("SELECT count(*) FROM care.readings a, care.readings b, care.readings c, care.readings d")
    except psycopg2.Error as error:
        return error.pgcode, time.monotonic() - started < 5


def timed_out():
    cursor.execute("SET LOCAL statement_timeout = '300ms'")
    cursor.execute("SELECT pg_sleep(20)")


step("server", lambda: (connection.server_version // 10000, connection.encoding, connection.get_parameter_status("integer_datetimes")))
rolled_back("columns", described)
rolled_back("first rows", lambda: [repr(row).replace("<memory at", "").split(" 0x")[0] for row in rows(ALL + " LIMIT 3")])
rolled_back("bytes", lambda: bytes(rows("SELECT bytes FROM care.readings WHERE id = 7")[0][0]))
rolled_back("parameters", lambda: rows(
    "SELECT id, name FROM care.readings WHERE amount > %s AND day >= %s AND at < %s AND active = %s AND name LIKE %s ORDER BY id LIMIT 3",
    (Decimal("10.5"), datetime.date(2024, 1, 5), datetime.datetime(2025, 1, 1), True, "name 1%")))
rolled_back("named parameters", lambda: rows("SELECT %(a)s, %(b)s::text, %(c)s", {"a": 1, "b": None, "c": "it's"}))
rolled_back("lists", lambda: rows("SELECT id FROM care.readings WHERE id = ANY(%s) AND name IN %s ORDER BY id", ([1, 2, 3], ("name 1", "name 3"))))
rolled_back("adapted", lambda: rows("SELECT %s, %s, %s, %s, %s, %s", (
    1.5, Decimal("2.50"), datetime.timedelta(days=1, seconds=90), datetime.time(1, 2, 3), [1, 2], b"\x00\xff"))[0][:5])
rolled_back("with zone", lambda: rows("SELECT %s", (datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc),)))
rolled_back("named cursor", named)
rolled_back("fetches", named_fetches)
rolled_back("with hold", hold)
rolled_back("copy text", lambda: copy_out(f"COPY ({ALL}) TO STDOUT"))
rolled_back("copy csv", lambda: copy_out(f"COPY ({ALL}) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE (name))"))
rolled_back("copy table", lambda: copy_out("COPY crm.contacts (contact_id, newsletter) TO STDOUT WITH CSV HEADER")[0][0])
rolled_back("copy in", copy_in)
rolled_back("copy in what is wrong", lambda: (copy_in(), copy_in_wrong()))
rolled_back("copy to a file", lambda: copy_out("COPY (SELECT 1) TO '/tmp/nothing' (FORMAT nonsense)"))
rolled_back("transaction", transaction)
for wrong in ("SELECT nothing FROM care.readings", "SELECT * FROM nowhere", "SELEC 1", "SELECT nowhere(1)", "SELECT 1 / 0", "SELECT 'a'::integer",
              "SELECT id FROM care.readings GROUP BY name", "SELECT 1; SELECT 2 +"):
    rolled_back(wrong, lambda: rows(wrong))
rolled_back("mogrified", lambda: cursor.mogrify("SELECT %s, %s", (datetime.date(2024, 1, 1), "a\\b")))
rolled_back("values", lambda: psycopg2.extras.execute_values(
    cursor, "SELECT a + 1, b FROM (VALUES %s) AS v (a, b) ORDER BY a", [(1, "x"), (2, "y")], fetch=True))
rolled_back("dictionaries", lambda: [dict(row) for row in (lambda c: (c.execute("SELECT 1 AS a, 2 AS b"), c.fetchall())[1])(connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor))])
rolled_back("several statements", lambda: rows("SELECT 1; SELECT 2 AS second"))
rolled_back("no statement", lambda: rows(""))
rolled_back("message", lambda: (cursor.execute("SELECT 1"), cursor.statusmessage, cursor.rowcount)[1:])
rolled_back("cancelled", cancelled)
rolled_back("timed out", timed_out)
step("session", lambda: connection.set_session(isolation_level="SERIALIZABLE", readonly=True, deferrable=True))
rolled_back("serializable", lambda: rows("SHOW transaction_isolation") + rows("SHOW transaction_read_only"))
step("session again", lambda: connection.set_session(isolation_level="DEFAULT", readonly="DEFAULT", deferrable="DEFAULT", autocommit=False))
step("autocommit", lambda: connection.set_session(autocommit=True))
connection.autocommit = True
step("client encoding", lambda: (connection.set_client_encoding("utf-8"), rows("SELECT '€'"), connection.encoding)[1:])
step("prepared in two phases", lambda: connection.xid(1, "a", "b") and connection.tpc_recover())
step("listen", lambda: (cursor.execute("LISTEN news"), connection.poll(), connection.notifies)[2])
step("reset", lambda: connection.reset())
connection.close()
try:
    psycopg2.connect("dbname=nowhere_at_all")
except psycopg2.Error as error:
    print("database:", str(error).splitlines()[0].split("failed: ")[1])
