"""What users of asyncpg do: prepared statements, records, cursors, COPY, types and their introspection, pools, timeouts."""
import asyncio
import datetime
import decimal
import io

import asyncpg
from steps import astep

ALL = "SELECT * FROM care.readings ORDER BY id"
FOREVER = "SELECT count(*) FROM care.readings a, care.readings b, care.readings c, care.readings d"


async def main():
    connection = await asyncpg.connect()

    async def prepared():
        statement = await connection.prepare("SELECT id, name, amount FROM care.readings WHERE id > $1 AND amount < $2 AND day >= $3 ORDER BY id LIMIT $4")
        parameters = [p.name for p in statement.get_parameters()]
        columns = [(a.name, a.type.name, a.type.kind) for a in statement.get_attributes()]
        rows = [tuple(row) for row in await statement.fetch(5, decimal.Decimal("100.5"), datetime.date(2024, 1, 5), 2)]
        return [parameters, columns, rows, await statement.fetchval(5, 100, datetime.date(2024, 1, 5), 2), statement.get_statusmsg()]

    async def prepared_many():
        statement = await connection.prepare("SELECT $1::bigint + 1")
        return await statement.fetchmany([(1,), (2,), (3,)])

    async def fetched():
        rows = await connection.fetch(ALL)
        return [len(rows), tuple(rows[9].values()), list(rows[9].keys())]

    async def row():
        return dict(await connection.fetchrow("SELECT id, maybe FROM care.readings WHERE name = $1", "name 10"))

    async def cursor():
        async with connection.transaction():
            total = 0
            async for record in connection.cursor(ALL, prefetch=70):
                total += record["id"]
            return total

    async def cursor_moved():
        async with connection.transaction():
            some = await connection.cursor("SELECT id FROM care.readings WHERE id > $1 ORDER BY id", 10)
            first = await some.fetch(2)
            await some.forward(10)
            return [first, await some.fetchrow(), len(await some.fetch(2000))]

    async def copied(**options):
        target = io.BytesIO()
        status = await connection.copy_from_query("SELECT id, name, amount, at FROM care.readings WHERE id < $1 ORDER BY id", 4, output=target, **options)
        return status, target.getvalue()

    async def copied_table():
        target = io.BytesIO()
        status = await connection.copy_from_table("contacts", schema_name="crm", columns=["contact_id"], output=target, format="csv", header=True)
        return status.split()[0], target.getvalue().splitlines()[0]

    async def copied_in():
        await connection.execute("CREATE TEMPORARY TABLE arrived (id bigint, name text, amount numeric(12,2), at timestamptz, tags text[])")
        now = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
        records = [(i, None if i % 3 else f"n{i}", decimal.Decimal(i) / 4, now, ["a", f"b{i}"]) for i in range(1000)]
        status = await connection.copy_records_to_table("arrived", records=records)
        more = await connection.copy_to_table("arrived", source=io.BytesIO(b"7,x,1.5,2024-01-01,{}\n"), format="csv")
        return [status, more, tuple(await connection.fetchrow("SELECT count(*), sum(amount), max(name) FROM arrived"))]

    async def values():
        given = {
            "bool": True, "int2": -1, "int4": 2**31 - 1, "int8": -2**63, "float4": 1.5, "float8": float("-inf"), "numeric": decimal.Decimal("12345678901234567890.123456789"),
            "text": "ünï", "varchar": "v", "bytea": b"\0\xff", "date": datetime.date(2024, 2, 29), "time": datetime.time(1, 2, 3, 4), "timestamp": datetime.datetime(2024, 1, 1, 1),
            "timestamptz": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), "interval": datetime.timedelta(days=3, seconds=1), "uuid": "00000000-0000-4000-8000-000000000001",
            "json": '{"a": 1}', "jsonb": '{"a": 1}', "int4[]": [1, None], "text[]": ["a", None], "numeric[]": [decimal.Decimal("1.5")], "timestamptz[]": [], "oid": 4000000000, "name": "n", "regclass": 1259}
        seen = []
        for name, value in given.items():
            try:
                got = await connection.fetchval(f"SELECT $1::{name}", value)
                if got != value and str(got) != str(value):
                    seen.append((name, value, got))
            except Exception as error:
                seen.append((name, type(error).__name__, getattr(error, "sqlstate", None)))
        return seen

    async def introspected():
        await connection.reload_schema_state()
        rows = await connection.fetch("SELECT n.nspname, t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname IN ('int4range', '_numeric', 'oidvector') ORDER BY 2")
        ranges = await connection.fetchval("SELECT indkey FROM pg_index LIMIT 0")
        acl = await connection.fetch("SELECT proacl, conkey, confkey FROM pg_constraint, pg_proc LIMIT 0")
        return [[tuple(row) for row in rows], ranges, acl]

    async def codec():
        await connection.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=float, format="text")
        got = await connection.fetchval("SELECT amount FROM care.readings WHERE amount = $1", 2.5)
        await connection.reset_type_codec("numeric", schema="pg_catalog")
        return got

    async def failures():
        seen = []
        for text in ("SELECT nothing FROM care.readings", "SELECT * FROM nowhere", "SELEC 1", "SELECT nowhere(1)", "SELECT 1 / (id - id) FROM care.readings", "SELECT $1::int + 'a'::int", "SELECT 1; SELECT 2"):
            try:
                seen.append(await connection.fetch(text))
            except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                seen.append((type(error).__name__, getattr(error, "sqlstate", None), getattr(error, "position", None)))
        return seen

    async def transactions():
        seen = []
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            seen.append(await connection.fetchval("SHOW transaction_isolation"))
            try:
                async with connection.transaction():
                    await connection.fetch("SELECT 1 / 0")
            except asyncpg.DivisionByZeroError:
                seen.append(await connection.fetchval("SELECT 1"))
        async with connection.transaction(isolation="serializable", readonly=True, deferrable=True):
            seen.append(await connection.fetchval("SHOW transaction_deferrable"))
        return seen

    async def timed_out():
        try:
            await connection.fetch(FOREVER, timeout=0.5)
        except asyncio.TimeoutError:
            return "late", await connection.fetchval("SELECT 1")

    async def pooled():
        async with asyncpg.create_pool(min_size=2, max_size=4) as pool:
            async def one(i):
                async with pool.acquire() as other:
                    return await other.fetchval("SELECT count(*) FROM care.readings WHERE id <= $1", i)
            return sum(await asyncio.gather(*(one(i) for i in range(40))))

    async def script():
        return await connection.execute("SET search_path TO care; SELECT 1; SELECT count(*) FROM readings"), await connection.fetchval("SELECT count(*) FROM readings")

    async def many():
        return await connection.executemany("SELECT $1::bigint", [(i,) for i in range(500)])

    async def listened():
        await connection.add_listener("news", print)
        await connection.remove_listener("news", print)

    async def status():
        return connection.get_server_version().major, connection.get_settings().TimeZone, connection.is_in_transaction()

    for run in (status, prepared, prepared_many, fetched, row, cursor, cursor_moved, copied, copied_table, copied_in, values, introspected, codec, failures, transactions, timed_out, script, many, listened, pooled):
        await astep(run.__name__, run)
    await astep("copied binary", lambda: copied(format="binary"))
    await astep("reset", connection.reset)
    await connection.close()


asyncio.run(main())
