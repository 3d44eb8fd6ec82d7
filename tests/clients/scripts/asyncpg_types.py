"""asyncpg's introspection of types, which runs when a result has a type it does not know."""
import asyncio
import sys
import asyncpg

async def main():
    connection = await asyncpg.connect(sys.argv[1])
    print(await connection.fetchval("SELECT 1 + $1::int", 2))
    print(await connection.fetch("SELECT typname FROM pg_type WHERE oid = $1", 23))
    await connection._introspect_types([25, 1009, 3904, 1700], 1)
    await connection.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=str, format="text")
    await connection.reload_schema_state()
    await connection.close()

asyncio.run(main())
