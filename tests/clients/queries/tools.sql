-- 1. information_schema and catalogs, as tools and people ask
SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY 1, 2;

-- 2. information_schema and catalogs, as tools and people ask
SELECT column_name, ordinal_position, is_nullable, data_type, character_maximum_length, character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision, udt_schema, udt_name, dtd_identifier FROM information_schema.columns WHERE table_schema = 'care' AND table_name = 'every_type' ORDER BY ordinal_position;

-- 3. information_schema and catalogs, as tools and people ask
SELECT c.table_name, count(*) FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) WHERE t.table_schema IN ('sales', 'public') GROUP BY c.table_name ORDER BY c.table_name;

-- 4. information_schema and catalogs, as tools and people ask
SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT LIKE 'pg\_%' ORDER BY schema_name;

-- 5. information_schema and catalogs, as tools and people ask
SELECT table_schema, table_name FROM information_schema.views WHERE table_schema = 'sales';

-- 6. information_schema and catalogs, as tools and people ask
SELECT tc.constraint_name, tc.constraint_type, kcu.column_name FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu ON tc.constraint_name = kcu.constraint_name AND tc.table_schema = kcu.table_schema WHERE tc.table_schema = 'sales' AND tc.constraint_type = 'PRIMARY KEY';

-- 7. information_schema and catalogs, as tools and people ask
SELECT rc.constraint_name, ccu.table_name FROM information_schema.referential_constraints rc JOIN information_schema.constraint_column_usage ccu ON ccu.constraint_name = rc.unique_constraint_name WHERE rc.constraint_schema = 'sales';

-- 8. information_schema and catalogs, as tools and people ask
SELECT character_set_name FROM information_schema.character_sets;

-- 9. information_schema and catalogs, as tools and people ask
SELECT catalog_name FROM information_schema.information_schema_catalog_name;

-- 10. information_schema and catalogs, as tools and people ask
SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'sales' ORDER BY 2;

-- 11. information_schema and catalogs, as tools and people ask
SELECT schemaname, viewname FROM pg_views WHERE schemaname = ANY (ARRAY['sales', 'care']);

-- 12. information_schema and catalogs, as tools and people ask
SELECT 'sales.orders'::regclass::oid = c.oid AS same, c.oid::regclass AS name, c.relkind, c.relnamespace::regnamespace FROM pg_class c WHERE relname = 'orders';

-- 13. information_schema and catalogs, as tools and people ask
SELECT to_regclass('sales.orders') IS NOT NULL AS there, to_regclass('nowhere') AS missing, to_regtype('int') AS type;

-- 14. information_schema and catalogs, as tools and people ask
SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnum FROM pg_attribute a WHERE a.attrelid = 'sales.orders'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum;

-- 15. information_schema and catalogs, as tools and people ask
SELECT has_table_privilege('sales.orders', 'SELECT') AS may_read, has_schema_privilege('sales', 'USAGE') AS may_use, pg_is_in_recovery() AS replica;

-- 16. information_schema and catalogs, as tools and people ask
SELECT current_schemas(false) AS path, current_schema AS schema, current_catalog AS catalog;

-- 17. information_schema and catalogs, as tools and people ask
SELECT typname, typtype, typcategory, typlen, typelem, typarray FROM pg_type WHERE typname IN ('int4', 'text', '_text', 'numeric', 'json', 'uuid', 'timestamptz') ORDER BY oid;

-- 18. information_schema and catalogs, as tools and people ask
SELECT n.nspname, t.typname, t.oid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = 'orders' AND t.typtype = 'c';

-- 19. information_schema and catalogs, as tools and people ask
SELECT obj_description('sales.orders'::regclass, 'pg_class') AS table_comment, col_description('sales.orders'::regclass, 4) IS NOT NULL OR true AS column_comment;

-- 20. information_schema and catalogs, as tools and people ask
SELECT ARRAY(SELECT relname FROM pg_class WHERE relnamespace = 'sales'::regnamespace AND relkind = 'r' ORDER BY relname) AS tables;

-- 21. information_schema and catalogs, as tools and people ask
SELECT n.nspname, (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'v')) AS relations FROM pg_namespace n WHERE n.nspname IN ('sales', 'care') ORDER BY 1;

