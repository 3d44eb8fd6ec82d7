"""What users of psycopg 3 do: binary rows, server cursors, pipelines, COPY in both directions and formats, prepared statements, async."""
import asyncio
import datetime
import threading
import time
from decimal import Decimal

import psycopg
from psycopg.rows import class_row, dict_row, namedtuple_row
from psycopg.types.numeric import Int8
from steps import astep, step

ALL = "SELECT * FROM care.readings ORDER BY id"
connection = psycopg.connect("", prepare_threshold=2)


def rolled_back(name, run):
    step(name, run)
    connection.rollback()


def rows(text, parameters=None, **options):
    return connection.execute(text, parameters, **options).fetchall()


def described():
    cursor = connection.execute(ALL + " LIMIT 1", binary=True)
    return [(c.name, c.type_code, c.internal_size, c.precision, c.scale, c.table_oid if hasattr(c, "table_oid") else 0) for c in cursor.description]


def both_formats():
    text, binary = rows(ALL), rows(ALL, binary=True)
    return text == binary, binary[9]


def named(**options):
    with connection.cursor("every row", **options) as server:
        server.itersize = 300
        return sum(row[5] for row in server.execute(ALL))


def scrolled():
    with connection.cursor("some rows", scrollable=True) as server:
        server.execute("SELECT id FROM care.readings WHERE id > %s ORDER BY id", (10,))
        first, two = server.fetchone(), server.fetchmany(2)
        server.scroll(-1)
        again = server.fetchone()
        server.scroll(900, mode="absolute")
        return first, two, again, server.fetchone(), len(server.fetchall()), server.fetchone()


def client_cursor():
    with psycopg.ClientCursor(connection) as cursor:
        return cursor.execute("SELECT %s, %s", (Decimal("1.5"), datetime.date(2024, 1, 1))).fetchall()


def streamed():
    with connection.cursor() as cursor:
        return sum(row[0] for row in cursor.stream("SELECT id FROM care.readings"))


def streamed_in_chunks():
    with connection.cursor() as cursor:
        return sum(row[0] for row in cursor.stream("SELECT id FROM care.readings", size=100))


def pipelined():
    with connection.pipeline() as pipeline:
        cursors = [connection.execute("SELECT %s::bigint + id FROM care.readings WHERE id = %s", (i, i)) for i in range(1, 50)]
        pipeline.sync()
        return sum(cursor.fetchone()[0] for cursor in cursors)


def pipelined_with_error():
    """Asks for the answers before the pipeline's end, so that the error has to come without a Sync."""
    connection.rollback()
    connection.autocommit = True
    try:
        with connection.pipeline():
            connection.execute("SELECT 1")
            wrong = connection.execute("SELECT 1 / 0")
            connection.execute("SELECT 2")
            wrong.fetchall()
    except psycopg.Error as error:
        return error.sqlstate, connection.execute("SELECT 3").fetchall()
    finally:
        connection.autocommit = False


def copy_out(text):
    with connection.cursor().copy(text) as copy:
        return b"".join(bytes(part) for part in copy)


def copy_binary_rows():
    with connection.cursor().copy(f"COPY ({ALL}) TO STDOUT (FORMAT binary)") as copy:
        copy.set_types("int8 int2 int4 float4 float8 numeric text bool date timestamp timestamptz time text int4[] text[] bytea interval".split())
        got = list(copy.rows())
    return len(got), got == rows(ALL), got[0]


def copy_in(options):
    cursor = connection.cursor()
    cursor.execute("CREATE TEMPORARY TABLE arrived (id bigint, name text, amount numeric(12,2), at timestamptz, tags text[])")
    with cursor.copy(f"COPY arrived FROM STDIN {options}") as copy:
        if options:
            copy.set_types(["int8", "text", "numeric", "timestamptz", "text[]"])
        for i in range(1000):
            copy.write_row((i, None if i % 3 else f"name\t{i}", Decimal(i) / 4, datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), ["a", f"b,{i}"]))
    return cursor.rowcount, rows("SELECT count(*), sum(amount), max(name), max(tags) FROM arrived")


def types():
    values = [1, 2**40, 1.5, float("nan"), float("inf"), Decimal("1e-10"), Decimal("NaN"), True, None, "ünï", b"\0\xff", datetime.date(1, 1, 1),
              datetime.date(2024, 2, 29), datetime.time(23, 59, 59, 999999), datetime.datetime(2024, 1, 1, 12, 30),
              datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), datetime.timedelta(days=-3, microseconds=5), [1, None], ["a", None], [[1, 2], [3, 4]],
              [Decimal("1.5")], [datetime.date(2024, 1, 1)], [1.5, 2.5], [True, False]]
    seen = []
    for value in values:
        for place in ("%s", "%b", "%t"):
            try:
                got = connection.execute(f"SELECT {place}", (value,)).fetchone()[0]
                if got != value and repr(got) != repr(value):
                    seen.append((value, place, got))
            except psycopg.Error as error:
                connection.rollback()
                seen.append((value, place, error.sqlstate))
    return seen


def prepared():
    counts = [rows("SELECT count(*) FROM care.readings WHERE id < %s", (Int8(i),))[0][0] for i in range(6)]
    rows("SELECT 1 + %s", (1,), prepare=True)
    return counts, rows("SELECT name ~ '^_pg3', parameter_types::text, from_sql FROM pg_prepared_statements ORDER BY name")


