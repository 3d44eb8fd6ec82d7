// node-postgres with pg-cursor and pg-query-stream: what dashboards written in JavaScript do.
const { Client, Pool } = require('pg')
const Cursor = require('pg-cursor')
const QueryStream = require('pg-query-stream')

const ALL = 'SELECT * FROM care.readings ORDER BY id'

async function step(name, run) {
  try {
    const late = new Promise((_, refuse) => setTimeout(() => refuse(new Error('no answer in 20 seconds')), 20000).unref())
    console.log(name + ':', JSON.stringify(await Promise.race([run(), late])))
  } catch (error) {
    console.log(name + ':', error.code || error.message)
  }
}

async function main() {
  const client = new Client()
  await client.connect()
  const rows = async (text, values) => (await client.query({ text, values, rowMode: 'array' })).rows
  await step('columns', async () => (await client.query(ALL + ' LIMIT 1')).fields.map((f) => [f.name, f.dataTypeID, f.dataTypeSize, f.dataTypeModifier, f.format]))
  await step('rows', async () => { const all = await rows(ALL); return [all.length, all[9]] })
  await step('parameters', () => rows('SELECT id, name FROM care.readings WHERE amount > $1 AND day >= $2 AND at < $3 AND active = $4 AND name LIKE $5 ORDER BY id LIMIT 3',
    [10.5, '2024-01-05', new Date(Date.UTC(2025, 0, 1)), true, 'name 1%']))
  await step('any', () => rows('SELECT id FROM care.readings WHERE id = ANY($1) AND name = ANY($2::text[]) ORDER BY id', [[1, 2, 3], ['name 1', 'name 3']]))
  await step('values', () => rows('SELECT $1::int, $2::text, $3::jsonb, $4::float8, $5::bytea, $6::timestamptz, $7::boolean, $8', [1, null, { a: 1 }, 1.5, Buffer.from([0, 255]), new Date(0), false, 'x']))
  await step('named', async () => { const got = []; for (let i = 0; i < 5; i++) got.push((await client.query({ name: 'by id', text: 'SELECT name FROM care.readings WHERE id = $1', values: [i + 1] })).rows[0].name); return got })
  await step('several', async () => (await client.query('SELECT 1 AS a; SELECT 2 AS b')).map((result) => result.rows))
  await step('together', async () => (await Promise.all([1, 2, 3, 4, 5].map((i) => rows('SELECT $1::int', [i])))).map((r) => r[0][0]))
  await step('command', async () => { const r = await client.query('SELECT id FROM care.readings WHERE id < 10'); return [r.command, r.rowCount] })
  for (const text of ['SELECT nothing FROM care.readings', 'SELECT * FROM nowhere', 'SELECT 1 / 0', 'SELEC 1', 'SELECT nowhere(1)']) {
    await step(text, () => rows(text))
    await step(text + ' with values', () => rows(text + ' -- $1', []))
  }
  await step('after errors', () => rows('SELECT 1'))
  await step('transaction', async () => {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await client.query('SAVEPOINT a')
    let code
    await client.query('SELECT 1 / 0').catch((error) => { code = error.code })
    let failed
    await client.query('SELECT 1').catch((error) => { failed = error.code })
    await client.query('ROLLBACK TO a')
    const got = await rows('SELECT 1')
    await client.query('COMMIT')
    return [code, failed, got]
  })
  await step('cursor', async () => {
    const cursor = client.query(new Cursor('SELECT id FROM care.readings WHERE id > $1 ORDER BY id', [10], { rowMode: 'array' }))
    const first = await cursor.read(2)
    const second = await cursor.read(3)
    await cursor.close()
    return [first, second]
  })
  await step('cursor to its end', async () => {
    const cursor = client.query(new Cursor(ALL))
    let total = 0
    for (let part = await cursor.read(130); part.length; part = await cursor.read(130)) total += part.length
    await cursor.close()
    return total
  })
  await step('stream', async () => { let total = 0; for await (const row of client.query(new QueryStream(ALL, [], { batchSize: 77 }))) total += Number(row.id); return total })
  await step('stream left', async () => { for await (const row of client.query(new QueryStream(ALL, [], { batchSize: 10 }))) if (row.id === '25') break; return (await rows('SELECT 1'))[0] })
  await step('listen', async () => (await client.query('LISTEN news')).command)
  await step('timeout', async () => { await client.query("SET statement_timeout TO 300"); await client.query('SELECT pg_sleep(20)') })
  await step('no timeout', async () => (await client.query('SET statement_timeout TO DEFAULT')).command)
  await step('cursor with an error', async () => { const cursor = client.query(new Cursor('SELECT 1 / (id - 500) FROM care.readings ORDER BY id')); let n = 0; for (;;) { const part = await cursor.read(100); if (!part.length) return n; n += part.length } })
  await client.end()
  const pool = new Pool({ max: 4, statement_timeout: 10000, lock_timeout: 10000, idle_in_transaction_session_timeout: 10000, application_name: 'pool', options: '-c search_path=care' })
  await step('pool', async () => (await Promise.all(Array.from({ length: 40 }, (_, i) => pool.query('SELECT count(*)::int AS n FROM readings WHERE id <= $1', [i])))).reduce((n, r) => n + r.rows[0].n, 0))
  await step('pool settings', async () => [(await pool.query('SHOW statement_timeout')).rows, (await pool.query('SHOW application_name')).rows, (await pool.query("SELECT current_setting('search_path') AS path")).rows])
  await pool.end()
}

main().catch((error) => { console.log(error); process.exit(1) })