-- 22. information_schema and catalogs, as tools and people ask
SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'total') AS has_total FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'sales' ORDER BY c.relname;

-- 23. information_schema and catalogs, as tools and people ask
SELECT ns.nspname, t.oid, t.typname, t.typtype, t.typnotnull, t.elemtypoid FROM (SELECT typ.oid, typ.typnamespace, typ.typname, typ.typtype, typ.typrelid, typ.typnotnull, typ.relkind, elemtyp.oid AS elemtypoid, elemtyp.typname AS elemtypname, elemcls.relkind AS elemrelkind, CASE WHEN elemproc.proname = 'array_recv' THEN 'a' ELSE elemtyp.typtype END AS elemtyptype FROM (SELECT typ.oid, typnamespace, typname, typrelid, typnotnull, relkind, typelem AS elemoid, CASE WHEN proc.proname = 'array_recv' THEN 'a' ELSE typ.typtype END AS typtype FROM pg_type AS typ LEFT JOIN pg_class AS cls ON (cls.oid = typ.typrelid) LEFT JOIN pg_proc AS proc ON proc.oid = typ.typreceive LEFT JOIN pg_range ON (pg_range.rngtypid = typ.oid)) AS typ LEFT JOIN pg_type AS elemtyp ON elemtyp.oid = elemoid LEFT JOIN pg_class AS elemcls ON (elemcls.oid = elemtyp.typrelid) LEFT JOIN pg_proc AS elemproc ON elemproc.oid = elemtyp.typreceive) AS t JOIN pg_namespace AS ns ON (ns.oid = typnamespace) WHERE t.typname IN ('int4', '_int4', 'text', 'int4range');

-- 24. information_schema and catalogs, as tools and people ask
SELECT pg_get_userbyid(datdba) = current_user AS mine, pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database();

-- 25. information_schema and catalogs, as tools and people ask
SELECT quote_ident('Sales 1') AS quoted, quote_literal('it''s') AS literal;

-- 26. information_schema and catalogs, as tools and people ask
SELECT true, 1, 'a', NULL, 1.5, now() IS NOT NULL, 'x'::name, 5::oid, count(*), max(relname) FROM pg_class WHERE relname = 'orders';

-- 27. information_schema and catalogs, as tools and people ask
SELECT relname AS a, relname AS a, relkind::text FROM pg_class WHERE relname = 'people';

-- 28. information_schema and catalogs, as tools and people ask
SELECT n FROM (SELECT (information_schema._pg_expandarray(conkey)).n AS n FROM pg_constraint) AS keys;

-- 29. information_schema and catalogs, as tools and people ask
SELECT c.relname, NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid) AS unindexed FROM pg_class c WHERE c.relname IN ('orders', 'people') ORDER BY 1;

-- 30. information_schema and catalogs, as tools and people ask
SELECT c.relname, a.attname, t.typname FROM pg_class c, pg_attribute a, pg_type t, pg_namespace n WHERE c.oid = a.attrelid AND a.atttypid = t.oid AND n.oid = c.relnamespace AND n.nspname = 'sales' AND a.attnum > 0 ORDER BY 1, a.attnum;

-- 31. information_schema and catalogs, as tools and people ask
SELECT table_name, string_agg(column_name, ',' ORDER BY ordinal_position) AS columns FROM information_schema.columns WHERE table_schema = 'sales' GROUP BY table_name ORDER BY table_name;

-- 32. information_schema and catalogs, as tools and people ask
SELECT count(*) = 1 AS one FROM pg_class WHERE oid = 'pg_catalog.pg_class'::regclass;

-- 33. information_schema and catalogs, as tools and people ask
SELECT nspname FROM pg_namespace WHERE nspname NOT IN ('pg_toast', 'pg_temp_1', 'pg_toast_temp_1', 'information_schema', 'pg_catalog') AND NOT pg_is_other_temp_schema(oid) ORDER BY nspname;

-- 34. information_schema and catalogs, as tools and people ask
SELECT relname, reltuples::bigint AS rows, pg_relation_size(oid) >= 0 AS sized FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'sales') AND relkind = 'r' ORDER BY relname;
