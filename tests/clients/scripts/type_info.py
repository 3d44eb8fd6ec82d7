"""What psycopg 3 asks of the catalog: types by name, composite and range types, enums."""
import sys
import psycopg
from psycopg.types import TypeInfo
from psycopg.types.composite import CompositeInfo
from psycopg.types.enum import EnumInfo
from psycopg.types.range import RangeInfo

with psycopg.connect(sys.argv[1]) as connection:
    text = TypeInfo.fetch(connection, "text")
    assert (text.oid, text.array_oid) == (25, 1009), text
    assert TypeInfo.fetch(connection, "pg_catalog.int8").oid == 20
    assert TypeInfo.fetch(connection, "hstore") is None
    assert EnumInfo.fetch(connection, "mood") is None
    assert RangeInfo.fetch(connection, "int4range").subtype_oid == 23
    CompositeInfo.fetch(connection, "sales.orders")
    print(connection.info.server_version // 10000, connection.info.dbname)