def transactions():
    with connection.transaction():
        try:
            with connection.transaction():
                connection.execute("SELECT 1 / 0")
        except psycopg.Error as error:
            code = error.sqlstate
        return code, rows("SELECT 1"), connection.info.transaction_status.name


def cancelled():
    threading.Timer(0.5, connection.cancel_safe).start()
    started = time.monotonic()
    try:
        rows("SELECT count(*) FROM care.readings a, care.readings b, care.readings c, care.readings d")
    except psycopg.Error as error:
        return error.sqlstate, time.monotonic() - started < 5


def diagnosed(text):
    try:
        return rows(text)
    except psycopg.Error as error:
        return error.sqlstate, error.diag.statement_position, error.diag.severity


def notices():
    got = []
    connection.rollback()
    connection.add_notice_handler(lambda diagnostic: got.append((diagnostic.sqlstate, diagnostic.severity)))
    connection.autocommit = True
    for text in ("COMMIT", "BEGIN", "BEGIN", "ROLLBACK"):
        connection.execute(text)
    connection.autocommit = False
    return got


class Reading:
    def __init__(self, id, name):
        self.id, self.name = id, name


def isolated():
    connection.isolation_level, connection.read_only, connection.deferrable = psycopg.IsolationLevel.SERIALIZABLE, True, True
    return [rows(f"SHOW transaction_{name}") for name in ("isolation", "read_only", "deferrable")]


async def asynchronous():
    async with await psycopg.AsyncConnection.connect("") as other:
        async def fetched():
            async with other.cursor("reader") as server:
                await server.execute(ALL)
                return sum([row[0] async for row in server])

        async def copied():
            total = 0
            async with other.cursor().copy(f"COPY ({ALL}) TO STDOUT") as copy:
                async for part in copy:
                    total += len(part)
            return total

        async def together():
            async def one(i):
                async with await psycopg.AsyncConnection.connect("") as each:
                    return (await (await each.execute("SELECT max(id) + %s FROM care.readings", (i,))).fetchone())[0]
            return sum(await asyncio.gather(*(one(i) for i in range(8))))

        async def timeout():
            try:
                await asyncio.wait_for(other.execute("SELECT count(*) FROM care.readings a, care.readings b, care.readings c, care.readings d"), 0.5)
            except (asyncio.TimeoutError, psycopg.Error) as error:
                await other.rollback()
                return type(error).__name__, (await (await other.execute("SELECT 1")).fetchone())

        for name, run in (("async cursor", fetched), ("async copy", copied), ("async together", together), ("async timeout", timeout)):
            await astep(name, run)
            await other.rollback()


rolled_back("columns", described)
rolled_back("text and binary", both_formats)
rolled_back("server cursor", named)
rolled_back("binary server cursor", lambda: named(binary=True))
rolled_back("scrolled", scrolled)
rolled_back("with hold", lambda: named(withhold=True))
rolled_back("client cursor", client_cursor)
rolled_back("stream", streamed)
rolled_back("stream in chunks", streamed_in_chunks)
rolled_back("pipeline", pipelined)
rolled_back("pipeline with an error", pipelined_with_error)
rolled_back("copy text", lambda: copy_out(f"COPY ({ALL}) TO STDOUT").splitlines()[:2])
rolled_back("copy csv", lambda: copy_out(f"COPY ({ALL}) TO STDOUT (FORMAT csv, HEADER true, DELIMITER ';', NULL '-')").splitlines()[:2])
rolled_back("copy binary", lambda: (lambda data: (len(data), data[:120]))(copy_out(f"COPY ({ALL}) TO STDOUT (FORMAT binary)")))
rolled_back("copy binary rows", copy_binary_rows)
rolled_back("copy in", lambda: copy_in(""))
rolled_back("copy in binary", lambda: copy_in("(FORMAT binary)"))
rolled_back("types", types)
rolled_back("prepared", prepared)
rolled_back("transactions", transactions)
rolled_back("cancelled", cancelled)
rolled_back("notices", notices)
for wrong in ("SELECT nothing FROM care.readings", "SELECT * FROM nowhere", "SELECT 1 FROM care.readings WHERE id = 'x'", "SELEC 1", "SELECT '2024-13-01'::date"):
    rolled_back(wrong, lambda: diagnosed(wrong))
rolled_back("rows as dictionaries", lambda: connection.cursor(row_factory=dict_row).execute("SELECT id, name FROM care.readings WHERE id = 1").fetchall())
rolled_back("rows as tuples", lambda: connection.cursor(row_factory=namedtuple_row).execute("SELECT id, name FROM care.readings WHERE id = 1").fetchall())
rolled_back("rows as objects", lambda: connection.cursor(row_factory=class_row(Reading)).execute("SELECT id, name FROM care.readings WHERE id = 1").fetchone().name)
rolled_back("many", lambda: (lambda cursor: (cursor.executemany("SELECT id FROM care.readings WHERE id = %s", [(1,), (2,)], returning=True), [cursor.fetchall() for _ in range(2) if cursor.nextset() or True])[1])(connection.cursor()))
rolled_back("isolation", isolated)
connection.close()
asyncio.run(asynchronous())
